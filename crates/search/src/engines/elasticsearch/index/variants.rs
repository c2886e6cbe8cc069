//! Nested documents: what the index holds of each distinct variant.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use souk_domain::{Currency, ProductDocument, VariantDocument, price_ladder, price_scale};

use super::mapping::number_field;
use crate::facets::encoding;
use crate::facets::listing::availability_key;

/// A nested document's fields, named as in [`crate::engines::elasticsearch::index::mapping`].
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct VariantFields<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    option_key: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attribute: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attribute_key: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attribute_name: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    numbers: BTreeMap<String, &'a [f64]>,
    pub(crate) price: i64,
    pub(crate) price_step: String,
    pub(crate) availability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seller: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seller_label: Option<String>,
}

/// Properties by which variants are told apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Distinct<'a> {
    price: i64,
    available: bool,
    /// Options of the variant, of each attribute of which they differ.
    options: Vec<Option<&'a str>>,
    /// Slug of the seller, if there are several.
    seller: Option<&'a str>,
}

/// Variants of a product, as far as they differ.
pub(crate) struct DistinctVariants<'a> {
    /// Attributes of which they have different options.
    pub(crate) options: Vec<&'a str>,
    pub(crate) documents: Vec<VariantFields<'a>>,
}

impl<'a> DistinctVariants<'a> {
    /// Returns the variants of a document; a document without any counts as one variant.
    pub(crate) fn of(document: &'a ProductDocument) -> Self {
        let currency = document.price.currency;
        let options = differing(document);
        let common: Vec<Vec<&str>> = options
            .iter()
            .map(|(name, own)| common_values(document, name, own))
            .collect();
        let options: Vec<&str> = options.into_keys().collect();
        let mut distinct: BTreeMap<Distinct<'_>, &'a VariantDocument> = BTreeMap::new();
        let is_shared = document.sellers().len() > 1;
        let seller_of =
            |variant: &'a VariantDocument| variant.seller.as_ref().filter(|_| is_shared);
        for variant in &document.variants {
            let of_name = |name: &&str| variant.options.get(*name).map(String::as_str);
            let properties = Distinct {
                price: variant.price,
                available: variant.available,
                options: options.iter().map(of_name).collect(),
                seller: seller_of(variant).map(|seller| seller.slug.as_str()),
            };
            distinct.entry(properties).or_insert(variant);
        }
        let names: Vec<_> = options
            .iter()
            .map(|name| encoding::name_key(name))
            .collect();
        let mut documents: Vec<_> = distinct
            .into_iter()
            .map(|(properties, variant)| {
                let values = options.iter().zip(&common).zip(&properties.options);
                let values = values.flat_map(|((name, common), own)| {
                    let values = own.iter().chain(common);
                    values.map(|value| (*name, *value)).collect::<Vec<_>>()
                });
                let values: Vec<_> = values.collect();
                let named: BTreeSet<_> = values.iter().map(|(name, _)| *name).collect();
                let numbers = variant.numbers.iter();
                let numbers = numbers.filter(|(name, _)| options.contains(&name.as_str()));
                VariantFields {
                    option_key: names.clone(),
                    attribute_key: values
                        .iter()
                        .map(|(name, value)| encoding::attribute_key(name, value))
                        .collect(),
                    attribute: values
                        .into_iter()
                        .map(|(name, value)| encoding::attribute(name, value))
                        .collect(),
                    attribute_name: named.into_iter().map(encoding::plain).collect(),
                    numbers: numbers
                        .map(|(name, numbers)| (number_field(name), numbers.as_slice()))
                        .collect(),
                    seller: seller_of(variant).map(|seller| seller.slug.as_str()),
                    seller_label: seller_of(variant).map(encoding::label),
                    ..VariantFields::plain(variant.price, variant.available, currency)
                }
            })
            .collect();
        if documents.is_empty() {
            let (price, available) = (document.price.min, document.available);
            documents.push(VariantFields::plain(price, available, currency));
        }
        Self { options, documents }
    }

    /// Returns true if not all variants are alike.
    pub(crate) fn are_varied(&self) -> bool {
        self.documents.len() > 1
    }

    /// Returns what the variants have of a field, rising, each value once.
    pub(crate) fn every<T: Ord>(&self, field: impl Fn(&VariantFields<'a>) -> T) -> Vec<T> {
        let values: BTreeSet<T> = self.documents.iter().map(field).collect();
        values.into_iter().collect()
    }
}

impl VariantFields<'_> {
    fn plain(price: i64, available: bool, currency: Currency) -> Self {
        Self {
            option_key: Vec::new(),
            attribute: Vec::new(),
            attribute_key: Vec::new(),
            attribute_name: Vec::new(),
            numbers: BTreeMap::new(),
            price,
            price_step: price_step(price, currency),
            availability: availability_key(available),
            seller: None,
            seller_label: None,
        }
    }
}

/// Attributes of which not all variants have the same option, each with the options that they have. An option that the
/// document's attributes lack is none: it is of no attribute that anyone may filter by.
fn differing(document: &ProductDocument) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut counted: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for (name, option) in document.variants.iter().flat_map(|own| &own.options) {
        if document.attributes.contains_key(name) {
            let (variants, options) = counted.entry(name).or_default();
            *variants += 1;
            options.insert(option);
        }
    }
    let all = document.variants.len();
    let options = counted.into_iter();
    let differing = options.filter(|(_, (variants, options))| *variants < all || options.len() > 1);
    differing
        .map(|(name, (_, options))| (name, options))
        .collect()
}

/// Values that no variant has as an option, and so all have.
fn common_values<'a>(
    document: &'a ProductDocument,
    name: &str,
    options: &BTreeSet<&str>,
) -> Vec<&'a str> {
    let values = document.attributes.get(name).into_iter().flatten();
    let values = values.map(String::as_str);
    values.filter(|value| !options.contains(value)).collect()
}

/// Scale of the ladder and step, so that whoever counts steps knows the ladder too.
fn price_step(price: i64, currency: Currency) -> String {
    let scale = price_scale(currency);
    let ladder = price_ladder(scale);
    let below = ladder.partition_point(|&from| from <= price);
    format!("{scale}:{}", below.saturating_sub(1))
}

/// Scale and step, as [`price_step`] wrote them.
pub(crate) fn read_price_step(encoded: &str) -> Option<(u32, usize)> {
    let (scale, step) = encoded.split_once(':')?;
    Some((scale.parse().ok()?, step.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use souk_testkit::document;

    use super::*;

    /// Price, whether it can be bought, and options.
    type Variant<'a> = (i64, bool, &'a [(&'a str, &'a str)]);

    fn shoe(variants: &[Variant<'_>]) -> ProductDocument {
        let mut shoe = document(1, "Shoe").attribute("Sole", "rubber").build();
        let only = shoe.variants.remove(0);
        for (price, available, options) in variants {
            let mut variant = only.clone();
            (variant.price, variant.available) = (*price, *available);
            for (name, value) in *options {
                let values = shoe.attributes.entry((*name).to_owned()).or_default();
                values.push((*value).to_owned());
                values.sort();
                values.dedup();
                let options = &mut variant.options;
                options.insert((*name).to_owned(), (*value).to_owned());
            }
            shoe.variants.push(variant);
        }
        shoe
    }

    #[test]
    fn variants_that_are_alike_are_one_document() {
        let red: &[_] = &[("Color", "red")];
        let shoe = shoe(&[(900, true, red), (900, true, red), (900, false, red)]);
        let variants = DistinctVariants::of(&shoe);
        assert!(variants.options.is_empty() && variants.are_varied());
        assert_eq!(variants.documents.len(), 2);
        assert!(
            variants
                .documents
                .iter()
                .all(|own| own.attribute.is_empty())
        );
        assert_eq!(variants.every(|own| own.price), [900]);
    }

    #[test]
    fn only_attributes_with_different_options_are_copied() {
        let mut shoe = shoe(&[
            (900, true, &[("Size", "S"), ("Color", "red")]),
            (500, true, &[("Size", "M"), ("Color", "red")]),
            (500, true, &[("Color", "red")]),
        ]);
        shoe.attributes
            .get_mut("Size")
            .unwrap()
            .push("XL".to_owned());
        let variants = DistinctVariants::of(&shoe);
        assert_eq!(variants.options, ["Size"]);
        let mut values: Vec<_> = variants
            .documents
            .iter()
            .map(|own| &own.attribute)
            .collect();
        values.sort();
        let encoded = |values: &[&str]| {
            let values = values.iter();
            values
                .map(|value| encoding::attribute("Size", value))
                .collect::<Vec<_>>()
        };
        let expected = [&["M", "XL"][..], &["S", "XL"], &["XL"]].map(encoded);
        assert_eq!(values, expected.iter().collect::<Vec<_>>());
        assert!(
            variants
                .documents
                .iter()
                .all(|own| own.attribute_name == ["Size"])
        );
    }

    #[test]
    fn document_without_variants_is_one_variant() {
        let mut mug = document(1, "Mug").build();
        mug.variants.clear();
        let variants = DistinctVariants::of(&mug);
        assert!(!variants.are_varied());
        assert_eq!(variants.documents[0].price, mug.price.min);
    }
}
