//! The search index as admins handle it.

use std::time::{Duration, Instant};

use poem::http::Method;
use serde_json::{Value, json};
use souk_domain::ProductId;
use souk_store::Entity;

use crate::shop::{Reply, Shop};

const JOBS: &str = "/api/admin/search/jobs";

impl Shop {
    async fn ask(&self, what: &str, body: Value) -> Reply {
        let path = format!("/api/admin/search/{what}");
        self.admin(Method::POST, &path, Some(&body)).await
    }

    async fn search_status(&self) -> Value {
        let path = "/api/admin/search/status";
        self.admin(Method::GET, path, None).await.expect(200)
    }
}

/// The events of a stream that has ended.
fn events(reply: &Reply) -> Vec<Value> {
    let text = String::from_utf8(reply.body.clone()).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

#[tokio::test]
async fn an_index_is_built_anew_watched_and_gone_back_from() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        build_watch_and_go_back(shop).await;
    }
}

async fn build_watch_and_go_back(shop: Shop) {
    assert_eq!(
        shop.ask("rollback", json!({})).await.error(404).0,
        "not_found"
    );

    let queued = shop.ask("reindex", json!({})).await;
    let job = queued.expect(202);
    insta::assert_json_snapshot!("index_job_queued", job, { ".created_at" => "[time]" });
    let path = queued.header("location").unwrap().to_owned();
    assert_eq!(shop.admin(Method::GET, &path, None).await.expect(200), job);
    let refused = shop.ask("reindex", json!({"supersede": false})).await;
    assert_eq!(
        refused.error(409),
        ("conflict".into(), Some("supersede".into()))
    );
    assert_eq!(shop.search_status().await["job"], job);

    let watched = format!("{path}/events");
    let (stream, ()) = tokio::join!(shop.admin(Method::GET, &watched, None), shop.work_on_jobs());
    let job_events = events(&stream);
    let last = job_events.last().unwrap();
    assert_eq!((&last["state"], &last["done"]), (&json!("done"), &json!(3)));
    let done = shop.admin(Method::GET, &path, None).await.expect(200);
    assert_eq!(&done, last);

    let status = shop.search_status().await;
    let serving: Vec<_> = status["indexes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|index| index["serving"].clone())
        .collect();
    assert_eq!(serving, [json!(false), json!(true)], "{status}");
    assert_eq!(status["job"], Value::Null);
    assert_eq!(
        shop.get("/api/search?q=dragon").await.expect(200)["total"],
        2
    );

    let back = shop.ask("rollback", json!({})).await.expect(202);
    assert_eq!(
        (&back["kind"], &back["generation"]),
        (&json!("rollback"), &json!(0))
    );
    shop.work_on_jobs().await;
    assert_eq!(shop.search_status().await["indexes"][0]["generation"], 0);
    assert_eq!(
        shop.get("/api/search?q=dragon").await.expect(200)["total"],
        2
    );

    let first = shop
        .admin(Method::GET, &format!("{JOBS}?per_page=1"), None)
        .await
        .expect(200);
    assert_eq!(first["jobs"][0]["id"], back["id"]);
    let next = format!("{JOBS}?before={}", first["next_before"]);
    let rest = shop.admin(Method::GET, &next, None).await.expect(200);
    assert_eq!(rest["jobs"], json!([done]));
}

#[tokio::test]
async fn a_job_is_superseded_or_cancelled() {
    let shop = Shop::open().await;
    let first = shop.ask("reindex", json!({})).await.expect(202);
    let second = shop
        .ask("reindex", json!({"supersede": true}))
        .await
        .expect(202);
    let path = format!("{JOBS}/{}", first["id"]);
    let superseded = shop.admin(Method::GET, &path, None).await.expect(200);
    assert_eq!(superseded["superseded_by"], second["id"]);
    assert_eq!(superseded["state"], "cancelled");

    let cancel = format!("{JOBS}/{}/cancel", second["id"]);
    let cancelled = shop.admin(Method::POST, &cancel, None).await.expect(202);
    assert_eq!(cancelled["state"], "cancelled");
    let again = shop.admin(Method::POST, &cancel, None).await;
    assert_eq!(again.error(409).0, "conflict");
    for path in [format!("{JOBS}/999"), format!("{JOBS}/999/events")] {
        assert_eq!(
            shop.admin(Method::GET, &path, None).await.error(404).0,
            "not_found"
        );
    }
}

#[tokio::test]
async fn dead_letters_are_seen_tried_again_and_forgotten() {
    let shop = Shop::open().await;
    let outbox = shop.store.outbox();
    outbox
        .enqueue(shop.tenant.id, Entity::Product, &[1, 2, 3])
        .await
        .unwrap();
    let now = chrono::Utc::now().timestamp_millis();
    let claimed = outbox.claim("test", 10, 60_000, now).await.unwrap();
    let failed: Vec<_> = claimed
        .iter()
        .map(|row| (row.id, "too odd".to_owned()))
        .collect();
    outbox.park("test", &failed).await.unwrap();
    assert_eq!(shop.search_status().await["outbox"]["dead_letters"], 3);

    let path = "/api/admin/search/dead-letters";
    let page = shop
        .admin(Method::GET, &format!("{path}?per_page=2"), None)
        .await
        .expect(200);
    insta::assert_json_snapshot!("dead_letters", page, {
        ".dead_letters[].created_at" => "[time]",
        ".dead_letters[].parked_at" => "[time]",
    });
    let one = &page["dead_letters"][0]["id"];
    let two = &page["dead_letters"][1]["id"];
    shop.admin(Method::DELETE, &format!("{path}/{one}"), None)
        .await
        .expect(204);
    for (method, gone) in [
        (Method::DELETE, format!("{path}/{one}")),
        (Method::POST, format!("{path}/{one}/retry")),
    ] {
        assert_eq!(
            shop.admin(method, &gone, None).await.error(404).0,
            "not_found"
        );
    }
    let retried = shop
        .admin(Method::POST, &format!("{path}/{two}/retry"), None)
        .await;
    assert_eq!(retried.expect(202), json!({"retried": 1}));
    let retried = shop
        .admin(Method::POST, &format!("{path}/retry"), None)
        .await;
    assert_eq!(retried.expect(202), json!({"retried": 1}));
    let status = shop.search_status().await;
    assert_eq!(
        (&status["outbox"]["rows"], &status["outbox"]["dead_letters"]),
        (&json!(2), &json!(0))
    );
    shop.sync().await;
    let ids = shop
        .store
        .scope(shop.tenant.id)
        .document_ids(None, 10)
        .await
        .unwrap();
    assert!(ids.contains(&ProductId(1)));
}

impl Shop {
    /// Runs an indexer until no job is left.
    pub(crate) async fn work_on_jobs(&self) {
        let stop = tokio_util::sync::CancellationToken::new();
        let running = tokio::spawn(self.indexer().run(stop.clone()));
        let deadline = Instant::now() + Duration::from_secs(60);
        let jobs = self.store.scope(self.tenant.id).index_jobs();
        while jobs.active().await.unwrap().is_some() {
            assert!(Instant::now() < deadline, "a job does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.cancel();
        running.await.unwrap();
    }
}
