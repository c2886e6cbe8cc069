//! Writes of the projection on PostgreSQL.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use serde::Serialize;
use souk_store::Entity;

use super::syntax::quoted;
use crate::{
    SearchError,
    engines::sql::{
        index::{IndexedTexts, NameRow, ProductRow},
        statement::Sql,
    },
};

/// Query for the values of an array of JSON, up to its parameter, and the cast of that.
pub(crate) const VOCABULARY: (&str, &str) = ("SELECT value FROM jsonb_array_elements", "::jsonb");

/// Places of the texts in a tsvector, by weight. Ranks know no places; phrases do.
const TITLE: (char, usize) = ('A', 0);
const NAMES: (char, usize) = ('B', 2_000);
const ATTRIBUTES: (char, usize) = ('C', 4_000);
const DESCRIPTION: (char, usize) = ('D', 8_000);
/// Largest place of a tsvector. Words there stand next to none.
const LAST_PLACE: usize = 16_383;

#[derive(Serialize)]
struct Given<'d> {
    id: i64,
    /// As a tsvector is written.
    words: String,
    attributes: &'d BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct GivenName {
    kind: &'static str,
    entity_id: i64,
    tenant_id: i64,
    words: String,
}

/// Keeps the server from compiling the statements of a transaction, which takes seconds and longer than running them.
pub(crate) async fn begin<C: ConnectionTrait>(connection: &C) -> Result<(), SearchError> {
    let mut sql = Sql::for_database(connection);
    sql.push("SELECT set_config('jit', 'off', true)");
    sql.run(connection).await
}

/// Writes what is searched of products. Marks are those of the migration that makes `search_products`.
pub(crate) async fn write_products<C: ConnectionTrait>(
    connection: &C,
    rows: &[ProductRow<'_>],
) -> Result<(), SearchError> {
    let given: Vec<_> = rows.iter().map(given).collect();
    let given = serde_json::to_string(&given).map_err(SearchError::engine)?;
    let mut sql = Sql::for_database(connection);
    sql.push(
        "WITH given AS MATERIALIZED (
             SELECT p.tenant_id, r.id, r.words::tsvector AS words, r.attributes FROM jsonb_to_recordset(",
    )
    .bind(given)
    .push(
        "::jsonb) AS r (id bigint, words text, attributes jsonb) JOIN products p ON p.id = r.id
         ), attributes AS MATERIALIZED (
             SELECT g.id AS product_id, g.tenant_id, own.key AS name, entry.value,
                    souk_attribute(own.key, entry.value) AS code,
                    (row_number() OVER (PARTITION BY g.id, own.key ORDER BY entry.value COLLATE \"C\") = 1)::int AS first
             FROM given g, jsonb_each(g.attributes) AS own, jsonb_array_elements_text(own.value) AS entry (value)
         ), new_values AS (
             INSERT INTO search_values (tenant_id, code, name, value)
             SELECT DISTINCT a.tenant_id, a.code, a.name, a.value
             FROM attributes a
             WHERE NOT EXISTS (SELECT 1 FROM search_values k WHERE k.tenant_id = a.tenant_id AND k.code = a.code)
         ), gathered AS (
             SELECT product_id, array_agg(code + first) AS codes FROM attributes GROUP BY product_id
         ), further AS (
             SELECT product_id, array_agg(id ORDER BY id) AS ids, array_agg(mark) AS marks
             FROM (
                 SELECT p.id AS product_id, c.category_id AS id, '~c' || c.category_id AS mark
                 FROM given g JOIN products p ON p.id = g.id JOIN product_categories c ON c.product_id = p.id
                 WHERE c.category_id IS DISTINCT FROM p.category_id
                 UNION ALL
                 SELECT p.id, -f.fandom_id, '~f' || f.fandom_id
                 FROM given g JOIN products p ON p.id = g.id JOIN product_fandoms f ON f.product_id = p.id
                 WHERE f.fandom_id IS DISTINCT FROM p.fandom_id
                 UNION ALL
                 SELECT DISTINCT g.id, -((1::bigint << 48) + f.seller_id), '~o' || f.seller_id
                 FROM given g JOIN offers f ON f.product_id = g.id
                 JOIN sellers m ON m.id = f.seller_id AND m.closed_at IS NULL
             ) AS places
             GROUP BY product_id
         )
         INSERT INTO search_products AS s (id, category_id, fandom_id, seller_id, price_min, price_max, variant_count,
                                           available_count, popularity, created_at, rating, brand, attributes, further, words)
         SELECT p.id, p.category_id, p.fandom_id,
                -- None, if it is there for the offers of others alone.
                CASE WHEN p.offer_count IS NOT NULL AND m.closed_at IS NOT NULL THEN 0 ELSE p.seller_id END,
                p.price_min, p.price_max, coalesce(p.offer_count, p.variant_count), p.available_count,
                p.popularity, p.created_at, p.rating, p.brand, coalesce(c.codes, '{}'), coalesce(o.ids, '{}'),
                g.words || array_to_tsvector(array_remove(
                    CASE WHEN p.status = 'active' AND p.is_hidden = 0 THEN
                        ARRAY['~' || p.tenant_id] || souk_share_marks(p.tenant_id, p.id) END
                    || ARRAY['~c' || p.category_id, '~f' || p.fandom_id, '~s' || p.seller_id] || o.marks, NULL))
         FROM given g
         JOIN products p ON p.id = g.id
         JOIN sellers m ON m.id = p.seller_id
         LEFT JOIN gathered c ON c.product_id = p.id
         LEFT JOIN further o ON o.product_id = p.id
         ORDER BY p.id
         ON CONFLICT (id) DO UPDATE
         SET (category_id, fandom_id, seller_id, price_min, price_max, variant_count, available_count, popularity, created_at,
              rating, brand, attributes, further, words)
             = (EXCLUDED.category_id, EXCLUDED.fandom_id, EXCLUDED.seller_id, EXCLUDED.price_min, EXCLUDED.price_max,
                EXCLUDED.variant_count, EXCLUDED.available_count, EXCLUDED.popularity, EXCLUDED.created_at, EXCLUDED.rating,
                EXCLUDED.brand, EXCLUDED.attributes, EXCLUDED.further, EXCLUDED.words)
         WHERE (s.words, s.attributes, s.brand, s.category_id, s.fandom_id, s.seller_id)
             IS DISTINCT FROM (EXCLUDED.words, EXCLUDED.attributes, EXCLUDED.brand, EXCLUDED.category_id,
                               EXCLUDED.fandom_id, EXCLUDED.seller_id)",
    );
    sql.run(connection).await
}

/// Writes the words of names.
pub(crate) async fn write_names<C: ConnectionTrait>(
    connection: &C,
    rows: &[NameRow<'_>],
) -> Result<(), SearchError> {
    let given: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut words = String::new();
            write_texts(&mut words, &row.name, (NAMES.0, 0));
            GivenName {
                kind: row.kind().as_str(),
                entity_id: row.changed.entity_id,
                tenant_id: row.changed.tenant.0,
                words,
            }
        })
        .collect();
    let given = serde_json::to_string(&given).map_err(SearchError::engine)?;
    let mut sql = Sql::for_database(connection);
    sql.push(
        "INSERT INTO search_names (kind, entity_id, tenant_id, words)
         SELECT kind, entity_id, tenant_id, words::tsvector FROM jsonb_to_recordset(",
    )
    .bind(given)
    .push(
        "::jsonb) AS r (kind text, entity_id bigint, tenant_id bigint, words text)
         ORDER BY kind, entity_id
         ON CONFLICT (kind, entity_id) DO UPDATE SET words = EXCLUDED.words, tenant_id = EXCLUDED.tenant_id",
    );
    sql.run(connection).await
}

/// Deletes the words of names.
pub(crate) async fn delete_names<C: ConnectionTrait>(
    connection: &C,
    entity: Entity,
    ids: &[i64],
) -> Result<(), SearchError> {
    let mut sql = Sql::for_database(connection);
    sql.push("DELETE FROM search_names WHERE kind = ")
        .bind(entity.as_str())
        .push(" AND entity_id")
        .in_ids(ids);
    sql.run(connection).await
}

/// Deletes what is searched of products.
pub(crate) async fn delete_products<C: ConnectionTrait>(
    connection: &C,
    ids: &[i64],
) -> Result<(), SearchError> {
    let mut sql = Sql::for_database(connection);
    sql.push("DELETE FROM search_products WHERE id").in_ids(ids);
    sql.run(connection).await
}

fn given<'d>(row: &ProductRow<'d>) -> Given<'d> {
    let mut words = String::new();
    write_texts(&mut words, &row.title, TITLE);
    write_texts(&mut words, &row.brand, NAMES);
    write_texts(&mut words, &row.attribute_values, ATTRIBUTES);
    write_texts(&mut words, &row.description, DESCRIPTION);
    let titled = row.title.words().map(|word| format!("^{word}"));
    let codes = row.codes.iter().map(|code| format!("~k{code}"));
    let inner = row.inner_codes.iter().map(|code| format!("~p{code}"));
    for mark in titled.chain(codes).chain(inner) {
        words.push(' ');
        words.push_str(&quoted(&mark));
    }
    Given {
        id: row.id,
        words,
        attributes: row.attributes,
    }
}

/// Appends words with their places and a weight. A place is left free between two texts, so that no phrase spans both.
fn write_texts(target: &mut String, indexed: &IndexedTexts, (weight, start): (char, usize)) {
    let mut place = start;
    for text in &indexed.texts {
        for word in text {
            place += 1;
            write_word(target, word, place, weight);
        }
        place += 1;
    }
    for word in &indexed.others {
        write_word(target, word, LAST_PLACE, weight);
    }
    for word in &indexed.written {
        write_word(target, word, LAST_PLACE, DESCRIPTION.0);
    }
}

fn write_word(target: &mut String, word: &str, place: usize, weight: char) {
    let place = place.min(LAST_PLACE);
    target.push_str(&format!(" {}:{place}{weight}", quoted(word)));
}
