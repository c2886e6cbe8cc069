//! Values, numbers and codes of a document, from attributes, options and tags.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{AttributeDefinitions, Attributes, TAGS, gtin_forms};

use super::products::variants::VariantRow;

/// Attributes whose values are codes that people search for, as much as SKUs are. In lower case, spaces as `_`.
const CODE_ATTRIBUTES: [&str; 8] = [
    "mpn",
    "part_number",
    "model",
    "model_number",
    "gtin",
    "ean",
    "upc",
    "isbn",
];

/// A product's attributes, its tags and its variants' options, sorted, each value once.
pub(super) fn merged(
    mut attributes: Attributes,
    tags: Vec<String>,
    options: &[BTreeMap<String, String>],
) -> Attributes {
    if !tags.is_empty() {
        attributes.entry(TAGS.to_owned()).or_default().extend(tags);
    }
    for (name, value) in options.iter().flatten() {
        let values = attributes.entry(name.clone()).or_default();
        values.push(value.clone());
    }
    for values in attributes.values_mut() {
        values.sort();
        values.dedup();
    }
    attributes
}

/// Numbers of the attributes that are filtered by a range.
pub(super) fn numbers(
    attributes: &Attributes,
    definitions: &AttributeDefinitions,
) -> BTreeMap<String, Vec<f64>> {
    let ranges = definitions.ranges().filter_map(|definition| {
        let values = attributes.get(&definition.name)?.iter();
        let mut numbers: Vec<f64> = values
            .filter_map(|value| definition.number(value))
            .collect();
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        (!numbers.is_empty()).then(|| (definition.name.clone(), numbers))
    });
    ranges.collect()
}

/// Numbers of each variant: of the attributes that are filtered by a range and that some variant has as an option.
pub(super) fn option_numbers(
    attributes: &Attributes,
    options: &[BTreeMap<String, String>],
    definitions: &AttributeDefinitions,
) -> Vec<BTreeMap<String, Vec<f64>>> {
    let mut numbered = vec![BTreeMap::new(); options.len()];
    for name in definitions.ranges().map(|definition| &definition.name) {
        let own: BTreeSet<_> = options.iter().filter_map(|own| own.get(name)).collect();
        if own.is_empty() {
            continue;
        }
        let values = attributes.get(name).into_iter().flatten();
        let common: Vec<_> = values.filter(|value| !own.contains(value)).collect();
        for (options, numbered) in options.iter().zip(&mut numbered) {
            let values = options.get(name).into_iter().chain(common.iter().copied());
            let values = [(name.clone(), values.cloned().collect())];
            numbered.append(&mut numbers(&values.into(), definitions));
        }
    }
    numbered
}

/// Everything that people type to find exactly this product, each once.
pub(super) fn codes(
    external_id: &str,
    variants: &[VariantRow],
    attributes: &Attributes,
    definitions: &AttributeDefinitions,
) -> Vec<String> {
    let mut codes = vec![external_id.to_owned()];
    let of_variants = variants
        .iter()
        .flat_map(|variant| [Some(&variant.sku), variant.gtin.as_ref()])
        .flatten();
    let of_attributes = attributes
        .iter()
        .filter(|(name, _)| {
            let name = name.to_lowercase().replace([' ', '-'], "_");
            CODE_ATTRIBUTES.contains(&name.as_str())
        })
        .filter(|(name, _)| definitions.is_searched(name))
        .flat_map(|(_, values)| values);
    for code in of_variants.chain(of_attributes) {
        // A trade item number is found in each of its forms.
        for code in [code.clone()].into_iter().chain(gtin_forms(code)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    codes
}
