//! Conditions that have to hold on the same variant, as queries on nested documents.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::filters::Clause;
use crate::engines::elasticsearch::index::mapping::{VARIANTS, VARIED};

/// Queries of what passes all of these clauses, given that it passes others already.
///
/// A single condition on variants is met by a product if any variant meets it, as the product's own fields say.
/// Several are looked up in its nested documents, as long as its variants differ.
pub(crate) fn passing<'a>(own: &[&'a Clause<'_>], others: &[Clause<'_>]) -> Vec<Cow<'a, Value>> {
    let mut queries: Vec<_> = own.iter().map(|own| Cow::Borrowed(&own.query)).collect();
    let concerned = own.iter().any(|clause| clause.of_variant.is_some());
    let conditions = of_variant(others.iter().chain(own.iter().copied()));
    if concerned && conditions.len() > 1 {
        queries.push(Cow::Owned(same_variant(conditions)));
    }
    queries
}

/// Conditions on a nested document; none if the clauses concern the product alone.
pub(crate) fn of_variant<'c>(clauses: impl Iterator<Item = &'c Clause<'c>>) -> Vec<Value> {
    clauses
        .filter_map(|clause| clause.of_variant.clone())
        .collect()
}

fn same_variant(conditions: Vec<Value>) -> Value {
    json!({"bool": {"should": [
        {"bool": {"must_not": [{"term": {VARIED: true}}]}},
        {"nested": {
            // An index of an older mapping has none.
            "path": VARIANTS, "ignore_unmapped": true, "score_mode": "none",
            "query": {"bool": {"filter": conditions}},
        }},
    ]}})
}

/// Order by the lowest price of the variants that meet conditions.
pub(crate) fn by_price(order: &str, field: &str, conditions: Vec<Value>) -> Value {
    json!({field: {
        "order": order, "mode": "min",
        // An index of an older mapping has no such prices.
        "unmapped_type": "long",
        "nested": {"path": VARIANTS, "filter": {"bool": {"filter": conditions}}},
    }})
}

#[cfg(test)]
mod tests {
    use souk_domain::Filters;

    use super::super::filters::clauses;
    use super::*;

    #[test]
    fn one_condition_needs_no_nested_documents() {
        let mut filters = Filters {
            in_stock: Some(true),
            ..Filters::default()
        };
        filters.brand.insert("Acme".to_owned());
        let one = clauses(&filters, false);
        let own: Vec<_> = one.iter().collect();
        assert_eq!(passing(&own, &[]).len(), 2);

        let size = [("Size".to_owned(), ["S".to_owned()].into())];
        filters.attributes = size.into();
        let two = clauses(&filters, false);
        let own: Vec<_> = two.iter().collect();
        assert_eq!(passing(&own, &[]).len(), 4);
        // Whoever adds none of them has been checked for the others already.
        let brand: Vec<_> = own.iter().copied().take(1).collect();
        assert_eq!(passing(&brand, &two[1..]).len(), 1);
    }
}
