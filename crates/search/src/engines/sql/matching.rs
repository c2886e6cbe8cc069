//! Which products a text matches, as SQL.

use sea_orm::ConnectionTrait;

use super::{
    categories::CategoryTree,
    marks, names,
    rarity::Rarity,
    statement::Sql,
    vocabulary::{self, Term},
};
use crate::{
    SearchError, SearchPlan,
    query::{TextPlan, Word, WordForm},
};
use souk_domain::MatchStage;

/// Comes after every letter of a code.
const LAST: char = '\u{10ffff}';

/// A text, looked up.
#[derive(Debug)]
pub(super) struct TextMatch {
    postgres: bool,
    pub(super) words: Vec<WordMatch>,
    /// Whether any word will do.
    pub(super) any: bool,
    /// The whole text as a code.
    pub(super) code: Option<String>,
}

/// A query of the full-text index.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) query: String,
    /// What share of all products match it, at most, as far as that is known; those that match in several ways count
    /// several times.
    share: f64,
    /// Whether it asks for all words that begin in a way.
    has_beginning: bool,
}

impl Condition {
    /// One that the index is always asked.
    pub(super) fn of(query: String) -> Self {
        Self {
            query,
            share: 0.0,
            has_beginning: false,
        }
    }

    pub(super) fn share(&self) -> f64 {
        self.share
    }

    /// Whether products are better held against it one by one than the index asked for all that match it, where
    /// another condition leaves this share of all products. For a beginning the index first gathers whatever has a word
    /// that begins so.
    pub(super) fn is_checked(&self, least: f64) -> bool {
        self.has_beginning && least * READING <= self.share
    }
}

/// How many times as long it takes to read a product and hold it against a condition as to gather it from the index.
const READING: f64 = 8.0;

/// What a word matches.
#[derive(Debug, Clone, Default)]
pub(super) struct WordMatch {
    term: Term,
    /// Its full-text query; empty if no word of the catalogue matches.
    pub(super) query: String,
    /// Beginning of a code.
    pub(super) code: Option<String>,
    /// Categories whose products match, descendants included.
    pub(super) categories: Vec<i64>,
    pub(super) fandoms: Vec<i64>,
    pub(super) sellers: Vec<i64>,
    /// What means the same: all words of any of these, none of which matches nothing.
    pub(super) synonyms: Vec<Vec<WordMatch>>,
}

impl WordMatch {
    pub(super) fn new(term: Term, code: Option<String>, postgres: bool) -> Self {
        Self {
            query: term.query(postgres),
            code,
            term,
            ..Self::default()
        }
    }

    /// The words of the catalogue that match.
    pub(super) fn written(&self) -> impl Iterator<Item = &String> {
        self.term.written()
    }

    /// The marks of what the product may belong to.
    pub(super) fn marks(&self) -> [(char, &[i64]); 3] {
        [
            ('c', &self.categories),
            ('f', &self.fandoms),
            ('s', &self.sellers),
        ]
    }

    fn has_beginning(&self) -> bool {
        self.term.has_beginning()
    }

    /// Whether it can only match in the product's own text.
    fn is_plain(&self) -> bool {
        self.code.is_none()
            && self.categories.is_empty()
            && self.fandoms.is_empty()
            && self.sellers.is_empty()
            && self.synonyms.iter().flatten().all(Self::is_plain)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.query.is_empty() && self.synonyms.is_empty() && self.is_plain()
    }

    /// It, and the words of its synonyms.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Self> {
        [self].into_iter().chain(self.synonyms.iter().flatten())
    }

    /// The query of the full-text index for what has it, or a synonym, in its own text. SQLite only.
    fn own_text_query(&self) -> String {
        let own = Some(self.query.clone()).filter(|query| !query.is_empty());
        let synonyms = self.synonyms.iter().map(own_texts_query);
        let ways: Vec<_> = own.into_iter().chain(synonyms).collect();
        ways.join(" OR ")
    }

    /// The tsquery for all products that match: a word, or a mark of what the product belongs to.
    pub(super) fn tsquery(&self) -> String {
        let own = Some(self.term.matching_tsquery()).filter(|query| !query.is_empty());
        let named = self.marks().into_iter();
        let named = named.filter(|(_, ids)| !ids.is_empty());
        let named = named.map(|(mark, ids)| marks::ids(mark, ids));
        let code = self.code.as_deref().map(marks::code_beginning);
        let synonyms = self.synonyms.iter();
        let synonyms = synonyms.map(|words| marks::every(words.iter().map(Self::tsquery)));
        marks::any(own.into_iter().chain(named).chain(code).chain(synonyms))
    }

    /// The same in titles alone.
    fn title_tsquery(&self) -> String {
        let own = Some(self.term.title_tsquery()).filter(|query| !query.is_empty());
        let synonyms = self.synonyms.iter();
        let synonyms = synonyms.map(|words| marks::every(words.iter().map(Self::title_tsquery)));
        marks::any(own.into_iter().chain(synonyms))
    }
}

/// The query of the full-text index for what has all of some words in its own text. SQLite only.
fn own_texts_query<'a>(words: impl IntoIterator<Item = &'a WordMatch>) -> String {
    let words = words.into_iter();
    let queries = words.map(|word| format!("({})", word.own_text_query()));
    let queries: Vec<_> = queries.collect();
    queries.join(" AND ")
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
        // First the words, then each word of a synonym once.
        let mut sought = text.words.clone();
        for word in text.words.iter().flat_map(|word| &word.synonyms).flatten() {
            let word = word.as_word();
            if !sought[text.words.len()..].contains(&word) {
                sought.push(word);
            }
        }
        let terms = vocabulary::terms(connection, plan, &sought).await?;
        let found = terms.into_iter().zip(&sought);
        let mut found: Vec<_> = found
            .map(|(term, word)| WordMatch::new(term, word.code.clone(), postgres))
            .collect();
        names::find(connection, plan, &mut found, tree).await?;
        let of_synonyms = found.split_off(text.words.len());
        let of_synonyms: Vec<_> = sought[text.words.len()..].iter().zip(of_synonyms).collect();
        for (word, found) in text.words.iter().zip(&mut found) {
            found.synonyms = synonyms(word, &of_synonyms);
        }
        Ok(Self {
            postgres,
            words: found,
            any: plan.stage == MatchStage::AnyTerm,
            code: text.code.clone(),
        })
    }

    /// Of words that were looked up, on PostgreSQL.
    #[cfg(test)]
    pub(super) fn of(words: Vec<WordMatch>, any: bool) -> Self {
        Self {
            postgres: true,
            words,
            any,
            code: None,
        }
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.postgres
    }

    /// The tsquery for the products that match.
    pub(super) fn tsquery(&self) -> String {
        let words = self.combined(self.words.iter().map(WordMatch::tsquery));
        marks::any([words].into_iter().chain(self.code_query()))
    }

    /// What a product has to match all of. The index goes through the products of each by itself; in one query it would
    /// hold each product of a rare word against all the other words and names.
    pub(super) fn conditions(&self, rarity: &Rarity) -> Vec<Condition> {
        if self.any || self.words.is_empty() {
            return vec![Condition {
                query: self.tsquery(),
                share: rarity.share_of_text(self),
                has_beginning: self.words.iter().any(WordMatch::has_beginning),
            }];
        }
        let words = self.words.iter().map(|word| {
            let queries = [word.tsquery()].into_iter().chain(self.code_query());
            Condition {
                query: marks::any(queries),
                share: rarity.share_of_word(word),
                has_beginning: word.has_beginning(),
            }
        });
        words.collect()
    }

    /// The tsquery for the products that match in their titles.
    pub(super) fn title_tsquery(&self) -> String {
        self.combined(self.words.iter().map(WordMatch::title_tsquery))
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
    pub(super) fn write_ids_of_every_word(&self, sql: &mut Sql, plan: &SearchPlan) {
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

/// What the words of a word's synonyms match. A synonym with a word that matches nothing is left out.
fn synonyms(word: &Word, found: &[(&Word, WordMatch)]) -> Vec<Vec<WordMatch>> {
    let part = |part: &WordForm| {
        let part = part.as_word();
        let (_, found) = found.iter().find(|(word, _)| **word == part)?;
        (!found.is_empty()).then(|| found.clone())
    };
    let synonyms = word.synonyms.iter();
    synonyms
        .filter_map(|synonym| synonym.iter().map(part).collect())
        .collect()
}

impl WordMatch {
    pub(super) fn names(&self) -> [(&'static str, &[i64]); 3] {
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
        union = " UNION ALL ";
    }
    for synonym in &word.synonyms {
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

/// Appends a query for the products whose own text matches.
fn write_own_text(sql: &mut Sql, query: &str) {
    sql.push("SELECT rowid AS id FROM search_products WHERE search_products MATCH ")
        .bind_text(query);
}

/// Appends the condition that product `p` has a code, whole or as a beginning.
pub(super) fn write_has_code(sql: &mut Sql, plan: &SearchPlan, code: &str, beginning: bool) {
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
