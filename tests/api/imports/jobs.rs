//! Imports under way: workers, leases, cancellation, clean-up.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use poem::http::Method;
use serde_json::json;
use souk_store::{ImportCounts, ImportState};
use tokio_util::sync::CancellationToken;

use super::{IMPORTS, LONG_MS, TABLE, id_of, now_ms};
use crate::shop::Shop;

#[tokio::test]
async fn second_import_of_tenant_waits_for_the_first() {
    let shop = Shop::open().await;
    let first = shop.upload("first.csv", TABLE).await;
    let second = shop
        .upload("second.csv", "id,title,price\ne,Lamp,1\n")
        .await;
    for import in [&first, &second] {
        shop.start(&import["id"], json!({})).await.expect(202);
    }
    let now = now_ms(&shop).await;
    shop.claim_as("elsewhere", &first["id"], LONG_MS, now).await;
    shop.run_imports().await;
    assert_eq!(shop.import(&second["id"]).await["state"], "queued");
    assert_eq!(shop.import(&first["id"]).await["state"], "running");

    let queue = shop.store.import_queue();
    let (done, counts) = (ImportState::Done, ImportCounts::default());
    let ended = queue
        .end("elsewhere", id_of(&first), done, &counts, None, now)
        .await;
    assert!(ended.unwrap());
    shop.run_imports().await;
    assert_eq!(shop.import(&second["id"]).await["state"], "done");
    assert!(shop.has_product("e").await && !shop.has_product("a").await);
}

#[tokio::test]
async fn import_of_dead_worker_is_taken_over_with_the_same_outcome() {
    let shop = Shop::open().await;
    let import = shop.upload("lamps.csv", TABLE).await;
    shop.start(&import["id"], json!({})).await.expect(202);
    shop.run_imports().await;
    let (products, once) = (shop.product_ids().await, shop.import(&import["id"]).await);

    // The lease ended long ago; the file is imported once more, over what is there.
    shop.start(&import["id"], json!({})).await.expect(202);
    shop.claim_as("dead", &import["id"], 1_000, 1_000).await;
    assert_eq!(shop.import(&import["id"]).await["state"], "running");
    shop.run_imports().await;
    let done = shop.import(&import["id"]).await;
    assert_eq!(
        (&done["state"], &done["progress"]["rows"]),
        (&json!("done"), &once["progress"]["rows"])
    );
    assert_eq!(done["progress"]["unchanged"], once["progress"]["created"]);
    assert_eq!(shop.product_ids().await, products);
}

#[tokio::test]
async fn import_that_keeps_killing_workers_is_given_up() {
    let shop = Shop::open().await;
    let import = shop.upload("lamps.csv", TABLE).await;
    shop.start(&import["id"], json!({})).await.expect(202);
    for death in 1..=5 {
        shop.claim_as("dead", &import["id"], 1_000, death * 10_000)
            .await;
    }
    shop.run_imports().await;
    let failed = shop.import(&import["id"]).await;
    assert_eq!(failed["error"], "interrupted 5 times", "{failed}");
}

#[tokio::test]
async fn import_without_its_file_here_is_left_to_others() {
    let shop = Shop::open().await;
    let import = shop.upload("lamps.csv", TABLE).await;
    shop.start(&import["id"], json!({})).await.expect(202);
    let job = shop
        .store
        .scope(shop.tenant.id)
        .imports()
        .get(id_of(&import))
        .await
        .unwrap();
    shop.imports.files.remove(&job.file_key).unwrap();
    shop.run_imports().await;
    assert_eq!(shop.import(&import["id"]).await["state"], "queued");
    let preview = format!("{IMPORTS}/{}/preview", import["id"]);
    let refused = shop.admin(Method::GET, &preview, None).await;
    assert_eq!(refused.error(404).0, "not_found");
    assert_eq!(
        shop.cancel(&import["id"]).await.expect(202)["state"],
        "cancelled"
    );
}

#[tokio::test]
async fn import_is_cancelled_at_once_or_by_its_worker() {
    let shop = Shop::open().await;
    let import = shop.upload("lamps.csv", TABLE).await;
    assert_eq!(shop.cancel(&import["id"]).await.error(409).0, "conflict");
    shop.start(&import["id"], json!({})).await.expect(202);
    assert_eq!(
        shop.cancel(&import["id"]).await.expect(202)["state"],
        "cancelled"
    );
    shop.run_imports().await;
    assert!(!shop.has_product("a").await);

    shop.start(&import["id"], json!({})).await.expect(202);
    let now = now_ms(&shop).await;
    shop.claim_as("busy", &import["id"], LONG_MS, now).await;
    let stopping = shop.cancel(&import["id"]).await.expect(202);
    assert_eq!(
        (&stopping["state"], &stopping["cancel_requested"]),
        (&json!("running"), &json!(true))
    );
    let delete = format!("{IMPORTS}/{}", import["id"]);
    let refused = shop.admin(Method::DELETE, &delete, None).await;
    assert_eq!(refused.error(409).0, "conflict");
    let queue = shop.store.import_queue();
    let counts = ImportCounts::default();
    let told = queue
        .save("busy", id_of(&import), &counts, LONG_MS, now)
        .await;
    assert!(told.unwrap().unwrap().cancel_requested);

    // Of a dead worker's import nobody would take notice.
    let ended = queue.end(
        "busy",
        id_of(&import),
        ImportState::Cancelled,
        &counts,
        None,
        now,
    );
    assert!(ended.await.unwrap());
    shop.start(&import["id"], json!({})).await.expect(202);
    shop.claim_as("dead", &import["id"], 1_000, 1_000).await;
    assert_eq!(
        shop.cancel(&import["id"]).await.expect(202)["state"],
        "cancelled"
    );
    shop.admin(Method::DELETE, &delete, None).await.expect(204);
    assert_eq!(shop.kept_files(), 0);
}

#[tokio::test]
async fn running_import_is_given_back_at_shutdown() {
    let shop = Shop::open().await;
    let import = shop.upload("lamps.csv", TABLE).await;
    shop.start(&import["id"], json!({})).await.expect(202);
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    shop.runner().run_due(&shutdown).await.unwrap();
    assert_eq!(shop.import(&import["id"]).await["state"], "queued");

    let shutdown = CancellationToken::new();
    let running = tokio::spawn(shop.runner().run(shutdown.clone()));
    let events = format!("{IMPORTS}/{}/events", import["id"]);
    // The stream ends with the import.
    shop.admin(Method::GET, &events, None).await;
    assert_eq!(shop.import(&import["id"]).await["state"], "done");
    shutdown.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn old_imports_and_files_of_none_are_deleted() {
    let shop = Shop::open().await;
    let import = shop.upload("lamps.csv", TABLE).await;
    let orphan = shop.imports.files.path("00000000000000000000000000000000");
    fs::write(&orphan, "left by a process that died").unwrap();
    let day = Duration::from_secs(86_400);
    shop.runner().clean_up(SystemTime::now()).await.unwrap();
    assert_eq!(shop.kept_files(), 2);
    shop.runner()
        .clean_up(SystemTime::now() + day)
        .await
        .unwrap();
    assert_eq!(shop.kept_files(), 1);
    assert!(!orphan.exists());
    shop.runner()
        .clean_up(SystemTime::now() + 8 * day)
        .await
        .unwrap();
    assert_eq!(shop.kept_files(), 0);
    let path = format!("{IMPORTS}/{}", import["id"]);
    let gone = shop.admin(Method::GET, &path, None).await;
    assert_eq!(gone.error(404).0, "not_found");
}

#[tokio::test]
async fn import_that_replaces_a_seller_archives_what_is_gone_and_asks_before_it_is_much() {
    let shop = Shop::open().await;
    let table = |ids: std::ops::RangeInclusive<u32>| {
        let rows = ids.map(|id| format!("{id},Lamp {id},5.00\n"));
        format!("id,title,price\n{}", rows.collect::<String>())
    };
    let options = json!({"replace_seller": "lamps"});
    let first = shop.upload("first.csv", table(1..=10)).await;
    shop.start(&first["id"], options.clone()).await.expect(202);
    shop.run_imports().await;

    let next = shop.upload("next.csv", table(3..=10)).await;
    let preview = format!("{IMPORTS}/{}/preview?replace_seller=lamps", next["id"]);
    let preview = shop.admin(Method::GET, &preview, None).await.expect(200);
    assert_eq!(
        (&preview["archived"], &preview["doubt"]),
        (&json!(2), &json!(null))
    );
    shop.start(&next["id"], options.clone()).await.expect(202);
    shop.run_imports().await;
    let done = shop.import(&next["id"]).await;
    assert_eq!(done["progress"]["archived"], 2, "{done}");
    // Taken up again after its worker died, it comes to the same end.
    shop.start(&next["id"], options.clone()).await.expect(202);
    shop.claim_as("dead", &next["id"], 1_000, 1_000).await;
    shop.run_imports().await;
    let again = shop.import(&next["id"]).await;
    assert_eq!(again["state"], "done");
    assert_eq!(
        (
            &again["progress"]["archived"],
            &again["progress"]["unchanged"]
        ),
        (&json!(0), &json!(8))
    );

    let little = shop.upload("little.csv", table(3..=4)).await;
    shop.start(&little["id"], options).await.expect(202);
    shop.run_imports().await;
    let failed = shop.import(&little["id"]).await;
    assert_eq!(failed["state"], "failed");
    let error = failed["error"].as_str().unwrap();
    assert!(error.contains("6 of the seller's 8 products"), "{error}");
    let accepted = json!({"replace_seller": "lamps", "accept_doubts": true});
    shop.start(&little["id"], accepted).await.expect(202);
    shop.run_imports().await;
    let done = shop.import(&little["id"]).await;
    assert_eq!(done["progress"]["archived"], 6, "{done}");
    let bad = shop.start(&little["id"], json!({"replace_seller": "No Slug"}));
    assert_eq!(bad.await.error(422).1.as_deref(), Some("replace_seller"));
}
