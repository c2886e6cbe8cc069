//! Counts of what variants have, as products that have a passing one.
//!
//! While no condition narrows variants, the product's own fields are counted. Else nested documents are, and of the product
//! the attributes of which it has no options. Whoever reads the answer adds up the parts, of which no two count the same value
//! of the same product.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::aggregation_dsl::{
    Aggregation, Aggregations, Nested, OPTION_NAMES, OPTION_VALUES, PART, Products, Terms,
};
use crate::engines::elasticsearch::index::mapping::{
    ATTRIBUTE, ATTRIBUTE_NAME, OPTION, OPTION_KEY, OPTION_VALUE, SELLER_LABEL, SHARED, VARIANTS,
    of_variant,
};
use crate::facets::encoding;

/// Aggregations that the same filters narrow.
#[derive(Debug)]
pub(crate) struct Counting<'a> {
    products: Aggregations<'a>,
    parts: Option<Parts<'a>>,
    /// True if products may have offers of several sellers.
    shares_products: bool,
}

#[derive(Debug)]
struct Parts<'a> {
    /// Conditions on nested documents.
    passing: Vec<Value>,
    nested: Aggregations<'a>,
}

impl<'a> Counting<'a> {
    /// Begins to count variants that meet these conditions.
    pub(crate) fn new(passing: Vec<Value>, shares_products: bool) -> Self {
        let parts = (!passing.is_empty()).then(|| Parts {
            passing,
            nested: Aggregations::default(),
        });
        Self {
            products: Aggregations::default(),
            parts,
            shares_products,
        }
    }

    /// Counts what products have, whatever their variants.
    pub(crate) fn add(&mut self, name: &'static str, aggregation: Aggregation<'a>) {
        self.products.add(name, aggregation);
    }

    /// Counts values that variants have.
    pub(crate) fn add_values(&mut self, name: &'static str, terms: Terms) {
        let options = match &*terms.field {
            ATTRIBUTE => Some((OPTION_VALUES, OPTION_VALUE)),
            ATTRIBUTE_NAME => Some((OPTION_NAMES, OPTION)),
            _ => None,
        };
        if let Some(parts) = &mut self.parts {
            let nested = Aggregation::OfVariants {
                terms: terms.clone().of(of_variant(&terms.field)),
                aggs: Products::default(),
            };
            parts.nested.add(name, nested);
        } else if let Some((name, field)) = options {
            let options = terms.clone().of(field);
            self.products.add(name, Aggregation::Terms(options));
        }
        // Nested documents have everything else.
        if self.parts.is_none() || options.is_some() {
            self.products.add(name, Aggregation::Terms(terms));
        }
    }

    /// Counts sellers, of products with several those of passing offers.
    pub(crate) fn add_sellers(
        &mut self,
        name: &'static str,
        of_products: Aggregation<'a>,
        size: usize,
    ) {
        let Some(parts) = self.parts.as_mut().filter(|_| self.shares_products) else {
            return self.products.add(name, of_products);
        };
        let nested = Aggregation::OfVariants {
            terms: Terms::new(SELLER_LABEL, size).of(of_variant(SELLER_LABEL)),
            aggs: Products::default(),
        };
        parts.nested.add(name, nested);
        let mut products = Aggregations::default();
        products.add(name, of_products);
        let others = json!({"bool": {"must_not": [{"term": {SHARED: true}}]}});
        let part = format!("{PART}{name}");
        self.products
            .add_group(part, vec![Cow::Owned(others)], products);
    }

    /// Looks for the lowest and the highest price.
    pub(crate) fn add_prices(&mut self, name: &'static str, field: &'static str) {
        match &mut self.parts {
            None => self.products.add(name, Aggregation::stats(field)),
            Some(parts) => {
                let stats = Aggregation::stats(of_variant(field));
                parts.nested.add(name, stats);
            }
        }
    }

    /// Looks for the lowest and the highest number of an attribute.
    pub(crate) fn add_numbers(&mut self, name: String, field: String, attribute: &str) {
        let Some(parts) = &mut self.parts else {
            return self.products.add(name, Aggregation::stats(field));
        };
        let nested = Aggregation::stats(of_variant(&field));
        parts.nested.add(name.clone(), nested);
        let mut products = Aggregations::default();
        let part = format!("{PART}{name}");
        products.add(name, Aggregation::stats(field));
        let is_option = json!({"term": {OPTION_KEY: encoding::name_key(attribute)}});
        let others = json!({"bool": {"must_not": [is_option]}});
        self.products
            .add_group(part, vec![Cow::Owned(others)], products);
    }

    /// Every facet.
    pub(crate) fn finish(self) -> Aggregations<'a> {
        let mut all = self.products;
        let Some(parts) = self.parts else {
            return all;
        };
        if !parts.nested.is_empty() {
            let passing = parts.passing.into_iter().map(Cow::Owned).collect();
            let mut aggs = Aggregations::default();
            aggs.add_group("part_passing", passing, parts.nested);
            let nested = Nested::at(VARIANTS);
            all.add("part_variants", Aggregation::Nested { nested, aggs });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(passing: Vec<Value>) -> Value {
        let mut counting = Counting::new(passing, true);
        counting.add_values("attributes", Terms::new(ATTRIBUTE, 10));
        counting.add_prices("price_bounds", "price");
        counting.add_numbers("bounds".to_owned(), "numbers.a".to_owned(), "Weight");
        serde_json::to_value(counting.finish()).unwrap()
    }

    #[test]
    fn products_are_counted_while_nothing_narrows_their_variants() {
        let counted = counted(Vec::new());
        assert_eq!(counted["attributes"]["terms"]["field"], ATTRIBUTE);
        assert_eq!(counted[OPTION_VALUES]["terms"]["field"], OPTION_VALUE);
        assert_eq!(counted["price_bounds"]["stats"]["field"], "price");
        assert_eq!(counted["bounds"]["stats"]["field"], "numbers.a");
        assert!(counted.get("part_variants").is_none());
    }

    #[test]
    fn passing_variants_are_counted_by_their_products() {
        let passing = json!({"term": {"variants.availability": "in_stock"}});
        let counted = counted(vec![passing.clone()]);
        assert_eq!(counted["attributes"]["terms"]["field"], ATTRIBUTE);
        assert!(counted.get(OPTION_VALUES).is_none() && counted.get("price_bounds").is_none());
        assert_eq!(counted["part_variants"]["nested"]["path"], VARIANTS);
        let nested = &counted["part_variants"]["aggs"]["part_passing"];
        assert_eq!(nested["filter"], json!({"bool": {"filter": [passing]}}));
        let values = &nested["aggs"]["attributes"];
        assert_eq!(values["terms"]["field"], "variants.attribute");
        assert_eq!(values["aggs"]["products"], json!({"reverse_nested": {}}));
        let bounds = &nested["aggs"]["bounds"]["stats"];
        assert_eq!(bounds["field"], "variants.numbers.a");
        let others = &counted["part_bounds"]["aggs"]["bounds"]["stats"];
        assert_eq!(others["field"], "numbers.a");
    }
}
