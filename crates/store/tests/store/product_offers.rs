//! Further sellers' offers that are written with their products, and by SKU.

use souk_domain::{
    Condition, MAX_OFFERS, Prices, ProductInput, ProductPatch, SellerOffer, VariantPatch,
    VariantUpdate,
};
use souk_store::{
    MissingReferences, ProductKey, ProductRecord, Upserted, VariantOutcome, VariantRefusal,
};
use souk_testkit::product;

use crate::support::{Setup, setups};

fn offer(seller: &str, price: i64) -> SellerOffer {
    SellerOffer {
        seller: seller.to_owned(),
        prices: Prices::of(price),
        stock: 1,
        ..SellerOffer::default()
    }
}

/// A coat of `own` in S and M, and the offers that its S is given.
fn coat(offers: Option<Vec<SellerOffer>>) -> ProductInput {
    let coat = product("coat").seller("own").without_variants();
    let coat =
        coat.variant("S", 5_000, 1, &[("Size", "S")])
            .variant("M", 6_000, 1, &[("Size", "M")]);
    let mut coat = coat.build();
    coat.variants[0].offers = offers;
    coat
}

impl Setup {
    /// Writes a product, or returns the field that it is refused for.
    async fn write(&self, product: ProductInput) -> Result<Upserted, String> {
        let products = self.scope.products();
        let written = products.upsert_batch(vec![product], MissingReferences::Create);
        let written = written.await.unwrap().remove(0);
        written.map_err(|invalid| invalid.field.into_owned())
    }

    async fn coat(&self) -> ProductRecord {
        let key = ProductKey::External("coat".to_owned());
        self.scope.products().get(&key).await.unwrap().unwrap()
    }
}

/// Seller and price of the further offers of a variant.
fn offered(record: &ProductRecord, variant: usize) -> Vec<(&str, i64)> {
    let offers = record.variants[variant].offers.iter();
    let offers = offers.map(|offer| (offer.seller.slug.as_str(), offer.prices.price));
    offers.collect()
}

#[tokio::test]
async fn product_is_written_with_the_offers_of_others() {
    for setup in setups().await {
        let both = || Some(vec![offer("one", 4_000), offer("two", 4_500)]);
        setup.write(coat(both())).await.unwrap();
        let record = setup.coat().await;
        assert_eq!(offered(&record, 0), [("one", 4_000), ("two", 4_500)]);
        assert!(offered(&record, 1).is_empty());
        assert_eq!((record.price.min, record.price.max), (4_000, 6_000));

        assert!(!setup.write(coat(both())).await.unwrap().changed);
        assert!(!setup.write(coat(None)).await.unwrap().changed);
        assert_eq!(
            offered(&setup.coat().await, 0).len(),
            2,
            "none given keeps them"
        );
        setup.drain().await;
        let cheaper = Some(vec![offer("two", 4_200)]);
        assert!(setup.write(coat(cheaper)).await.unwrap().changed);
        assert_eq!(offered(&setup.coat().await, 0), [("two", 4_200)]);
        assert_eq!(setup.drain().await.len(), 1, "its product is on its way");
        assert!(setup.write(coat(Some(vec![]))).await.unwrap().changed);
        assert!(offered(&setup.coat().await, 0).is_empty());
    }
}

#[tokio::test]
async fn condition_is_written_and_patched() {
    for setup in setups().await {
        let mut used = coat(Some(vec![offer("one", 4_000)]));
        used.variants[0].condition = Condition::Used;
        let written = setup.write(used).await.unwrap();
        assert_eq!(setup.coat().await.variants[0].condition, Condition::Used);
        let patch = ProductPatch {
            variants: vec![VariantPatch {
                sku: "S".to_owned(),
                stock: Some(7),
                ..VariantPatch::default()
            }],
            ..ProductPatch::default()
        };
        let products = setup.scope.products();
        products.patch(written.id, patch, None).await.unwrap();
        let record = setup.coat().await;
        let variant = &record.variants[0];
        assert_eq!((variant.stock, variant.condition), (7, Condition::Used));
        assert_eq!(offered(&record, 0), [("one", 4_000)]);
        assert_eq!(record.variants[1].condition, Condition::New);
    }
}

#[tokio::test]
async fn fault_of_an_offer_costs_its_product_and_names_the_field() {
    for setup in setups().await {
        let mut taken = offer("one", 4_000);
        taken.external_id = Some("one-1".to_owned());
        let mut elsewhere = coat(Some(vec![taken.clone()]));
        elsewhere.external_id = "jacket".to_owned();
        setup.write(elsewhere).await.unwrap();
        for (field, offers) in [
            ("variants[0].offers[0].seller", vec![offer("own", 1)]),
            ("variants[0].offers[0].seller", vec![offer("No Slug", 1)]),
            (
                "variants[0].offers[1].seller",
                vec![offer("one", 1), offer("one", 2)],
            ),
            ("variants[0].offers[0].price", vec![offer("one", -1)]),
            ("variants[0].offers[0].external_id", vec![taken]),
        ] {
            let refused = setup.write(coat(Some(offers))).await;
            assert_eq!(refused.unwrap_err(), field);
        }
        let products = setup.scope.products();
        let unknown = coat(Some(vec![offer("nobody", 1)]));
        let unknown = products.upsert_batch(vec![unknown], MissingReferences::Reject);
        let refused = unknown.await.unwrap().remove(0).unwrap_err();
        assert_eq!(refused.field, "variants[0].offers[0].seller");
    }
}

#[tokio::test]
async fn seller_gets_a_product_only_without_an_offer_of_it() {
    for setup in setups().await {
        let id = setup.write(coat(Some(vec![offer("one", 4_000)]))).await;
        let id = id.unwrap().id;
        let patch = |offers| ProductPatch {
            seller: Some("one".to_owned()),
            variants: vec![VariantPatch {
                sku: "S".to_owned(),
                offers,
                ..VariantPatch::default()
            }],
            ..ProductPatch::default()
        };
        let products = setup.scope.products();
        let refused = products.patch(id, patch(None), None).await.unwrap_err();
        assert!(refused.to_string().starts_with("seller"), "{refused}");
        let given = Some(vec![offer("own", 5_000)]);
        products.patch(id, patch(given), None).await.unwrap();
        let record = setup.coat().await;
        assert_eq!(record.seller.slug, "one");
        assert_eq!(offered(&record, 0), [("own", 5_000)]);
    }
}

#[tokio::test]
async fn offers_that_stay_count_among_those_that_a_product_may_have() {
    for setup in setups().await {
        let sellers = (0..MAX_OFFERS - 2).map(|number| offer(&format!("s-{number}"), 1));
        setup.write(coat(Some(sellers.collect()))).await.unwrap();
        let mut larger = coat(None);
        let mut further = larger.variants[1].clone();
        further.sku = "L".to_owned();
        further.options.insert("Size".to_owned(), "L".to_owned());
        larger.variants.push(further);
        assert_eq!(setup.write(larger.clone()).await.unwrap_err(), "variants");
        // Its offers go with the variant that has them.
        larger.variants.remove(0);
        setup.write(larger).await.unwrap();
    }
}

#[tokio::test]
async fn offers_of_sellers_change_by_sku() {
    for setup in setups().await {
        setup
            .write(coat(Some(vec![offer("one", 4_000)])))
            .await
            .unwrap();
        let jacket = product("jacket").seller("two").build();
        setup.write(jacket).await.unwrap();
        setup.drain().await;
        let update = |seller: &str, price| VariantUpdate {
            sku: "S".to_owned(),
            external_id: None,
            seller: None,
            offered_by: Some(seller.to_owned()),
            price: Some(price),
            stock: None,
        };
        let variants = setup.scope.variants();
        let updates = vec![
            update("one", 3_900),
            update("two", 1),
            update("own", 5_100),
            update("one", 3_800),
        ];
        let results = variants.update_batch(updates).await.unwrap();
        assert!(matches!(results[0], Ok(VariantOutcome::Updated)));
        assert!(matches!(results[1], Err(VariantRefusal::UnknownOffer)));
        assert!(matches!(results[2], Ok(VariantOutcome::Updated)));
        assert!(matches!(results[3], Err(VariantRefusal::Invalid(_))));
        let record = setup.coat().await;
        assert_eq!(offered(&record, 0), [("one", 3_900)]);
        assert_eq!(record.variants[0].prices.price, 5_100);
        assert_eq!(record.price.min, 3_900);
        assert_eq!(setup.drain().await.len(), 1);
        let again = variants.update_batch(vec![update("one", 3_900)]);
        let again = again.await.unwrap().remove(0);
        assert!(matches!(again, Ok(VariantOutcome::Unchanged)));
    }
}
