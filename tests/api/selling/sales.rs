//! The report of sales.

use chrono::{DateTime, Utc};
use poem::http::Method;
use serde_json::json;
use souk_commerce::OrderAction;
use souk_domain::{OrderId, ordering::RefundRequest};

use super::{
    papers::{DAY_MS, KEY, OTHER_KEY, bought},
    shops,
};

#[tokio::test]
async fn sales_of_two_days_are_reported_by_day_and_product() {
    for shop in shops().await {
        let (_, first) = bought(&shop, KEY, 2, |_| ()).await;
        bought(&shop, OTHER_KEY, 1, |_| ()).await;
        let order = OrderId(first["orders"][0]["id"].as_i64().unwrap());
        let tomorrow = Utc::now().timestamp_millis() + DAY_MS;
        let refund = OrderAction::Refund(RefundRequest {
            goodwill: 190,
            ..RefundRequest::default()
        });
        let (tenant, commerce) = (shop.tenant.id, &shop.app.commerce);
        let refunded = commerce.act(tenant, (order, None), refund, ("test", None), tomorrow);
        Box::pin(refunded).await.unwrap();
        while commerce.read_events().await.unwrap() {}
        // Read once, they are not added up again.
        assert!(!commerce.add_up_sales(tenant).await.unwrap());

        let day = |at_ms| {
            let at: DateTime<Utc> = DateTime::from_timestamp_millis(at_ms).unwrap();
            at.date_naive().to_string()
        };
        let path = format!("/api/admin/reports/sales?until={}", day(tomorrow));
        let report = shop.admin(Method::GET, &path, None).await.expect(200);
        let [sold, back] = report["days"].as_array().unwrap().as_slice() else {
            panic!("{report}");
        };
        assert_eq!(back["day"], day(tomorrow));
        let sales = &sold["sales"];
        assert_eq!(
            (&sales["orders"], &sales["units"], &sales["revenue"]),
            (&json!(2), &json!(3), &json!(4_785)),
            "{report}"
        );
        assert_eq!(sales["average_order"], 2_392);
        assert_eq!(
            (&sales["refunds"], &back["sales"]["refunded"]),
            (&json!(0), &json!(190))
        );
        assert_eq!(report["totals"][0]["revenue"], 4_785);
        assert_eq!(report["totals"][0]["refunded"], 190);
        let products = report["products"].as_array().unwrap();
        assert_eq!(products.len(), 1, "{report}");
        assert_eq!(
            (&products[0]["units"], &products[0]["revenue"]),
            (&json!(3), &json!(4_785))
        );
        let table = path.replace("sales?", "sales.csv?");
        let table = shop.admin(Method::GET, &table, None).await;
        assert_eq!(table.header("Content-Type"), Some("text/csv"));
        let table = String::from_utf8(table.body).unwrap();
        assert!(table.contains(",EUR,2,3,4785,0,0,0,2392\n"), "{table}");
        let wrong = "/api/admin/reports/sales?from=2026-02-02&until=2026-02-01";
        let wrong = shop.admin(Method::GET, wrong, None).await;
        assert_eq!(wrong.error(400).1.as_deref(), Some("from"));
    }
}
