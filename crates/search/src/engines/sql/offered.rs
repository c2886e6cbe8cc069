//! Offers of variants, as tables and columns that searches read.

use super::{dialect::Dialect, statement::Sql};

/// Returns the table of offers of variants that searches read as `v`: with one seller each, the variants.
pub(crate) fn offers(shares_products: bool) -> &'static str {
    match shares_products {
        true => "open_offers",
        false => "variants",
    }
}

/// Returns the number of offers of product `p`, as SQL. What PostgreSQL searches has it as the number of variants.
pub(crate) fn offer_count(sql: &Sql, shares_products: bool) -> &'static str {
    match sql.dialect() {
        Dialect::Sqlite if shares_products => "coalesce(p.offer_count, p.variant_count)",
        _ => "p.variant_count",
    }
}
