//! Text matches as queries for ids of products.

use super::conditions::{write_further, write_part_of_code};
use crate::{
    SearchPlan,
    engines::sql::{
        query::text_match::{TextMatch, WordMatch},
        statement::Sql,
    },
    query::{CodeMatch, has_digit},
};

impl WordMatch {
    /// Returns an FTS5 query for products that have it, or a synonym, in their own text.
    fn own_text_query(&self) -> String {
        let own = Some(self.query.clone()).filter(|query| !query.is_empty());
        let synonyms = self.alternatives().map(own_texts_query);
        let ways: Vec<_> = own.into_iter().chain(synonyms).collect();
        ways.join(" OR ")
    }
}

/// Returns an FTS5 query for products that have all of some words in their own text.
fn own_texts_query<'a>(words: impl IntoIterator<Item = &'a WordMatch>) -> String {
    let words = words.into_iter();
    let queries: Vec<_> = words
        .map(|word| format!("({})", word.own_text_query()))
        .collect();
    queries.join(" AND ")
}

impl TextMatch {
    /// Appends a query for the ids of the products that match, inactive ones included.
    pub(crate) fn write_ids(&self, sql: &mut Sql, plan: &SearchPlan) {
        let mut sets = 0;
        if self.any {
            for word in self.words.iter().filter(|word| !word.is_empty()) {
                sql.push(if sets > 0 { " UNION ALL " } else { "" });
                write_word(sql, plan, word);
                sets += 1;
            }
        } else if !self.words.is_empty() && self.words.iter().all(|word| !word.is_empty()) {
            self.write_ids_of_every_word(sql, plan);
            sets += 1;
        }
        if let Some(code) = &self.code {
            sql.push(if sets > 0 { " UNION ALL " } else { "" });
            let farthest = match has_digit(code) {
                true => CodeMatch::Prefix,
                false => CodeMatch::Whole,
            };
            write_part_of_code(sql, plan.tenant, code, farthest);
            sets += 1;
        }
        if sets == 0 {
            sql.push("SELECT id FROM products WHERE 1 = 0");
        }
    }

    /// Appends a query for the ids of the products that match every word. Words that match only in the product's own
    /// text are one full-text query.
    pub(crate) fn write_ids_of_every_word(&self, sql: &mut Sql, plan: &SearchPlan) {
        let (plain, mixed): (Vec<_>, Vec<_>) = self.words.iter().partition(|word| word.is_plain());
        sql.push("SELECT id FROM (");
        let mut sets = 0;
        if !plain.is_empty() {
            write_own_text(sql, &own_texts_query(plain));
            sets += 1;
        }
        for word in mixed {
            if sets > 0 {
                sql.push(" INTERSECT ");
            }
            sql.push("SELECT id FROM (");
            write_word(sql, plan, word);
            sql.push(") AS word");
            sets += 1;
        }
        sql.push(") AS every_word");
    }
}

/// Appends a query for the products that match a word, possibly several times each.
fn write_word(sql: &mut Sql, plan: &SearchPlan, word: &WordMatch) {
    let mut union = "";
    if !word.query.is_empty() {
        write_own_text(sql, &word.query);
        union = " UNION ALL ";
    }
    let places = word.places().map(|(place, ids)| (place.column(), ids));
    for (column, ids) in places.into_iter().chain([("seller_id", &*word.sellers)]) {
        if !ids.is_empty() {
            sql.push(union)
                .push("SELECT id FROM products WHERE tenant_id = ")
                .bind(plan.tenant.0)
                .push(&format!(" AND {column}"))
                .in_ids(ids);
            union = " UNION ALL ";
        }
    }
    for (place, ids) in word.places() {
        if !ids.is_empty() {
            sql.push(union);
            write_further(sql, plan.tenant, place, ids);
            union = " UNION ALL ";
        }
    }
    if let Some(code) = &word.code {
        sql.push(union);
        write_part_of_code(sql, plan.tenant, code, word.code_match);
        union = " UNION ALL ";
    }
    for synonym in word.alternatives() {
        sql.push(union).push("SELECT id FROM (");
        for (place, part) in synonym.iter().enumerate() {
            sql.push(if place > 0 { " INTERSECT " } else { "" });
            sql.push("SELECT id FROM (");
            write_word(sql, plan, part);
            sql.push(") AS part");
        }
        sql.push(") AS synonym");
        union = " UNION ALL ";
    }
}

/// Appends the condition that product `p` matches a word or phrase.
pub(crate) fn write_has(sql: &mut Sql, plan: &SearchPlan, word: &WordMatch) {
    sql.push("p.id IN (");
    write_word(sql, plan, word);
    sql.push(")");
}

/// Appends a query for the products whose own text matches.
fn write_own_text(sql: &mut Sql, query: &str) {
    sql.push("SELECT rowid AS id FROM search_products WHERE search_products MATCH ")
        .bind_text(query);
}
