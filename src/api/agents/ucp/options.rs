//! Options of a product, and the choice among them.

use souk_domain::same_value;

use super::wire::{OptionValue, Product, ProductOption, SelectedOption, Variant};

/// Returns the options of variants with their values, each once and in the order of the variants.
pub(crate) fn options_of(variants: &[Variant]) -> Vec<ProductOption> {
    let mut options: Vec<ProductOption> = Vec::new();
    for own in variants.iter().flat_map(|variant| &variant.options) {
        let known = options.iter_mut().find(|option| option.name == own.name);
        let values = match known {
            Some(option) => &mut option.values,
            None => {
                options.push(ProductOption {
                    name: own.name.clone(),
                    values: Vec::new(),
                });
                let last = options.len() - 1;
                &mut options[last].values
            }
        };
        if !values.iter().any(|value| value.label == own.label) {
            values.push(OptionValue {
                label: own.label.clone(),
                available: None,
                exists: None,
            });
        }
    }
    options
}

/// Reports whether a variant has all of some values.
pub(crate) fn has_all<'a>(
    variant: &Variant,
    selected: impl IntoIterator<Item = &'a SelectedOption>,
) -> bool {
    selected.into_iter().all(|wanted| {
        let own = variant.options.iter();
        own.clone().any(|own| is_same(own, wanted))
    })
}

fn is_same(own: &SelectedOption, other: &SelectedOption) -> bool {
    same_value(&own.name, &other.name) && same_value(&own.label, &other.label)
}

/// Leaves out choices until some variant has all of them: first those that no variant has, then those that are not among
/// the preferences, the last first, then the least preferred.
pub(crate) fn relaxed(
    product: &Product,
    mut selected: Vec<SelectedOption>,
    preferences: &[&str],
) -> Vec<SelectedOption> {
    let exists = |selected: &[SelectedOption]| {
        let mut variants = product.variants.iter();
        variants.any(|variant| has_all(variant, selected))
    };
    selected.retain(|one| exists(std::slice::from_ref(one)));
    while !exists(&selected) {
        let rank = |option: &SelectedOption| {
            let mut names = preferences.iter();
            names
                .position(|name| same_value(name, &option.name))
                .unwrap_or(usize::MAX)
        };
        let places = selected.iter().enumerate();
        let Some((least, _)) = places.max_by_key(|(_, option)| rank(option)) else {
            break;
        };
        selected.remove(least);
    }
    selected
}

/// Says of each value whether there is a variant with it and the other choices, and whether it can be bought.
pub(crate) fn signal(product: &mut Product, selected: &[SelectedOption]) {
    let variants = &product.variants;
    for option in &mut product.options {
        for value in &mut option.values {
            let wanted = SelectedOption {
                name: option.name.clone(),
                label: value.label.clone(),
            };
            let others = selected
                .iter()
                .filter(|other| !same_value(&other.name, &option.name));
            let all: Vec<&SelectedOption> = others.chain([&wanted]).collect();
            let mut matching = variants
                .iter()
                .filter(|variant| has_all(variant, all.iter().copied()))
                .peekable();
            value.exists = Some(matching.peek().is_some());
            value.available = Some(matching.any(|variant| variant.availability.available));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::api::agents::ucp::wire::{Availability, Description, Price, PriceRange, Seller};

    fn selection(options: &[(&str, &str)]) -> Vec<SelectedOption> {
        let option = |(name, label): &(&str, &str)| SelectedOption {
            name: (*name).to_owned(),
            label: (*label).to_owned(),
        };
        options.iter().map(option).collect()
    }

    fn variant(options: &[(&str, &str)], available: bool) -> Variant {
        let text = |text: &str| text.to_owned();
        Variant {
            id: text("var_1"),
            sku: text("a"),
            barcodes: Vec::new(),
            title: text("a"),
            description: Description { plain: text("a") },
            url: None,
            price: price(),
            list_price: None,
            availability: Availability {
                available,
                status: "in_stock",
            },
            options: selection(options),
            media: Vec::new(),
            seller: Seller { name: text("a") },
            inputs: Vec::new(),
            extension: Map::new(),
        }
    }

    fn price() -> Price {
        Price {
            amount: 1,
            currency: "EUR",
        }
    }

    fn shirt() -> Product {
        let variants = vec![
            variant(&[("color", "red"), ("size", "M")], true),
            variant(&[("color", "red"), ("size", "L")], false),
            variant(&[("color", "blue"), ("size", "L")], true),
        ];
        Product {
            id: "prod_1".to_owned(),
            handle: "shirt".to_owned(),
            title: "Shirt".to_owned(),
            description: Description {
                plain: String::new(),
            },
            url: None,
            categories: Vec::new(),
            price_range: PriceRange {
                min: price(),
                max: price(),
            },
            list_price_range: None,
            media: Vec::new(),
            options: options_of(&variants),
            selected: None,
            variants,
            rating: None,
            tags: Vec::new(),
            metadata: Map::new(),
        }
    }

    #[test]
    fn the_least_preferred_choice_is_left_out_first() {
        let asked = [("color", "blue"), ("size", "M")];
        for (preferences, expected) in [
            (&["Color", "Size"][..], ("color", "blue")),
            (&["size", "color"], ("size", "M")),
            (&["size"], ("size", "M")),
            (&[], ("color", "blue")),
        ] {
            let kept = relaxed(&shirt(), selection(&asked), preferences);
            assert_eq!(kept, selection(&[expected]), "{preferences:?}");
        }
        let unknown = [("sleeve", "long"), ("color", "Red"), ("size", "L")];
        let kept = relaxed(&shirt(), selection(&unknown), &[]);
        assert_eq!(kept, selection(&unknown[1..]));
    }

    #[test]
    fn values_say_what_goes_with_the_other_choices() {
        let mut shirt = shirt();
        signal(&mut shirt, &selection(&[("color", "red")]));
        let signals: Vec<_> = shirt
            .options
            .iter()
            .flat_map(|option| &option.values)
            .map(|value| (value.label.as_str(), value.exists, value.available))
            .collect();
        let (yes, no) = (Some(true), Some(false));
        let expected = [
            ("red", yes, yes),
            ("blue", yes, yes),
            ("M", yes, yes),
            ("L", yes, no),
        ];
        assert_eq!(signals, expected);
    }
}
