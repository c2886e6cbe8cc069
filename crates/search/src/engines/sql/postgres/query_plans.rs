//! Tests that no search reads a large table sequentially, and that large results are sampled.

use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;
use souk_domain::{
    FacetName, Filters, Language, ProductId, SearchPage, SearchQuery, Sort, Start, TenantId,
};
use souk_store::{DatabaseOptions, Store};
use souk_testkit::TestDatabase;

use super::{estimates, facets};
use crate::engines::sql::{
    SqlEngine, SqlProjection,
    dialect::{Dialect, search::measure},
    facets::query::FacetQuery,
    query::{
        categories::CategoryTree,
        excluded_filters::{CountedFacets, ExcludedFilters},
        hits,
        search::Search,
        settings::Settings,
    },
    sampling::{CountStrategy, SampleRate},
};
use crate::merchandising::{Boost, Chosen};
use crate::query::FACET_VALUES;
use crate::query::TextPlan;
use crate::{Merchandising, SearchEngine, SearchPlan};

/// 20,000 products with distinct words.
const FILL: &str = "
    INSERT INTO tenants (slug, name) VALUES ('t', 'T');
    CREATE TABLE numbers AS SELECT generate_series(1, 20000)::bigint AS n;
    INSERT INTO sellers (tenant_id, slug, name) SELECT 1, 's-' || n, 'Seller ' || n FROM numbers WHERE n <= 100;
    INSERT INTO fandoms (tenant_id, slug, name) SELECT 1, 'f-' || n, 'Fandom ' || n FROM numbers WHERE n <= 100;
    INSERT INTO categories (tenant_id, slug, name) SELECT 1, 'c-' || n, 'Category ' || n FROM numbers WHERE n <= 60;
    INSERT INTO products (tenant_id, external_id, slug, title, brand, seller_id, fandom_id, category_id, currency,
                          attributes, popularity, price_min, price_max, variant_count)
    SELECT 1, 'AB-' || n, 'p-' || n, 'Product word' || n % 2000 || ' ' || chr((97 + n % 20)::int) || chr((97 + n / 20 % 20)::int) || 'lamp',
           'Brand ' || n % 300, n % 100 + 1, n % 100 + 1,
           n % 60 + 1, 'EUR', jsonb_build_object('Colour', 'c' || n % 12), n % 1000, n % 5000, 5000, 1
    FROM numbers";

const LARGE_TABLES: [&str; 3] = ["products", "search_products", "search_words"];

async fn filled() -> (TestDatabase, SqlEngine) {
    let database = TestDatabase::postgres_filled("plans", fill).await;
    let engine = SqlEngine::new(database.connect().await);
    (database, engine)
}

async fn fill(url: &str) {
    let store = Store::connect(&DatabaseOptions::new(url)).await.unwrap();
    let connection = store.connection().unguarded().clone();
    connection.execute_unprepared(FILL).await.unwrap();
    project(url).await;
    connection.execute_unprepared("ANALYZE").await.unwrap();
    // A template has no sessions.
    store.close().await.unwrap();
}

async fn project(url: &str) {
    let store = Store::connect(&DatabaseOptions::new(url)).await.unwrap();
    let projection = SqlProjection::new(store.clone());
    projection.catch_up(1_000).await.unwrap();
    store.close().await.unwrap();
}

fn assert_uses_indexes(query: &SearchQuery, name: &str, plan: &str) {
    for table in LARGE_TABLES {
        let scan = format!("Seq Scan on {table} ");
        assert!(!plan.contains(&scan), "{name} of {query:?}:\n{plan}");
    }
}

fn plan(query: &SearchQuery) -> SearchPlan {
    SearchPlan::new(TenantId(1), Language::English, query, 0)
}

/// Asserts of every statement of a search that reads products.
async fn assert_search_uses_indexes(engine: &SqlEngine, query: &SearchQuery) {
    assert_plan_uses_indexes(engine, query, plan(query)).await;
}

async fn assert_plan_uses_indexes(engine: &SqlEngine, query: &SearchQuery, plan: SearchPlan) {
    let snapshot = engine.snapshot().await.unwrap();
    let tree = CategoryTree::load(&snapshot, plan.tenant).await.unwrap();
    let settings = Settings::look_up(
        &snapshot,
        &plan,
        crate::engines::sql::spellings::Spellings::default(),
    )
    .await
    .unwrap();
    let selectivity = engine.statistics.look_up(&snapshot).await.unwrap();
    let search = Search::new(&snapshot, &plan, &settings, &tree, selectivity)
        .await
        .unwrap();
    let counted = CountedFacets::Facets(plan.facets.clone());
    let excluded = ExcludedFilters::new(&search.clauses, &counted);
    let strategy = measure(&snapshot, &search, &excluded, 1).await.unwrap();
    let rate = SampleRate::of(1_000, settings.products);
    let counts = FacetQuery {
        search: &search,
        counted: &counted,
        excluded: &excluded,
        strategy: &strategy,
        with_page: search.is_ordered_whole(&strategy),
        most_values: FACET_VALUES,
    };
    let ids = counts.with_page.then_some(&[7, 77, 777][..]);
    for (name, sql) in [
        ("strategy", estimates::statement(&search, &excluded, rate)),
        ("counts", facets::sql(&counts)),
        (
            "hits",
            hits::statement(&search, &strategy, ids, Dialect::Postgres),
        ),
    ] {
        let plan = sql.plan(&snapshot).await.unwrap();
        assert_uses_indexes(query, name, &plan);
    }
}

async fn assert_steered_searches_use_indexes(engine: &SqlEngine) {
    for query in [
        query("word77 "),
        query("cdlamp word77"),
        query("product "),
        everything(),
    ] {
        let pinned = Merchandising {
            pinned: merchandising().pinned,
            ..Merchandising::default()
        };
        for merchandising in [merchandising(), pinned] {
            // Of a catalogue this small, what a boost lifts may be joined by reading the whole.
            if query.text.is_none() && !merchandising.boosts.is_empty() {
                continue;
            }
            let mut plan = plan(&query).with_merchandising(merchandising);
            plan.settings.ranking_signals.rating = 1.0;
            assert_plan_uses_indexes(engine, &query, plan).await;
        }
    }
}

fn query(text: &str) -> SearchQuery {
    SearchQuery {
        text: Some(text.to_owned()),
        facets: FacetName::ALL.into(),
        ..SearchQuery::default()
    }
}

fn everything() -> SearchQuery {
    SearchQuery {
        facets: FacetName::ALL.into(),
        ..SearchQuery::default()
    }
}

#[tokio::test]
async fn searches_use_indexes() {
    let (_database, engine) = filled().await;
    for text in [
        "word77 ",
        "cdlamp ",
        "cdlamp word77",
        "AB-1234",
        "ab1234 word77",
        "product ",
        "produkt ",
    ] {
        assert_search_uses_indexes(&engine, &query(text)).await;
    }
    for sort in Sort::ALL {
        let listing = SearchQuery {
            sort,
            ..everything()
        };
        assert_search_uses_indexes(&engine, &listing).await;
    }
    let mut narrowed = everything();
    narrowed.filters.category = ["c-7".to_owned()].into();
    narrowed.filters.fandom = ["f-7".to_owned()].into();
    assert_search_uses_indexes(&engine, &narrowed).await;
    assert_steered_searches_use_indexes(&engine).await;
}

async fn search(engine: &SqlEngine, query: &SearchQuery) -> SearchPage {
    engine.search(&plan(query)).await.unwrap()
}

/// Pins, boosts and hidden products.
fn merchandising() -> Merchandising {
    let chosen = |category: &str| {
        Chosen::Matching(Filters {
            category: [category.to_owned()].into(),
            ..Filters::default()
        })
    };
    let boost = |category, factor| Boost {
        chosen: chosen(category),
        factor,
    };
    Merchandising {
        pinned: vec![ProductId(777), ProductId(19_999)],
        hidden: vec![chosen("c-8"), Chosen::Products([ProductId(5)].into())],
        boosts: vec![boost("c-7", 2.0), boost("c-9", 0.5)],
        ..Merchandising::default()
    }
}

#[tokio::test]
async fn sampled_catalogue_keeps_pins_boosts_and_hidden_products() {
    let (_database, engine) = filled().await;
    for (boosted, pages) in [(true, 4), (false, 12)] {
        let mut rules = merchandising();
        if !boosted {
            rules.boosts.clear();
        }
        let mut query = everything();
        let mut found = Vec::new();
        for number in 0..pages {
            let merchandising = plan(&query).with_merchandising(rules.clone());
            let page = engine.search(&merchandising).await.unwrap();
            let mut by_number = plan(&query).with_merchandising(rules.clone());
            by_number.page.start = Start::Offset(number * query.page.limit);
            let by_number = engine.search(&by_number).await.unwrap();
            assert_eq!(page.hits, by_number.hits);
            found.extend(page.hits);
            query.page.start = Start::After(page.next.unwrap());
        }
        let mut expected: Vec<i64> = (1..=20_000).filter(|n| n % 60 != 7 && *n != 5).collect();
        expected.sort_by_key(|n| {
            let pin = [777, 19_999].iter().position(|pinned| pinned == n);
            let factor = match n % 60 {
                6 if boosted => 4,
                8 if boosted => 1,
                _ => 2,
            };
            (pin.unwrap_or(2), -(n % 1_000) * factor, *n)
        });
        expected.truncate(found.len());
        let found: Vec<_> = found.iter().map(|hit| hit.id.0).collect();
        assert_eq!(found, expected, "{boosted}");
    }
    assert_pins_lead_a_wide_search_for_words(&engine).await;
}

async fn assert_pins_lead_a_wide_search_for_words(engine: &SqlEngine) {
    let plan = plan(&query("product word7 ")).with_merchandising(merchandising());
    let wide = plan.clone();
    for plan in [
        plan,
        SearchPlan {
            text: Some(TextPlan::new("product ", Language::English)),
            ..wide
        },
    ] {
        let page = engine.search(&plan).await.unwrap();
        let leading: Vec<_> = page.hits.iter().take(2).map(|hit| hit.id.0).collect();
        assert_eq!(leading, [777, 19_999]);
        assert!(
            page.hits[2..]
                .iter()
                .all(|hit| hit.category.as_ref().unwrap().slug != "c-8")
        );
    }
}

#[tokio::test]
async fn large_result_is_estimated_and_marked_inexact() {
    let (_database, engine) = filled().await;
    for query in [everything(), query("product ")] {
        let page = search(&engine, &query).await;
        assert!(!page.total_exact);
        assert!((16_000..24_000).contains(&page.total), "{}", page.total);
        let brands = page.facets.brand.unwrap();
        assert!(!brands.exact && brands.values.len() == 50 && brands.left_out > 0);
        let availability = page.facets.availability.unwrap();
        assert_eq!(availability.values[0].count, page.total);
    }
}

#[tokio::test]
async fn small_result_is_exact_in_large_catalogue() {
    let (_database, engine) = filled().await;
    let mut query = everything();
    query.filters.category = ["c-7".to_owned()].into();
    let page = search(&engine, &query).await;
    let hits = (1..=20_000).filter(|n| n % 60 + 1 == 7).count() as u64;
    assert_eq!((page.total, page.total_exact), (hits, true));
    let fandoms = page.facets.fandom.unwrap();
    let counted: u64 = fandoms.values.iter().map(|value| value.count).sum();
    assert!(fandoms.exact && counted == page.total);
    // The facet that excludes its own filter counts the whole catalogue.
    assert!(!page.facets.category.unwrap().exact);
}

#[tokio::test]
async fn pages_of_sampled_search_are_consecutive() {
    let (_database, engine) = filled().await;
    for sort in Sort::ALL {
        let mut query = query("product ");
        query.sort = sort;
        let first = search(&engine, &query).await;
        query.page.start = Start::After(first.next.unwrap());
        let second = search(&engine, &query).await;
        query.page.start = Start::Offset(query.page.limit);
        let by_number = search(&engine, &query).await;
        assert_eq!(second.hits, by_number.hits, "{sort}");
        assert!(first.hits.iter().all(|hit| !second.hits.contains(hit)));
    }
}

#[tokio::test]
async fn title_match_leads_sampled_search() {
    let (database, engine) = filled().await;
    engine
        .connection
        .execute_unprepared(
            "UPDATE products SET description = description || ' shiny' WHERE id % 2 = 0; \
             UPDATE products SET title = 'Shiny thing' WHERE id IN (77, 19999)",
        )
        .await
        .unwrap();
    project(database.url()).await;
    // Statistics know nothing of so shiny a catalogue, and PostgreSQL says a little later that it was written.
    let deadline = Instant::now() + Duration::from_secs(60);
    let page = loop {
        let page = search(&engine, &query("shiny ")).await;
        if !page.total_exact {
            break page;
        }
        assert!(Instant::now() < deadline, "a wide search is counted whole");
    };
    let leading: Vec<i64> = page.hits.iter().take(2).map(|hit| hit.id.0).collect();
    assert_eq!(leading, [77, 19_999]);
}

#[tokio::test]
async fn common_prefix_is_checked_per_product_under_selective_filter() {
    let (_database, engine) = filled().await;
    let mut query = query("wor");
    for (fandom, is_checked) in [(Some("f-7"), true), (None, false)] {
        query.filters.fandom = fandom.map(str::to_owned).into_iter().collect();
        let plan = plan(&query);
        let snapshot = engine.snapshot().await.unwrap();
        let tree = CategoryTree::load(&snapshot, plan.tenant).await.unwrap();
        let settings = Settings::look_up(
            &snapshot,
            &plan,
            crate::engines::sql::spellings::Spellings::default(),
        )
        .await
        .unwrap();
        let selectivity = engine.statistics.look_up(&snapshot).await.unwrap();
        let search = Search::new(&snapshot, &plan, &settings, &tree, selectivity)
            .await
            .unwrap();
        let statement = hits::statement(&search, &CountStrategy::Exact, None, Dialect::Postgres);
        let explained = statement.plan(&snapshot).await.unwrap();
        assert_eq!(explained.contains("ts_match_vq"), is_checked, "{explained}");
        // Every product has the prefix: without a filter, reading all of them is the shortest way.
        if is_checked {
            assert!(explained.contains("search_products_words"), "{explained}");
        }
    }
    query.filters.fandom.insert("f-7".to_owned());
    let page = search(&engine, &query).await;
    assert_eq!((page.total, page.total_exact), (200, true));
}
