//! Buyers at once: no unit is sold twice, and no promotion used once more than it may be.

use futures_util::future::join_all;

use super::{Guest, balances, on_hand, purchase, shops, variant};

#[tokio::test]
async fn last_pieces_go_to_as_many_buyers_as_there_are_pieces() {
    for shop in shops().await {
        let shirt = variant(&shop, "TS-2001-M").await;
        let buyers = (0..12).map(|number| {
            let shop = &shop;
            async move {
                let mut guest = Guest::default();
                guest.take(shop, shirt, 1).await;
                let key = format!("3f6c8a50-3a5f-4a8e-9a58-{number:012}");
                let body = purchase("test", "test_succeeds");
                guest.check_out(shop, &key, &body).await.status
            }
        });
        let statuses = join_all(buyers).await;
        let bought = statuses.iter().filter(|status| **status == 201).count();
        let refused = statuses.iter().filter(|status| **status == 409).count();
        assert_eq!((bought, refused), (5, 7), "{statuses:?}");
        assert_eq!(on_hand(&shop, "TS-2001-M").await, 0);
        assert_eq!(balances(&shop).await["provider"], 5 * 1_999);
        let events = shop
            .store
            .scope(shop.tenant.id)
            .events()
            .after(0, 100)
            .await
            .unwrap();
        let numbers: Vec<i64> = events.iter().map(|event| event.number).collect();
        assert_eq!(
            numbers,
            (1..=10).collect::<Vec<i64>>(),
            "no number is left out"
        );
    }
}

#[tokio::test]
async fn one_checkout_sent_many_times_at_once_buys_once() {
    for shop in shops().await {
        let mug = variant(&shop, "mug-1").await;
        let mut guest = Guest::default();
        guest.take(&shop, mug, 1).await;
        let body = purchase("test", "test_succeeds");
        let tries = (0..8).map(|_| guest.check_out(&shop, "one-key-for-all-of-them", &body));
        let replies = join_all(tries).await;
        for reply in &replies {
            assert!([201, 409].contains(&reply.status), "{}", reply.status);
        }
        let again = guest
            .check_out(&shop, "one-key-for-all-of-them", &body)
            .await;
        again.expect(201);
        assert_eq!(balances(&shop).await["provider"], 1_595);
    }
}
