//! Look-ups that only searches on PostgreSQL need: the size of the catalogue, and the codes of attribute values.

use souk_domain::Filters;

use crate::engines::sql::{spellings::Spellings, statement::Sql};

/// Average bytes of a row, for the size of a table that was never analysed.
const ROW_BYTES: u32 = 1024;

/// Appends the planner's estimate of the number of products: rows per page when last analysed, times the pages of
/// today. Appends the number of rows written since as well.
pub(crate) fn write_table_size(sql: &mut Sql) {
    sql.push(&format!(
        " UNION ALL SELECT 'products', '', '', CAST(CASE WHEN reltuples > 0 AND relpages > 0 \
         THEN reltuples / relpages * (pg_relation_size(oid) / 8192) ELSE pg_relation_size(oid) / {ROW_BYTES} END \
         AS bigint) FROM pg_class WHERE oid = CAST('search_products' AS regclass) \
         UNION ALL SELECT 'written_since', '', '', \
         pg_stat_get_mod_since_analyze(CAST('search_products' AS regclass))"
    ));
}

pub(crate) fn write_attributes<'a>(
    sql: &mut Sql,
    filters: impl Iterator<Item = &'a Filters>,
    spellings: &Spellings,
) {
    let attributes = filters.flat_map(|filters| &filters.attributes);
    let attributes: Vec<_> = attributes
        .map(|(name, values)| (spellings.of(name), values))
        .collect();
    let values = attributes.iter().flat_map(|(names, values)| {
        let pairs = names.iter();
        pairs.flat_map(|name| values.iter().map(move |value| (name, value)))
    });
    let values: Vec<_> = values.collect();
    if values.is_empty() {
        return;
    }
    sql.push(
        " UNION ALL SELECT 'attribute', pair ->> 0, pair ->> 1, souk_attribute(pair ->> 0, pair ->> 1) \
         FROM jsonb_array_elements(CAST(",
    )
    .bind_json(&values)
    .push(" AS jsonb)) AS pairs (pair)");
}
