//! Vocabularies of the FTS5 tables, which hold the words of all tenants.

use crate::engines::sql::{query::word_range::WordRange, statement::Sql};

const VOCABULARIES: [&str; 4] = [
    "search_product_words",
    "search_category_words",
    "search_fandom_words",
    "search_seller_words",
];

/// Appends a query for the words that are in one of some ranges.
pub(crate) fn write_words(sql: &mut Sql, conditions: &[&WordRange]) {
    let mut union = "";
    for vocabulary in VOCABULARIES {
        // A scan for each condition: the vocabulary seeks one range, but not one of several.
        for condition in conditions {
            sql.push(&format!("{union}SELECT term FROM {vocabulary} WHERE "));
            condition.write(sql, "term");
            union = " UNION ALL ";
        }
    }
}
