//! Mails about purchases, invoices and packing slips.

use chrono::Utc;
use poem::http::Method;
use serde_json::{Value, json};
use souk_commerce::ProviderReport;
use souk_domain::ordering::{ProviderEvent, ProviderEventKind};
use souk_identity::MailAddress;
use souk_papers::{MailKind, PurchaseMail, WrittenMail};
use souk_store::{Mail, NewMail, Sink};

use super::{Guest, purchase, shops, variant};
use crate::shop::{Reply, Shop};

pub(super) const KEY: &str = "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0003";
pub(super) const OTHER_KEY: &str = "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0004";
pub(super) const DAY_MS: i64 = 86_400_000;

/// Mails that were written since, in order.
async fn mails(shop: &Shop) -> Vec<Mail> {
    while shop.app.commerce.read_events().await.unwrap() {}
    let queue = shop.store.mail_queue();
    let mails = queue.claim("test", 100, 1, i64::MAX - 1).await.unwrap();
    for mail in &mails {
        queue.sent("test", mail.id, 1).await.unwrap();
    }
    mails
}

/// A mail as it is read.
fn written(mail: &Mail) -> WrittenMail {
    let values: PurchaseMail = serde_json::from_str(&mail.data).unwrap();
    let kind = MailKind::of(&mail.template).unwrap();
    kind.write(&mail.language, &values).unwrap()
}

fn templates(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.template.as_str()).collect()
}

async fn act(shop: &Shop, order: &Value, step: &str, body: Value) -> Value {
    let path = format!("/api/admin/orders/{order}/{step}");
    shop.admin(Method::POST, &path, Some(&body))
        .await
        .expect(200)
}

/// Buys units of a mug, the body changed as a test needs it.
pub(super) async fn bought(
    shop: &Shop,
    key: &str,
    units: i64,
    change: impl Fn(&mut Value),
) -> (Guest, Value) {
    let mut guest = Guest::default();
    let mug = variant(shop, "mug-1").await;
    guest.take(shop, mug, units).await;
    let mut body = purchase("test", "test_succeeds");
    change(&mut body);
    let purchase = guest.check_out(shop, key, &body).await.expect(201);
    guest.order = Some(purchase["token"].as_str().unwrap().to_owned());
    (guest, purchase)
}

fn html(reply: Reply) -> String {
    let text = String::from_utf8(reply.body.clone()).unwrap();
    assert_eq!(reply.status, 200, "{text}");
    let policy = reply.header("Content-Security-Policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert_eq!(reply.header("Cache-Control"), Some("private, no-store"));
    text
}

#[tokio::test]
async fn purchase_writes_one_confirmation_with_its_sums() {
    for shop in shops().await {
        let (_, purchase) = bought(&shop, KEY, 2, |_| ()).await;
        let mails = mails(&shop).await;
        assert_eq!(templates(&mails), ["order_placed"]);
        assert_eq!(mails[0].recipient, "ada@mail.example");
        let mail = written(&mails[0]);
        let link = format!("https://shop.example/orders/{}", purchase["id"]);
        for text in [
            "000001",
            "€31.90",
            "Analytical Street 1",
            "within 14 days",
            &link,
        ] {
            assert!(mail.text.contains(text), "{text}\n{}", mail.text);
        }
        assert!(mail.html.contains("€31.90"), "{}", mail.html);
        assert!(self::mails(&shop).await.is_empty());
    }
}

#[tokio::test]
async fn purchase_in_german_is_confirmed_in_german() {
    for shop in shops().await {
        let german = |body: &mut Value| body["language"] = json!("de");
        let (guest, purchase) = bought(&shop, KEY, 2, german).await;
        let mail = written(&mails(&shop).await[0]);
        assert!(
            mail.subject.starts_with("Deine Bestellung 000001"),
            "{}",
            mail.subject
        );
        assert!(mail.text.contains("31,90\u{a0}€"), "{}", mail.text);
        let path = format!("/api/orders/{}/invoice", purchase["id"]);
        let page = html(guest.ask(&shop, Method::GET, &path, None).await);
        assert!(page.contains("Rechnung INV-000001"), "{page}");
    }
}

#[tokio::test]
async fn batch_that_was_not_finished_leaves_no_mail_and_is_read_again() {
    for shop in shops().await {
        bought(&shop, KEY, 1, |_| ()).await;
        let scope = shop.store.scope(shop.tenant.id);
        let batch = scope.events().claim(Sink::Mail, 10).await.unwrap().unwrap();
        let mail = NewMail {
            recipient: MailAddress::parse("ada@mail.example").unwrap(),
            template: MailKind::OrderPlaced.name(),
            language: "en".to_owned(),
            data: "{}".to_owned(),
            at_ms: 1,
        };
        batch.add_mail(None, &mail).await.unwrap();
        // As if the process were killed here.
        drop(batch);
        let commerce = &shop.app.commerce;
        let (one, other) = tokio::join!(
            commerce.write_mails(shop.tenant.id),
            commerce.write_mails(shop.tenant.id)
        );
        assert!(one.unwrap() || other.unwrap());
        assert_eq!(templates(&mails(&shop).await), ["order_placed"]);
    }
}

#[tokio::test]
async fn steps_of_an_order_are_mailed_with_what_they_are_about() {
    for shop in shops().await {
        let (guest, purchase) = bought(&shop, KEY, 3, |_| ()).await;
        let order = &purchase["orders"][0];
        let line = &order["lines"][0]["id"];
        mails(&shop).await;

        let units = |units: i64| json!({"lines": [{"line": line, "units": units}]});
        let mut parcel = units(1);
        parcel["carrier"] = json!("Post");
        parcel["tracking"] = json!("1Z999");
        act(&shop, &order["id"], "parcels", parcel).await;
        let sent = mails(&shop).await;
        assert_eq!(templates(&sent), ["order_sent"]);
        let mail = written(&sent[0]);
        for text in ["000001-1", "1 × ", "Post", "1Z999"] {
            assert!(mail.text.contains(text), "{text}\n{}", mail.text);
        }

        act(&shop, &order["id"], "cancel", units(1)).await;
        let cancelled = mails(&shop).await;
        assert_eq!(templates(&cancelled), ["order_cancelled", "order_refunded"]);
        let mail = written(&cancelled[1]);
        assert!(mail.text.contains("€15.95"), "{}", mail.text);

        act(&shop, &order["id"], "parcels", json!({})).await;
        let path = format!(
            "/api/orders/{}/orders/{}/withdraw",
            purchase["id"], order["id"]
        );
        let body = json!({"reason": "too small"});
        guest
            .ask(&shop, Method::POST, &path, Some(&body))
            .await
            .expect(200);
        let withdrawn = mails(&shop).await;
        assert_eq!(templates(&withdrawn), ["order_sent", "withdrawal_received"]);
        let mail = written(&withdrawn[1]);
        for text in ["2 × ", "000001-1", "Ada Lovelace", "too small", "UTC"] {
            assert!(mail.text.contains(text), "{text}\n{}", mail.text);
        }

        let mut back = units(1);
        back["restock"] = json!(true);
        act(&shop, &order["id"], "returns", back).await;
        assert_eq!(
            templates(&mails(&shop).await),
            ["order_returned", "order_refunded"]
        );
    }
}

#[tokio::test]
async fn payment_that_fails_later_and_purchase_that_ends_are_mailed() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        // Who pays at this moment sees that the card is declined.
        let begun = guest.buy(&shop, KEY, "test_declined").await;
        assert!(mails(&shop).await.is_empty());
        let pay = format!("/api/checkout/{}/payment", begun["id"]);
        let card = json!({"method": "test_confirm"});
        let paid = guest.ask(&shop, Method::POST, &pay, Some(&card)).await;
        let payment = paid.expect(200)["payment"]["id"].clone();
        let now = Utc::now().timestamp_millis();
        let report = ProviderReport {
            provider: "test".to_owned(),
            id: "failed-later".to_owned(),
            reference: format!("test-{payment}"),
            event: ProviderEvent {
                at_ms: now + 1,
                kind: ProviderEventKind::Failed {
                    reason: "bank".to_owned(),
                },
            },
        };
        let commerce = &shop.app.commerce;
        commerce
            .apply_report(shop.tenant.id, &report, now + 1)
            .await
            .unwrap();
        assert_eq!(templates(&mails(&shop).await), ["payment_failed"]);
        commerce.tick(now + DAY_MS).await.unwrap();
        assert_eq!(templates(&mails(&shop).await), ["purchase_ended"]);
    }
}

#[tokio::test]
async fn invoice_has_the_figures_of_its_order_and_no_commission() {
    for shop in shops().await {
        let terms = json!({"basis_points": 1_234});
        shop.admin(Method::POST, "/api/admin/commission-rates", Some(&terms))
            .await
            .expect(201);
        let rate = json!({"country": "DE", "rate_ppm": 190_000, "name": "USt"});
        shop.admin(Method::POST, "/api/admin/tax-rates", Some(&rate))
            .await
            .expect(201);
        let named =
            |body: &mut Value| body["delivery_address"]["name"] = json!("<b>Ada</b> Lovelace");
        let (guest, purchase) = bought(&shop, KEY, 2, named).await;
        let path = format!("/api/orders/{}/invoice", purchase["id"]);
        let page = html(guest.ask(&shop, Method::GET, &path, None).await);
        // 3190 with 19 % within: 2681 and 509. The commission of it would be 331.
        for text in [
            "INV-000001",
            "000001-1",
            "€15.95",
            "€31.90",
            "€26.81",
            "€5.09",
            "19%",
        ] {
            assert!(page.contains(text), "{text}\n{page}");
        }
        for text in ["€3.31", "ommission", "<b>", "<script"] {
            assert!(!page.contains(text), "{text}\n{page}");
        }
        assert!(page.contains("&lt;b&gt;Ada"), "{page}");

        let order = &purchase["orders"][0]["id"];
        let staff = format!("/api/admin/orders/{order}/invoice");
        assert_eq!(html(shop.admin(Method::GET, &staff, None).await), page);
        let slip = format!("/api/admin/orders/{order}/packing-slip");
        let slip = html(shop.admin(Method::GET, &slip, None).await);
        assert!(slip.contains("mug-1") && !slip.contains('€'), "{slip}");

        let stranger = Guest::default();
        let refused = stranger.ask(&shop, Method::GET, &path, None).await;
        assert_eq!(refused.status, 404);
        let refused = shop.get(&staff).await;
        assert_eq!(refused.status, 401);
    }
}

#[tokio::test]
async fn invoices_and_credit_notes_are_numbered_without_gaps() {
    for shop in shops().await {
        let (_, first) = bought(&shop, KEY, 1, |_| ()).await;
        let by_invoice = |body: &mut Value| body["payment"] = json!({"provider": "manual"});
        let (guest, second) = bought(&shop, OTHER_KEY, 2, by_invoice).await;
        let path = format!("/api/orders/{}/invoice", second["id"]);
        let early = guest.ask(&shop, Method::GET, &path, None).await;
        assert_eq!(early.status, 404, "nothing of it was sent or paid");
        act(&shop, &second["orders"][0]["id"], "parcels", json!({})).await;
        let page = html(guest.ask(&shop, Method::GET, &path, None).await);
        assert!(page.contains("INV-000002"), "{page}");

        let order = &first["orders"][0]["id"];
        let line = &first["orders"][0]["lines"][0]["id"];
        let part = json!({"lines": [{"line": line, "amount": 500}], "reason": "a scratch"});
        act(&shop, order, "refunds", part).await;
        act(
            &shop,
            order,
            "refunds",
            json!({"goodwill": 100, "reason": "sorry"}),
        )
        .await;
        let staff = format!("/api/admin/orders/{order}/invoice");
        let page = html(shop.admin(Method::GET, &staff, None).await);
        for text in [
            "INV-000001",
            "CN-000001",
            "-€5.00",
            "a scratch",
            "CN-000002",
            "-€1.00",
        ] {
            assert!(page.contains(text), "{text}\n{page}");
        }
        // Paid later, it keeps the number that it has.
        let path = format!("/api/admin/orders/{}/paid", second["orders"][0]["id"]);
        shop.admin(Method::POST, &path, None).await.expect(200);
        let staff = format!("/api/admin/orders/{}/invoice", second["orders"][0]["id"]);
        let page = html(shop.admin(Method::GET, &staff, None).await);
        assert!(page.contains("INV-000002"), "{page}");
    }
}

#[tokio::test]
async fn units_cancelled_before_the_invoice_are_not_on_it() {
    for shop in shops().await {
        let by_invoice = |body: &mut Value| body["payment"] = json!({"provider": "manual"});
        let (guest, purchase) = bought(&shop, KEY, 3, by_invoice).await;
        let order = &purchase["orders"][0];
        let line = &order["lines"][0]["id"];
        let one = json!({"lines": [{"line": line, "units": 1}]});
        act(&shop, &order["id"], "cancel", one.clone()).await;
        act(&shop, &order["id"], "parcels", one.clone()).await;
        let path = format!("/api/orders/{}/invoice", purchase["id"]);
        let page = html(guest.ask(&shop, Method::GET, &path, None).await);
        assert!(
            page.contains("€31.90") && !page.contains("€47.85"),
            "{page}"
        );
        assert!(!page.contains("Cancelled before"), "{page}");
        // What is cancelled afterwards is a correction of it.
        act(&shop, &order["id"], "cancel", one).await;
        let page = html(guest.ask(&shop, Method::GET, &path, None).await);
        for text in ["€31.90", "Cancelled before", "-€15.95"] {
            assert!(page.contains(text), "{text}\n{page}");
        }
    }
}
