//! Further sellers' offers: totals, documents, closed sellers, history, and concurrent edits.

use std::collections::BTreeSet;

use souk_domain::{
    Change, Label, OfferInput, OfferPatch, Prices, ProductDocument, ProductId, SellerOffer,
};
use souk_store::{OfferRecord, ProductKey, ProductRecord, StoreError};
use souk_testkit::product;

use crate::support::{Setup, setups};

const FAR: i64 = 4_000_000_000_000;

fn offer(sku: &str, seller: &str, price: i64, stock: i64) -> OfferInput {
    let offer = SellerOffer {
        seller: seller.to_owned(),
        prices: Prices::of(price),
        stock,
        ..SellerOffer::default()
    };
    OfferInput {
        sku: sku.to_owned(),
        offer,
    }
}

/// A coat of `own` in S for 50.00, sold out, and in M for 60.00, and products of two other sellers.
async fn coat(setup: &Setup) -> ProductId {
    let coat = product("coat")
        .seller("own")
        .without_variants()
        .variant("S", 5_000, 0, &[("Size", "S")])
        .variant("M", 6_000, 1, &[("Size", "M")]);
    let others = ["one", "two"].map(|seller| product(seller).seller(seller));
    let written = setup.upsert([coat].into_iter().chain(others)).await;
    written[0].id
}

async fn put(setup: &Setup, id: ProductId, offers: Vec<OfferInput>) -> Vec<OfferRecord> {
    setup.scope.offers().upsert(id, offers).await.unwrap()
}

async fn record(setup: &Setup, id: ProductId) -> ProductRecord {
    let found = setup.scope.products().get(&ProductKey::Id(id)).await;
    found.unwrap().unwrap()
}

async fn document(setup: &Setup, id: ProductId) -> Option<ProductDocument> {
    setup.scope.documents(&[id]).await.unwrap().pop()
}

/// Seller and price of each offer of a document.
fn offered(document: &ProductDocument) -> Vec<(&str, &str, i64)> {
    let offers = document.variants.iter().map(|offer| {
        let seller = offer.seller.as_ref().map_or("", |seller| &seller.slug);
        (offer.sku.as_str(), seller, offer.price)
    });
    offers.collect()
}

async fn close(setup: &Setup, seller: &str, at: &str) {
    let sql = format!("UPDATE sellers SET closed_at = {at} WHERE slug = '{seller}'");
    setup.run(&sql).await;
}

#[tokio::test]
async fn totals_and_document_have_every_offer() {
    for setup in setups().await {
        let id = coat(&setup).await;
        let before = document(&setup, id).await.unwrap();
        assert!(before.variants.iter().all(|offer| offer.seller.is_none()));
        setup.drain().await;
        let offers = vec![offer("S", "one", 4_000, 2), offer("S", "two", 4_500, 0)];
        assert_eq!(put(&setup, id, offers.clone()).await.len(), 2);
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);

        let shared = document(&setup, id).await.unwrap();
        let expected = [
            ("S", "own", 5_000),
            ("S", "one", 4_000),
            ("S", "two", 4_500),
            ("M", "own", 6_000),
        ];
        assert_eq!(offered(&shared), expected);
        assert_eq!((shared.price.min, shared.price.max), (4_000, 6_000));
        assert_eq!((shared.stock, shared.variant_count()), (3, 2));
        assert_eq!(record(&setup, id).await.price, shared.price);
        // As given already.
        put(&setup, id, offers).await;
        assert_eq!(document(&setup, id).await.unwrap(), shared);

        setup.run("DELETE FROM offers").await;
        assert_eq!(document(&setup, id).await.unwrap(), before);
        let history = "SELECT count(*) FROM offer_prices WHERE variant_id < 0";
        assert_eq!(setup.number(history).await, 0);
    }
}

#[tokio::test]
async fn offers_of_a_closed_seller_leave_and_come_back() {
    for setup in setups().await {
        let id = coat(&setup).await;
        put(&setup, id, vec![offer("S", "one", 4_000, 2)]).await;
        let whole = document(&setup, id).await.unwrap();
        for (seller, left) in [
            ("one", vec![("S", "own", 5_000), ("M", "own", 6_000)]),
            // The product stays with what others offer of it.
            ("own", vec![("S", "one", 4_000)]),
        ] {
            setup.drain().await;
            close(&setup, seller, "1").await;
            let changes = setup.drain().await;
            assert!(changes.contains(&("product".to_owned(), id.0)), "{seller}");
            let document = self::document(&setup, id).await.unwrap();
            assert_eq!(offered(&document), left);
            let prices: BTreeSet<i64> = left.iter().map(|(_, _, price)| *price).collect();
            assert_eq!(Some(&document.price.min), prices.first());
            assert_eq!(Some(&document.price.max), prices.last());
            let slugs: Vec<_> = document.sellers().iter().map(|own| &own.slug).collect();
            assert_eq!(slugs, [left[0].1]);
            close(&setup, seller, "NULL").await;
            assert_eq!(self::document(&setup, id).await.unwrap(), whole);
        }
        close(&setup, "one", "1").await;
        close(&setup, "own", "1").await;
        assert_eq!(document(&setup, id).await, None);
        close(&setup, "own", "NULL").await;
        close(&setup, "one", "NULL").await;
        assert_eq!(document(&setup, id).await.unwrap(), whole);
    }
}

#[tokio::test]
async fn sale_of_an_offer_begins_by_itself() {
    for setup in setups().await {
        let id = coat(&setup).await;
        let prices = Prices {
            list_price: Some(4_800),
            sale_from_ms: Some(FAR),
            ..Prices::of(4_000)
        };
        let mut offer = offer("S", "one", 0, 2);
        offer.offer.prices = prices;
        put(&setup, id, vec![offer]).await;
        assert_eq!(document(&setup, id).await.unwrap().price.min, 4_800);
        let next = format!("SELECT count(*) FROM products WHERE price_changes_at = {FAR}");
        assert_eq!(setup.number(&next).await, 1);
        // A price counts as charged only after a while.
        setup
            .run("UPDATE offer_prices SET since = 1 WHERE variant_id < 0")
            .await;
        setup.run("UPDATE offers SET sale_from = 2").await;
        let document = document(&setup, id).await.unwrap();
        assert_eq!(
            (document.price.min, document.list_price),
            (4_000, Some(4_800))
        );
        assert_eq!(document.lowest_price_30d, Some(4_800));
        let charged = "SELECT count(*) FROM offer_prices WHERE variant_id < 0";
        assert_eq!(setup.number(charged).await, 2);
    }
}

#[tokio::test]
async fn statements_are_held_to_the_same_rules() {
    for setup in setups().await {
        let id = coat(&setup).await;
        put(&setup, id, vec![offer("S", "one", 4_000, 2)]).await;
        for change in [
            "price = -1",
            "list_price = 1",
            "sale_from = 1",
            "stock = -1",
            "stock_policy = 'some'",
            "condition = 'odd'",
            "external_id = ''",
            "seller_id = (SELECT id FROM sellers WHERE slug = 'own')",
            "product_id = (SELECT id FROM products WHERE external_id = 'one')",
        ] {
            let refused = setup.try_run(&format!("UPDATE offers SET {change}")).await;
            assert!(refused.is_err(), "{change}");
        }
        let taken = "UPDATE products SET seller_id = (SELECT id FROM sellers WHERE slug = 'one')
                     WHERE external_id = 'coat'";
        assert!(setup.try_run(taken).await.is_err());
        assert_eq!(record(&setup, id).await.variants[0].offers.len(), 1);
    }
}

#[tokio::test]
async fn faults_name_the_field() {
    for setup in setups().await {
        let id = coat(&setup).await;
        let good = || offer("S", "one", 4_000, 2);
        for (field, fault) in [
            ("offers[1].sku", offer("XL", "one", 1, 1)),
            ("offers[1].seller", offer("M", "nobody", 1, 1)),
            ("offers[1].seller", offer("M", "own", 1, 1)),
            ("offers[1].seller", good()),
            ("offers[1].price", offer("M", "one", -1, 1)),
        ] {
            let refused = setup.scope.offers().upsert(id, vec![good(), fault]).await;
            let Err(StoreError::Invalid(invalid)) = refused else {
                panic!("{field}: {refused:?}");
            };
            assert_eq!(invalid.field, field);
        }
        assert!(
            setup
                .scope
                .offers()
                .of_product(id)
                .await
                .unwrap()
                .is_empty()
        );
        let unknown = setup.scope.offers();
        let unknown = unknown.upsert(ProductId(0), vec![good()]);
        assert!(matches!(
            unknown.await,
            Err(StoreError::NotFound("product"))
        ));
    }
}

#[tokio::test]
async fn patch_needs_the_state_it_is_based_on() {
    for setup in setups().await {
        let id = coat(&setup).await;
        let made = put(&setup, id, vec![offer("S", "one", 4_000, 2)]).await;
        let (offers, key) = (setup.scope.offers(), (id, made[0].id));
        let dearer = || OfferPatch {
            price: Some(4_100),
            external_id: Change::Set("one-7".to_owned()),
            ..OfferPatch::default()
        };
        let tag = made[0].etag();
        let patched = offers.patch(key, dearer(), Some(&tag)).await.unwrap();
        assert_eq!((patched.prices.price, patched.stock), (4_100, 2));
        assert_eq!(patched.seller, Label::new("one", "One"));
        let stale = offers.patch(key, dearer(), Some(&tag)).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        let stale = offers.delete(key, Some(&tag)).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        offers.delete(key, Some(&patched.etag())).await.unwrap();
        let gone = offers.delete(key, Some("*")).await;
        assert!(matches!(gone, Err(StoreError::NotFound("offer"))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_edits_of_two_sellers_lose_none() {
    for setup in setups().await {
        let id = coat(&setup).await;
        let both = vec![offer("S", "one", 1_000, 1), offer("S", "two", 1_000, 1)];
        let made = put(&setup, id, both).await;
        let edits = made.into_iter().map(|offer| {
            let (offers, key) = (setup.scope.offers(), (id, offer.id));
            tokio::spawn(async move {
                for step in 1..=20 {
                    let price = OfferPatch {
                        price: Some(1_000 + step),
                        ..OfferPatch::default()
                    };
                    offers.patch(key, price, Some("*")).await.unwrap();
                    let stock = OfferPatch {
                        stock: Some(step),
                        ..OfferPatch::default()
                    };
                    offers.patch(key, stock, Some("*")).await.unwrap();
                }
            })
        });
        for edit in edits.collect::<Vec<_>>() {
            edit.await.unwrap();
        }
        let document = document(&setup, id).await.unwrap();
        let further = document.variants.iter().filter(|own| own.price < 5_000);
        let terms: Vec<_> = further.map(|own| (own.price, own.stock)).collect();
        assert_eq!(terms, [(1_020, 20), (1_020, 20)]);
        assert_eq!((document.price.min, document.stock), (1_020, 41));
    }
}
