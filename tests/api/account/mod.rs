//! Accounts over HTTP.

mod cookies;
mod factors;
mod lives;
mod staff;
mod strangers;

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

const ADA: &str = "ada@mail.example";
const PASSWORD: &str = "vierzehn blaue Kuehe tanzen";
const OTHER_PASSWORD: &str = "purple llamas juggle teapots";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const HOST: (&str, &str) = ("Host", "shop.example");
const OWN: (&str, &str) = ("Sec-Fetch-Site", "same-origin");

/// Sends a body to an operation on accounts.
async fn post(shop: &Shop, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
    send(shop, Method::POST, path, headers, Some(body)).await
}

async fn send(
    shop: &Shop,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Reply {
    let path = format!("/api/account{path}");
    let mut all = headers.to_vec();
    if body.is_some() {
        all.push(JSON);
    }
    let body = body.map(|body| serde_json::to_vec(body).unwrap());
    Box::pin(shop.send(method, &path, &all, body)).await
}

/// Token of the newest mail's link.
async fn mailed(shop: &Shop, template: &str) -> String {
    let queue = shop.store.mail_queue();
    let mut mails = queue.claim("test", 100, 1, i64::MAX - 1).await.unwrap();
    for mail in &mails {
        queue.sent("test", mail.id, 1).await.unwrap();
    }
    let mail = mails.pop().unwrap();
    assert_eq!(mail.template, template);
    let (_, token) = mail.data.split_once("#token=").unwrap();
    token.split('"').next().unwrap().to_owned()
}

/// Registers and confirms an account, and returns the response of its first session.
async fn member(shop: &Shop, mail: &str, headers: &[(&str, &str)], keep: &str) -> Reply {
    let body = json!({"mail": mail, "password": PASSWORD, "name": "Ada"});
    post(shop, "/register", &[HOST], &body).await.expect(202);
    let token = mailed(shop, "verify").await;
    let body = json!({"token": token, "password": PASSWORD, "keep": keep});
    let reply = post(shop, "/verify", headers, &body).await;
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
    reply
}

/// `Authorization` of a new account's session.
async fn bearer(shop: &Shop, mail: &str) -> String {
    let begun = member(shop, mail, &[HOST], "token").await.json();
    format!("Bearer {}", begun["token"].as_str().unwrap())
}

/// Name and value of the cookies that a response sets.
fn cookies(reply: &Reply) -> Vec<String> {
    let lines = reply.headers.get_all("set-cookie").iter();
    let pairs = lines.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.collect()
}
