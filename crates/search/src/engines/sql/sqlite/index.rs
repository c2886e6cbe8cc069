//! Writes of the projection on SQLite.

use sea_orm::ConnectionTrait;
use serde::Serialize;
use souk_domain::TenantId;
use souk_store::Entity;

use super::conditions::INNER;
use crate::{
    SearchError,
    engines::sql::{
        index::{IndexedTexts, NameRow, ProductRow},
        statement::Sql,
    },
};

/// Query for the values of an array of JSON, up to its parameter, and the cast of that.
pub(crate) const VOCABULARY: (&str, &str) = ("SELECT value FROM json_each", "");

/// Full-text table of names.
fn names_table(entity: Entity) -> &'static str {
    match entity {
        Entity::Category => "search_categories",
        Entity::Fandom => "search_fandoms",
        _ => "search_sellers",
    }
}

/// Word between texts, so that no phrase spans both. No text has it.
const GAP: &str = " | ";

#[derive(Serialize)]
struct Texts {
    id: i64,
    title: String,
    names: String,
    attributes: String,
    description: String,
}

/// Writes what is searched of products of a tenant.
pub(crate) async fn write_products<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    rows: &[ProductRow<'_>],
) -> Result<(), SearchError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    delete_products(connection, &ids).await?;
    let texts: Vec<_> = rows
        .iter()
        .map(|row| Texts {
            id: row.id,
            title: column(&row.title),
            names: column(&row.brand),
            attributes: column(&row.attribute_values),
            description: description(row),
        })
        .collect();
    insert(
        connection,
        "INSERT INTO search_products (rowid, title, names, attributes, description)
         SELECT value ->> 'id', value ->> 'title', value ->> 'names', value ->> 'attributes', value ->> 'description'",
        &texts,
    )
    .await?;
    let attributes = rows.iter().flat_map(|row| {
        row.attributes.iter().flat_map(move |(name, values)| {
            let mut values: Vec<&String> = values.iter().collect();
            values.sort_unstable();
            values.dedup();
            let values = values.into_iter().enumerate();
            values.map(move |(place, value)| (row.id, tenant.0, name, value, place))
        })
    });
    let attributes: Vec<_> = attributes.collect();
    insert(
        connection,
        "INSERT INTO search_attributes (product_id, tenant_id, name, value, place)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4",
        &attributes,
    )
    .await?;
    let codes = rows.iter().flat_map(|row| {
        let inner = row.inner_codes.iter().map(|code| format!("{INNER}{code}"));
        let codes = row.codes.iter().cloned().chain(inner);
        codes.map(move |code| (row.id, tenant.0, code))
    });
    let codes: Vec<_> = codes.collect();
    insert(
        connection,
        "INSERT INTO search_codes (product_id, tenant_id, code) SELECT value ->> 0, value ->> 1, value ->> 2",
        &codes,
    )
    .await
}

/// Returns the words of a column, each text apart.
fn column(indexed: &IndexedTexts) -> String {
    let texts = indexed.texts.iter().map(|text| text.join(" "));
    let texts: Vec<_> = texts.chain(indexed.others.iter().cloned()).collect();
    texts.join(GAP)
}

/// Returns the words of a name.
fn name(indexed: &IndexedTexts) -> String {
    let columns = [column(indexed)].into_iter();
    let columns: Vec<_> = columns.chain(indexed.written.iter().cloned()).collect();
    columns.join(GAP)
}

/// Returns the words of the description, and what the words of all texts are when written together or apart, which weighs
/// as little.
fn description(row: &ProductRow<'_>) -> String {
    let texts = [
        &row.title,
        &row.brand,
        &row.attribute_values,
        &row.description,
    ];
    let written = texts.into_iter().flat_map(|texts| &texts.written);
    let columns = [column(&row.description)].into_iter();
    let columns: Vec<_> = columns.chain(written.cloned()).collect();
    columns.join(GAP)
}

/// Writes the words of names.
pub(crate) async fn write_names<C: ConnectionTrait>(
    connection: &C,
    rows: &[NameRow<'_>],
) -> Result<(), SearchError> {
    for entity in [Entity::Category, Entity::Fandom, Entity::Seller] {
        let names: Vec<_> = rows
            .iter()
            .filter(|row| row.kind() == entity)
            .map(|row| (row.changed.entity_id, name(&row.name)))
            .collect();
        let ids: Vec<i64> = names.iter().map(|(id, _)| *id).collect();
        delete_names(connection, entity, &ids).await?;
        let table = names_table(entity);
        let into = format!("INSERT INTO {table} (rowid, name) SELECT value ->> 0, value ->> 1");
        insert(connection, &into, &names).await?;
    }
    Ok(())
}

/// Deletes the words of names.
pub(crate) async fn delete_names<C: ConnectionTrait>(
    connection: &C,
    entity: Entity,
    ids: &[i64],
) -> Result<(), SearchError> {
    delete(connection, names_table(entity), "rowid", ids).await
}

/// Deletes what is searched of products.
pub(crate) async fn delete_products<C: ConnectionTrait>(
    connection: &C,
    ids: &[i64],
) -> Result<(), SearchError> {
    delete(connection, "search_products", "rowid", ids).await?;
    delete(connection, "search_attributes", "product_id", ids).await?;
    delete(connection, "search_codes", "product_id", ids).await
}

async fn delete<C: ConnectionTrait>(
    connection: &C,
    table: &str,
    column: &str,
    ids: &[i64],
) -> Result<(), SearchError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::for_database(connection);
    sql.push(&format!("DELETE FROM {table} WHERE {column}"))
        .in_ids(ids);
    sql.run(connection).await
}

/// Inserts rows that are bound as one array of JSON, a `value` each.
async fn insert<C: ConnectionTrait>(
    connection: &C,
    select: &str,
    rows: &[impl Serialize],
) -> Result<(), SearchError> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(rows).map_err(SearchError::engine)?;
    let mut sql = Sql::for_database(connection);
    sql.push(select)
        .push(" FROM json_each(")
        .bind(rows)
        .push(")");
    sql.run(connection).await
}
