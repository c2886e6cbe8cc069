//! Client that changes products, and remembers which changes were acknowledged.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use hyper::Method;
use serde_json::{Value, json};
use tokio::time;

use super::{Mix, TIMEOUT};
use crate::http::{Connection, encoded};

/// Products that are changed in turn; one page shows them all.
const PRODUCTS: usize = 40;
/// Every so many changes a product is deleted.
const DELETE_EVERY: u64 = 7;
/// The pause between two changes.
const PACE: Duration = Duration::from_millis(25);
/// Longest time until a write is found once all is well.
const SETTLING: Duration = Duration::from_secs(90);

/// State in which a product may be found: its revision, or absent.
type Found = Option<u64>;

/// Changes products of its own brand, one after the other.
pub(super) struct Writer {
    mix: Arc<Mix>,
    address: SocketAddr,
    brand: String,
    /// Allowed states of each product, by its number. One state if all its changes were acknowledged.
    allowed: BTreeMap<u64, Vec<Found>>,
    /// The products that are changed in turn, with their ids.
    turn: Vec<(u64, Option<i64>)>,
    revision: u64,
}

impl Writer {
    pub(super) fn new(mix: Arc<Mix>, number: usize) -> Self {
        Self {
            address: mix.api[number % mix.api.len()],
            brand: format!("Mix {number}"),
            mix,
            allowed: BTreeMap::new(),
            turn: (0..PRODUCTS as u64)
                .map(|product| (product, None))
                .collect(),
            revision: 0,
        }
    }

    /// Changes one product after the other until the mix ends.
    pub(super) async fn run(mut self) -> Self {
        let mut connection = None;
        while !self.mix.has_ended() {
            let phase = self.mix.tallies.phase();
            let changed = time::timeout(TIMEOUT, self.change(&mut connection)).await;
            if let Ok(Ok(())) = changed {
                self.mix.tallies.count(&phase, |tally| tally.writes += 1);
            } else {
                connection = None;
                self.leave_alone();
                self.mix
                    .tallies
                    .count(&phase, |tally| tally.unacknowledged += 1);
            }
            time::sleep(PACE).await;
        }
        self
    }

    fn place(&self) -> usize {
        (self.revision % PRODUCTS as u64) as usize
    }

    /// Makes the next change.
    async fn change(&mut self, connection: &mut Option<Connection>) -> Result<()> {
        self.revision += 1;
        let (product, id) = self.turn[self.place()];
        let deleted = id.filter(|_| self.revision.is_multiple_of(DELETE_EVERY));
        let wanted = deleted.is_none().then_some(self.revision);
        // Whatever becomes of it: from now on it may be found.
        let allowed = self.allowed.entry(product).or_insert_with(|| vec![None]);
        allowed.push(wanted);
        if connection.is_none() {
            *connection = Some(Connection::open(self.address).await?);
        }
        let connection = connection.as_mut().context("not connected")?;
        let id = match deleted {
            Some(id) => {
                let path = format!("/api/admin/products/{id}");
                let key = Some(self.mix.admin_key.as_str());
                let (status, _) = connection
                    .send(Method::DELETE, &path, key, &Value::Null)
                    .await?;
                ensure!(status.is_success(), "{status}");
                None
            }
            None => Some(self.upsert(connection, product).await?),
        };
        let place = self.place();
        self.turn[place].1 = id;
        self.allowed.insert(product, vec![wanted]);
        Ok(())
    }

    async fn upsert(&self, connection: &mut Connection, product: u64) -> Result<i64> {
        let external_id = format!("{} {product}", self.brand);
        let body = json!({"products": [{
            "external_id": external_id,
            "title": format!("Product {product} in revision {}", self.revision),
            "brand": self.brand,
            "variants": [{"sku": external_id, "price": 1_000, "stock": 1}],
        }]});
        let path = "/api/admin/products/batch";
        let answer = connection.post(path, &self.mix.admin_key, &body).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        answer["results"][0]["id"].as_i64().context("no id")
    }

    /// A change that was not acknowledged may still be made, and later than the next one: the product is not touched
    /// again, and a new one takes its turn.
    fn leave_alone(&mut self) {
        let place = self.place();
        self.turn[place] = (self.revision + PRODUCTS as u64, None);
    }

    /// Products that are not found as they were acknowledged to be, once all is well again.
    pub(super) async fn lost(&self) -> Vec<String> {
        let deadline = Instant::now() + SETTLING;
        loop {
            let lost = match self.found().await {
                Ok(found) => self.differing(&found),
                Err(error) => vec![format!("{}: {error:#}", self.brand)],
            };
            if lost.is_empty() || Instant::now() >= deadline {
                return lost;
            }
            time::sleep(Duration::from_millis(200)).await;
        }
    }

    fn differing(&self, found: &BTreeMap<u64, u64>) -> Vec<String> {
        let differing = self.allowed.iter().filter_map(|(product, allowed)| {
            let found = found.get(product).copied();
            (!allowed.contains(&found)).then(|| {
                format!(
                    "{} {product}: revision {found:?} instead of {allowed:?}",
                    self.brand
                )
            })
        });
        differing.collect()
    }

    /// The revision of each product that is found, by the engine itself.
    async fn found(&self) -> Result<BTreeMap<u64, u64>> {
        let mut connection = Connection::open(self.address).await?;
        let mut found = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let path = format!(
                "/api/search?brand={}&facets=none&per_page=100&sort=newest{cursor}",
                encoded(&self.brand)
            );
            let page = connection.get_json(&path).await?;
            ensure!(page["degraded"] == false, "the engine does not answer");
            for hit in page["hits"].as_array().context("no hits")? {
                let title = hit["title"].as_str().context("no title")?;
                let (product, revision) = parse(title).context("an unknown product")?;
                found.insert(product, revision);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={}", encoded(next)),
                None => return Ok(found),
            }
        }
    }
}

fn parse(title: &str) -> Option<(u64, u64)> {
    let (product, revision) = title
        .strip_prefix("Product ")?
        .split_once(" in revision ")?;
    Some((product.parse().ok()?, revision.parse().ok()?))
}
