//! Property test: a patch of a product is a JSON merge patch, with variants by SKU.

use std::collections::BTreeSet;

use proptest::{collection::btree_map, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::product_patch::{Change, ProductPatch, VariantPatch, blank, tests::shirt};
use crate::{Currency, ProductInput};

/// Merges as RFC 7396 says.
fn merge_json(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, change) in changes {
        if change.is_null() {
            target.as_object_mut().unwrap().remove(name);
        } else {
            merge_json(&mut target[name], change);
        }
    }
}

fn with_defaults(object: &mut Value, defaults: Value) {
    let object = object.as_object_mut().unwrap();
    for (name, value) in defaults.as_object().unwrap() {
        object.entry(name).or_insert_with(|| value.clone());
    }
}

/// Product in JSON, with its variants by SKU.
fn by_sku(product: &ProductInput) -> Value {
    let mut json = serde_json::to_value(product).unwrap();
    let variants = product.variants.iter();
    let variants = variants.map(|it| (it.sku.clone(), serde_json::to_value(it).unwrap()));
    json["variants"] = Value::Object(variants.collect());
    json
}

fn given<T: Into<Value>>(patch: &mut Value, name: &str, change: Change<T>) {
    match change {
        Change::Keep => {}
        Change::Remove => patch[name] = Value::Null,
        Change::Set(value) => patch[name] = value.into(),
    }
}

fn set_if<T: Into<Value>>(patch: &mut Value, name: &str, value: Option<T>) {
    given(patch, name, value.map_or(Change::Keep, Change::Set));
}

/// Patch in JSON, with its variants by SKU.
fn patch_by_sku(patch: &ProductPatch) -> Value {
    let mut json = json!({});
    set_if(&mut json, "title", patch.title.clone());
    set_if(&mut json, "description", patch.description.clone());
    given(&mut json, "brand", patch.brand.clone());
    given(&mut json, "category", patch.category.clone());
    set_if(
        &mut json,
        "images",
        patch.images.as_ref().map(|images| json!(images)),
    );
    set_if(&mut json, "popularity", patch.popularity);
    let attributes = match patch.attributes.clone() {
        Change::Set(changes) => Change::Set(json!(changes)),
        Change::Remove => Change::Remove,
        Change::Keep => Change::Keep,
    };
    given(&mut json, "attributes", attributes);
    let mut variants = Map::new();
    for sku in &patch.remove_variants {
        variants.insert(sku.clone(), Value::Null);
    }
    for variant in &patch.variants {
        let mut change = json!({"sku": variant.sku});
        given(&mut change, "gtin", variant.gtin.clone());
        set_if(&mut change, "price", variant.price);
        set_if(&mut change, "stock", variant.stock);
        given(&mut change, "weight_g", variant.weight_g.clone());
        variants.insert(variant.sku.clone(), change);
    }
    json["variants"] = Value::Object(variants);
    json
}

fn change<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Change<T>> {
    prop_oneof![
        Just(Change::Keep),
        Just(Change::Remove),
        value.prop_map(Change::Set),
    ]
}

fn any_patch() -> impl Strategy<Value = ProductPatch> {
    let text = || "[a-c]{1,3}";
    let values = proptest::collection::vec(text(), 1..3);
    let values = values.prop_map(|values| BTreeSet::from_iter(values).into_iter().collect());
    let name = select(vec!["colour".to_owned(), "size".to_owned()]);
    let variant = (
        change(select(
            ["4006381333931", "036000291452"]
                .map(str::to_owned)
                .to_vec(),
        )),
        option::of(0..9_i64),
        option::of(0..9_i64),
        change(0..9_i64),
    );
    let sku = || select(["S", "M", "L", "XL"].map(str::to_owned).to_vec());
    let parts = (
        (option::of(text()), option::of(text()), option::of(0..9_i64)),
        (change(text()), change("[a-c]{1,3}")),
        change(btree_map(name, option::of(values), 0..3)),
        option::of(Just(vec!["/b.png".into()])),
        btree_map(sku(), variant, 0..4),
        proptest::collection::btree_set(sku(), 0..3),
    );
    parts.prop_map(
        |(texts, references, attributes, images, variants, removed)| {
            let (title, description, popularity) = texts;
            let (brand, category) = references;
            let removed = removed
                .into_iter()
                .filter(|sku| !variants.contains_key(sku));
            ProductPatch {
                title,
                description,
                brand,
                category,
                attributes,
                images,
                popularity,
                remove_variants: removed.collect(),
                variants: variants
                    .into_iter()
                    .map(|(sku, (gtin, price, stock, weight_g))| VariantPatch {
                        sku,
                        gtin,
                        price,
                        stock,
                        weight_g,
                        ..VariantPatch::default()
                    })
                    .collect(),
                ..ProductPatch::default()
            }
        },
    )
}

proptest! {
    #[test]
    fn applied_patch_equals_merged_json(patch in any_patch()) {
        let mut model = by_sku(&shirt());
        merge_json(&mut model, &patch_by_sku(&patch));
        match patch.applied_to(shirt()) {
            Ok(patched) => {
                // What was removed has its default.
                let mut expected = model;
                with_defaults(&mut expected, by_sku(&blank(Currency::EUR)));
                for variant in expected["variants"].as_object_mut().unwrap().values_mut() {
                    with_defaults(variant, json!({"gtin": null, "options": {}, "stock": 0}));
                }
                prop_assert_eq!(by_sku(&patched.input), expected);
            }
            Err(invalid) => {
                let variants = model["variants"].as_object().unwrap();
                let priceless = variants.values().any(|it| it["price"].is_null());
                prop_assert!(priceless || variants.is_empty(), "{}", invalid);
            }
        }
    }
}
