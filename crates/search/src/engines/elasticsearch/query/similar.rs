//! Products like a given one.

use serde_json::{Value, json};
use souk_domain::{Hit, ProductId};

use super::card::Card;
use super::response::{RawHit, SearchBody};
use crate::engines::elasticsearch::cluster::client;
use crate::engines::elasticsearch::cluster::failure::Failure;
use crate::engines::elasticsearch::index::mapping::{
    BRAND, CATEGORY, FANDOM, ID, TEXT, TITLE_STEMS,
};

/// Brings a telling word of the title to some five.
const TITLE_WORDS: f32 = 0.4;
/// Score of sharing these.
const SAME_CATEGORY: f32 = 4.0;
const SAME_FANDOM: f32 = 4.0;
const SAME_BRAND: f32 = 2.0;
/// Most telling words of the title that are searched for: the others are everywhere.
const WORDS: usize = 12;

/// The body that finds a product.
pub(crate) fn model_body(product: ProductId) -> Vec<u8> {
    let body = json!({
        "size": 1, "track_total_hits": false, "_source": true, "stored_fields": [TITLE_STEMS],
        "query": {"term": {ID: product.0}},
    });
    body.to_string().into_bytes()
}

/// The body that finds products like the one found; none if none was.
pub(crate) fn body(
    product: ProductId,
    limit: usize,
    model: &[u8],
) -> Result<Option<Vec<u8>>, Failure> {
    let answer: SearchBody<'_> = client::read(model)?;
    let Some(RawHit { source, fields, .. }) = answer.hits.hits.first() else {
        return Ok(None);
    };
    let body = json!({
        "size": limit, "track_total_hits": false,
        "query": {"bool": {
            "should": likeness(&source.card, fields.title_stems()),
            "must_not": [{"term": {ID: product.0}}],
            "minimum_should_match": 1,
        }},
        "sort": [{"_score": "desc"}, {ID: "asc"}],
    });
    Ok(Some(body.to_string().into_bytes()))
}

fn likeness(card: &Card<'_>, title_stems: &str) -> Vec<Value> {
    let mut shared = Vec::new();
    if !title_stems.is_empty() {
        shared.push(json!({"more_like_this": {
        "fields": [TEXT], "like": title_stems, "analyzer": "whitespace",
        "max_query_terms": WORDS, "min_term_freq": 1, "min_doc_freq": 1,
        "minimum_should_match": 1, "boost": TITLE_WORDS,
        }}));
    }
    let mut share = |field: &str, value: Option<&str>, counts: f32| {
        if let Some(value) = value {
            let filter = json!({"term": {field: value}});
            shared.push(json!({"constant_score": {"filter": filter, "boost": counts}}));
        }
    };
    let slug = |label: &'_ std::borrow::Cow<'_, souk_domain::Label>| label.slug.clone();
    share(
        CATEGORY,
        card.category.as_ref().map(slug).as_deref(),
        SAME_CATEGORY,
    );
    share(
        FANDOM,
        card.fandom.as_ref().map(slug).as_deref(),
        SAME_FANDOM,
    );
    share(BRAND, card.brand.as_deref(), SAME_BRAND);
    shared
}

/// The products found.
pub(crate) fn hits(answer: &[u8]) -> Result<Vec<Hit>, Failure> {
    let answer: SearchBody<'_> = client::read(answer)?;
    let found = answer.hits.hits.into_iter();
    Ok(found.map(|found| found.source.card.into_hit()).collect())
}
