//! The words that a cluster makes of a text are those that queries are made of.
#![allow(clippy::unwrap_used)]

mod elasticsearch_support;

use elasticsearch::http::Method;
use elasticsearch_support::{Shop, TENANT};
use serde_json::{Value, json};
use souk_domain::Language;
use souk_search::IndexWriter;
use souk_search::analysis::Analyzer;

const TEXTS: [&str; 12] = [
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
    "İstanbul ISPARTA ığdır",
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

#[tokio::test]
async fn surfaces_are_ours() {
    let shop = Shop::new().await;
    let mut analyzer = Analyzer::new(Language::English);
    for text in TEXTS {
        let words = analyzer.words(text).into_iter();
        let ours: Vec<_> = words.map(|word| word.surface).collect();
        assert_eq!(terms(&shop, "souk_surfaces", text).await, ours, "{text}");
    }
    let long = format!("{} {}", "x".repeat(63), "y".repeat(64));
    assert_eq!(terms(&shop, "souk_surfaces", &long).await, ["x".repeat(63)]);
}

#[tokio::test]
async fn a_word_of_a_query_is_stemmed_as_the_words_of_documents_are() {
    let shop = Shop::empty();
    shop.engine.ensure(TENANT, Language::German).await.unwrap();
    for text in TEXTS
        .into_iter()
        .chain(["Häusern Bücher läuft gelaufene Töpfe"])
    {
        let words = Analyzer::new(Language::German).words(text);
        let mut stems = Vec::new();
        for word in words {
            stems.extend(terms(&shop, "souk_stem_of_word", &word.surface).await);
        }
        assert_eq!(terms(&shop, "souk_stems", text).await, stems, "{text}");
    }
}
