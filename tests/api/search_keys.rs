//! Search keys: what they enforce everywhere, why they are refused, and programs that make them.

use std::{path::Path, process::Command};

use poem::http::Method;
use serde_json::{Value, json};
use souk_domain::ProductInput;
use souk_identity::{
    ApiKeyHash, OfferedApiKey, OfferedSearchKey, Permission, Permissions, sign_search_key,
};
use souk_testkit::product;

use crate::shop::{Reply, Shop, add_api_key, add_tenant};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/search-keys");

/// An API key that may sign search keys.
struct Parent {
    id: String,
    hash: ApiKeyHash,
}

impl Parent {
    async fn of(shop: &Shop) -> Self {
        let scope = shop.store.scope(shop.tenant.id);
        let may_sign = Permissions::of(&[Permission::SearchKeysMake]);
        let (id, secret) = add_api_key(&scope, may_sign, i64::MAX).await;
        let hash = OfferedApiKey::read(&secret).unwrap().hash;
        Self { id, hash }
    }

    fn sign(&self, restrictions: &Value) -> String {
        sign_search_key(&self.id, &self.hash, &restrictions.to_string())
    }
}

impl Shop {
    async fn with_search_key(&self, key: &str, path: &str) -> Reply {
        Box::pin(self.send(Method::GET, path, &[("X-Api-Key", key)], None)).await
    }

    async fn instant_with(&self, key: &str, path: &str, body: &Value) -> Reply {
        let path = format!("/api/instantsearch/1{path}");
        let headers = [("x-algolia-api-key", key), ("Content-Type", "text/plain")];
        let body = Some(body.to_string().into_bytes());
        Box::pin(self.send(Method::POST, &path, &headers, body)).await
    }
}

/// Another product of the brand that the keys of these tests keep back.
fn secret_product() -> ProductInput {
    product("cup-1")
        .title("Dragon Cup")
        .brand("Northlight")
        .category("mugs")
        .fandom("star-sagas")
        .attribute("color", "green")
        .price(700)
        .popularity(99)
        .into()
}

fn oddfellow() -> Value {
    json!({"filters": {"brand": "Oddfellow"}})
}

/// Fails if an answer tells anything of what the keys of these tests keep back.
fn assert_keeps_back(what: &str, reply: &Reply) {
    let text = String::from_utf8_lossy(&reply.body);
    for secret in [
        "Northlight",
        "Starship",
        "starship",
        "Dragon Cup",
        "star-sagas",
        "green",
    ] {
        assert!(!text.contains(secret), "{what} tells of {secret}: {text}");
    }
}

async fn enforced_everywhere(shop: Shop) {
    shop.put(vec![secret_product()]).await;
    shop.sync().await;
    let shop = shop.cached();
    let parent = Parent::of(&shop).await;
    let key = parent.sign(&oddfellow());
    let ids = shop.get("/api/search?per_page=10").await.expect(200);
    let id_of = |title: &str| {
        let hits = ids["hits"].as_array().unwrap().iter();
        let hit = hits.clone().find(|hit| hit["title"] == title).unwrap();
        hit["id"].to_string().trim_matches('"').to_owned()
    };
    let (mug, cup) = (id_of("Dragon Mug"), id_of("Dragon Cup"));
    // Twice: once loaded, once from the cache, after somebody else has filled it.
    for _ in 0..2 {
        for (path, total) in [
            ("/api/search", 2),
            ("/api/search?q=mug", 1),
            ("/api/search?q=dragon", 2),
            ("/api/search?brand=Northlight", 0),
            ("/api/search?brand=Northlight&brand=Oddfellow", 2),
            ("/api/search?category=mugs", 1),
            ("/api/products", 2),
            ("/api/products?category=mugs", 1),
        ] {
            let all = shop.get(path).await.expect(200)["total"].as_u64().unwrap();
            let reply = shop.with_search_key(&key, path).await;
            let found = reply.expect(200);
            assert_eq!(found["total"], total, "{path}: {found}");
            assert!(all > total || path.ends_with("Oddfellow") && all >= total);
            assert_eq!(reply.header("Cache-Control"), Some("private, no-store"));
            // What is asked for is told again, as selected and without products.
            if !path.contains("Northlight") {
                assert_keeps_back(path, &reply);
            }
        }
        for path in [
            "/api/search/facets/brand",
            "/api/search/facets/fandom?q=s",
            "/api/search/facets/attr:color",
            "/api/search/suggestions?q=star",
            "/api/search/suggestions?q=nor",
            "/api/search/suggestions?q=drag",
            "/api/search/suggestions?q=dragon%20-red",
            &format!("/api/products/{mug}/similar"),
        ] {
            shop.get(path).await.expect(200);
            let reply = shop.with_search_key(&key, path).await;
            reply.expect(200);
            assert_keeps_back(path, &reply);
        }
        let suggested = shop
            .with_search_key(&key, "/api/search/suggestions?q=drag")
            .await;
        let suggested = suggested.expect(200).to_string();
        assert!(suggested.contains("dragon-tales") && suggested.contains("Dragon Mug"));
        shop.get(&format!("/api/products/{cup}")).await.expect(200);
        for path in [
            format!("/api/products/{cup}"),
            format!("/api/products/{cup}/similar"),
            format!("/api/products/{cup}/reviews"),
            "/api/products/dragon-cup".to_owned(),
        ] {
            assert_eq!(
                shop.with_search_key(&key, &path).await.error(404).0,
                "not_found"
            );
        }
        let path = format!("/api/products/{mug}");
        shop.with_search_key(&key, &path).await.expect(200);
    }
    // InstantSearch: hits, counts, values, records.
    let queries = json!({"requests": [
        {"indexName": "products", "query": "", "facets": ["*"]},
        {"indexName": "products", "query": "", "facets": ["brand"], "facetFilters": [["brand:Northlight"]]},
    ]});
    let values = json!({"facetQuery": "n"});
    let objects = json!({"requests": [{"indexName": "products", "objectID": cup}]});
    let like = json!({"requests": [{"indexName": "products", "objectID": mug, "model": "related-products", "threshold": 0}]});
    for (path, body) in [
        ("/indexes/*/queries", &queries),
        ("/indexes/products/facets/brand/query", &values),
        ("/indexes/products/browse", &json!({})),
        ("/indexes/*/objects", &objects),
        ("/indexes/*/recommendations", &like),
    ] {
        shop.instant_with("public", path, body).await.expect(200);
        let reply = shop.instant_with(&key, path, body).await;
        let found = reply.expect(200);
        match path {
            "/indexes/*/queries" => {
                assert_eq!(found["results"][0]["nbHits"], 2);
                assert_eq!(found["results"][1]["nbHits"], 0);
                assert!(!found["results"][0].to_string().contains("Northlight"));
            }
            "/indexes/products/browse" => {
                assert_eq!(found["nbHits"], 2);
                assert_keeps_back(path, &reply);
            }
            "/indexes/*/objects" => assert_eq!(found["results"], json!([null])),
            _ => assert_keeps_back(path, &reply),
        }
    }
    // Two keys of the same parent have answers of their own.
    let red = parent.sign(
        &json!({"filters": {"brand": ["Oddfellow"], "attr": "color:red", "category": "mugs"}}),
    );
    let found = shop.with_search_key(&red, "/api/search").await.expect(200);
    assert_eq!(found["total"], 1);
    let nothing = parent.sign(&json!({"filters": {"brand": "Nobody"}}));
    let found = shop
        .with_search_key(&nothing, "/api/search")
        .await
        .expect(200);
    assert_eq!(found["total"], 0);
    let free = parent.sign(&json!({}));
    let found = shop.with_search_key(&free, "/api/search").await.expect(200);
    assert_eq!(found["total"], 4);
}

#[tokio::test]
async fn enforced_filters_leave_no_answer_on_sqlite() {
    Box::pin(enforced_everywhere(Shop::open().await)).await;
}

#[tokio::test]
async fn enforced_filters_leave_no_answer_on_postgres() {
    Box::pin(enforced_everywhere(Shop::on_postgres().await)).await;
}

#[tokio::test]
async fn refused_search_key_tells_why() {
    let shop = Shop::open().await;
    let other = add_tenant(&shop.store, "other", Some("other.example"), None).await;
    let shop = shop.reopen();
    let parent = Parent::of(&shop).await;
    let scope = shop.store.scope(shop.tenant.id);
    let (id, secret) = add_api_key(
        &scope,
        Permissions::of(&[Permission::CatalogueRead]),
        i64::MAX,
    )
    .await;
    let weak = Parent {
        id,
        hash: OfferedApiKey::read(&secret).unwrap().hash,
    };
    let good = parent.sign(&oddfellow());
    let swapped = sign_search_key(&parent.id, &weak.hash, "{}");
    for (key, status, code) in [
        ("souk_search_", 401, "invalid_search_key"),
        (&*format!("{good}A"), 401, "invalid_search_key"),
        (&*swapped, 401, "invalid_search_key"),
        (
            &*sign_search_key("AAAAAAAAAAA", &parent.hash, "{}"),
            401,
            "invalid_search_key",
        ),
        (
            &*parent.sign(&json!({"filter": {}})),
            401,
            "invalid_search_key",
        ),
        (
            &*parent.sign(&json!({"filters": {"brand": []}})),
            401,
            "invalid_search_key",
        ),
        (
            &*parent.sign(&json!({"expires": 1_700_000_000})),
            401,
            "search_key_expired",
        ),
        (&*weak.sign(&json!({})), 403, "search_key_refused"),
        (
            &*parent.sign(&json!({"origins": ["https://shop.example"]})),
            403,
            "search_key_refused",
        ),
    ] {
        assert_eq!(
            shop.with_search_key(key, "/api/search")
                .await
                .error(status)
                .0,
            code,
            "{key}"
        );
    }
    for path in [
        "/api/categories",
        "/api/sellers",
        "/api/account",
        "/api/admin/products",
    ] {
        let reply = shop.with_search_key(&good, path).await;
        assert_eq!(reply.error(403).0, "search_key_refused", "{path}");
    }
    let at_other = [("X-Api-Key", &*good), ("Host", "other.example")];
    let reply = shop.send(Method::GET, "/api/search", &at_other, None).await;
    assert_eq!(reply.error(403).0, "foreign_api_key");
    let twice = [("X-Api-Key", &*good), ("X-Api-Key", &*good)];
    let reply = shop.send(Method::GET, "/api/search", &twice, None).await;
    assert_eq!(reply.error(401).0, "invalid_api_key");
    let of_page = parent.sign(&json!({"origins": ["https://shop.example"]}));
    for (name, value, status) in [
        ("Origin", "https://shop.example", 200),
        ("Referer", "https://shop.example/mugs", 200),
        ("Origin", "http://shop.example", 403),
        ("Origin", "https://shop.example.evil.example", 403),
    ] {
        let headers = [("X-Api-Key", &*of_page), (name, value)];
        let reply = shop.send(Method::GET, "/api/search", &headers, None).await;
        assert_eq!(reply.status, status, "{name}: {value}");
    }
    // A tenant without a host is reached by its key alone.
    let alone = add_tenant(&shop.store, "alone", None, None).await;
    let scope = shop.store.scope(alone.id);
    let (id, secret) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
    let hash = OfferedApiKey::read(&secret).unwrap().hash;
    let shop = shop.reopen();
    let key = sign_search_key(&id, &hash, "{}");
    let found = shop.with_search_key(&key, "/api/search").await.expect(200);
    assert_eq!(found["total"], 0);
    assert_ne!(other.id, alone.id);
}

#[tokio::test]
async fn search_key_ends_with_its_parent_and_within_its_quota() {
    let shop = Shop::open().await;
    let parent = Parent::of(&shop).await;
    let limited = |user: &str| parent.sign(&json!({"per_minute": 2, "user": user}));
    let (ada, eve) = (limited("ada"), limited("eve"));
    for (key, status) in [(&ada, 200), (&ada, 200), (&ada, 429), (&eve, 200)] {
        assert_eq!(
            shop.with_search_key(key, "/api/search").await.status,
            status
        );
    }
    let key = parent.sign(&json!({}));
    shop.with_search_key(&key, "/api/search").await.expect(200);
    let path = format!("/api/admin/keys/{}", parent.id);
    shop.admin(Method::DELETE, &path, None).await.expect(204);
    let refused = shop.with_search_key(&key, "/api/search").await;
    assert_eq!(refused.error(401).0, "invalid_search_key");
}

#[tokio::test]
async fn search_key_made_by_the_api_is_one() {
    let shop = Shop::open().await;
    let parent = Parent::of(&shop).await;
    let path = "/api/admin/search-keys";
    let body = json!({"parent": parent.id, "filters": {"brand": ["Oddfellow"]}, "expires_at": "2100-01-01T00:00:00Z", "user": "ada"});
    let made = shop
        .admin(Method::POST, path, Some(&body))
        .await
        .expect(200);
    let key = made["key"].as_str().unwrap();
    let expected =
        json!({"filters": {"brand": ["Oddfellow"]}, "expires": 4_102_444_800_i64, "user": "ada"});
    let offered = OfferedSearchKey::read(key).unwrap();
    assert!(offered.is_signed_by(&parent.hash));
    let signed: Value = serde_json::from_slice(offered.restrictions()).unwrap();
    assert_eq!(signed, expected);
    let found = shop.with_search_key(key, "/api/search").await.expect(200);
    assert_eq!(found["total"], 2);
    let nobody = json!({"filters": {"brand": ["Oddfellow"]}});
    let refused = shop.admin(Method::POST, path, Some(&nobody)).await;
    assert_eq!(refused.error(422).1.as_deref(), Some("parent"));
}

/// Returns whether a program is there, so that a test can go without it.
fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

#[test]
fn examples_of_other_languages_make_the_same_search_key() {
    let read = std::fs::read(Path::new(EXAMPLES).join("vector.json")).unwrap();
    let vector: Value = serde_json::from_slice(&read).unwrap();
    let text = |name: &str| vector[name].as_str().unwrap();
    let (api_key, expected) = (text("api_key"), text("search_key"));
    let parent = OfferedApiKey::read(api_key).unwrap();
    let offered = OfferedSearchKey::read(expected).unwrap();
    assert_eq!(offered.parent, parent.id);
    assert!(offered.is_signed_by(&parent.hash));
    let signed: Value = serde_json::from_slice(offered.restrictions()).unwrap();
    assert_eq!(signed, vector["restrictions"]);
    let mut ran = 0;
    for (program, file) in [
        ("python3", "search_key.py"),
        ("node", "search-key.mjs"),
        ("php", "search_key.php"),
    ] {
        if !is_there(program) {
            continue;
        }
        let output = Command::new(program)
            .arg(Path::new(EXAMPLES).join(file))
            .arg(vector["restrictions"].to_string())
            .env("SOUK_API_KEY", api_key)
            .output()
            .unwrap();
        let made = String::from_utf8(output.stdout).unwrap();
        // Fields may stand in another order: the signature is over the text as it is.
        let made = OfferedSearchKey::read(made.trim()).unwrap();
        assert!(made.is_signed_by(&parent.hash), "{program}");
        let restrictions: Value = serde_json::from_slice(made.restrictions()).unwrap();
        assert_eq!(restrictions, vector["restrictions"], "{program}");
        ran += 1;
    }
    assert!(ran > 0, "neither Python nor Node.js is there");
}
