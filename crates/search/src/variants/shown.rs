//! Variants that a hit shows: those that meet the conditions of the search.

use souk_domain::{Hit, HitVariant, PriceRange, VariantDocument};

use super::{conditions::VariantConditions, stored::StoredVariants};

impl StoredVariants {
    /// Has a hit show the variants that meet conditions: their prices, their stock, and the leading one. Without such a
    /// variant it stays as it is.
    pub(crate) fn show(&self, hit: &mut Hit, conditions: &VariantConditions<'_>) {
        let meeting = || {
            let variants = self.variants.iter();
            variants.filter(|variant| conditions.accept(variant, self))
        };
        let Some(offers) = VariantDocument::leading(meeting()) else {
            return;
        };
        let leading = offers.leading();
        let prices = || meeting().map(|own| own.price);
        hit.price = PriceRange {
            min: prices().min().unwrap_or(leading.price),
            max: prices().max().unwrap_or(leading.price),
            ..hit.price
        };
        if let Some(seller) = &leading.seller {
            hit.seller = seller.clone();
        }
        hit.list_price = leading.list_price;
        hit.lowest_price_30d = leading.list_price.and(leading.lowest_price_30d);
        hit.stock = meeting().map(|own| own.stock.max(0)).sum();
        hit.available = meeting().any(|own| own.available);
        hit.variant = Some(HitVariant::from(&offers));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use souk_domain::{Language, SearchQuery, TenantId};
    use souk_testkit::document;

    use super::*;
    use crate::SearchPlan;

    fn variants() -> StoredVariants {
        let mut shoe = document(1, "Shoe").attribute("Width", "wide").build();
        let only = shoe.variants.remove(0);
        for (sku, size, price, available) in [
            ("S", "S", 1_000, false),
            ("M", "M", 4_000, true),
            ("L", "L", 1_000, true),
        ] {
            let mut variant = only.clone();
            variant.sku = sku.to_owned();
            variant.options = [("Size".to_owned(), size.to_owned())].into();
            (variant.price, variant.available) = (price, available);
            shoe.variants.push(variant);
        }
        for value in ["S", "M", "L", "XL"] {
            let sizes = shoe.attributes.entry("Size".to_owned()).or_default();
            sizes.push(value.to_owned());
        }
        StoredVariants::of(&shoe)
    }

    fn accepted(change: impl FnOnce(&mut SearchQuery)) -> Vec<String> {
        let mut query = SearchQuery::default();
        change(&mut query);
        let plan = SearchPlan::new(TenantId(1), Language::English, &query, 0);
        let plan = plan.with_definitions(Arc::default());
        let (all, conditions) = (variants(), VariantConditions::of(&plan));
        let accepted = all.variants.iter();
        accepted
            .filter(|variant| conditions.accept(variant, &all))
            .map(|variant| variant.sku.clone())
            .collect()
    }

    fn attribute(query: &mut SearchQuery, name: &str, value: &str) {
        let values = query.filters.attributes.entry(name.to_owned());
        values.or_default().insert(value.to_owned());
    }

    #[test]
    fn option_is_its_variants_and_other_values_are_common() {
        assert_eq!(accepted(|query| attribute(query, "Size", "M")), ["M"]);
        let common = accepted(|query| attribute(query, "Size", "XL"));
        assert_eq!(common, ["S", "M", "L"]);
        let others = accepted(|query| attribute(query, "Width", "wide"));
        assert_eq!(others, ["S", "M", "L"]);
    }

    #[test]
    fn all_conditions_hold_on_the_same_variant() {
        let small_in_stock = accepted(|query| {
            attribute(query, "Size", "S");
            query.filters.in_stock = Some(true);
        });
        assert!(small_in_stock.is_empty());
        assert_eq!(
            accepted(|query| query.filters.in_stock = Some(false)),
            ["S"]
        );
    }

    #[test]
    fn the_cheapest_that_can_be_bought_leads() {
        let all = variants();
        let leading = VariantDocument::leading(&all.variants).unwrap();
        assert_eq!(leading.leading().sku, "L");
    }
}
