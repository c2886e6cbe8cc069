//! A hundred random catalogues, each of a marketplace of its own, whose answers fit the protocol.
//!
//! Answers are always held against the expectations of `fitting`. If `UCP_SCHEMAS` names a folder with the protocol's
//! schemas (`source/schemas` of its repository), they are held against these, too, by `schemas.py` and Python's
//! `jsonschema`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use serde_json::{Value, json};
use souk_domain::{ProductInput, ProductStatus, StockPolicy};
use souk_store::{CategoryInput, MissingReferences, NamedEntityInput, Tenant};
use souk_testkit::product;

use super::{EXTENSION, access, fitting};
use crate::shop::{Shop, add_tenant};

const WORDS: [&str; 12] = [
    "dragon",
    "lamp",
    "tea",
    "Ünïcode",
    "東京",
    "3-in-1",
    "<b>bold</b>",
    "\"quoted\"",
    "mug",
    "50%",
    "a\u{301}",
    "🫖",
];
const SIZES: [&str; 4] = ["S", "M", "L", "XL / tall"];
const COLOURS: [&str; 3] = ["red", "Bleu de \"Nîmes\"", "green"];

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end
    }

    fn odds(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u32) as usize]
    }

    fn words(&mut self, most: u32) -> String {
        let count = 1 + self.below(most);
        let words: Vec<&str> = (0..count).map(|_| self.of(&WORDS)).collect();
        words.join(" ")
    }

    fn product(&mut self, number: u32) -> ProductInput {
        let mut made = product(&format!("p{number}")).title(&self.words(6));
        if self.odds(70) {
            made = made.description(&self.words(60));
        }
        if self.odds(60) {
            made = made.brand(self.of(&["Acme", "Oddfellow", "東京 Works"]));
        }
        if self.odds(70) {
            made = made.category(self.of(&["home", "kitchen", "mugs"]));
        }
        if self.odds(15) {
            made = made.status(ProductStatus::Draft);
        }
        for image in 0..self.below(3) {
            made = made.image(&match self.odds(50) {
                true => format!("/media/{number}-{image}.svg"),
                false => format!("https://img.example/{number}/{image}.png"),
            });
        }
        if self.odds(50) {
            made = made.attribute("material", self.of(&["stone ware", "tin"]));
        }
        if self.odds(40) {
            let count = 1 + self.below(9);
            made = made.ratings(count, u64::from(count * (1 + self.below(5))));
        }
        if self.odds(30) {
            made = made.tag(self.of(&["gift", "new in"]));
        }
        match self.below(3) {
            0 => {
                made = made
                    .price(i64::from(self.below(100_000)))
                    .stock(i64::from(self.below(3)))
            }
            1 => {
                let price = 100 + i64::from(self.below(9_000));
                made = made.price(price).sale(price * 2, None, None);
                if self.odds(50) {
                    made = made.stock(0).stock_policy(StockPolicy::Backorder);
                }
            }
            _ => {
                made = made.without_variants();
                for (place, size) in SIZES.iter().enumerate().take(1 + self.below(4) as usize) {
                    let colour = self.of(&COLOURS);
                    let price = i64::from(self.below(10_000));
                    let stock = i64::from(self.below(3));
                    let options = [("size", *size), ("Colour", colour)];
                    made = made.variant(&format!("p{number}-{place}"), price, stock, &options);
                }
            }
        }
        made.build()
    }
}

/// Makes a marketplace of some products, and returns it.
async fn fill(shop: &Shop, seed: u64) -> Tenant {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let slug = format!("shop-{seed}");
    let tenant = add_tenant(&shop.store, &slug, Some(&format!("{slug}.example")), None).await;
    let scope = shop.store.scope(tenant.id);
    for (slug, parent) in [
        ("home", None),
        ("kitchen", Some("home")),
        ("mugs", Some("kitchen")),
    ] {
        let category = CategoryInput {
            closed: None,
            slug: Some(slug.to_owned()),
            name: slug.to_uppercase(),
            parent: parent.map(str::to_owned),
            position: 0,
        };
        scope.categories().create(category).await.unwrap();
    }
    let seller = NamedEntityInput {
        closed: None,
        slug: Some("acme-store".to_owned()),
        name: "Acme & <Store>".to_owned(),
        description: String::new(),
    };
    scope.sellers().create(seller).await.unwrap();
    let count = dice.below(12);
    let products = (0..count).map(|number| dice.product(number)).collect();
    let written = scope
        .products()
        .upsert_batch(products, MissingReferences::Reject)
        .await
        .unwrap();
    assert!(
        written.iter().all(Result::is_ok),
        "seed {seed}: {written:?}"
    );
    tenant
}

/// Asks all three operations about a marketplace, and returns what they answered.
async fn answers(shop: &Shop, seed: u64) -> Vec<(&'static str, Value)> {
    let host = format!("shop-{seed}.example");
    let headers = [("Host", host.as_str())];
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed ^ 0xa5));
    let mut answers = Vec::new();
    let searches = [
        json!({"query": dice.words(2), "pagination": {"limit": 3}}),
        json!({"filters": {"availability": ["in_stock", "out_of_stock"]}, EXTENSION: {"facets": ["brand", "price", "attributes"]}}),
        json!({"query": dice.words(1), "context": {"intent": "x", "currency": "EUR"}, "filters": {"price": {"min": 10}, "size": 1}}),
    ];
    let mut ids = vec![json!("prod_0"), json!("p0"), json!("ümläut")];
    for asked in searches {
        let answer = shop.ucp_as("search", &headers, &asked).await.expect(200);
        for found in answer["products"].as_array().unwrap() {
            ids.push(found["id"].clone());
            ids.extend(
                found["variants"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it["id"].clone()),
            );
        }
        answers.push(("search", answer));
    }
    ids.truncate(50);
    let lookup = shop.ucp_as("lookup", &headers, &json!({"ids": ids})).await;
    answers.push(("lookup", lookup.expect(200)));
    for id in ids.iter().take(4) {
        let selected =
            json!([{"name": "colour", "label": dice.of(&COLOURS)}, {"name": "size", "label": "M"}]);
        let asked = json!({"id": id, "selected": selected, "preferences": ["Colour"]});
        let answer = shop.ucp_as("product", &headers, &asked).await.expect(200);
        answers.push(("product", answer));
    }
    answers
}

async fn all_fit(shop: Shop, catalogues: u64) {
    let shop = shop.read_by(access());
    for seed in 0..catalogues {
        fill(&shop, seed).await;
    }
    shop.sync().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut lines = BufWriter::new(File::create(file.path()).unwrap());
    let mut products = 0;
    for seed in 0..catalogues {
        for (operation, answer) in answers(&shop, seed).await {
            fitting::check(operation, &answer);
            let text = answer.to_string();
            assert!(!text.contains("\"draft\""), "seed {seed}: {text}");
            products += answer["products"].as_array().map_or(0, Vec::len);
            let line = json!({"seed": seed, "operation": operation, "answer": answer});
            writeln!(lines, "{line}").unwrap();
        }
    }
    for path in ["/.well-known/ucp", "/.well-known/ucp/2026-04-08"] {
        let profile = shop.get(path).await.expect(200);
        let line = json!({"seed": 0, "operation": "profile", "answer": profile});
        writeln!(lines, "{line}").unwrap();
    }
    lines.flush().unwrap();
    let found = u64::try_from(products).unwrap();
    assert!(
        found > 5 * catalogues,
        "only {products} products were found"
    );
    if let Ok(schemas) = std::env::var("UCP_SCHEMAS") {
        check_schemas(Path::new(&schemas), file.path());
    }
}

/// Holds the answers of a file against the schemas of a folder.
fn check_schemas(schemas: &Path, answers: &Path) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/agents/schemas.py");
    let done = Command::new("python3")
        .arg(script)
        .arg(schemas)
        .arg(answers)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    let failed = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{told}{failed}");
}

#[tokio::test]
async fn answers_of_a_hundred_catalogues_fit_the_protocol() {
    all_fit(Shop::open().await, 100).await;
}

#[tokio::test]
async fn answers_on_postgres_fit_the_protocol() {
    all_fit(Shop::on_postgres().await, 20).await;
}
