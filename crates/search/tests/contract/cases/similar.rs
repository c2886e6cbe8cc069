//! Products like one.

use souk_domain::ProductId;

use crate::fixture::Fixture;

cases![
    the_most_alike_comes_first,
    a_product_is_never_like_itself,
    the_limit_holds,
    what_is_not_for_sale_has_none_and_is_none,
];

async fn similar(f: &Fixture, name: &str, limit: usize) -> Vec<String> {
    let hits = f
        .engine
        .similar(f.shop, f.id(name), limit)
        .await
        .expect("an answer");
    assert!(hits.iter().all(|hit| hit.highlights.title.is_none()));
    f.names(&hits)
}

async fn the_most_alike_comes_first(f: &Fixture) {
    assert_eq!(similar(f, "mug-twin-a", 5).await[0], "mug-twin-b");
    assert_eq!(similar(f, "KN-100-A", 5).await[0], "KN-100-AB");
    let star = similar(f, "mug-star", 3).await;
    for name in &star {
        let alike = name.contains("mug") || name.contains("star");
        assert!(alike, "{star:?}");
    }
}

async fn a_product_is_never_like_itself(f: &Fixture) {
    for name in ["mug-star", "figure-03", "homeless", "gasket"] {
        assert!(!similar(f, name, 50).await.contains(&name.to_owned()));
    }
}

async fn the_limit_holds(f: &Fixture) {
    assert_eq!(similar(f, "figure-00", 4).await.len(), 4);
    assert_eq!(similar(f, "figure-00", 0).await.len(), 0);
}

async fn what_is_not_for_sale_has_none_and_is_none(f: &Fixture) {
    assert_eq!(similar(f, "draft", 5).await, [""; 0]);
    let unknown = f.engine.similar(f.shop, ProductId(i64::MAX), 5).await;
    assert_eq!(unknown.expect("an answer"), []);
    let like_a_mug = similar(f, "mug-star", 50).await;
    assert!(!like_a_mug.contains(&"draft".to_owned()));
}
