//! Wire types are described by poem-openapi and written by serde: both must mean the same.

use std::time::Duration;

use poem_openapi::types::ToJSON;
use serde::Serialize;
use souk::api::{
    admin::{
        analytics::{
            response::{QueryReport, SummaryReport, TrendReport},
            version_report::VersionReport,
        },
        variants::response::VariantResults,
    },
    storefront::{
        products::response::{Listing, Similar},
        search::response::{FacetValuesView, SearchResults, Suggestions},
    },
    views::AttributeLabels,
};
use souk_domain::{
    AttributeDefinition, AttributeDefinitions, AttributeFilterKind, AttributeType, BuyBoxReason,
    Condition, Currency, Cursor, EngineKind, Facet, FacetValue, Facets, Highlights, Hit,
    HitVariant, Label, MatchStage, PageRequest, PriceBucket, PriceFacet, PriceRange, ProductId,
    QueryId, RangeFacet, SearchPage, SignedQueryId, SortKey, Suggestion, SuggestionKind, VariantId,
};
use souk_search_service::{EngineResponse, SearchResponse};
use souk_store::{
    DailyMetrics, Metrics, Period, QueryMetrics, Summary, Trend, Trends, VariantOutcome,
    VariantRefusal, VersionMetrics,
};

fn agrees<T: ToJSON + Serialize>(view: &T) {
    assert_eq!(view.to_json().unwrap(), serde_json::to_value(view).unwrap());
}

fn answered<T>(value: T) -> EngineResponse<T> {
    EngineResponse {
        value,
        engine: EngineKind::Tantivy,
        degraded: false,
    }
}

/// A hit with everything, or with nothing that can be left out.
fn hit(full: bool) -> Hit {
    let label = |name: &str| full.then(|| Label::new(name, name));
    let text = |text: &str| full.then(|| text.to_owned());
    Hit {
        id: ProductId(7),
        slug: "dragon-mug".into(),
        title: "Dragon Mug".into(),
        brand: text("Oddfellow"),
        image: text("/mug.svg"),
        image_alt: text("A mug"),
        price: PriceRange {
            min: 1_595,
            max: if full { 2_595 } else { 1_595 },
            currency: Currency::EUR,
        },
        list_price: full.then_some(1_995),
        lowest_price_30d: full.then_some(1_895),
        stock: 3,
        available: true,
        variant: full.then(|| HitVariant {
            id: VariantId(9),
            sku: "MUG-BLUE".into(),
            options: [("Color".into(), "blue".into())].into(),
            price: 1_595,
            available: true,
            image: text("/blue.svg"),
            image_alt: text("A blue mug"),
            seller: label("acme"),
            condition: Condition::Refurbished,
            reason: Some(BuyBoxReason::LowestPrice),
        }),
        rating: full.then_some(4.3),
        rating_count: 7,
        category: label("mugs"),
        fandom: label("dragons"),
        seller: Label::new("acme", "Acme"),
        created_at_ms: 1_700_000_000_123,
        variants: 2,
        highlights: Highlights {
            title: text("<mark>Dragon</mark> Mug"),
            description: text("A <mark>mug</mark>"),
        },
        score: full.then_some(1.25),
    }
}

fn facet(full: bool) -> Facet {
    Facet {
        name: "category".into(),
        values: vec![FacetValue {
            value: "mugs".into(),
            label: "Mugs".into(),
            count: 3,
            selected: full,
            parent: full.then(|| "kitchen".into()),
        }],
        exact: true,
        left_out: 2,
    }
}

fn page(full: bool) -> SearchPage {
    let price = PriceFacet {
        bounds: full.then_some((100, 200)),
        buckets: vec![PriceBucket {
            from: 0,
            to: full.then_some(500),
            count: 1,
        }],
        exact: true,
    };
    SearchPage {
        hits: vec![hit(full)],
        total: 1,
        total_exact: true,
        facets: Facets {
            category: full.then(|| facet(true)),
            price: Some(price),
            attributes: vec![facet(false)],
            ranges: vec![RangeFacet {
                name: "weight".into(),
                bounds: full.then_some((0.5, 2.0)),
                exact: true,
            }],
            ..Facets::default()
        },
        next: full.then_some(Cursor {
            key: SortKey::Integer(1),
            id: ProductId(1),
        }),
        stage: MatchStage::Fuzzy,
    }
}

/// Definitions of the range and, if full, of the attribute that is counted by values.
fn definitions(full: bool) -> AttributeDefinitions {
    let counted = AttributeDefinition::new("category");
    let range = AttributeDefinition {
        kind: AttributeType::Number,
        unit: full.then(|| "kg".to_owned()),
        filter: AttributeFilterKind::Range,
        ..AttributeDefinition::new("weight")
    };
    full.then_some(counted).into_iter().chain([range]).collect()
}

#[test]
fn what_is_described_is_what_is_written() {
    let took = Duration::from_millis(3);
    let request = PageRequest::default();
    for full in [true, false] {
        let definitions = definitions(full);
        let labels = AttributeLabels {
            definitions: &definitions,
            requested: None,
            usual: "en",
        };
        agrees(&SearchResults::new(
            SearchResponse {
                query_id: SignedQueryId {
                    id: QueryId {
                        text: 1,
                        settings: 2,
                        rest: 3,
                    },
                    signature: 4,
                },
                settings_version: 1,
                redirect: full.then(|| "/returns".to_owned()),
                did_you_mean: full.then(|| "dragon".to_owned()),
                results: answered(page(full)),
                tags: Vec::new(),
            },
            &request,
            Currency::EUR,
            labels,
            took,
        ));
        agrees(&Listing::new(answered(page(full)), &request, took));
        agrees(&Similar::new(answered(vec![hit(full)]), took));
        agrees(&FacetValuesView::new(
            answered(facet(full)),
            full.then_some(labels),
            took,
        ));
        let suggestion = Suggestion {
            kind: SuggestionKind::Fandom,
            text: "Dragons".into(),
            highlighted: "<mark>Dra</mark>gons".into(),
            value: full.then(|| "dragons".into()),
            count: full.then_some(3),
        };
        agrees(&Suggestions::new(answered(vec![suggestion]), took));
    }
    let outcomes = vec![
        Ok(VariantOutcome::Updated),
        Err(VariantRefusal::AmbiguousSku),
    ];
    agrees(&VariantResults::new(outcomes));
}

#[test]
fn reports_are_written_as_they_are_described() {
    let period = Period {
        from: 20_000,
        until: 20_001,
    };
    for searches in [0, 1_000] {
        let metrics = Metrics {
            searches,
            clicks: searches,
            clicked: searches / 3,
            converted: searches / 7,
            ..Metrics::default()
        };
        let version = |settings| VersionMetrics { settings, metrics };
        let versions = vec![version(0), version(4)];
        agrees(&VersionReport::new(period, Currency::EUR, &versions, None, 50).unwrap());
        let row = QueryMetrics {
            text: "dragon".into(),
            metrics,
        };
        agrees(&QueryReport::new(period, Currency::EUR, 1, (vec![row], 1)));
        let summary = Summary {
            days: vec![DailyMetrics {
                day: 20_000,
                metrics,
            }],
            unknown: Metrics::default(),
        };
        agrees(&SummaryReport::new(period, Currency::EUR, summary));
        let trend = Trend {
            text: "dragon".into(),
            searches: 3,
            before: searches,
        };
        let trends = Trends {
            rising: vec![trend],
            falling: vec![],
        };
        agrees(&TrendReport::new(period, trends));
    }
}
