//! The order of relevance on every engine, compared stage by stage.
//!
//! Each engine has the scores that its index can compute, so orders may differ, but no more than [`BOUNDS`] say. The
//! measure is the share of pairs of hits that the first engine puts clearly apart and another engine puts in the same
//! order. An engine that ties a pair gets half of it, so an unranked result has a half.

use std::collections::BTreeMap;

use souk_domain::{MatchStage, SearchPage};

use crate::{
    differential::catalogue,
    fixture::Opened,
    query::{Query, text},
};

/// Ratio of the scores of two hits that are clearly apart.
const APART: f32 = 1.1;
/// Least share of pairs in the same order, by engine, for the stages in the order of [`STAGES`].
const BOUNDS: [(&str, [f64; 3]); 3] = [
    ("elasticsearch", [0.99, 0.92, 0.95]),
    ("postgres", [0.8, 0.88, 0.78]),
    ("sqlite", [0.7, 0.8, 0.7]),
];
const STAGES: [MatchStage; 3] = [MatchStage::AllTerms, MatchStage::Fuzzy, MatchStage::AnyTerm];
/// Texts of each stage.
const TEXTS: [&[&str]; 3] = [
    &[
        "kettle ",
        "garden ",
        "voyage star ",
        "running ",
        "knight ",
        "kitchen ",
        "crème ",
        "rock ",
        "gardens acme ",
        "boiling ",
        "book ",
        "the star ",
    ],
    &[
        "ketlte ",
        "gardne ",
        "voyge star ",
        "runnnig ",
        "knihgt ",
        "ktichen ",
        "cremme ",
        "rokc ",
        "gradens ",
        "boilnig ",
        "knigthly ",
        "starrry ",
        "nairve ",
        "gardenre ",
        "voyagse kettle ",
    ],
    &[
        "zzzzzz kettle ",
        "gardne zzzzzz ",
        "zzzzzz voyge star ",
        "runnnig zzzzzz knight ",
        "knihgt zzzzzz kettle ",
        "zzzzzz crème garden ",
        "boilnig gardne zzzzzz ",
        "star boil kettle zzzzzz ",
    ],
];

/// Compares the order of all engines with that of the first, and prints the shares.
pub(crate) async fn compare() {
    let first = Opened::tantivy(vec![catalogue()]).await;
    let others = [
        Opened::elasticsearch(vec![catalogue()]).await,
        Opened::postgres(vec![catalogue()]).await,
        Opened::sqlite(vec![catalogue()]).await,
    ];
    let mut too_low = Vec::new();
    for (place, stage) in STAGES.into_iter().enumerate() {
        let mut pairs = 0.0;
        let mut agreed = [0.0; 3];
        for typed in TEXTS[place] {
            let expected = page(&first, &text(typed), stage).await;
            assert!(expected.total > 0, "{typed} finds nothing");
            for (opened, agreed) in others.iter().zip(&mut agreed) {
                let page = page(opened, &text(typed), stage).await;
                assert_eq!(page.total, expected.total, "{typed}");
                *agreed += agreement(&expected, &page);
            }
            pairs += agreement(&expected, &expected);
        }
        assert!(pairs > 1_000.0, "too few pairs are apart: {pairs}");
        for ((name, bounds), agreed) in BOUNDS.iter().zip(agreed) {
            let share = agreed / pairs;
            if share < bounds[place] {
                too_low.push(format!("{name} at {stage:?}: {share:.3}"));
            }
        }
    }
    assert!(
        too_low.is_empty(),
        "orders differ by too much: {too_low:#?}"
    );
}

async fn page(opened: &Opened, query: &Query, stage: MatchStage) -> SearchPage {
    let (tenant, _) = &opened.market.documents["generated"];
    let language = opened.market.language(*tenant).await;
    let plan = query.clone().limit(400).plan(*tenant, language).at(stage);
    let page = opened.engine.search(&plan).await.expect("an answer");
    assert_eq!(page.hits.len() as u64, page.total, "all hits on one page");
    page
}

/// Number of pairs that `expected` puts clearly apart and `page` puts in the same order; a tie is half of one.
fn agreement(expected: &SearchPage, page: &SearchPage) -> f64 {
    let scores: BTreeMap<_, _> = page
        .hits
        .iter()
        .map(|hit| (hit.slug.as_str(), hit.score.unwrap_or_default()))
        .collect();
    let score = |slug: &str| *scores.get(slug).unwrap_or_else(|| panic!("no {slug}"));
    let mut agreed = 0.0;
    for (place, higher) in expected.hits.iter().enumerate() {
        for lower in &expected.hits[place + 1..] {
            let least = lower.score.unwrap_or_default() * APART;
            if higher.score.unwrap_or_default() < least {
                continue;
            }
            let (higher, lower) = (score(&higher.slug), score(&lower.slug));
            agreed += match higher.total_cmp(&lower) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    agreed
}
