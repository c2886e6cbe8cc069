//! Conditions on variants as SQL: all of them have to hold on the same variant.
//!
//! The row of a product decides most of them: a single one, and all of a product with one variant. Only for the others
//! are variants looked at, of products that pass each condition by itself.

use souk_domain::{FacetName, PriceFilter};

use super::filters::{Clause, FilterTarget};
use crate::engines::sql::{
    dialect::conditions,
    offered::{offer_count, offers},
    statement::Sql,
};

/// Price of variant `v` at the moment of its product's totals, as documents have it: before the next change of a price, if
/// one is to come. All dates of sales before that are past.
pub(crate) const PRICE: &str = "CASE WHEN v.sale_from IS NULL AND v.sale_until IS NULL THEN v.price ELSE (\
     SELECT CASE WHEN coalesce(v.sale_from < q.price_changes_at, true) \
     AND (v.sale_until IS NULL OR v.sale_until >= q.price_changes_at) THEN v.price \
     ELSE coalesce(v.list_price, v.price) END \
     FROM products q WHERE q.id = v.product_id) END";

/// Condition that variant `v` can be bought.
pub(crate) const AVAILABLE: &str = "(v.stock > 0 OR v.stock_policy <> 'tracked')";

impl Clause<'_> {
    /// Returns true if the filter speaks of a variant.
    pub(crate) fn is_of_variants(&self) -> bool {
        match self.target {
            FilterTarget::Attribute(_)
            | FilterTarget::Facet(FacetName::Price | FacetName::Availability) => true,
            FilterTarget::Facet(FacetName::Seller) => self.shares_products(),
            FilterTarget::Facet(_) => false,
        }
    }

    /// Returns the price limits, if both are set: then the lowest and the highest price of a product may pass them, and
    /// those of its variants not.
    fn both_limits(&self) -> Option<(i64, i64)> {
        let is_price = self.target == FilterTarget::Facet(FacetName::Price);
        let price = self.filters.price.filter(|_| is_price)?;
        price.min.zip(price.max)
    }

    /// Appends the condition on variant `v` of product `p`; unknown where it has no such value.
    pub(crate) fn write_of_variant(&self, sql: &mut Sql) {
        match &self.target {
            FilterTarget::Attribute(name) => {
                let accepted = self.filters.attributes.get(name);
                sql.push("(");
                for (place, spelling) in self.names(name).iter().enumerate() {
                    let values = self.codes_by_value(name, spelling);
                    sql.push(if place > 0 { " OR " } else { "" });
                    conditions::write_option(sql, spelling);
                    sql.in_texts(accepted.into_iter().flatten()).push(" OR ");
                    conditions::write_common_value(sql, spelling, &values);
                }
                sql.push(")");
            }
            FilterTarget::Facet(FacetName::Price) => write_price(sql, self.filters.price),
            FilterTarget::Facet(FacetName::Availability) => {
                let wanted = self.filters.in_stock.unwrap_or_default();
                sql.push(if wanted { "" } else { "NOT " }).push(AVAILABLE);
            }
            FilterTarget::Facet(FacetName::Seller) => {
                sql.push("v.seller_id").in_ids(&self.sellers());
            }
            FilterTarget::Facet(_) => {
                sql.push("1 = 1");
            }
        }
    }
}

fn write_price(sql: &mut Sql, price: Option<PriceFilter>) {
    let (min, max) = price.map_or((None, None), |PriceFilter { min, max }| (min, max));
    sql.push(&format!("{PRICE} BETWEEN "))
        .bind(min.unwrap_or(0))
        .push(" AND ")
        .bind(max.unwrap_or(i64::MAX));
}

/// Returns those of some filters that speak of variants, in the order in which they are cheap to look at.
pub(crate) fn of_variants<'c, 'a: 'c>(
    clauses: impl IntoIterator<Item = &'c Clause<'a>>,
) -> Vec<&'c Clause<'a>> {
    let clauses = clauses.into_iter();
    let mut found: Vec<_> = clauses.filter(|clause| clause.is_of_variants()).collect();
    found.sort_by_key(|clause| matches!(clause.target, FilterTarget::Attribute(_)));
    found
}

/// Appends the further conditions that variant `v` of product `p` passes filters.
pub(crate) fn write_each(sql: &mut Sql, clauses: &[&Clause<'_>]) {
    for clause in clauses {
        sql.push(" AND ");
        clause.write_of_variant(sql);
    }
}

/// Appends the further condition that one variant of product `p` passes all of some filters, each of which is written as a
/// condition on the product besides.
pub(crate) fn write_on_one<'c, 'a: 'c>(
    sql: &mut Sql,
    clauses: impl IntoIterator<Item = &'c Clause<'a>>,
) {
    let clauses = of_variants(clauses);
    let shares_products = clauses.iter().any(|clause| clause.shares_products());
    let count = offer_count(sql, shares_products);
    match &clauses[..] {
        [] => return,
        [single] => {
            let Some((min, max)) = single.both_limits() else {
                return;
            };
            sql.push(" AND (p.price_min >= ")
                .bind(min)
                .push(" OR p.price_max <= ")
                .bind(max)
                .push(&format!(" OR {count} > 2 AND "));
        }
        _ => {
            sql.push(&format!(" AND ({count} <= 1 OR "));
        }
    }
    let offers = offers(shares_products);
    sql.push(&format!(
        "EXISTS (SELECT 1 FROM {offers} v WHERE v.product_id = p.id"
    ));
    write_each(sql, &clauses);
    sql.push("))");
}

/// Appends the lowest price of the variants of product `p` that pass filters.
pub(crate) fn write_lowest_price(sql: &mut Sql, clauses: &[&Clause<'_>]) {
    let shares_products = clauses.iter().any(|clause| clause.shares_products());
    let (count, offers) = (offer_count(sql, shares_products), offers(shares_products));
    sql.push(&format!(
        "CASE WHEN {count} <= 1 OR p.price_min = p.price_max THEN p.price_min \
         ELSE coalesce((SELECT min({PRICE}) FROM {offers} v WHERE v.product_id = p.id"
    ));
    write_each(sql, clauses);
    sql.push("), p.price_min) END");
}
