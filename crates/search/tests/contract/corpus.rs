//! The corpus of words in `crates/search/corpus`: of each language, pairs of texts of which one has to find the other.
//!
//! A line is `A | B`, where each finds the other, `A > B`, where the title A is found by B, or `A ! B`, where it must not
//! be. The pairs of `all.txt` hold in every language.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use souk_domain::Language;
use souk_testkit::product;

use crate::{
    fixture::{Fixture, Opened},
    query::text,
    shops::Shop,
};

/// Languages of which more has to meet, in percent.
const FIRST: [Language; 8] = [
    Language::English,
    Language::German,
    Language::French,
    Language::Dutch,
    Language::Spanish,
    Language::Italian,
    Language::Portuguese,
    Language::Swedish,
];
const OF_FIRST: usize = 95;
const OF_OTHERS: usize = 90;
/// Pairs of every language are searched in these, which differ in script.
const WITH_ALL: [Language; 3] = [Language::English, Language::German, Language::Japanese];

/// A title, a query, and whether the query has to find the title.
struct Expected {
    title: String,
    query: String,
    found: bool,
}

fn read(name: &str) -> Vec<Expected> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let Ok(text) = std::fs::read_to_string(folder.join(format!("{name}.txt"))) else {
        return Vec::new();
    };
    let expected = |title: &str, query: &str, found| Expected {
        title: title.to_owned(),
        query: query.to_owned(),
        found,
    };
    let mut all = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((one, other)) = line.split_once(" | ") {
            all.extend([expected(one, other, true), expected(other, one, true)]);
        } else if let Some((title, query)) = line.split_once(" > ") {
            all.push(expected(title, query, true));
        } else if let Some((title, query)) = line.split_once(" ! ") {
            all.push(expected(title, query, false));
        } else {
            assert!(line.trim().is_empty(), "{name}: {line}");
        }
    }
    all
}

fn slug(language: Language) -> &'static str {
    // Slugs of shops last as long as the program.
    format!("words-{}", language.code()).leak()
}

fn shop(language: Language, expected: &[Expected]) -> Shop {
    let titles: BTreeSet<&str> = expected.iter().map(|pair| pair.title.as_str()).collect();
    let product = |(place, title): (usize, &str)| {
        let product = product(&format!("product-{place}")).category("things");
        product.seller("seller").title(title).build()
    };
    Shop {
        slug: slug(language),
        language: language.code(),
        categories: &[("things", "0", None)],
        fandoms: &[],
        sellers: &[("seller", "0", None)],
        attributes: vec![],
        offers: vec![],
        products: titles.into_iter().enumerate().map(product).collect(),
    }
}

/// Pairs of each language that has any.
fn corpus() -> Vec<(Language, Vec<Expected>)> {
    let languages = Language::ALL.iter().map(|&language| {
        let mut expected = read(language.code());
        if WITH_ALL.contains(&language) {
            expected.extend(read("all"));
        }
        (language, expected)
    });
    languages.filter(|(_, all)| !all.is_empty()).collect()
}

/// Shops with the titles of the corpus, one for each language.
pub(crate) fn shops() -> Vec<Shop> {
    let corpus = corpus().into_iter();
    corpus.map(|(language, all)| shop(language, &all)).collect()
}

/// Prints the share of pairs that meet, and fails where it is too small.
#[expect(
    clippy::print_stdout,
    reason = "the report is what `cargo xtask words` is run for"
)]
pub(crate) async fn compare(engine: &str, opened: &Opened) {
    let mut report = String::new();
    let mut failed = Vec::new();
    for (language, all) in corpus() {
        let tenant = opened.market.documents[slug(language)].0;
        let mut missed = Vec::new();
        for Expected {
            title,
            query,
            found,
        } in &all
        {
            let page = Fixture::strictest(opened, tenant, &text(&format!("{query} "))).await;
            let is_found = page.hits.iter().any(|hit| hit.title == *title);
            if is_found != *found {
                missed.push(format!("{query} -> {title}"));
            }
        }
        let met = (all.len() - missed.len()) * 1000 / all.len();
        let least = if FIRST.contains(&language) {
            OF_FIRST
        } else {
            OF_OTHERS
        };
        let (whole, tenth) = (met / 10, met % 10);
        let _ = writeln!(
            report,
            "{engine:13} {:6} {whole:3}.{tenth} % of {:3}   {}",
            language.code(),
            all.len(),
            missed.join(", ")
        );
        if whole < least {
            failed.push(language.code());
        }
    }
    println!("{report}");
    assert!(
        failed.is_empty(),
        "{engine}: too little meets in {failed:?}"
    );
}
