//! The words that a cluster makes of a text are those that queries are made of.
#![allow(clippy::unwrap_used)]

mod elasticsearch_support;

use elasticsearch::http::Method;
use elasticsearch_support::{Shop, TENANT, document, upsert};
use serde_json::{Value, json};
use souk_domain::{Language, SearchQuery};
use souk_search::query::analysis::Analyzer;
use souk_search::{IndexWriter, SearchPlan};

const TEXTS: [&str; 11] = [
    "Crème brûlée & Éclair Knights' Mug, 350 ml",
    "rock'n'roll C++ e-book 10.5 A4 XL-200 under_score",
    "Straße Łódź Ångström Ærø œuvre ﬁnish ｆｕｌｌ",
    "Жёлтый чайник и кружки",
    "ΣΟΦΟΣ Ελληνικά κούπες",
    "日本語 テスト 한국어",
    "½ ² Ⅷ ⑴ 4² m³",
    "a\u{301} e\u{300}te\u{301} zero\u{200b}width",
    "٠١٢ أكواب الشاي",
    "कप चाय กาแฟ",
    "🦀 mug🦀mug 👩‍🚀",
];

async fn terms(shop: &Shop, analyzer: &str, text: &str) -> Vec<String> {
    let path = format!("{}-{TENANT}/_analyze", shop.cluster.prefix());
    let body = json!({"analyzer": analyzer, "text": text}).to_string();
    let answer = shop.cluster.send(Method::Post, &path, Some(&body)).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let tokens = answer["tokens"].as_array().unwrap().iter();
    tokens
        .map(|token| token["token"].as_str().unwrap().to_owned())
        .collect()
}

/// The words of a text as documents bring them.
fn words(text: &str) -> Vec<String> {
    let words = Analyzer::new(Language::Simple).words(text);
    words.into_iter().map(|word| word.surface).collect()
}

#[tokio::test]
async fn words_stay_whole() {
    let shop = Shop::new().await;
    for text in TEXTS {
        let words = words(text);
        let kept = terms(&shop, "whitespace", &words.join(" ")).await;
        assert_eq!(kept, words, "{text}");
    }
}

#[tokio::test]
async fn a_capital_i_with_a_dot_is_an_i() {
    let shop = Shop::new().await;
    shop.apply(vec![upsert(1, document(1, "İstanbul İğne"))])
        .await;
    for typed in [
        "istanbul ",
        "İstanbul ",
        "İSTANBUL",
        "İst",
        "İstambul ",
        "İĞNE",
    ] {
        assert_eq!(shop.search(typed).await.total, 1, "{typed}");
    }
}

#[tokio::test]
async fn documents_bring_the_stems_of_their_language() {
    let shop = Shop::empty();
    shop.engine.ensure(TENANT, Language::Dutch).await.unwrap();
    shop.apply(vec![upsert(1, document(1, "Leren Tassen"))])
        .await;
    let query = SearchQuery {
        text: Some("tas ".to_owned()),
        ..SearchQuery::default()
    };
    let plan = SearchPlan::new(TENANT, Language::Dutch, &query, 0);
    let found = souk_search::search(&shop.engine, &plan).await.unwrap();
    assert_eq!(found.total, 1);
}
