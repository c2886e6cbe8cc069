//! Reviews by customers through HTTP, on both databases: purchase, moderation, votes, answers, and what shoppers see.

use poem::http::Method;
use serde_json::{Value, json};
use souk_domain::AccountId;
use souk_identity::Role;

use crate::shop::{Reply, Shop, add_tenant, signed_in};

const MUG: &str = "/api/products/dragon-mug/reviews";
const SHIRT: &str = "/api/products/dragon-t-shirt/reviews";
const OWN: &str = "/api/account/reviews";
const ADMIN: &str = "/api/admin/reviews";

async fn shops() -> [Shop; 2] {
    [Shop::open().await, Shop::on_postgres().await]
}

/// Somebody who is signed in.
struct Person {
    bearer: String,
}

impl Person {
    async fn new(shop: &Shop, mail: &str) -> Self {
        let scope = shop.store.scope(shop.tenant.id);
        let bearer = signed_in(&scope, mail, Role::Customer).await;
        Self { bearer }
    }

    async fn ask(&self, shop: &Shop, method: Method, path: &str, body: Option<Value>) -> Reply {
        let headers = [
            ("Authorization", self.bearer.as_str()),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", path_key(path)),
        ];
        let body = body.map(|body| serde_json::to_vec(&body).unwrap());
        let sent = if body.is_some() { 3 } else { 1 };
        Box::pin(shop.send(method, path, &headers[..sent], body)).await
    }

    async fn post(&self, shop: &Shop, path: &str, body: Value) -> Reply {
        self.ask(shop, Method::POST, path, Some(body)).await
    }

    async fn get(&self, shop: &Shop, path: &str) -> Value {
        self.ask(shop, Method::GET, path, None).await.expect(200)
    }

    /// Buys a product, and returns the id of the order.
    async fn buy(&self, shop: &Shop, slug: &str) -> i64 {
        let product = shop.get(&format!("/api/products/{slug}")).await.expect(200);
        let variant = product["variants"][0]["id"].clone();
        let line = json!({"variant": variant});
        self.post(shop, "/api/cart/lines", line).await.expect(200);
        let purchase = json!({
            "delivery_address": {
                "name": "Ada Lovelace",
                "line1": "Analytical Street 1",
                "postcode": "10115",
                "city": "Berlin",
                "country": "DE",
            },
            "payment": {"provider": "test", "method": "test_succeeds"},
        });
        let bought = self.post(shop, "/api/checkout", purchase).await.expect(201);
        bought["orders"][0]["id"].as_i64().unwrap()
    }

    /// Buys a product, which is sent.
    async fn get_sent(&self, shop: &Shop, slug: &str) -> i64 {
        let order = self.buy(shop, slug).await;
        act(shop, order, "parcels", json!({})).await.expect(200);
        order
    }
}

/// Key of the one purchase that a person makes by a test.
fn path_key(path: &str) -> &'static str {
    match path {
        "/api/checkout" => "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0017",
        _ => "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0018",
    }
}

async fn act(shop: &Shop, order: i64, step: &str, body: Value) -> Reply {
    let path = format!("/api/admin/orders/{order}/{step}");
    shop.admin(Method::POST, &path, Some(&body)).await
}

async fn staff(shop: &Shop, method: Method, path: &str, body: Option<Value>) -> Reply {
    shop.admin(method, path, body.as_ref()).await
}

async fn moderate(shop: &Shop) {
    let moderated = json!({"moderated": true});
    let path = "/api/admin/review-settings";
    let set = staff(shop, Method::PUT, path, Some(moderated.clone())).await;
    assert_eq!(set.expect(200), moderated);
    let read = staff(shop, Method::GET, path, None).await;
    assert_eq!(read.expect(200), moderated);
}

fn review(rating: u8) -> Value {
    json!({"rating": rating, "title": "Mug", "body": "Holds tea.", "name": "Ada L."})
}

/// Kinds of the events of reviews so far.
async fn kinds(shop: &Shop) -> Vec<String> {
    let events = shop.store.scope(shop.tenant.id).events();
    let events = events.after(0, 100).await.unwrap().into_iter();
    let of_reviews = events.filter(|event| event.subject.starts_with("reviews/"));
    of_reviews.map(|event| event.kind).collect()
}

#[tokio::test]
async fn review_without_a_purchase_that_was_sent_is_refused() {
    for shop in shops().await {
        let nobody = json!({"rating": 5});
        let headers = [("Content-Type", "application/json")];
        let body = serde_json::to_vec(&nobody).unwrap();
        let reply = shop.send(Method::POST, MUG, &headers, Some(body)).await;
        assert_eq!(reply.error(401).0, "sign_in_required");

        let ada = Person::new(&shop, "ada@mail.example").await;
        let reply = ada.post(&shop, MUG, review(5)).await;
        assert_eq!(reply.error(403).0, "not_bought");
        let order = ada.buy(&shop, "dragon-mug").await;
        let reply = ada.post(&shop, MUG, review(5)).await;
        assert_eq!(reply.error(403).0, "not_bought", "it was not sent");
        assert_eq!(ada.get(&shop, OWN).await["waiting"], json!([]));
        act(&shop, order, "parcels", json!({})).await.expect(200);
        let waiting = ada.get(&shop, OWN).await["waiting"].clone();
        assert_eq!(waiting[0]["slug"], "dragon-mug");
        assert_eq!(waiting[0]["order"], order);
        let reply = ada.post(&shop, SHIRT, review(5)).await;
        assert_eq!(reply.error(403).0, "not_bought", "of another product");
        let reply = ada
            .post(&shop, "/api/products/nothing/reviews", review(5))
            .await;
        assert_eq!(reply.error(404).0, "not_found");

        let all = json!({"goodwill": 1_595, "reason": "it never came"});
        act(&shop, order, "refunds", all).await.expect(200);
        let reply = ada.post(&shop, MUG, review(5)).await;
        assert_eq!(reply.error(403).0, "not_bought", "it was refunded whole");
        assert_eq!(ada.get(&shop, OWN).await["waiting"], json!([]));
        assert_eq!(kinds(&shop).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn buyer_reviews_once_and_shoppers_see_it_verified() {
    for shop in shops().await {
        let ada = Person::new(&shop, "ada@mail.example").await;
        ada.get_sent(&shop, "dragon-mug").await;
        let reply = ada.post(&shop, MUG, review(4)).await;
        let location = reply.header("Location").unwrap().to_owned();
        let written = reply.expect(201);
        assert_eq!(location, format!("{OWN}/{}", written["id"]));
        assert_eq!(
            (&written["status"], &written["verified"]),
            (&json!("published"), &json!(true))
        );
        let reply = ada.post(&shop, MUG, review(5)).await;
        assert_eq!(reply.error(409).0, "already_reviewed");
        assert_eq!(kinds(&shop).await, ["review.written", "review.published"]);

        // One that was collected elsewhere is not verified.
        let product = &written["product_id"];
        let path = format!("/api/admin/products/{product}/reviews");
        let other = json!({"author": "Bob", "rating": 1});
        staff(&shop, Method::POST, &path, Some(other))
            .await
            .expect(201);
        let page = shop.get(MUG).await.expect(200);
        assert_eq!(
            (&page["summary"]["count"], &page["summary"]["mean"]),
            (&json!(2), &json!(2.5))
        );
        assert_eq!(page["summary"]["stars"][1], json!({"stars": 4, "count": 1}));
        assert_eq!(page["reviews"][1]["author"], "Ada L.");
        for (query, authors) in [
            ("verified=true", vec!["Ada L."]),
            ("verified=false", vec!["Bob"]),
            ("rating=4", vec!["Ada L."]),
            ("rating=5", vec![]),
            ("sort=lowest", vec!["Bob", "Ada L."]),
            ("sort=helpful", vec!["Bob", "Ada L."]),
        ] {
            let page = shop.get(&format!("{MUG}?{query}")).await.expect(200);
            let reviews = page["reviews"].as_array().unwrap().iter();
            let names: Vec<_> = reviews.map(|it| it["author"].as_str().unwrap()).collect();
            assert_eq!(names, authors, "{query}");
            assert_eq!(page["summary"]["count"], 2, "{query}");
        }
        let first = shop.get(&format!("{MUG}?per_page=1")).await.expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let path = format!("{MUG}?per_page=1&cursor={cursor}");
        let second = shop.get(&path).await.expect(200);
        assert_eq!(second["reviews"][0]["author"], "Ada L.");
        for (query, field) in [
            ("rating=6", "rating"),
            ("verified=perhaps", "verified"),
            ("cursor=x", "cursor"),
        ] {
            let wrong = shop.get(&format!("{MUG}?{query}")).await;
            assert_eq!(wrong.error(400).1.as_deref(), Some(field));
        }
    }
}

#[tokio::test]
async fn bad_review_names_the_field_at_fault() {
    for shop in shops().await {
        let ada = Person::new(&shop, "ada@mail.example").await;
        ada.get_sent(&shop, "dragon-mug").await;
        for (body, field) in [
            (json!({"rating": 6}), "rating"),
            (json!({"rating": 0}), "rating"),
            (json!({"rating": 5, "title": "é".repeat(121)}), "title"),
            (json!({"rating": 5, "body": "é".repeat(5_001)}), "body"),
            (json!({"rating": 5, "body": "a\u{0}b"}), "body"),
            (json!({"rating": 5, "name": "é".repeat(81)}), "name"),
        ] {
            let reply = ada.post(&shop, MUG, body).await;
            assert_eq!(reply.error(422).1.as_deref(), Some(field));
        }
        let unknown = json!({"rating": 5, "stars": 5});
        let reply = ada.post(&shop, MUG, unknown).await;
        assert_eq!(reply.error(400).0, "malformed_body");
        // Characters that nobody sees are taken out.
        let body = json!({"rating": 5, "title": "A\u{202E} mug\n", "name": " "});
        let written = ada.post(&shop, MUG, body).await.expect(201);
        assert_eq!(
            (&written["title"], &written["name"]),
            (&json!("A mug"), &json!("A customer"))
        );
    }
}

#[tokio::test]
async fn moderated_review_is_seen_once_it_is_published() {
    for shop in shops().await {
        moderate(&shop).await;
        let ada = Person::new(&shop, "ada@mail.example").await;
        ada.get_sent(&shop, "dragon-mug").await;
        let written = ada.post(&shop, MUG, review(5)).await.expect(201);
        assert_eq!(written["status"], "pending");
        let count = async || shop.get(MUG).await.expect(200)["summary"]["count"].clone();
        assert_eq!(count().await, 0);

        let queue = staff(&shop, Method::GET, ADMIN, None).await.expect(200);
        assert_eq!(queue["reviews"][0]["id"], written["id"]);
        let path = format!("{ADMIN}?status=published");
        let listed = staff(&shop, Method::GET, &path, None).await.expect(200);
        assert_eq!(listed["reviews"], json!([]));
        let path = format!("{ADMIN}?status=lost");
        let wrong = staff(&shop, Method::GET, &path, None).await;
        assert_eq!(wrong.error(400).1.as_deref(), Some("status"));

        let at = format!("{ADMIN}/{}", written["id"]);
        let publish = format!("{at}/publish");
        for _ in 0..2 {
            let published = staff(&shop, Method::POST, &publish, None).await;
            assert_eq!(published.expect(200)["status"], "published");
        }
        assert_eq!(count().await, 1);

        // An edit has to be looked at again.
        let own = format!("{OWN}/{}", written["id"]);
        let body = json!({"rating": 2, "title": ""});
        let edited = ada.ask(&shop, Method::PATCH, &own, Some(body)).await;
        let edited = edited.expect(200);
        assert_eq!(
            (&edited["status"], &edited["rating"], &edited["body"]),
            (&json!("pending"), &json!(2), &json!("Holds tea."))
        );
        assert!(edited["title"].is_null() && edited["edited_at"].is_string());
        assert_eq!(count().await, 0);
        let reject = format!("{at}/reject");
        let reply = staff(&shop, Method::POST, &reject, Some(json!({"reason": " "}))).await;
        assert_eq!(reply.error(422).1.as_deref(), Some("reason"));
        let reason = json!({"reason": "It is about the parcel."});
        staff(&shop, Method::POST, &reject, Some(reason))
            .await
            .expect(200);
        let own_ones = ada.get(&shop, OWN).await;
        assert_eq!(
            own_ones["reviews"][0]["reason"], "It is about the parcel.",
            "{own_ones}"
        );
        assert_eq!(
            kinds(&shop).await,
            [
                "review.written",
                "review.published",
                "review.written",
                "review.rejected"
            ]
        );
        let audit = "/api/admin/audit?action=adminRejectReview";
        let entries = staff(&shop, Method::GET, audit, None).await.expect(200);
        assert_eq!(
            entries["entries"][0]["target"],
            json!(format!("reviews/{}", written["id"]))
        );

        ada.ask(&shop, Method::DELETE, &own, None).await.expect(204);
        ada.ask(&shop, Method::DELETE, &own, None).await.expect(404);
        let again = ada.post(&shop, MUG, review(5)).await;
        again.expect(201);
    }
}

#[tokio::test]
async fn review_is_changed_by_its_author_alone() {
    for shop in shops().await {
        let ada = Person::new(&shop, "ada@mail.example").await;
        let bob = Person::new(&shop, "bob@mail.example").await;
        ada.get_sent(&shop, "dragon-mug").await;
        let written = ada.post(&shop, MUG, review(5)).await.expect(201);
        let own = format!("{OWN}/{}", written["id"]);
        let body = json!({"rating": 1});
        let reply = bob
            .ask(&shop, Method::PATCH, &own, Some(body.clone()))
            .await;
        reply.error(404);
        bob.ask(&shop, Method::DELETE, &own, None).await.error(404);
        let edited = ada.ask(&shop, Method::PATCH, &own, Some(body)).await;
        assert_eq!(edited.expect(200)["status"], "published");
        let page = shop.get(MUG).await.expect(200);
        assert_eq!(page["summary"]["mean"], 1.0);
        let admin = format!("{ADMIN}/{}", written["id"]);
        staff(&shop, Method::DELETE, &admin, None).await.expect(204);
        assert_eq!(ada.get(&shop, OWN).await["reviews"], json!([]));
    }
}

#[tokio::test]
async fn vote_counts_once_for_an_account() {
    for shop in shops().await {
        let ada = Person::new(&shop, "ada@mail.example").await;
        let bob = Person::new(&shop, "bob@mail.example").await;
        ada.get_sent(&shop, "dragon-mug").await;
        let written = ada.post(&shop, MUG, review(5)).await.expect(201);
        let path = format!("/api/reviews/{}/helpful", written["id"]);
        let own = ada.ask(&shop, Method::POST, &path, None).await;
        assert_eq!(own.error(403).0, "own_goods");
        let nobody = shop.send(Method::POST, &path, &[], None).await;
        assert_eq!(nobody.error(401).0, "sign_in_required");
        for _ in 0..2 {
            let voted = bob.ask(&shop, Method::POST, &path, None).await;
            assert_eq!(voted.expect(200), json!({"voted": true, "helpful": 1}));
        }
        let page = shop.get(&format!("{MUG}?sort=helpful")).await.expect(200);
        assert_eq!(page["reviews"][0]["helpful"], 1);
        let exported = bob.get(&shop, "/api/account/export").await;
        assert_eq!(exported["helpful_reviews"], json!([written["id"]]));
        for _ in 0..2 {
            let taken = bob.ask(&shop, Method::DELETE, &path, None).await;
            assert_eq!(taken.expect(200), json!({"voted": false, "helpful": 0}));
        }
        let missing = "/api/reviews/999999/helpful";
        bob.ask(&shop, Method::POST, missing, None).await.error(404);
    }
}

#[tokio::test]
async fn answer_stands_below_the_review() {
    for shop in shops().await {
        let ada = Person::new(&shop, "ada@mail.example").await;
        ada.get_sent(&shop, "dragon-mug").await;
        let written = ada.post(&shop, MUG, review(5)).await.expect(201);
        let path = format!("{ADMIN}/{}/answer", written["id"]);
        staff(&shop, Method::DELETE, &path, None).await.error(404);
        let blank = json!({"text": " "});
        let reply = staff(&shop, Method::PUT, &path, Some(blank)).await;
        assert_eq!(reply.error(422).1.as_deref(), Some("text"));
        let thanks = json!({"text": "Thanks!"});
        for _ in 0..2 {
            staff(&shop, Method::PUT, &path, Some(thanks.clone()))
                .await
                .expect(200);
        }
        let page = shop.get(MUG).await.expect(200);
        assert_eq!(page["reviews"][0]["answer"]["text"], "Thanks!");
        let told = kinds(&shop).await;
        assert_eq!(told[2..], ["review.answered"], "the second is the same");
        staff(&shop, Method::DELETE, &path, None).await.expect(204);
        let page = shop.get(MUG).await.expect(200);
        assert!(page["reviews"][0]["answer"].is_null());
    }
}

#[tokio::test]
async fn published_review_is_seen_past_the_cache_and_in_the_index() {
    let shop = Shop::open().await.cached();
    moderate(&shop).await;
    let ada = Person::new(&shop, "ada@mail.example").await;
    ada.get_sent(&shop, "dragon-mug").await;
    let written = ada.post(&shop, MUG, review(1)).await.expect(201);
    shop.sync().await;
    assert_eq!(shop.get(MUG).await.expect(200)["summary"]["count"], 0);
    let rating = async || {
        let product = shop.get("/api/products/dragon-mug").await.expect(200);
        product["rating"].clone()
    };
    let before = rating().await;
    let publish = format!("{ADMIN}/{}/publish", written["id"]);
    staff(&shop, Method::POST, &publish, None).await.expect(200);
    shop.sync().await;
    assert_eq!(shop.get(MUG).await.expect(200)["summary"]["count"], 1);
    assert_ne!(rating().await, before);
}

#[tokio::test]
async fn other_marketplace_has_no_part_in_it() {
    for shop in shops().await {
        let ada = Person::new(&shop, "ada@mail.example").await;
        ada.get_sent(&shop, "dragon-mug").await;
        let written = ada.post(&shop, MUG, review(5)).await.expect(201);
        let other = add_tenant(&shop.store, "other", None, None).await;
        let reviews = shop.store.scope(other.id).reviews();
        let id = souk_domain::ReviewId(written["id"].as_i64().unwrap());
        assert!(reviews.publish(id, ("admin-key", 1)).await.is_err());
        assert!(reviews.answer(id, "Hello", ("admin-key", 1)).await.is_err());
        let queue = reviews.in_status(souk_domain::reviews::ReviewStatus::Published, None, 9);
        assert_eq!(queue.await.unwrap(), []);
        assert!(!reviews.are_moderated().await.unwrap());
    }
}

#[tokio::test]
async fn erased_customer_leaves_a_review_by_nobody() {
    for shop in shops().await {
        let ada = Person::new(&shop, "ada@mail.example").await;
        let order = ada.get_sent(&shop, "dragon-mug").await;
        ada.post(&shop, MUG, review(5)).await.expect(201);
        let exported = ada.get(&shop, "/api/account/export").await;
        assert_eq!(exported["reviews"][0]["name"], "Ada L.");
        let account = exported["account"]["id"].as_i64().unwrap();

        let path = format!("/api/admin/orders/{order}");
        let detail = shop.admin(Method::GET, &path, None).await.expect(200);
        let parcel = &detail["parcels"][0]["id"];
        let step = format!("parcels/{parcel}/delivered");
        let path = format!("/api/admin/orders/{order}/{step}");
        shop.admin(Method::POST, &path, None).await.expect(200);
        let accounts = shop.store.scope(shop.tenant.id).accounts();
        accounts.erase(AccountId(account), 2).await.unwrap();
        let page = shop.get(MUG).await.expect(200);
        assert_eq!(page["reviews"][0]["author"], "A customer");
        assert_eq!(page["reviews"][0]["verified"], true);
        assert!(!page.to_string().contains("Ada"), "{page}");
    }
}
