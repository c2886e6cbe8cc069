//! Buyers: each fills carts, buys them and pays, and insists on an answer whatever breaks.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use ureq::http::Method;

use super::{
    client::{Client, Reply, Request},
    doings::{Checkout, Doings, Outcome},
};

/// Time within which buyers arrive, in milliseconds.
const ARRIVALS_MS: u64 = 2_700;
/// Most carts that one buyer fills.
const VISITS: usize = 3;
/// Pause before a request is sent again.
const PAUSE: Duration = Duration::from_millis(60);

/// Something that can be bought: a variant of its own seller, or another seller's offer of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goods {
    pub(super) variant: i64,
    pub(super) offer: Option<i64>,
}

/// Facts that all buyers of a round share.
pub(super) struct Round {
    /// Number of the round, from 1.
    pub(super) number: u32,
    pub(super) seed: u64,
    /// Addresses of the API processes.
    pub(super) servers: Vec<String>,
    pub(super) goods: Vec<Goods>,
    /// Time until which new carts are filled.
    pub(super) closes: Instant,
    /// Time after which a buyer who has no answer gives up.
    pub(super) deadline: Instant,
    /// Set if the trial broke off.
    pub(super) stop: AtomicBool,
}

impl Round {
    /// Code of the round's promotion.
    pub(super) fn promotion(&self) -> String {
        format!("ROUND-{}", self.number)
    }
}

/// Way in which a buyer pays.
#[derive(Debug, Clone, Copy)]
enum Plan {
    Pays,
    /// Declined, then paid by another card.
    PaysAtSecondTry,
    /// Declined, and left.
    Declined,
    /// Never reported, and left.
    Late,
    /// Not reported, then paid by another card.
    LateThenPays,
    Confirms,
}

impl Plan {
    fn card(self) -> &'static str {
        match self {
            Self::Pays => "test_succeeds",
            Self::PaysAtSecondTry | Self::Declined => "test_declined",
            Self::Late | Self::LateThenPays => "test_late",
            Self::Confirms => "test_confirm",
        }
    }
}

/// A buyer.
pub(super) struct Buyer<'a> {
    round: &'a Round,
    number: u32,
    random: StdRng,
    client: Client,
    doings: Doings,
}

impl<'a> Buyer<'a> {
    /// Buyer whose intentions follow from the seed.
    pub(super) fn new(round: &'a Round, number: u32) -> Self {
        let seed = round.seed.wrapping_add(u64::from(number) << 32);
        Self {
            round,
            number,
            random: StdRng::seed_from_u64(seed),
            client: Client::new(),
            doings: Doings::default(),
        }
    }

    /// Arrives, and buys again and again until the round closes.
    pub(super) fn shop(mut self) -> Result<Doings> {
        let arrival = self.random.random_range(0..ARRIVALS_MS);
        self.wait(Duration::from_millis(arrival))?;
        for visit in 0..VISITS {
            if Instant::now() >= self.round.closes {
                break;
            }
            let checkout = self
                .visit(visit)
                .with_context(|| format!("buyer {}, cart {visit}", self.number))?;
            self.doings.checkouts.extend(checkout);
        }
        Ok(self.doings)
    }

    /// Fills a cart and buys it. Returns nothing if it was left before the checkout.
    fn visit(&mut self, visit: usize) -> Result<Option<Checkout>> {
        let count = self.random.random_range(1..=3);
        let goods: Vec<Goods> = self
            .round
            .goods
            .sample(&mut self.random, count)
            .copied()
            .collect();
        let mut cart = None;
        for goods in goods {
            let quantity = self.random.random_range(1..=3);
            let line =
                json!({"variant": goods.variant, "offer": goods.offer, "quantity": quantity});
            let reply = self.ask(
                Method::POST,
                "/api/cart/lines",
                &[("X-Cart-Token", &cart)],
                &line,
            )?;
            expect(&reply, 200)?;
            if let Some(token) = reply.body["token"].as_str() {
                cart = Some(token.to_owned());
            }
        }
        if self.random.random_bool(0.25) {
            let codes = json!({"codes": [self.round.promotion()]});
            let reply = self.ask(
                Method::PATCH,
                "/api/cart",
                &[("X-Cart-Token", &cart)],
                &codes,
            )?;
            expect(&reply, 200)?;
        }
        if self.random.random_bool(0.1) {
            return Ok(None);
        }
        self.check_out(visit, &cart).map(Some)
    }

    fn check_out(&mut self, visit: usize, cart: &Option<String>) -> Result<Checkout> {
        let plans = [
            (Plan::Pays, 8),
            (Plan::PaysAtSecondTry, 3),
            (Plan::Declined, 2),
            (Plan::Late, 2),
            (Plan::LateThenPays, 2),
            (Plan::Confirms, 2),
        ];
        let plan = plans.choose_weighted(&mut self.random, |plan| plan.1)?.0;
        let round = self.round;
        let key = format!(
            "checkout-{}-{}-{}-{visit}",
            round.seed, round.number, self.number
        );
        let body = json!({
            "mail": format!("buyer-{}@mail.example", self.number),
            "delivery_address": {
                "name": "Ada Lovelace",
                "line1": "Analytical Street 1",
                "postcode": "10115",
                "city": "Berlin",
                "country": "DE",
            },
            "payment": {"provider": "test", "method": plan.card()},
        });
        let token = cart.clone().context("a cart without a token")?;
        let request = Request {
            method: Method::POST,
            path: "/api/checkout",
            headers: vec![("X-Cart-Token", token), ("Idempotency-Key", key.clone())],
            body,
        };
        let first = self.first_tries(&request)?;
        let reply = self.insist(&request)?;
        for earlier in first.iter().filter(|earlier| earlier.status == 201) {
            let ids = (&earlier.body["id"], &reply.body["id"]);
            if ids.0 != ids.1 {
                bail!("one key gave two purchases: {earlier:?} and {reply:?}");
            }
        }
        let outcome = match (reply.status, reply.text("state")) {
            (201, "placed") if plan.card() != Plan::Pays.card() => {
                bail!("`{}` paid purchase {}", plan.card(), id(&reply)?);
            }
            (201, "placed") => Outcome::Placed(id(&reply)?),
            (201, "ended") => Outcome::Ended(id(&reply)?),
            (201, _) => self.pay(plan, &reply)?,
            (409, _) => Outcome::Refused(reply.text("code").to_owned()),
            _ => bail!("unexpected answer to a checkout: {reply:?}"),
        };
        Ok(Checkout { key, outcome })
    }

    /// Sends a checkout in ways of which the buyer learns little: twice at once, or without waiting for the answer.
    fn first_tries(&mut self, request: &Request<'_>) -> Result<Vec<Reply>> {
        let mut tries = Vec::new();
        match self.random.random_range(0..6) {
            0 => {
                let servers = [self.server(), self.server()];
                let client = &self.client;
                let replies = thread::scope(|scope| {
                    let sent = servers
                        .map(|server| scope.spawn(move || client.send(&server, request, None)));
                    sent.map(|sent| sent.join().ok().flatten())
                });
                tries.extend(replies.into_iter().flatten());
            }
            1 => {
                let patience = Duration::from_millis(self.random.random_range(3..80));
                let server = self.server();
                tries.extend(self.client.send(&server, request, Some(patience)));
            }
            _ => {}
        }
        Ok(tries)
    }

    /// Does with an open purchase what the buyer means to.
    fn pay(&mut self, plan: Plan, begun: &Reply) -> Result<Outcome> {
        let purchase = id(begun)?;
        let token = Some(begun.text("token").to_owned());
        let thinking = self.random.random_range(0..250);
        self.wait(Duration::from_millis(thinking))?;
        let path = format!("/api/checkout/{purchase}/payment");
        let reply = match plan {
            Plan::Declined | Plan::Late => return Ok(Outcome::Left(purchase)),
            Plan::Confirms => {
                let path = format!("/api/checkout/{purchase}/confirmation");
                let code = json!({"code": "000000"});
                self.ask(Method::POST, &path, &[("X-Order-Token", &token)], &code)?
            }
            Plan::Pays | Plan::PaysAtSecondTry | Plan::LateThenPays => {
                let card = json!({"provider": "test", "method": "test_succeeds"});
                self.ask(Method::POST, &path, &[("X-Order-Token", &token)], &card)?
            }
        };
        match (reply.status, reply.text("code"), reply.text("state")) {
            (200, _, "placed") => Ok(Outcome::Placed(purchase)),
            (200, _, "ended") | (409, "checkout_ended", _) => Ok(Outcome::Ended(purchase)),
            // Of a payment that is given up, or was made while the answer was lost: the purchase says which.
            (409, "already_paid", _) => self.look(purchase, &token),
            _ => bail!("unexpected answer to a payment: {reply:?}"),
        }
    }

    /// Reads what became of a purchase.
    fn look(&mut self, purchase: i64, token: &Option<String>) -> Result<Outcome> {
        let path = format!("/api/orders/{purchase}");
        let reply = self.ask(
            Method::GET,
            &path,
            &[("X-Order-Token", token)],
            &Value::Null,
        )?;
        expect(&reply, 200)?;
        match reply.body["purchase"]["state"].as_str() {
            Some("placed") => Ok(Outcome::Placed(purchase)),
            Some("ended") => Ok(Outcome::Ended(purchase)),
            _ => Ok(Outcome::Left(purchase)),
        }
    }

    fn ask(
        &mut self,
        method: Method,
        path: &str,
        tokens: &[(&str, &Option<String>)],
        body: &Value,
    ) -> Result<Reply> {
        let tokens = tokens.iter();
        let tokens = tokens.filter_map(|(name, token)| Some((*name, (*token).clone()?)));
        self.insist(&Request {
            method,
            path,
            headers: tokens.collect(),
            body: body.clone(),
        })
    }

    /// Sends a request to one process after the other until it is decided.
    fn insist(&mut self, request: &Request<'_>) -> Result<Reply> {
        let mut last = None;
        loop {
            let server = self.server();
            match self.client.send(&server, request, None) {
                Some(reply) if !reply.is_undecided() => return Ok(reply),
                Some(reply) => {
                    self.doings.undecided += 1;
                    if reply.status >= 500 {
                        self.doings
                            .server_error(format!("{} {reply:?}", request.path));
                    }
                    last = Some(reply);
                }
                None => self.doings.lost += 1,
            }
            if Instant::now() > self.round.deadline {
                bail!(
                    "no answer to {} in time; the last one: {last:?}",
                    request.path
                );
            }
            self.wait(PAUSE)?;
        }
    }

    fn server(&mut self) -> String {
        let server = self.round.servers.choose(&mut self.random);
        server.cloned().unwrap_or_default()
    }

    fn wait(&self, pause: Duration) -> Result<()> {
        thread::sleep(pause);
        if self.round.stop.load(Ordering::Relaxed) {
            bail!("the trial broke off");
        }
        Ok(())
    }
}

fn id(reply: &Reply) -> Result<i64> {
    let id = reply.body["id"].as_i64();
    id.with_context(|| format!("a purchase without an id: {reply:?}"))
}

fn expect(reply: &Reply, status: u16) -> Result<()> {
    if reply.status != status {
        bail!("{} in place of {status}: {}", reply.status, reply.body);
    }
    Ok(())
}
