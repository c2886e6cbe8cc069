//! Search by meaning beside the words, on the embedded engine.
#![allow(missing_docs, clippy::unwrap_used)]

mod tantivy_support;

use std::collections::BTreeSet;

use souk_domain::{
    FacetName, Language, PageRequest, ProductDocument, ProductId, SearchPage, SearchQuery, TenantId,
};
use souk_embeddings::Vector;
use souk_search::merchandising::{Chosen, Merchandising};
use souk_search::{IndexWriter, SearchPlan};
use tantivy_support::{Shop, TENANT, document, text_query};

const MODEL: &str = "three dimensions";

fn vector(values: [f32; 3]) -> Vector {
    Vector::of(&values).unwrap()
}

fn query_vector() -> Option<Vector> {
    Some(vector([1.0, 0.0, 0.0]))
}

async fn embed(shop: &Shop, vectors: &[(i64, [f32; 3])]) {
    let vectors = vectors.iter();
    let vectors = vectors.map(|&(id, values)| (ProductId(id), Some(vector(values))));
    let written = shop.engine.write_vectors(TENANT, MODEL, vectors.collect());
    written.await.unwrap();
}

fn plan(query: &SearchQuery) -> SearchPlan {
    SearchPlan {
        meaning: query_vector(),
        ..SearchPlan::new(TENANT, Language::English, query, 0)
    }
}

async fn find(shop: &Shop, plan: &SearchPlan) -> SearchPage {
    souk_search::search(&shop.engine, plan).await.unwrap()
}

fn ids(page: &SearchPage) -> Vec<i64> {
    page.hits.iter().map(|hit| hit.id.0).collect()
}

fn branded(id: i64, title: &str, brand: &str) -> ProductDocument {
    ProductDocument {
        brand: Some(brand.to_owned()),
        ..document(id, title)
    }
}

/// Four red mugs of one brand, and a bowl of another that is nearest by meaning.
async fn mugs() -> Shop {
    let mugs = (1..=4).map(|id| branded(id, "red mug", "Acme"));
    let shop = Shop::with(mugs.chain([branded(5, "blue bowl", "Bolt")]).collect()).await;
    embed(
        &shop,
        &[
            (5, [1.0, 0.0, 0.0]),
            (4, [1.0, 0.2, 0.0]),
            (1, [-1.0, 0.0, 0.0]),
        ],
    )
    .await;
    shop
}

#[tokio::test]
async fn meaning_lifts_products_with_the_words_and_adds_others_behind_them() {
    let shop = mugs().await;
    let query = SearchQuery {
        facets: [FacetName::Brand].into(),
        ..text_query("red mug")
    };
    let page = find(&shop, &plan(&query)).await;
    assert_eq!(ids(&page), [4, 1, 2, 3, 5]);
    assert_eq!(page.total, 5);
    let brands = &page.facets.brand.as_ref().unwrap().values;
    let counts: Vec<_> = brands
        .iter()
        .map(|it| (it.value.as_str(), it.count))
        .collect();
    assert_eq!(counts, [("Acme", 4)], "facets are those of the words");
    assert!(page.hits[4].score.is_none());
}

#[tokio::test]
async fn filters_and_hidden_products_hold_for_meaning() {
    let shop = mugs().await;
    let mut query = text_query("red mug");
    query.filters.brand = BTreeSet::from(["Acme".to_owned()]);
    assert_eq!(ids(&find(&shop, &plan(&query)).await), [4, 1, 2, 3]);
    let hidden = Chosen::Products([ProductId(4), ProductId(5)].into());
    let merchandising = Merchandising {
        hidden: vec![hidden],
        ..Merchandising::default()
    };
    let plan = plan(&text_query("red mug")).with_merchandising(merchandising);
    assert_eq!(ids(&find(&shop, &plan).await), [1, 2, 3]);
}

#[tokio::test]
async fn pinned_product_stays_first() {
    let shop = mugs().await;
    let merchandising = Merchandising {
        pinned: vec![ProductId(3)],
        ..Merchandising::default()
    };
    let plan = plan(&text_query("red mug")).with_merchandising(merchandising);
    assert_eq!(ids(&find(&shop, &plan).await), [3, 4, 1, 2, 5]);
}

#[tokio::test]
async fn exact_texts_and_a_weight_of_zero_leave_the_words_alone() {
    let shop = mugs().await;
    for text in ["mug", "\"red mug\"", "red mug -bowl"] {
        let page = find(&shop, &plan(&text_query(text))).await;
        assert_eq!(ids(&page), [1, 2, 3, 4], "{text}");
    }
    let mut off = plan(&text_query("red mug"));
    off.settings.meaning.weight = 0.0;
    assert_eq!(ids(&find(&shop, &off).await), [1, 2, 3, 4]);
}

#[tokio::test]
async fn removed_vectors_and_those_of_another_model_do_not_count() {
    let shop = mugs().await;
    let removed = vec![(ProductId(5), None)];
    shop.engine
        .write_vectors(TENANT, MODEL, removed)
        .await
        .unwrap();
    let query = text_query("red mug");
    assert_eq!(ids(&find(&shop, &plan(&query)).await), [4, 1, 2, 3]);
    let other = vec![(ProductId(3), query_vector())];
    shop.engine
        .write_vectors(TENANT, "another", other)
        .await
        .unwrap();
    assert_eq!(ids(&find(&shop, &plan(&query)).await), [3, 1, 2, 4]);
}

#[tokio::test]
async fn pages_by_number_and_by_cursor_show_each_product_once() {
    let mugs = (1..=150).map(|id| document(id, "big red mug"));
    let bowls = (151..=153).map(|id| document(id, "blue bowl"));
    let shop = Shop::with(mugs.chain(bowls).collect()).await;
    let near: Vec<_> = [40, 130, 151, 152, 153]
        .map(|id| (id, [1.0, id as f32 / 1e4, 0.0]))
        .into();
    embed(&shop, &near).await;
    let page = |page: PageRequest| {
        plan(&SearchQuery {
            page,
            ..text_query("big red mug")
        })
    };
    let (mut numbered, mut followed) = (Vec::new(), Vec::new());
    let mut by_cursor = page(PageRequest::numbered(1, 37).unwrap());
    for number in 1..=6 {
        let found = find(&shop, &page(PageRequest::numbered(number, 37).unwrap())).await;
        assert_eq!(found.total, 153);
        numbered.extend(ids(&found));
        let found = find(&shop, &by_cursor).await;
        followed.extend(ids(&found));
        match found.next {
            Some(next) => by_cursor = page(PageRequest::after(next, 37).unwrap()),
            None => break,
        }
    }
    assert_eq!(numbered, followed);
    // 130 is not among the first hundred by words, but has all of them: its place by meaning counts.
    assert_eq!(numbered[..4], [40, 1, 2, 130]);
    let all: BTreeSet<i64> = numbered.iter().copied().collect();
    assert_eq!((numbered.len(), all.len()), (153, 153));
    // What meaning alone brings lacks the words, and ends what is fused.
    assert_eq!(numbered[100..105], [100, 151, 152, 153, 101]);
}

#[tokio::test]
async fn vectors_of_another_tenant_do_not_count() {
    let shop = mugs().await;
    let other = TenantId(2);
    shop.engine.ensure(other, Language::English).await.unwrap();
    let near = vec![(ProductId(2), query_vector())];
    shop.engine.write_vectors(other, MODEL, near).await.unwrap();
    let page = find(&shop, &plan(&text_query("red mug"))).await;
    assert_eq!(ids(&page), [4, 1, 2, 3, 5]);
    let of_other = SearchPlan {
        tenant: other,
        ..plan(&text_query("red mug"))
    };
    assert_eq!(find(&shop, &of_other).await.total, 0);
}
