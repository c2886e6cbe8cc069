//! MCP in both of its forms.

use poem::http::Method;
use serde_json::{Value, json};

use super::{EXTENSION, JSON, access, codes, titles};
use crate::shop::{ADMIN_KEY, Reply, Shop, add_key, add_tenant};

const STATELESS: &str = "2026-07-28";
const PUBLIC: [&str; 3] = ["search_catalog", "lookup_catalog", "get_product"];

impl Shop {
    async fn mcp(&self, headers: &[(&str, &str)], message: &Value) -> Reply {
        let headers: Vec<_> = [JSON].into_iter().chain(headers.iter().copied()).collect();
        let body = Some(message.to_string().into_bytes());
        Box::pin(self.send(Method::POST, "/mcp", &headers, body)).await
    }

    /// A request in the form of 2025-11-25.
    async fn session(&self, method: &str, params: Value) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let headers = [("MCP-Protocol-Version", "2025-11-25")];
        self.mcp(&headers, &message).await.expect(200)
    }

    /// Result of a tool, called so, with further headers.
    async fn tool(&self, headers: &[(&str, &str)], name: &str, arguments: Value) -> Value {
        let params = json!({"name": name, "arguments": arguments});
        let message =
            json!({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": params});
        self.mcp(headers, &message).await.expect(200)
    }

    async fn tools(&self, headers: &[(&str, &str)]) -> Vec<String> {
        let message = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"});
        let answer = self.mcp(headers, &message).await.expect(200);
        let tools = answer["result"]["tools"].as_array().unwrap();
        let name = |tool: &Value| tool["name"].as_str().unwrap().to_owned();
        tools.iter().map(name).collect()
    }
}

fn stateless(method: &str, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
}

#[tokio::test]
async fn session_form_is_begun_and_calls_tools() {
    let shop = Shop::open().await.read_by(access());
    for (asked, agreed) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2020-01-01", "2025-11-25"),
    ] {
        let params = json!({"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let answer = shop.session("initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], agreed);
        assert!(answer["result"]["capabilities"]["tools"].is_object());
    }
    let told = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let accepted = shop.mcp(&[], &told).await;
    assert_eq!((accepted.status, accepted.body.len()), (202, 0));
    assert_eq!(shop.session("ping", json!({})).await["result"], json!({}));
    let list = shop.session("tools/list", json!({})).await;
    for tool in list["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["inputSchema"]["type"], "object");
        assert_eq!(tool["outputSchema"]["type"], "object");
        assert_eq!(tool["annotations"]["readOnlyHint"], true);
    }
    let arguments = json!({"catalog": {"query": "dragon mug", EXTENSION: {"facets": ["brand"]}}});
    let answer = shop.tool(&[], "search_catalog", arguments).await;
    assert_eq!(answer["id"], "a");
    let result = &answer["result"];
    let structured = &result["structuredContent"];
    assert_eq!(titles(structured)[0], "Dragon Mug");
    assert!(structured[EXTENSION]["facets"]["brand"].is_object());
    let text = result["content"][0]["text"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), *structured);
    let remark = result["content"][1]["text"].as_str().unwrap();
    assert!(remark.contains("never instructions"), "{remark}");
}

#[tokio::test]
async fn stateless_form_needs_headers_that_say_what_the_body_does() {
    let shop = Shop::open().await;
    let version = ("MCP-Protocol-Version", STATELESS);
    let discover = stateless("server/discover", json!({}));
    let headers = [version, ("Mcp-Method", "server/discover")];
    let result = shop.mcp(&headers, &discover).await.expect(200)["result"].clone();
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["supportedVersions"][0], STATELESS);
    assert!(result["ttlMs"].is_u64() && result["cacheScope"] == "public");
    let list = stateless("tools/list", json!({}));
    let headers = [version, ("Mcp-Method", "tools/list")];
    let result = shop.mcp(&headers, &list).await.expect(200)["result"].clone();
    assert_eq!(result["tools"].as_array().unwrap().len(), 3);
    assert_eq!(result["cacheScope"], "public");

    let call = stateless(
        "tools/call",
        json!({"name": "get_product", "arguments": {"catalog": {"id": "dragon-mug"}}}),
    );
    let method = ("Mcp-Method", "tools/call");
    for name in ["get_product", "=?base64?Z2V0X3Byb2R1Y3Q=?="] {
        let answer = shop
            .mcp(&[version, method, ("Mcp-Name", name)], &call)
            .await;
        let product = &answer.expect(200)["result"]["structuredContent"]["product"];
        assert_eq!(product["title"], "Dragon Mug");
    }
    for headers in [
        &[][..],
        &[version],
        &[version, method],
        &[version, method, ("Mcp-Name", "search_catalog")],
        &[
            version,
            ("Mcp-Method", "tools/list"),
            ("Mcp-Name", "get_product"),
        ],
        &[
            ("MCP-Protocol-Version", "2025-11-25"),
            method,
            ("Mcp-Name", "get_product"),
        ],
    ] {
        let answer = shop.mcp(headers, &call).await.expect(400);
        assert_eq!(
            (&answer["error"]["code"], &answer["id"]),
            (&json!(-32_020), &json!(7)),
            "{headers:?}"
        );
    }
    let without_meta = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let answer = shop.mcp(&[version], &without_meta).await.expect(400);
    assert_eq!(answer["error"]["code"], -32_020);
    let unknown = stateless("prompts/list", json!({}));
    let headers = [version, ("Mcp-Method", "prompts/list")];
    let answer = shop.mcp(&headers, &unknown).await.expect(404);
    assert_eq!(answer["error"]["code"], -32_601);
    let newer = [("MCP-Protocol-Version", "2030-01-01")];
    let answer = shop.mcp(&newer, &without_meta).await.expect(400);
    assert_eq!(answer["error"]["code"], -32_022);
    assert_eq!(answer["error"]["data"]["supported"][0], STATELESS);
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let shop = Shop::open().await;
    for (body, code) in [
        (&b"{"[..], -32_700),
        (b"[]", -32_600),
        (br#"{"jsonrpc": "1.0", "id": 1, "method": "ping"}"#, -32_600),
        (
            br#"{"jsonrpc": "2.0", "id": null, "method": "ping"}"#,
            -32_600,
        ),
        (br#"{"jsonrpc": "2.0", "id": 1, "result": {}}"#, -32_600),
    ] {
        let reply = shop
            .send(Method::POST, "/mcp", &[JSON], Some(body.to_vec()))
            .await;
        assert_eq!(reply.expect(400)["error"]["code"], code);
    }
    for method in [Method::GET, Method::DELETE] {
        let reply = shop.send(method, "/mcp", &[], None).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    }
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let foreign = [("Origin", "https://evil.example"), ("Host", "shop.example")];
    assert_eq!(shop.mcp(&foreign, &ping).await.status, 403);
    let own = [("Origin", "https://shop.example"), ("Host", "shop.example")];
    assert_eq!(shop.mcp(&own, &ping).await.status, 200);
    let form = [("Content-Type", "text/plain")];
    let reply = shop.send(
        Method::POST,
        "/mcp",
        &form,
        Some(ping.to_string().into_bytes()),
    );
    assert_eq!(reply.await.status, 415);
}

#[tokio::test]
async fn malformed_arguments_are_errors_and_missing_products_are_answers() {
    let shop = Shop::open().await;
    for (name, arguments) in [
        ("search_catalog", json!({})),
        ("search_catalog", json!({"catalog": {}})),
        ("search_catalog", json!({"catalog": {"query": 7}})),
        ("lookup_catalog", json!({"catalog": {"ids": vec!["a"; 51]}})),
        ("create_checkout", json!({})),
        ("top_queries", json!({})),
    ] {
        let answer = shop.tool(&[], name, arguments).await;
        assert_eq!(answer["error"]["code"], -32_602, "{name}: {answer}");
    }
    let missing = json!({"catalog": {"id": "prod_0"}});
    let answer = shop.tool(&[], "get_product", missing).await;
    let structured = &answer["result"]["structuredContent"];
    assert_eq!(structured["ucp"]["status"], "error");
    assert_eq!(codes(structured), ["not_found"]);
    let older = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "lookup_catalog", "arguments": {"catalog": {"ids": ["dragon-mug"]}}}});
    let body = Some(older.to_string().into_bytes());
    let reply = shop
        .send(Method::POST, "/mcp/2026-04-08", &[JSON], body)
        .await;
    let answer = reply.expect(200);
    assert_eq!(
        answer["result"]["structuredContent"]["ucp"]["version"],
        "2026-04-08"
    );
}

#[tokio::test]
async fn tools_for_staff_are_there_with_the_admin_key_alone() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let key = "a key for tests";
        add_key(&shop.store, &shop.tenant, key, None).await;
        add_tenant(&shop.store, "other", Some("other.example"), None).await;
        let admin = format!("Bearer {ADMIN_KEY}");
        assert_eq!(shop.tools(&[]).await, PUBLIC);
        assert_eq!(
            shop.tools(&[("Authorization", "Bearer wrong")]).await,
            PUBLIC
        );
        assert_eq!(shop.tools(&[("X-Api-Key", key)]).await, PUBLIC);
        let headers = [("Authorization", admin.as_str())];
        let tools = shop.tools(&headers).await;
        let staff = [
            "search_analytics",
            "top_queries",
            "queries_without_result",
            "index_status",
            "preview_rule",
        ];
        assert_eq!(tools[3..], staff);
        for (name, arguments, path) in [
            ("search_analytics", json!({"days": 7}), "/days"),
            ("top_queries", json!({"limit": 5}), "/queries"),
            ("queries_without_result", json!({}), "/queries"),
            ("index_status", json!({}), "/outbox"),
        ] {
            let answer = shop.tool(&headers, name, arguments).await;
            let result = &answer["result"]["structuredContent"];
            assert!(result.pointer(path).is_some(), "{name}: {answer}");
        }
        let rule = json!({"id": "pin", "name": "Pin", "then": {"pin": [{"external_id": "mug-2"}]}});
        let wrong = json!({"q": "mug", "rule": rule, "reveal": true});
        let answer = shop.tool(&headers, "preview_rule", wrong).await;
        assert_eq!(answer["error"]["code"], -32_602, "{answer}");
        let preview = json!({"q": "mug", "per_page": 5, "rule": rule});
        let answer = shop.tool(&headers, "preview_rule", preview).await;
        let result = &answer["result"]["structuredContent"];
        assert_eq!(result["live"]["total"], 2, "{answer}");
        assert_eq!(result["with"]["hits"][0]["title"], "Starship Mug");
        assert_eq!(result["live"]["hits"][0]["title"], "Dragon Mug");
        let unknown = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let headers = [("X-Api-Key", "unknown")];
        assert_eq!(shop.mcp(&headers, &unknown).await.status, 401);
        let foreign = [("X-Api-Key", key), ("Host", "other.example")];
        assert_eq!(shop.mcp(&foreign, &unknown).await.status, 403);
    }
}
