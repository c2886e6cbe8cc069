//! Writes of the projection, by dialect.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use souk_domain::TenantId;
use souk_store::Entity;

use super::Dialect;
use crate::{
    SearchError,
    engines::sql::{
        index::{NameRow, ProductRow, VocabularyRow},
        postgres, sqlite,
        statement::Sql,
    },
};

/// Begins to write in a transaction.
pub(crate) async fn begin<C: ConnectionTrait>(connection: &C) -> Result<(), SearchError> {
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => postgres::index::begin(connection).await,
        Dialect::Sqlite => Ok(()),
    }
}

/// Writes what is searched of listed products of a tenant, in place of what was there.
pub(crate) async fn write_products<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    rows: &[ProductRow<'_>],
) -> Result<(), SearchError> {
    if rows.is_empty() {
        return Ok(());
    }
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => postgres::index::write_products(connection, rows).await,
        Dialect::Sqlite => sqlite::index::write_products(connection, tenant, rows).await,
    }
}

/// Writes the words of names, in place of what was there.
pub(crate) async fn write_names<C: ConnectionTrait>(
    connection: &C,
    rows: &[NameRow<'_>],
) -> Result<(), SearchError> {
    if rows.is_empty() {
        return Ok(());
    }
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => postgres::index::write_names(connection, rows).await,
        Dialect::Sqlite => sqlite::index::write_names(connection, rows).await,
    }
}

/// Adds words to the vocabulary of a tenant.
pub(crate) async fn write_vocabulary<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    words: BTreeSet<VocabularyRow>,
) -> Result<(), SearchError> {
    if words.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::for_database(connection);
    let words = serde_json::to_string(&words).map_err(SearchError::engine)?;
    let (from, cast) = match sql.dialect() {
        Dialect::Postgres => postgres::index::VOCABULARY,
        Dialect::Sqlite => sqlite::index::VOCABULARY,
    };
    let (word, stem) = ("(r.value ->> 0)", "(r.value ->> 1)");
    sql.push("INSERT INTO search_words (tenant_id, word, stem) SELECT ")
        .bind(tenant.0)
        .push(&format!(", {word}, {stem} FROM ({from}("))
        .bind(words)
        .push(&format!(
            "{cast})) AS r WHERE NOT EXISTS (SELECT 1 FROM search_words k WHERE k.tenant_id = "
        ))
        .bind(tenant.0)
        .push(&format!(" AND k.word = {word} AND k.stem = {stem})"));
    sql.run(connection).await
}

/// Deletes what is searched of deleted entities, and of products that are not listed.
pub(crate) async fn delete<C: ConnectionTrait>(
    connection: &C,
    deleted: &[(Entity, i64)],
    unlisted: &[i64],
) -> Result<(), SearchError> {
    let dialect = Dialect::of(connection.get_database_backend());
    for entity in [Entity::Category, Entity::Fandom, Entity::Seller] {
        let ids = ids_of(deleted, entity);
        if ids.is_empty() {
            continue;
        }
        match dialect {
            Dialect::Postgres => postgres::index::delete_names(connection, entity, &ids).await?,
            Dialect::Sqlite => sqlite::index::delete_names(connection, entity, &ids).await?,
        }
    }
    let mut products = ids_of(deleted, Entity::Product);
    products.extend(unlisted);
    if products.is_empty() {
        return Ok(());
    }
    match dialect {
        Dialect::Postgres => postgres::index::delete_products(connection, &products).await,
        Dialect::Sqlite => sqlite::index::delete_products(connection, &products).await,
    }
}

fn ids_of(deleted: &[(Entity, i64)], entity: Entity) -> Vec<i64> {
    let deleted = deleted.iter().filter(|(kind, _)| *kind == entity);
    deleted.map(|(_, id)| *id).collect()
}
