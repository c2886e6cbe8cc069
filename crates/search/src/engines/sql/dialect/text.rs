//! Scores and conditions of a text, by dialect.

use sea_orm::ConnectionTrait;
use souk_domain::TenantId;

use super::Dialect;
use crate::{
    SearchError, SearchPlan,
    engines::sql::{
        postgres,
        query::text_match::{TextMatch, WordMatch},
        sqlite,
        statement::Sql,
    },
};

/// Forgets the codes of words that no product has, where looking for a code takes a query of its own.
pub(crate) async fn forget_unknown_codes<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    words: &mut [WordMatch],
) -> Result<(), SearchError> {
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => Ok(()),
        Dialect::Sqlite => sqlite::codes::forget_unknown(connection, tenant, words).await,
    }
}

/// Appends the common table expressions that a score needs, each followed by a comma.
pub(crate) fn write_score_tables(sql: &mut Sql, text: &TextMatch) {
    if sql.dialect() == Dialect::Sqlite {
        sqlite::scoring::write_tables(sql, text);
    }
}

/// Appends the full-text rank of product `p` as a further summand; nothing where no word of the catalogue matches.
pub(crate) fn write_score(sql: &mut Sql, text: &TextMatch) {
    let words = text.ranked_words(sql.dialect());
    if words.is_empty() {
        return;
    }
    match sql.dialect() {
        Dialect::Postgres => postgres::scoring::write_rank(sql, &words),
        Dialect::Sqlite => sqlite::scoring::write_rank(sql),
    }
}

/// Appends the condition that product `p` matches a word or phrase.
pub(crate) fn write_has(sql: &mut Sql, plan: &SearchPlan, word: &WordMatch) {
    match sql.dialect() {
        Dialect::Postgres => postgres::scoring::write_has(sql, word),
        Dialect::Sqlite => sqlite::text_match::write_has(sql, plan, word),
    }
}

/// Appends the condition that product `p` has every word.
pub(crate) fn write_every_word(sql: &mut Sql, plan: &SearchPlan, text: &TextMatch) {
    match sql.dialect() {
        Dialect::Postgres => postgres::scoring::write_every_word(sql, text),
        Dialect::Sqlite => sqlite::scoring::write_every_word(sql, plan, text),
    }
}
