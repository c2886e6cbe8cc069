//! Imports over the admin API, from upload to removal.

mod jobs;
mod uploads;

use std::fs;

use poem::http::Method;
use serde_json::{Value, json};
use souk::imports::ImportRunner;
use souk_store::{JobId, ProductKey, ProductListing};
use tokio_util::sync::CancellationToken;

use crate::shop::{ADMIN_KEY, Reply, Shop, add_tenant};

const IMPORTS: &str = "/api/admin/imports";
/// Lease that no test outlives.
const LONG_MS: i64 = 3_600_000;
const TABLE: &str = "\
id,title,price,stock,cost
a,Blue Lamp,12.50,3,4.00
b,Red Lamp,9.95,1,4.00
c,Lamp without a price,,2,4.00
,,5.00,,
d,Green Lamp,7,0,4.00
";

impl Shop {
    async fn upload(&self, name: &str, content: impl Into<Vec<u8>>) -> Value {
        let path = format!("{IMPORTS}?name={name}");
        self.post_file(&path, &[], content.into()).await.expect(201)
    }

    async fn post_file(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        let key = format!("Bearer {ADMIN_KEY}");
        let mut all = vec![("Authorization", key.as_str())];
        all.extend(headers);
        self.send(Method::POST, path, &all, Some(body)).await
    }

    async fn import(&self, id: &Value) -> Value {
        let path = format!("{IMPORTS}/{id}");
        self.admin(Method::GET, &path, None).await.expect(200)
    }

    async fn start(&self, id: &Value, options: Value) -> Reply {
        let path = format!("{IMPORTS}/{id}/start");
        self.admin(Method::POST, &path, Some(&options)).await
    }

    async fn cancel(&self, id: &Value) -> Reply {
        let path = format!("{IMPORTS}/{id}/cancel");
        self.admin(Method::POST, &path, None).await
    }

    fn runner(&self) -> ImportRunner {
        ImportRunner::new(self.store.clone(), self.imports.clone())
    }

    /// Runs every import that may run.
    async fn run_imports(&self) {
        let shutdown = CancellationToken::new();
        self.runner().run_due(&shutdown).await.unwrap();
    }

    /// Lets a worker claim an import at a time; it does nothing and never ends it.
    async fn claim_as(&self, worker: &str, id: &Value, lease_ms: i64, now_ms: i64) {
        let queue = self.store.import_queue();
        let due = queue.due(now_ms).await.unwrap();
        let job = due
            .iter()
            .find(|job| Some(job.id.0) == id.as_i64())
            .unwrap();
        let claimed = queue.claim(worker, job, lease_ms, now_ms).await.unwrap();
        assert!(claimed.is_some());
    }

    async fn has_product(&self, external_id: &str) -> bool {
        let key = ProductKey::External(external_id.to_owned());
        let products = self.store.scope(self.tenant.id).products();
        products.get(&key).await.unwrap().is_some()
    }

    async fn product_ids(&self) -> Vec<String> {
        let listing = ProductListing {
            seller: None,
            limit: 1_000,
            ..ProductListing::default()
        };
        let products = self.store.scope(self.tenant.id).products();
        let records = products.list(&listing).await.unwrap();
        records
            .into_iter()
            .map(|record| record.external_id)
            .collect()
    }

    /// Number of files in the folder of uploads.
    fn kept_files(&self) -> usize {
        let folder = self.imports.files.path("a");
        fs::read_dir(folder.parent().unwrap()).map_or(0, Iterator::count)
    }
}

async fn now_ms(shop: &Shop) -> i64 {
    shop.store.clock_ms().await.unwrap()
}

fn id_of(import: &Value) -> JobId {
    JobId(import["id"].as_i64().unwrap())
}

#[tokio::test]
async fn uploaded_file_previewed_and_started_is_imported() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        upload_preview_start_and_watch(shop).await;
    }
}

async fn upload_preview_start_and_watch(shop: Shop) {
    let path = format!("{IMPORTS}?name=lamps.csv");
    let uploaded = shop.post_file(&path, &[], TABLE.into()).await;
    let import = uploaded.expect(201);
    insta::assert_json_snapshot!("import_uploaded", import, { ".created_at" => "[time]" });
    let path = uploaded.header("location").unwrap().to_owned();
    assert_eq!(shop.import(&import["id"]).await, import);

    let preview = format!("{path}/preview?default_stock=5");
    let preview = shop.admin(Method::GET, &preview, None).await.expect(200);
    insta::assert_json_snapshot!("import_preview", preview);
    assert!(!shop.has_product("a").await);

    let empty = format!("{path}/errors");
    let none = shop.admin(Method::GET, &empty, None).await;
    assert_eq!(none.body, b"line,id,field,reason\n");
    let options = json!({"default_status": "draft", "from": "generic", "clear_blank": true});
    let queued = shop.start(&import["id"], options.clone()).await.expect(202);
    assert_eq!(queued["state"], "queued");
    assert_eq!(queued["options"]["default_status"], "draft");
    let again = shop.start(&import["id"], options).await;
    assert_eq!(again.error(409), ("conflict".into(), Some("id".into())));

    let watched = format!("{path}/events");
    let (stream, ()) = tokio::join!(shop.admin(Method::GET, &watched, None), shop.run_imports());
    let text = String::from_utf8(stream.body).unwrap();
    let last = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("data: "));
    let last: Value = serde_json::from_str(last.unwrap()).unwrap();
    assert_eq!(last, shop.import(&import["id"]).await);
    insta::assert_json_snapshot!("import_done", last, {
        ".created_at" => "[time]",
        ".queued_at" => "[time]",
        ".started_at" => "[time]",
        ".heartbeat_at" => "[time]",
        ".finished_at" => "[time]",
    });
    assert!(shop.has_product("a").await && shop.has_product("d").await);

    let faults = shop.admin(Method::GET, &empty, None).await;
    let faults = String::from_utf8(faults.body).unwrap();
    assert_eq!(faults.lines().count(), 2, "{faults}");
    assert!(faults.lines().nth(1).unwrap().starts_with("5,"), "{faults}");

    let second = shop.upload("more.csv", "id,title,price\ne,Lamp,1\n").await;
    let page = format!("{IMPORTS}?per_page=1");
    let first = shop.admin(Method::GET, &page, None).await.expect(200);
    assert_eq!(first["imports"], json!([second]));
    let next = format!("{IMPORTS}?before={}", first["next_before"]);
    let rest = shop.admin(Method::GET, &next, None).await.expect(200);
    assert_eq!(rest["imports"], json!([last]));

    let deleted = shop.admin(Method::DELETE, &path, None).await;
    deleted.expect(204);
    assert_eq!(shop.kept_files(), 1);
    let gone = shop.admin(Method::GET, &path, None).await;
    assert_eq!(gone.error(404).0, "not_found");
    assert!(shop.has_product("a").await);
}

#[tokio::test]
async fn imports_are_admins_and_their_tenants_alone() {
    let shop = Shop::open().await;
    add_tenant(&shop.store, "other", None, Some("the key of another")).await;
    shop.sync().await;
    let shop = shop.reopen();
    let import = shop.upload("lamps.csv", TABLE).await;
    let refused = shop
        .send(Method::POST, IMPORTS, &[], Some(TABLE.into()))
        .await;
    assert_eq!(refused.error(401).0, "unauthorized");
    assert_eq!(shop.get(IMPORTS).await.error(401).0, "unauthorized");
    assert_eq!(shop.kept_files(), 1);

    let headers = [("X-Api-Key", "the key of another")];
    let elsewhere = async |method: Method, path: &str, body: Option<&Value>| {
        let path = format!("{IMPORTS}{path}");
        shop.admin_with(method, &path, &headers, body).await
    };
    let page = elsewhere(Method::GET, "", None).await.expect(200);
    assert_eq!(page["imports"], json!([]));
    let id = &import["id"];
    let options = json!({});
    for (method, path, body) in [
        (Method::GET, format!("/{id}"), None),
        (Method::GET, format!("/{id}/preview"), None),
        (Method::GET, format!("/{id}/events"), None),
        (Method::GET, format!("/{id}/errors"), None),
        (Method::POST, format!("/{id}/start"), Some(&options)),
        (Method::POST, format!("/{id}/cancel"), None),
        (Method::DELETE, format!("/{id}"), None),
    ] {
        let refused = elsewhere(method, &path, body).await;
        assert_eq!(refused.error(404).0, "not_found", "{path}");
    }
    assert_eq!(shop.import(id).await, import);
}
