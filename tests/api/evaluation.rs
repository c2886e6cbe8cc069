use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

const PATH: &str = "/api/admin/search/evaluate";

async fn evaluate(shop: &Shop, body: &Value) -> Reply {
    shop.admin(Method::POST, PATH, Some(body)).await
}

fn judgement(query: &str, product: &str, grade: u8) -> Value {
    json!({"query": query, "product": product, "grade": grade})
}

#[tokio::test]
async fn judged_queries_are_measured() {
    let shop = Shop::open().await;
    let body = json!({"judgements": [
        judgement("dragon mug", "mug-1", 3),
        judgement("dragon mug", "shirt-1", 0),
        judgement("zeppelin", "mug-1", 2),
        judgement("zebra", "mug-1", 0),
    ]});
    let measured = evaluate(&shop, &body).await.expect(200);
    insta::assert_json_snapshot!("evaluation", measured);
}

#[tokio::test]
async fn settings_are_tried() {
    let shop = Shop::open().await;
    let mut body = json!({"judgements": [judgement("dragn mug", "mug-1", 3)]});
    let found = evaluate(&shop, &body).await.expect(200);
    assert_eq!(found["zero_result_rate"], 0.0, "{found}");
    body["settings"] = json!({"relaxing": {"typos": false, "missing_words": false}});
    let found = evaluate(&shop, &body).await.expect(200);
    assert_eq!(found["zero_result_rate"], 1.0, "{found}");
}

#[tokio::test]
async fn a_fault_names_its_field() {
    let shop = Shop::open().await;
    let good = judgement("mug", "mug-1", 3);
    let many: Vec<_> = (0..201)
        .map(|it| judgement(&it.to_string(), "mug-1", 3))
        .collect();
    for (body, status, field) in [
        (json!({}), 400, "judgements"),
        (json!({"judgements": []}), 422, "judgements"),
        (json!({"judgements": many}), 422, "judgements"),
        (
            json!({"judgements": [judgement(" ", "mug-1", 3)]}),
            422,
            "judgements[0].query",
        ),
        (
            json!({"judgements": [good, judgement("mug", "mug-1", 4)]}),
            422,
            "judgements[1].grade",
        ),
        (
            json!({"judgements": [good], "settings": {"words": {"beginning": 2}}}),
            422,
            "settings.words.beginning",
        ),
        (
            json!({"judgements": [good], "settings": {"words": {"beginning": "x"}}}),
            422,
            "settings.words.beginning",
        ),
        (
            json!({"judgements": [good], "settings": 7}),
            422,
            "settings",
        ),
    ] {
        let (_, blamed) = evaluate(&shop, &body).await.error(status);
        assert_eq!(blamed.as_deref(), Some(field), "{body}");
    }
}

#[tokio::test]
async fn only_admins_measure() {
    let shop = Shop::open().await;
    let headers = [("Content-Type", "application/json")];
    let reply = shop
        .send(Method::POST, PATH, &headers, Some(b"{}".into()))
        .await;
    assert_eq!(reply.status, 401);
}
