//! Options of a product's variants as one table: the same names for each variant.

use std::collections::{BTreeSet, HashSet};

use souk_store::ProductRecord;

/// Name of the option that sets variants apart where no other does.
const BY_SKU: &str = "SKU";
const JOINED: &str = " / ";
const BLANK: &str = "-";

/// Options of a product's variants.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Axes {
    pub names: Vec<String>,
    /// Values of each variant, in the order of the names.
    pub values: Vec<Vec<Option<String>>>,
    /// True if an option had to be added, as no other sets the variants apart.
    pub added: bool,
}

impl Axes {
    /// Reads the options of a product.
    pub(super) fn of(product: &ProductRecord) -> Self {
        let variants = &product.variants;
        let names: BTreeSet<&String> = variants
            .iter()
            .flat_map(|variant| variant.options.keys())
            .collect();
        let mut names: Vec<String> = names.into_iter().cloned().collect();
        let mut values: Vec<Vec<Option<String>>> = variants
            .iter()
            .map(|variant| {
                let value = |name: &String| variant.options.get(name).cloned();
                names.iter().map(value).collect()
            })
            .collect();
        let different: HashSet<&Vec<Option<String>>> = values.iter().collect();
        let added = different.len() < variants.len();
        if added {
            let is_taken = names.iter().any(|name| name.eq_ignore_ascii_case(BY_SKU));
            names.push(if is_taken { "Variant" } else { BY_SKU }.to_owned());
            for (values, variant) in values.iter_mut().zip(variants) {
                values.push(Some(variant.sku.clone()));
            }
        }
        Self {
            names,
            values,
            added,
        }
    }

    /// Names of the options in which the variants differ.
    pub(super) fn differing(&self) -> Vec<&str> {
        let names = self.names.iter().enumerate();
        names
            .filter(|(place, _)| {
                let mut values = self.values.iter().map(|values| &values[*place]);
                let first = values.next();
                values.any(|value| Some(value) != first)
            })
            .map(|(_, name)| name.as_str())
            .collect()
    }

    /// Number of variants' values that are missing.
    pub(super) fn blanks(&self) -> u64 {
        let blanks = self.values.iter().flatten();
        blanks.filter(|value| value.is_none()).count() as u64
    }

    /// Puts a mark in the place of each missing value.
    pub(super) fn fill(&mut self) {
        for value in self.values.iter_mut().flatten() {
            value.get_or_insert_with(|| BLANK.to_owned());
        }
    }

    /// Joins the last options into one, if there are more than `most`; answers whether there were.
    pub(super) fn join(&mut self, most: usize) -> bool {
        if self.names.len() <= most {
            return false;
        }
        let last = most.saturating_sub(1);
        let rest = self.names.split_off(last);
        self.names.push(rest.join(JOINED));
        for values in &mut self.values {
            let rest: Vec<String> = values
                .split_off(last)
                .into_iter()
                .map(|value| value.unwrap_or_else(|| BLANK.to_owned()))
                .collect();
            values.push(Some(rest.join(JOINED)));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(names: &[&str], values: &[&[&str]]) -> Axes {
        let value = |text: &&str| Some((*text).to_owned()).filter(|text| !text.is_empty());
        Axes {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            values: values
                .iter()
                .map(|values| values.iter().map(value).collect())
                .collect(),
            added: false,
        }
    }

    #[test]
    fn options_beyond_the_third_are_joined_into_it() {
        let mut many = axes(
            &["Colour", "Cut", "Length", "Size"],
            &[&["Red", "Slim", "", "S"]],
        );
        assert!(many.join(3));
        let expected = axes(
            &["Colour", "Cut", "Length / Size"],
            &[&["Red", "Slim", "- / S"]],
        );
        assert_eq!(many, expected);
        assert!(!many.join(3));
    }

    #[test]
    fn missing_values_are_counted_and_marked() {
        let mut ragged = axes(&["Colour", "Size"], &[&["Red", ""], &["", "S"]]);
        assert_eq!(ragged.blanks(), 2);
        ragged.fill();
        assert_eq!(
            ragged,
            axes(&["Colour", "Size"], &[&["Red", "-"], &["-", "S"]])
        );
    }
}
