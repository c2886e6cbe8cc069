//! What shoppers search, click and buy: counted whoever answers, reported to admins, offered to others.

use poem::http::Method;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use souk::{
    http::{Cors, CorsOptions},
    router::Guards,
};
use souk_indexer::{IndexerConfig, learn};
use souk_store::Backend;

use crate::shop::{ADMIN_KEY, Reply, Shop};

const EVENTS: &str = "/api/search/events";
const JSON: (&str, &str) = ("Content-Type", "application/json");

impl Shop {
    /// A search by somebody, and its id.
    async fn search(&self, query: &str, headers: &[(&str, &str)]) -> Value {
        let path = format!("/api/search?{query}");
        self.send(Method::GET, &path, headers, None)
            .await
            .expect(200)
    }

    async fn tell(&self, events: &Value, headers: &[(&str, &str)]) -> Reply {
        let body = serde_json::to_vec(events).unwrap();
        self.send(Method::POST, EVENTS, headers, Some(body)).await
    }

    /// A report, after all that was counted was added up.
    async fn report(&self, path: &str) -> Value {
        self.app.analytics.finish().await;
        let path = format!("/api/admin/search/analytics/{path}");
        self.admin(Method::GET, &path, None).await.expect(200)
    }
}

/// Learns from whatever network: all requests of a test come from one.
fn of_any_network() -> IndexerConfig {
    IndexerConfig {
        suggestions_min_networks: 0,
        popularity_min_networks: 0,
        ..IndexerConfig::default()
    }
}

fn event(kind: &str, page: &Value, place: usize) -> Value {
    json!({
        "type": kind,
        "query_id": page["query_id"],
        "product_id": page["hits"][place]["id"],
        "position": place + 1,
    })
}

#[tokio::test]
async fn a_search_has_one_id_for_all_who_ask_it() {
    let shop = Shop::open().await.cached();
    let id = |page: Value| page["query_id"].as_str().unwrap().to_owned();
    let first = id(shop.search("q=dragon+mug", &[]).await);
    for same in [
        "q=dragon+mug",
        "q=Dragon%20%20MUG!",
        "q=dragon+mug&page=1&per_page=1",
        "q=dragon+mug&facets=none",
    ] {
        assert_eq!(id(shop.search(same, &[]).await), first, "{same}");
    }
    for other in [
        "q=dragon",
        "q=dragon+mug&brand=Oddfellow",
        "q=dragon+mug&sort=newest",
    ] {
        assert_ne!(id(shop.search(other, &[]).await), first, "{other}");
    }
}

#[tokio::test]
async fn every_search_of_a_shopper_counts_whoever_answers_it() {
    for shop in [Shop::open().await, Shop::open().await.cached()] {
        let admin = format!("Bearer {ADMIN_KEY}");
        for _ in 0..3 {
            shop.search("q=dragon", &[]).await;
            shop.search("q=Dragon", &[("X-Visitor-Id", "session-1")])
                .await;
            shop.search("q=dragon", &[("X-Visitor-Id", "session-2")])
                .await;
            shop.search("q=unicorn", &[]).await;
            // None of these is one more search of a shopper.
            shop.search("q=dragon&page=2", &[]).await;
            shop.search("q=dragon", &[("Authorization", &admin)]).await;
            shop.search("q=dragon", &[("User-Agent", "Somebot/1.0")])
                .await;
            shop.search("", &[]).await;
            shop.get("/api/search?q=dragon&page=0").await.error(400);
        }
        let report = shop.report("queries").await;
        let counts = |row: &Value| {
            let figures = &row["figures"];
            let number = |name: &str| figures[name].as_u64().unwrap();
            let query = row["query"].as_str().unwrap().to_owned();
            (
                query,
                number("searches"),
                number("sessions"),
                number("no_results"),
            )
        };
        let rows: Vec<_> = report["queries"]
            .as_array()
            .unwrap()
            .iter()
            .map(counts)
            .collect();
        let expected = [("dragon", 9, 2, 0), ("unicorn", 3, 0, 3)];
        assert_eq!(
            rows,
            expected.map(|(query, a, b, c)| (query.to_owned(), a, b, c))
        );
        let nothing = shop.report("no-results").await;
        assert_eq!(nothing["total"], 1, "{nothing}");
        assert_eq!(nothing["queries"][0]["query"], "unicorn");
    }
}

#[tokio::test]
async fn what_comes_of_searches_is_reported() {
    let shop = Shop::open().await.cached();
    let session = [JSON, ("X-Visitor-Id", "session-1")];
    let page = shop.search("q=dragon", &session).await;
    shop.search("q=unicorn", &[]).await;
    // Revenue is believed with a key.
    let bearer = format!("Bearer {ADMIN_KEY}");
    let of_a_server = [session[0], session[1], ("Authorization", bearer.as_str())];
    let mut purchase = event("purchase", &page, 1);
    purchase["quantity"] = json!(2);
    purchase["revenue"] = json!(3_190);
    purchase["currency"] = json!("EUR");
    let events =
        json!({"events": [event("click", &page, 1), event("add_to_cart", &page, 1), purchase]});
    for _ in 0..2 {
        let taken = shop.tell(&events, &of_a_server).await.expect(202);
        assert_eq!(
            taken,
            json!({"accepted": 3, "unknown": 0, "rejected": 0, "errors": []})
        );
    }
    for report in ["queries", "no-results", "trends", "summary", "versions"] {
        let body = shop.report(report).await;
        insta::assert_json_snapshot!(format!("report_{report}"), body, {
            ".period" => "[period]",
            ".days[].day" => "[day]",
        });
    }
    let address = "/api/admin/search/analytics/queries.csv?sort=revenue&per_page=1";
    let table = shop.admin(Method::GET, address, None).await;
    assert_eq!(table.header("Content-Type"), Some("text/csv"));
    let wrong = "/api/admin/search/analytics/trends.csv";
    shop.admin(Method::GET, wrong, None).await.expect(404);
    let unknown = format!("{address}&sotr=clicks");
    let unknown = shop.admin(Method::GET, &unknown, None).await;
    assert_eq!(unknown.status, 400);
    let table = String::from_utf8(table.body).unwrap();
    assert!(
        table.ends_with("\ndragon,1,1,0,1,1,1.0000,2.0000,1,1,2,1,1.0000,3190\n"),
        "{table}"
    );
}

#[tokio::test]
async fn a_beacon_is_text_and_names_its_session_in_the_body() {
    let shop = Shop::open().await;
    let page = shop.search("q=dragon", &[]).await;
    let click = event("click", &page, 0);
    let events = json!({"visitor_id": "session-1", "events": [click, click]});
    for content_type in ["text/plain;charset=UTF-8", "text/plain", "application/json"] {
        let taken = shop.tell(&events, &[("Content-Type", content_type)]).await;
        assert_eq!(taken.expect(202)["accepted"], 2, "{content_type}");
    }
    let report = shop.report("summary").await;
    assert_eq!(report["total"]["clicks"], 1, "{report}");
    let other = shop
        .tell(&events, &[("Content-Type", "application/xml")])
        .await;
    assert_eq!(other.error(415).0, "unsupported_media_type");
}

#[tokio::test]
async fn faults_are_named_and_spoil_nothing_else() {
    let shop = Shop::open().await;
    let page = shop.search("q=dragon", &[]).await;
    let mut bad = event("click", &page, 0);
    bad["position"] = json!(0);
    let mut forged = event("click", &page, 0);
    forged["query_id"] = json!("0".repeat(47) + "7");
    let mut paid = event("purchase", &page, 0);
    paid["revenue"] = json!(1_999);
    let events = json!({"events": [bad, event("click", &page, 0), {"type": "look"}, forged, paid]});
    let taken = shop.tell(&events, &[JSON]).await.expect(202);
    assert_eq!(
        (&taken["accepted"], &taken["unknown"], &taken["rejected"]),
        (&json!(1), &Value::Null, &json!(4)),
        "{taken}"
    );
    let fields: Vec<_> = taken["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["field"])
        .collect();
    let expected = [
        "events[0].position",
        "events[2].type",
        "events[3].query_id",
        "events[4].revenue",
    ];
    assert_eq!(fields, expected);
    let report = shop.report("summary").await;
    assert_eq!(report["total"]["clicks"], 1, "{report}");
    assert_eq!(report["total"]["revenue"], 0, "{report}");
    assert_eq!(report["unknown"]["clicks"], 0, "{report}");

    let many = json!({"events": vec![json!({"type": "look"}); 100]});
    let taken = shop.tell(&many, &[JSON]).await.expect(202);
    assert_eq!(taken["rejected"], 100);
    assert_eq!(taken["errors"].as_array().unwrap().len(), 10);
    let long = json!({"events": [{"type": "x".repeat(20_000)}]});
    let taken = shop.tell(&long, &[JSON]).await.expect(202);
    assert!(taken.to_string().len() < 1_000, "{taken}");
    let large = json!({"events": [{"type": "x".repeat(70_000)}]});
    let refused = shop.tell(&large, &[JSON]).await;
    assert_eq!(refused.error(413).0, "too_large");

    let click = event("click", &page, 0);
    for (body, status, field) in [
        (json!({"events": []}), 422, Some("events")),
        (
            json!({"events": vec![click.clone(); 101]}),
            422,
            Some("events"),
        ),
        (json!({}), 400, Some("events")),
        (json!({"events": 1}), 400, Some("events")),
        (
            json!({"visitor_id": "short", "events": [click]}),
            400,
            Some("visitor_id"),
        ),
    ] {
        let refused = shop.tell(&body, &[JSON]).await;
        assert_eq!(refused.error(status).1.as_deref(), field, "{body}");
    }
    for (method, path, body) in [
        (Method::GET, "/api/search?q=dragon", None),
        (Method::POST, EVENTS, Some(b"{\"events\": []}".to_vec())),
    ] {
        let headers = [JSON, ("X-Visitor-Id", "not one")];
        let refused = shop.send(method, path, &headers, body).await;
        assert_eq!(
            refused.error(400).1.as_deref(),
            Some("X-Visitor-Id"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn reports_are_admins_and_name_what_is_wrong() {
    let shop = Shop::open().await;
    for report in ["queries", "no-results", "trends", "summary", "versions"] {
        let path = format!("/api/admin/search/analytics/{report}");
        assert_eq!(shop.get(&path).await.error(401).0, "unauthorized");
        for (query, field) in [
            ("from=yesterday", "from"),
            ("until=2026-13-01", "until"),
            ("from=2026-02-01&until=2026-01-01", "from"),
            ("from=2020-01-01&until=2026-01-01", "from"),
        ] {
            let path = format!("{path}?{query}");
            let refused = shop.admin(Method::GET, &path, None).await;
            assert_eq!(refused.error(400).1.as_deref(), Some(field), "{path}");
        }
    }
    for query in ["sort=name", "page=0", "per_page=1000"] {
        let path = format!("/api/admin/search/analytics/queries?{query}");
        let refused = shop.admin(Method::GET, &path, None).await;
        let (field, _) = query.split_once('=').unwrap();
        assert_eq!(refused.error(400).1.as_deref(), Some(field));
    }
}

#[tokio::test]
async fn pages_of_other_origins_tell_what_shoppers_do_if_they_may() {
    let cors = Cors::new(&CorsOptions {
        origins: "https://shop.example",
        methods: "GET, POST",
        headers: "Content-Type, X-Visitor-Id",
        credentials: false,
        max_age_secs: 60,
    });
    let shop = Shop::open().await.behind(Guards {
        cors: cors.unwrap(),
        ..Guards::default()
    });
    let page = shop.search("q=dragon", &[]).await;
    let events = json!({"events": [event("click", &page, 0)]});
    let beacon = ("Content-Type", "text/plain;charset=UTF-8");
    let beacon = shop
        .tell(&events, &[beacon, ("Origin", "https://shop.example")])
        .await;
    beacon.expect(202);
    let allowed = beacon.header("Access-Control-Allow-Origin");
    assert_eq!(allowed, Some("https://shop.example"));
}

#[tokio::test]
async fn what_enough_people_searched_for_is_offered_to_others() {
    let shop = Shop::open().await;
    for number in 0..5 {
        let session = format!("session-{number}");
        let headers = [("X-Visitor-Id", session.as_str())];
        shop.search("q=dragon+mug+red", &headers).await;
        shop.search("q=dragon@example.org", &headers).await;
        shop.search("q=dragonfly+wings+xyz", &headers).await;
        if number > 0 {
            shop.search("q=dragon+shirt", &headers).await;
        }
    }
    shop.app.analytics.finish().await;
    let now = chrono::Utc::now().timestamp_millis();
    learn(&shop.store, &shop.tenant, &of_any_network(), now)
        .await
        .unwrap();
    let offered = async || {
        let page = shop
            .get("/api/search/suggestions?q=drag&limit=20")
            .await
            .expect(200);
        let offered = page["suggestions"].as_array().unwrap().clone();
        let queries = offered.into_iter().filter(|it| it["kind"] == "query");
        queries
            .map(|it| it["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(!offered().await.contains(&"dragon mug red".to_owned()));
    shop.app.search.suggested().refresh().await.unwrap();
    let offered = offered().await;
    assert_eq!(offered[0], "dragon mug red", "{offered:?}");
    for never in ["dragon shirt", "dragon@example.org", "dragonfly wings xyz"] {
        assert!(!offered.contains(&never.to_owned()), "{offered:?}");
    }
}

#[tokio::test]
async fn what_others_clicked_for_is_offered_to_who_mistypes_it() {
    let shop = Shop::open().await;
    let ask = async |query: &str| shop.search(&format!("q={query}&facets=none"), &[]).await;
    for number in 0..5 {
        let session = format!("session-{number}");
        let headers = [JSON, ("X-Visitor-Id", session.as_str())];
        for query in ["q=dragon+mug", "q=dragon+shirt"] {
            let page = shop.search(query, &headers).await;
            if query == "q=dragon+mug" {
                let events = json!({"events": [event("click", &page, 0)]});
                shop.tell(&events, &headers).await.expect(202);
            }
        }
    }
    shop.app.analytics.finish().await;
    let before = ask("dragn+mug").await;
    assert_eq!(before.get("did_you_mean"), None, "{before}");
    let now = chrono::Utc::now().timestamp_millis();
    learn(&shop.store, &shop.tenant, &of_any_network(), now)
        .await
        .unwrap();
    shop.app.search.suggested().refresh().await.unwrap();
    let page = ask("Dragn+MUG").await;
    assert_eq!(page["did_you_mean"], "dragon mug", "{page}");
    for other in ["dragon+mug", "dragon+mugs", "dragon", "dragn+shirt"] {
        let page = ask(other).await;
        assert_eq!(page.get("did_you_mean"), None, "{other}: {page}");
    }
    shop.learn().await;
    let page = ask("dragon+mug").await;
    assert_eq!(page.get("did_you_mean"), None, "{page}");
}

#[tokio::test]
async fn nothing_in_the_database_tells_who_it_was() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        const SECRETS: [&str; 4] = [
            "session-of-jane",
            "203.0.113.77",
            "JanesBrowser/99",
            "jane.doe@example.org",
        ];
        let headers = [
            JSON,
            ("X-Visitor-Id", SECRETS[0]),
            ("X-Forwarded-For", SECRETS[1]),
            ("User-Agent", SECRETS[2]),
        ];
        let page = shop.search("q=dragon", &headers).await;
        shop.search(&format!("q={}", SECRETS[3]), &headers).await;
        let events = json!({"visitor_id": SECRETS[0], "events": [event("click", &page, 0)]});
        shop.tell(&events, &headers).await.expect(202);
        let report = shop.report("queries").await;
        assert_eq!(report["total"], 2, "{report}");
        let dump = dump(&shop).await;
        assert!(dump.contains("(personal)"), "{dump}");
        for secret in SECRETS {
            assert!(!dump.contains(secret), "{secret}");
        }
    }
}

/// All rows of all tables, as text.
async fn dump(shop: &Shop) -> String {
    let connection = shop.store.connection();
    let (backend, tables) = match shop.store.backend() {
        Backend::Postgres => (
            DbBackend::Postgres,
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = current_schema()",
        ),
        Backend::Sqlite => (
            DbBackend::Sqlite,
            "SELECT name FROM sqlite_master WHERE type = 'table'",
        ),
    };
    let tables = connection
        .query_all_raw(Statement::from_string(backend, tables))
        .await
        .unwrap();
    let mut dump = String::new();
    for table in tables {
        let name: String = table.try_get("", "name").unwrap();
        let rows = match backend {
            DbBackend::Postgres => format!("SELECT row_to_json(t)::text AS row FROM \"{name}\" t"),
            _ => {
                let columns = format!(
                    "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') AS row
                     FROM pragma_table_info('{name}')"
                );
                let columns = connection
                    .query_one_raw(Statement::from_string(backend, columns))
                    .await
                    .unwrap()
                    .unwrap();
                let columns: String = columns.try_get("", "row").unwrap();
                format!("SELECT {columns} AS row FROM \"{name}\"")
            }
        };
        let rows = connection
            .query_all_raw(Statement::from_string(backend, rows))
            .await
            .unwrap();
        for row in rows {
            dump.push_str(&row.try_get::<String>("", "row").unwrap());
            dump.push('\n');
        }
    }
    dump
}

const SUGGESTIONS: &str = "/api/admin/search/suggestions";

impl Shop {
    /// Has five visitors search for texts, and learns from it.
    async fn learn_texts(&self, texts: &[&str]) {
        for number in 0..5 {
            let session = format!("session-{number}");
            for text in texts {
                let query = format!("q={}", text.replace(' ', "+"));
                self.search(&query, &[("X-Visitor-Id", session.as_str())])
                    .await;
            }
        }
        self.app.analytics.finish().await;
        self.learn_again().await;
    }

    async fn learn_again(&self) {
        let now = chrono::Utc::now().timestamp_millis();
        learn(&self.store, &self.tenant, &of_any_network(), now)
            .await
            .unwrap();
        self.app.search.suggested().refresh().await.unwrap();
    }

    async fn suggests(&self, text: &str) -> bool {
        let path = "/api/search/suggestions?q=drag&limit=20";
        let page = self.get(path).await.expect(200);
        let suggestions = page["suggestions"].as_array().unwrap();
        let mut suggestions = suggestions.iter();
        suggestions.any(|own| own["kind"] == "query" && own["text"] == text)
    }

    async fn set_policy(&self, policy: Value) {
        let config = json!({"suggestions": policy});
        let path = "/api/admin/search/config";
        let any = [("If-Match", "*")];
        self.admin_with(Method::PUT, path, &any, Some(&config))
            .await
            .expect(200);
    }

    async fn decide(&self, text: &str, decision: &str) {
        let body = json!({"text": text, "decision": decision});
        let decided = self.admin(Method::PUT, SUGGESTIONS, Some(&body)).await;
        assert_eq!(decided.expect(200)["decision"], decision);
    }
}

#[tokio::test]
async fn blocked_words_are_never_suggested() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        shop.learn_texts(&["dragon mug red"]).await;
        assert!(shop.suggests("dragon mug red").await);
        shop.set_policy(json!({"blocked": ["MUG red"]})).await;
        shop.app.search.suggested().refresh().await.unwrap();
        assert!(
            !shop.suggests("dragon mug red").await,
            "before it is learnt again"
        );
        shop.learn_again().await;
        assert!(!shop.suggests("dragon mug red").await);
        shop.set_policy(json!({})).await;
        shop.learn_again().await;
        assert!(shop.suggests("dragon mug red").await);
    }
}

#[tokio::test]
async fn text_waits_until_it_is_approved() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        shop.set_policy(json!({"approve_first": true})).await;
        shop.learn_texts(&["dragon mug red"]).await;
        assert!(!shop.suggests("dragon mug red").await);
        let pending = shop.admin(Method::GET, SUGGESTIONS, None).await.expect(200);
        assert_eq!(pending["suggestions"][0]["text"], "dragon mug red");
        shop.decide("Dragon  MUG red", "approved").await;
        assert!(shop.suggests("dragon mug red").await);
        shop.learn_again().await;
        assert!(shop.suggests("dragon mug red").await);
        shop.decide("dragon mug red", "refused").await;
        shop.set_policy(json!({})).await;
        shop.learn_again().await;
        assert!(
            !shop.suggests("dragon mug red").await,
            "also without approval first"
        );
        let path = format!("{SUGGESTIONS}?decision=refused");
        let refused = shop.admin(Method::GET, &path, None).await.expect(200);
        assert_eq!(refused["suggestions"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn text_day_and_network_are_taken_back() {
    const VOID: &str = "/api/admin/search/analytics/void";
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        shop.learn_texts(&["dragon mug red", "dragon mug"]).await;
        let body = json!({"query": "Dragon mug RED"});
        let voided = shop.admin(Method::POST, VOID, Some(&body)).await;
        assert_eq!(voided.expect(200)["changed"], 1);
        assert!(!shop.suggests("dragon mug red").await);
        let report = shop.report("queries").await;
        assert_eq!(report["total"], 1, "{report}");

        let today = chrono::Utc::now().date_naive().to_string();
        let voided = shop
            .admin(Method::POST, VOID, Some(&json!({"day": today})))
            .await;
        assert_eq!(voided.expect(200)["changed"], 1);
        assert_eq!(shop.report("queries").await["total"], 0);

        for body in [
            json!({}),
            json!({"day": "yesterday"}),
            json!({"network": "nowhere"}),
            json!({"day": "2026-01-31", "query": "mug"}),
        ] {
            let refused = shop.admin(Method::POST, VOID, Some(&body)).await;
            refused.error(422);
        }
        let other = json!({"network": "203.0.113.0/24"});
        let voided = shop.admin(Method::POST, VOID, Some(&other)).await;
        assert_eq!(voided.expect(200)["changed"], 0);
    }
}
