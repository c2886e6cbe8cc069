//! Which products a text matches, and how well, as SQL.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;

use super::{categories::CategoryTree, marks, sql::Sql, vocabulary};
use crate::{SearchError, SearchPlan, plan::TextPlan};
use souk_domain::MatchStage;

/// Comes after every letter of a code.
const LAST: char = '\u{10ffff}';

/// What it counts to have all words, where some may be missing: more than any text's rank.
const EVERY_WORD: &str = "1000";

/// A text, looked up.
#[derive(Debug)]
pub(super) struct TextMatch {
    postgres: bool,
    words: Vec<WordMatch>,
    /// Whether any word will do.
    any: bool,
    /// The whole text as a code.
    code: Option<String>,
}

/// What a word matches.
#[derive(Debug, Default)]
struct WordMatch {
    /// Its full-text query; empty if no word of the catalogue matches.
    query: String,
    /// The same among words of titles. PostgreSQL only.
    title_query: String,
    /// Beginning of a code.
    code: Option<String>,
    /// Categories whose products match, descendants included.
    categories: Vec<i64>,
    fandoms: Vec<i64>,
    sellers: Vec<i64>,
}

impl WordMatch {
    /// Whether it can only match in the product's own text.
    fn is_plain(&self) -> bool {
        self.code.is_none()
            && self.categories.is_empty()
            && self.fandoms.is_empty()
            && self.sellers.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.query.is_empty() && self.is_plain()
    }

    /// The tsquery for all products that match: a word, or a mark of what the product belongs to.
    fn tsquery(&self) -> String {
        let own = Some(self.query.clone()).filter(|query| !query.is_empty());
        let named = [
            ('c', &self.categories),
            ('f', &self.fandoms),
            ('s', &self.sellers),
        ];
        let named = named.into_iter().filter(|(_, ids)| !ids.is_empty());
        let named = named.map(|(mark, ids)| marks::ids(mark, ids));
        let code = self.code.as_deref().map(marks::code_beginning);
        marks::any(own.into_iter().chain(named).chain(code))
    }
}

impl TextMatch {
    /// Looks a text up at the plan's stage.
    pub(super) async fn look_up<C: ConnectionTrait>(
        connection: &C,
        plan: &SearchPlan,
        text: &TextPlan,
        tree: &CategoryTree,
    ) -> Result<Self, SearchError> {
        let postgres = connection.get_database_backend() == sea_orm::DbBackend::Postgres;
        let terms = vocabulary::terms(connection, plan, text).await?;
        let mut words: Vec<_> = terms
            .iter()
            .zip(&text.words)
            .map(|(term, word)| WordMatch {
                query: term.query(postgres),
                title_query: term.title_query(),
                code: word.code.clone(),
                ..WordMatch::default()
            })
            .collect();
        find_names(connection, plan, &mut words, tree).await?;
        Ok(Self {
            postgres,
            words,
            any: plan.stage == MatchStage::Some,
            code: text.code.clone(),
        })
    }

    /// The tsquery for the products that match.
    pub(super) fn tsquery(&self) -> String {
        let words = self.combined(self.words.iter().map(WordMatch::tsquery));
        marks::any([words].into_iter().chain(self.code_query()))
    }

    /// The tsqueries that a product has to match all of. The index goes through the products of each by itself; in one
    /// query it would hold each product of a rare word against all the other words and names.
    pub(super) fn tsqueries(&self) -> Vec<String> {
        if self.any || self.words.is_empty() {
            return vec![self.tsquery()];
        }
        let words = self.words.iter().map(|word| {
            let queries = [word.tsquery()].into_iter().chain(self.code_query());
            marks::any(queries)
        });
        words.collect()
    }

    /// The tsquery for the products that match in their titles.
    pub(super) fn title_tsquery(&self) -> String {
        let words = self.words.iter().map(|word| {
            let query = Some(word.title_query.clone());
            marks::any(query.filter(|query| !query.is_empty()))
        });
        self.combined(words)
    }

    /// The tsquery for the products with a part number that begins as the whole text does.
    pub(super) fn code_query(&self) -> Option<String> {
        self.code.as_deref().map(marks::code_beginning)
    }

    fn combined(&self, words: impl Iterator<Item = String>) -> String {
        if self.any {
            marks::any(words)
        } else {
            marks::every(words)
        }
    }

    /// Appends a query for the ids of the products that match; ids of inactive ones may be among them. SQLite only.
    pub(super) fn write_ids(&self, sql: &mut Sql, plan: &SearchPlan) {
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
            write_code(sql, plan, code);
            sets += 1;
        }
        if sets == 0 {
            sql.push("SELECT id FROM products WHERE 1 = 0");
        }
    }

    /// Words that match in the product's own text only are left to the full-text index as one query.
    fn write_ids_of_every_word(&self, sql: &mut Sql, plan: &SearchPlan) {
        let (plain, mixed): (Vec<_>, Vec<_>) = self.words.iter().partition(|word| word.is_plain());
        sql.push("SELECT id FROM (");
        let mut sets = 0;
        if !plain.is_empty() {
            let queries: Vec<_> = plain
                .iter()
                .map(|word| format!("({})", word.query))
                .collect();
            write_own_text(sql, &queries.join(" AND "));
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

    /// Appends the common table expressions that [`Self::write_score`] needs, each followed by a comma.
    pub(super) fn write_score_tables(&self, sql: &mut Sql) {
        if sql.is_postgres() || self.any_query().is_empty() {
            return;
        }
        // Apart and once, because FTS5 ranks a row only while it reads its own result.
        sql.push(
            "scores AS MATERIALIZED (SELECT rowid AS id, \
             -bm25(search_products, 8.0, 4.0, 2.0, 1.0) AS score \
             FROM search_products WHERE search_products MATCH ",
        )
        .bind(self.any_query())
        .push("), ");
    }

    /// Appends the joins that [`Self::write_score`] needs.
    pub(super) fn write_score_joins(&self, sql: &mut Sql) {
        if !sql.is_postgres() && !self.any_query().is_empty() {
            sql.push(" LEFT JOIN scores s ON s.id = p.id");
        }
    }

    /// Appends the score of product `p` in whole [`SCORE_UNITS`](super::hits::SCORE_UNITS).
    pub(super) fn write_score(&self, sql: &mut Sql, plan: &SearchPlan) {
        // Whole codes lie above beginnings, and those above all that a text can reach.
        sql.push("(");
        if let Some(code) = &self.code {
            sql.push("CASE WHEN ");
            write_has_code(sql, plan, code, false);
            sql.push(" THEN 8000 WHEN ");
            write_has_code(sql, plan, code, true);
            sql.push(" THEN 4000 ELSE 0 END + ");
        }
        let least = if sql.is_postgres() { "least" } else { "min" };
        sql.push(least).push("(0.0");
        self.write_text_score(sql);
        self.write_bonuses(sql, plan);
        self.write_every_word(sql, plan);
        sql.push(", 3000.0))");
    }

    fn write_text_score(&self, sql: &mut Sql) {
        let query = self.any_query();
        if query.is_empty() {
            return;
        }
        if sql.is_postgres() {
            sql.push(" + 40 * ts_rank('{0.1, 0.2, 0.4, 1.0}', p.words, ")
                .tsquery(&query)
                .push(")");
        } else {
            sql.push(" + coalesce(s.score, 0)");
        }
    }

    /// What the full-text rank does not see: names of what the product belongs to, and codes.
    fn write_bonuses(&self, sql: &mut Sql, plan: &SearchPlan) {
        for word in &self.words {
            for (column, ids) in word.names() {
                if ids.is_empty() {
                    continue;
                }
                sql.push(&format!(" + CASE WHEN p.{column}")).in_ids(ids);
                sql.push(" THEN 4 ELSE 0 END");
            }
            if let Some(code) = &word.code {
                sql.push(" + CASE WHEN ");
                write_has_code(sql, plan, code, true);
                sql.push(" THEN 100 ELSE 0 END");
            }
        }
    }

    /// Where some words may be missing, products that have all of them come first.
    fn write_every_word(&self, sql: &mut Sql, plan: &SearchPlan) {
        let lacks_one = self.words.is_empty() || self.words.iter().any(WordMatch::is_empty);
        if !self.any || lacks_one {
            return;
        }
        sql.push(" + CASE WHEN ");
        if sql.is_postgres() {
            let words = self.words.iter().map(WordMatch::tsquery);
            sql.push("p.words @@ ").tsquery(&marks::every(words));
        } else {
            sql.push("p.id IN (");
            self.write_ids_of_every_word(sql, plan);
            sql.push(")");
        }
        sql.push(&format!(" THEN {EVERY_WORD} ELSE 0 END"));
    }

    /// The query for products with any of the words.
    fn any_query(&self) -> String {
        let queries: Vec<_> = self
            .words
            .iter()
            .map(|word| word.query.as_str())
            .filter(|query| !query.is_empty())
            .collect();
        queries.join(if self.postgres { " | " } else { " OR " })
    }
}

impl WordMatch {
    fn names(&self) -> [(&'static str, &[i64]); 3] {
        [
            ("category_id", &self.categories),
            ("fandom_id", &self.fandoms),
            ("seller_id", &self.sellers),
        ]
    }
}

/// Appends a query for the products that match a word, possibly several times each.
fn write_word(sql: &mut Sql, plan: &SearchPlan, word: &WordMatch) {
    let mut union = "";
    if !word.query.is_empty() {
        write_own_text(sql, &word.query);
        union = " UNION ALL ";
    }
    for (column, ids) in word.names() {
        if ids.is_empty() {
            continue;
        }
        sql.push(union)
            .push("SELECT id FROM products WHERE tenant_id = ")
            .bind(plan.tenant.0)
            .push(&format!(" AND {column}"))
            .in_ids(ids);
        union = " UNION ALL ";
    }
    if let Some(code) = &word.code {
        sql.push(union);
        write_code(sql, plan, code);
    }
}

/// Appends a query for the products whose own text matches.
fn write_own_text(sql: &mut Sql, query: &str) {
    sql.push("SELECT rowid AS id FROM search_products WHERE search_products MATCH ")
        .bind_text(query);
}

/// Appends the condition that product `p` has a code, whole or as a beginning.
fn write_has_code(sql: &mut Sql, plan: &SearchPlan, code: &str, beginning: bool) {
    if sql.is_postgres() {
        let query = if beginning {
            marks::code_beginning(code)
        } else {
            marks::code(code)
        };
        sql.push("p.words @@ ").tsquery(&query);
        return;
    }
    sql.push("p.id IN (");
    if beginning {
        write_code(sql, plan, code);
    } else {
        sql.push("SELECT product_id FROM search_codes WHERE tenant_id = ")
            .bind(plan.tenant.0)
            .push(" AND code = ")
            .bind_text(code);
    }
    sql.push(")");
}

/// Appends a query for the products with a code that begins so. SQLite only.
fn write_code(sql: &mut Sql, plan: &SearchPlan, code: &str) {
    sql.push("SELECT product_id AS id FROM search_codes WHERE tenant_id = ")
        .bind(plan.tenant.0)
        .push(" AND code >= ")
        .bind_text(code)
        .push(" AND code <= ")
        .bind_text(&format!("{code}{LAST}"));
}

/// Finds the categories, fandoms and sellers whose names have the words.
async fn find_names<C: ConnectionTrait>(
    connection: &C,
    plan: &SearchPlan,
    words: &mut [WordMatch],
    tree: &CategoryTree,
) -> Result<(), SearchError> {
    let mut sql = Sql::new(connection.get_database_backend());
    let mut union = "";
    for (place, word) in words.iter().enumerate() {
        if word.query.is_empty() {
            continue;
        }
        for (kind, table) in ["categories", "fandoms", "sellers"].iter().enumerate() {
            sql.push(union);
            write_names(&mut sql, plan, (place, kind), table, &word.query);
            union = " UNION ALL ";
        }
    }
    if union.is_empty() {
        return Ok(());
    }
    let mut categories = vec![BTreeSet::new(); words.len()];
    for row in sql.rows(connection).await? {
        let (place, kind): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let id: i64 = row.try_get_by_index(2)?;
        let place = usize::try_from(place).unwrap_or_default();
        match kind {
            0 => drop(categories[place].insert(id)),
            1 => words[place].fandoms.push(id),
            _ => words[place].sellers.push(id),
        }
    }
    for (word, roots) in words.iter_mut().zip(&categories) {
        word.categories = tree.with_descendants(roots);
    }
    Ok(())
}

fn write_names(
    sql: &mut Sql,
    plan: &SearchPlan,
    (place, kind): (usize, usize),
    table: &str,
    query: &str,
) {
    // Counted here and no user's, hence written and not bound.
    sql.push(&format!(
        "SELECT CAST({place} AS bigint), CAST({kind} AS bigint), t.id FROM {table} t"
    ));
    if sql.is_postgres() {
        sql.push(" WHERE souk_tsvector(t.name, 'B') @@ CAST(")
            .bind_text(query)
            .push(" AS tsquery)");
    } else {
        sql.push(&format!(
            " JOIN search_{table} s ON s.rowid = t.id WHERE s.search_{table} MATCH "
        ))
        .bind_text(query);
    }
    sql.push(" AND t.tenant_id = ").bind(plan.tenant.0);
}
