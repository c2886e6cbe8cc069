//! Images with texts and variants, and weight and size of variants.

use souk_domain::{Change, Image, Measures, ProductId, ProductInput, ProductPatch, VariantPatch};
use souk_store::{ProductKey, ProductRecord, StoreError};
use souk_testkit::product;

use crate::support::{Setup, setups};

async fn record(setup: &Setup, id: ProductId) -> ProductRecord {
    let found = setup.scope.products().get(&ProductKey::Id(id)).await;
    found.unwrap().unwrap()
}

/// A mug in two sizes: an image of all, and one of the small one.
fn mug() -> ProductInput {
    let mug = product("mug").without_variants();
    let mug = mug.variant("S", 800, 1, &[]).variant("L", 900, 1, &[]);
    mug.image_of("/a.png", "A mug", &[])
        .image_of("/small.png", "A small mug", &["S"])
        .image("/c.png")
        .build()
}

#[tokio::test]
async fn images_are_kept_with_texts_and_variants() {
    for setup in setups().await {
        let id = setup.upsert([mug()]).await[0].id;
        setup.drain().await;
        let stored = record(&setup, id).await;
        assert_eq!(stored.images, mug().images);
        let urls = |sku: &'static str| {
            let images = stored.images_of(sku);
            images.map(|image| image.url.clone()).collect::<Vec<_>>()
        };
        assert_eq!(urls("S"), ["/small.png"]);
        assert!(urls("L").is_empty());
        let document = setup.scope.documents(&[id]).await.unwrap().remove(0);
        assert_eq!(document.image.as_deref(), Some("/a.png"));
        assert_eq!(document.image_alt.as_deref(), Some("A mug"));
        // An address alone is stored as before there was more to say.
        let plain = "SELECT count(*) FROM products WHERE CAST(images AS text) LIKE '%\"/c.png\"]'";
        assert_eq!(setup.number(plain).await, 1);

        assert!(!setup.upsert([mug()]).await[0].changed);
        assert_eq!(setup.drain().await, []);
        let mut other = mug();
        other.images[0].alt = Some("Another text".into());
        assert!(setup.upsert([other]).await[0].changed);
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);
    }
}

#[tokio::test]
async fn image_forgets_a_variant_that_is_gone() {
    for setup in setups().await {
        let products = setup.scope.products();
        let id = setup.upsert([mug()]).await[0].id;
        let removal = ProductPatch {
            remove_variants: vec!["S".into()],
            ..ProductPatch::default()
        };
        let patched = products.patch(id, removal, None).await.unwrap();
        assert_eq!(patched.images[1].variants, Vec::<String>::new());
        assert_eq!(patched.images[1].alt.as_deref(), Some("A small mug"));
        let unknown = ProductPatch {
            images: Some(vec![Image {
                variants: vec!["S".into()],
                ..Image::from("/a.png")
            }]),
            ..ProductPatch::default()
        };
        let error = products.patch(id, unknown, None).await.unwrap_err();
        let StoreError::Invalid(invalid) = error else {
            panic!("{error:?}");
        };
        assert_eq!(invalid.field, "images[0].variants[0]");
    }
}

#[tokio::test]
async fn weight_and_size_are_kept_changed_and_taken_away() {
    for setup in setups().await {
        let products = setup.scope.products();
        let mut mug = mug();
        mug.variants[0].measures = Measures {
            weight_g: Some(350),
            length_mm: Some(120),
            width_mm: Some(80),
            height_mm: Some(95),
        };
        let id = setup.upsert([mug.clone()]).await[0].id;
        setup.drain().await;
        let measures = async || {
            let variants = record(&setup, id).await.variants;
            variants
                .into_iter()
                .map(|it| it.measures)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            measures().await,
            [mug.variants[0].measures, Measures::default()]
        );
        assert!(!setup.upsert([mug.clone()]).await[0].changed);

        let patch = ProductPatch {
            variants: vec![VariantPatch {
                sku: "S".into(),
                weight_g: Change::Set(400),
                height_mm: Change::Remove,
                ..VariantPatch::default()
            }],
            ..ProductPatch::default()
        };
        products.patch(id, patch, None).await.unwrap();
        let changed = Measures {
            weight_g: Some(400),
            height_mm: None,
            ..mug.variants[0].measures
        };
        assert_eq!(measures().await, [changed, Measures::default()]);
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);

        mug.variants[0].measures = Measures::default();
        assert!(setup.upsert([mug]).await[0].changed);
        assert_eq!(measures().await, [Measures::default(); 2]);
        for refused in [
            "UPDATE variants SET weight_g = -1",
            "UPDATE variants SET weight_g = 1000000001",
            "UPDATE variants SET length_mm = 1000001",
            "UPDATE variants SET width_mm = 1000001",
            "UPDATE variants SET height_mm = -1",
        ] {
            assert!(setup.try_run(refused).await.is_err(), "{refused}");
        }
    }
}
