//! Checkouts beside what PostgreSQL does with its own small transactions, and reads among a million orders.
//!
//! `pgbench -N` updates a row, selects it and inserts another one in a transaction. A checkout claims its idempotency key,
//! holds units, writes a purchase with its orders, lines and payment, books the money and keeps the answer, in four
//! transactions. Both run on the same server in one run, with as many clients, so that their ratio says what Souk adds.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use hyper::Method;
use serde_json::{Value, json};
use tokio::task::{self, JoinSet};

use super::{Arguments, Stack, database, million_orders};
use crate::{
    http::Connection,
    latencies::Latencies,
    report::{Report, Target},
    say,
};

const CLIENTS: usize = 8;
/// Products that are bought, each of ten sellers with a tenth of them.
const PRODUCTS: usize = 1_000;
const SELLERS: usize = 10;
/// Carts that are filled before they are bought.
const CARTS: usize = 2_000;
/// Scale of pgbench: a million accounts.
const SCALE: &str = "10";
/// Carts that are read, and the lines of each.
const READ_CARTS: usize = 200;
const LINES: usize = 3;
/// Orders among which is read.
const ORDERS: u32 = 1_000_000;
const ORDERS_QUICKLY: u32 = 20_000;
/// Pages of the list that are read.
const PAGES: usize = 200;
/// Milliseconds.
const READ: f64 = 20.0;

/// A request of a shopper or of staff.
struct Ask {
    path: String,
    headers: Vec<(&'static str, String)>,
}

pub(super) async fn measure(
    stack: &Stack,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<()> {
    let variants = goods(stack).await?;
    let before = pgbench(stack, arguments).await?;
    say("checkouts");
    let bought = buy(stack, &variants, stack.duration(20)).await?;
    let after = pgbench(stack, arguments).await?;
    let (bare, mut latencies) = ((before + after) / 2.0, bought.latencies);
    report.note("pgbench -N, transactions", bare, "1/s");
    report.note("checkouts", bought.rate, "1/s");
    report.judge(
        "checkouts to pgbench -N",
        bought.rate / bare,
        "ratio",
        Target::AtLeast(0.15),
    );
    report.latencies("checkout, 8 at a time", &mut latencies, None);

    let orders = if stack.quick { ORDERS_QUICKLY } else { ORDERS };
    say("writing orders to read among");
    let first = million_orders::insert(stack, bought.template, orders).await?;
    report.note("orders to read among", f64::from(orders), "number");
    let sellers = stack
        .numbers("SELECT id FROM sellers WHERE slug LIKE 'till-%' ORDER BY id")
        .await?;
    let carts = carts(stack.api, &variants, READ_CARTS, LINES).await?;
    for (name, asks) in [
        ("list of orders", lists(stack, &sellers, first, orders)),
        ("cart", carts.into_iter().map(Ask::cart).collect()),
    ] {
        say(&format!("reading: {name}"));
        read(stack.api, &asks, stack.duration(2)).await?;
        let mut latencies = read(stack.api, &asks, stack.duration(15)).await?;
        report.latencies(name, &mut latencies, Some(Target::Below(READ)));
    }
    stack.drained().await
}

/// Adds products of which there are enough, and returns ids of their variants.
async fn goods(stack: &Stack) -> Result<Vec<i64>> {
    let products = (0..PRODUCTS).map(|number| {
        json!({
            "external_id": format!("till-{number}"),
            "title": format!("Till {number}"),
            "seller": format!("till-{}", number % SELLERS),
            "variants": [{"sku": format!("TILL-{number}"), "price": 1_000, "stock": 1_000_000}],
        })
    });
    let batch = json!({"missing": "create", "products": products.collect::<Vec<_>>()});
    let mut connection = Connection::open(stack.api).await?;
    let key = stack.admin_key;
    connection
        .post("/api/admin/products/batch", key, &batch)
        .await?;
    let variants = stack
        .numbers("SELECT id FROM variants WHERE sku LIKE 'TILL-%' ORDER BY id")
        .await?;
    ensure!(variants.len() == PRODUCTS, "the goods are not all there");
    Ok(variants)
}

/// Transactions per second of `pgbench -N` in a database of its own, which is removed again.
async fn pgbench(stack: &Stack, arguments: &Arguments) -> Result<f64> {
    say("pgbench");
    let name = "souk_bench_pgbench";
    let dropping = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    stack.sql(&dropping).await?;
    stack.sql(&format!("CREATE DATABASE {name}")).await?;
    let url = database::with_database(&arguments.place.database, name);
    let url = url.context("no database is named")?;
    let program = arguments.pgbench.clone();
    let program = program.context("where pgbench is was not said")?;
    let (clients, seconds) = (
        CLIENTS.to_string(),
        stack.duration(20).as_secs().to_string(),
    );
    let output = task::spawn_blocking(move || {
        let run = |arguments: &[&str]| {
            let output = Command::new(&program).args(arguments).arg(&url).output()?;
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            ensure!(output.status.success(), "pgbench failed: {told}");
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        run(&["--initialize", "--quiet", "--scale", SCALE])?;
        run(&["-N", "-c", &clients, "-j", "2", "-T", &seconds])
    })
    .await??;
    stack.sql(&dropping).await?;
    transactions_per_second(&output)
}

/// Finds the result in what pgbench prints.
fn transactions_per_second(output: &str) -> Result<f64> {
    let line = output.lines().find_map(|line| line.strip_prefix("tps = "));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number
        .context("pgbench does not say how fast it was")?
        .parse()?)
}

/// Purchases that were made.
struct Bought {
    rate: f64,
    latencies: Latencies,
    /// One of them.
    template: i64,
}

/// Fills carts and buys them, the latter by the clock, until it has run for long enough.
async fn buy(stack: &Stack, variants: &[i64], duration: Duration) -> Result<Bought> {
    let (mut latencies, mut elapsed, mut number) = (Latencies::default(), Duration::ZERO, 0);
    let mut template = None;
    while elapsed < duration {
        let carts = carts(stack.api, variants, CARTS, 1).await?;
        let carts = Arc::new(Mutex::new(VecDeque::from(carts)));
        let mut connections = Vec::new();
        for _ in 0..CLIENTS {
            connections.push(Connection::open(stack.api).await?);
        }
        let begun = Instant::now();
        let left = duration.saturating_sub(elapsed);
        let mut buying = JoinSet::new();
        for connection in connections {
            number += 1;
            buying.spawn(client(connection, Arc::clone(&carts), number, begun + left));
        }
        while let Some(client) = buying.join_next().await {
            let (times, purchase) = client??;
            latencies.extend(times);
            template = template.or(purchase);
        }
        elapsed += begun.elapsed();
    }
    Ok(Bought {
        rate: latencies.count() as f64 / elapsed.as_secs_f64(),
        latencies,
        template: template.context("nothing was bought")?,
    })
}

/// Buys carts, one after the other, until none is left or the time is over.
async fn client(
    mut connection: Connection,
    carts: Arc<Mutex<VecDeque<String>>>,
    number: usize,
    until: Instant,
) -> Result<(Latencies, Option<i64>)> {
    let (mut latencies, mut purchase) = (Latencies::default(), None);
    let body = json!({
        "mail": "ada@mail.example",
        "delivery_address": {
            "name": "Ada Lovelace",
            "line1": "Analytical Street 1",
            "postcode": "10115",
            "city": "Berlin",
            "country": "DE",
        },
        "payment": {"provider": "test", "method": "test_succeeds"},
    });
    for checkout in 0_u32.. {
        let cart = carts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let Some(cart) = cart.filter(|_| Instant::now() < until) else {
            break;
        };
        let key = format!("bench-checkout-{number}-{checkout}");
        let headers = [("X-Cart-Token", &*cart), ("Idempotency-Key", &*key)];
        let asked = Instant::now();
        let (status, answer) = connection
            .ask(Method::POST, "/api/checkout", &headers, &body)
            .await?;
        latencies.add(asked.elapsed());
        let answer: Value = serde_json::from_slice(&answer)?;
        ensure!(answer["state"] == "placed", "{status}: {answer}");
        purchase = answer["id"].as_i64();
    }
    Ok((latencies, purchase))
}

/// Fills carts with lines of one unit each, and returns their tokens.
async fn carts(
    api: SocketAddr,
    variants: &[i64],
    count: usize,
    lines: usize,
) -> Result<Vec<String>> {
    let mut filling = JoinSet::new();
    for client in 0..CLIENTS {
        let variants = variants.to_vec();
        filling.spawn(async move {
            let mut connection = Connection::open(api).await?;
            let mut tokens = Vec::new();
            for cart in (client..count).step_by(CLIENTS) {
                tokens.push(fill(&mut connection, &variants, cart, lines).await?);
            }
            Ok::<_, anyhow::Error>(tokens)
        });
    }
    let mut tokens = Vec::new();
    while let Some(filled) = filling.join_next().await {
        tokens.extend(filled??);
    }
    Ok(tokens)
}

async fn fill(
    connection: &mut Connection,
    variants: &[i64],
    cart: usize,
    lines: usize,
) -> Result<String> {
    let mut token = String::new();
    for line in 0..lines {
        // Every cart has other goods than its neighbours.
        let variant = variants[(cart * 7 + line * 331) % variants.len()];
        let body = json!({"variant": variant, "quantity": 1});
        let headers = [("X-Cart-Token", &*token)];
        let headers = if line == 0 { &[] } else { &headers[..] };
        let (status, answer) = connection
            .ask(Method::POST, "/api/cart/lines", headers, &body)
            .await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        ensure!(status.is_success(), "{status}: {answer}");
        if let Some(new) = answer["token"].as_str() {
            token = new.to_owned();
        }
    }
    if token.is_empty() {
        bail!("a cart without a token");
    }
    Ok(token)
}

/// Pages of orders as staff reads them: the newest, those of a seller, and those from anywhere in the list.
fn lists(stack: &Stack, sellers: &[i64], first: i64, orders: u32) -> Vec<Ask> {
    let pages = (0..PAGES).map(|page| {
        let before = first + i64::from(orders) * page as i64 / PAGES as i64;
        let list = match page % 4 {
            0 => String::new(),
            1 => "&status=open".to_owned(),
            2 => format!("&seller={}", sellers[page / 4 % sellers.len()]),
            _ => format!("&before={before}"),
        };
        Ask {
            path: format!("/api/admin/orders?per_page=20{list}"),
            headers: vec![("Authorization", format!("Bearer {}", stack.admin_key))],
        }
    });
    pages.collect()
}

impl Ask {
    fn cart(token: String) -> Self {
        Self {
            path: "/api/cart".to_owned(),
            headers: vec![("X-Cart-Token", token)],
        }
    }
}

/// Asks one after the other, over and over.
async fn read(api: SocketAddr, asks: &[Ask], duration: Duration) -> Result<Latencies> {
    let mut connection = Connection::open(api).await?;
    let mut latencies = Latencies::default();
    let begun = Instant::now();
    for ask in asks.iter().cycle() {
        let asked = Instant::now();
        if asked - begun >= duration {
            break;
        }
        let headers: Vec<_> = ask
            .headers
            .iter()
            .map(|(name, it)| (*name, &**it))
            .collect();
        let (status, body) = connection
            .ask(Method::GET, &ask.path, &headers, &Value::Null)
            .await?;
        latencies.add(asked.elapsed());
        let told = || String::from_utf8_lossy(&body);
        ensure!(status.is_success(), "{}: {status}: {}", ask.path, told());
    }
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_of_pgbench_is_found() {
        let output =
            "latency average = 1.2 ms\ntps = 6481.337143 (without initial connection time)\n";
        assert_eq!(transactions_per_second(output).unwrap(), 6481.337143);
        assert!(transactions_per_second("").is_err());
    }
}
