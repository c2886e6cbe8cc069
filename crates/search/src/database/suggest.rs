//! Completions of what is being typed, read from the tenant's own names and titles.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::{Suggestion, SuggestionKind};
use strsim::osa_distance;

use super::{sql::Sql, vocabulary::Completion};
use crate::{
    SearchError, SuggestRequest,
    analysis::{Analyzer, Token},
    highlight::escape_into,
    plan::MAX_WORDS,
};

/// From so many letters on, a word may have a typo.
const TYPO_LETTERS: usize = 3;
/// How many titles suggested queries are taken from.
const TITLES: i64 = 50;
/// Titles are too many to be gone through for one letter.
const TITLE_LETTERS: usize = 2;

/// Completions of a text, the names that it leads to before queries and products.
pub(super) async fn suggestions<C: ConnectionTrait>(
    connection: &C,
    request: &SuggestRequest,
) -> Result<Vec<Suggestion>, SearchError> {
    let typed = Typed::new(request);
    if typed.words.is_empty() || request.limit == 0 {
        return Ok(Vec::new());
    }
    for typos in [false, true] {
        let completions = typed.completions(connection, request, typos).await?;
        if completions.iter().any(Completion::is_empty) {
            continue;
        }
        let found = find(connection, request, &typed, &completions).await?;
        if !found.is_empty() {
            return Ok(interleaved(found, request.limit));
        }
    }
    Ok(Vec::new())
}

/// What is being typed, as words.
struct Typed {
    words: Vec<String>,
}

impl Typed {
    fn new(request: &SuggestRequest) -> Self {
        let tokens = Analyzer::new(request.language).words(&request.text);
        let words = tokens.into_iter().map(|token| token.surface);
        Self {
            words: words.take(MAX_WORDS).collect(),
        }
    }

    async fn completions<C: ConnectionTrait>(
        &self,
        connection: &C,
        request: &SuggestRequest,
        typos: bool,
    ) -> Result<Vec<Completion>, SearchError> {
        let mut completions = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let allowed = typos && word.chars().count() >= TYPO_LETTERS;
            let fits = |candidate: &str| allowed && begins_nearly(candidate, word);
            completions
                .push(Completion::find(connection, request.tenant, word, allowed, fits).await?);
        }
        Ok(completions)
    }

    /// Where a text's words match what is typed, in bytes; none if a typed word matches nothing in it.
    fn places(&self, tokens: &[Token]) -> Option<Vec<(usize, usize)>> {
        let mut places = Vec::new();
        for word in &self.words {
            let matching = tokens.iter().find(|token| token.surface.starts_with(word));
            let matching = matching.or_else(|| {
                let long = word.chars().count() >= TYPO_LETTERS;
                tokens
                    .iter()
                    .find(|token| long && begins_nearly(&token.surface, word))
            })?;
            places.push((matching.start, matching.end));
        }
        places.sort_unstable();
        places.dedup();
        Some(places)
    }
}

/// Whether a word begins as another, but for one typo.
fn begins_nearly(candidate: &str, word: &str) -> bool {
    let letters = word.chars().count();
    (letters.saturating_sub(1)..=letters + 1).any(|length| {
        let beginning: String = candidate.chars().take(length).collect();
        osa_distance(&beginning, word) <= 1
    })
}

async fn find<C: ConnectionTrait>(
    connection: &C,
    request: &SuggestRequest,
    typed: &Typed,
    completions: &[Completion],
) -> Result<Vec<Vec<Suggestion>>, SearchError> {
    let mut finder = Finder {
        analyzer: Analyzer::new(request.language),
        typed,
    };
    let mut groups = Vec::new();
    let limit = i64::try_from(request.limit).unwrap_or(i64::MAX).min(TITLES);
    for (kind, table, column) in [
        (SuggestionKind::Category, "categories", "category_id"),
        (SuggestionKind::Fandom, "fandoms", "fandom_id"),
    ] {
        let mut sql = Sql::new(connection.get_database_backend());
        write_names(&mut sql, request, completions, table, column, limit);
        groups.push(finder.read(kind, &sql.rows(connection).await?)?);
    }
    let mut sql = Sql::new(connection.get_database_backend());
    write_brands(&mut sql, request, completions, limit);
    groups.push(finder.read(SuggestionKind::Brand, &sql.rows(connection).await?)?);

    if typed
        .words
        .iter()
        .any(|word| word.chars().count() >= TITLE_LETTERS)
    {
        let mut sql = Sql::new(connection.get_database_backend());
        write_titles(&mut sql, request, completions);
        let titles = finder.read(SuggestionKind::Product, &sql.rows(connection).await?)?;
        groups.push(finder.queries(&titles));
        groups.push(titles);
    }
    groups.retain(|group| !group.is_empty());
    Ok(groups)
}

/// Names of categories or fandoms with their value and how many active products they lead to.
fn write_names(
    sql: &mut Sql,
    request: &SuggestRequest,
    completions: &[Completion],
    table: &str,
    column: &str,
    limit: i64,
) {
    sql.push(&format!(
        "SELECT t.name, t.slug, CAST(NULL AS bigint) FROM {table} t WHERE t.tenant_id = "
    ))
    .bind(request.tenant.0);
    let query = every(completions, sql.is_postgres(), "");
    if sql.is_postgres() {
        sql.push(" AND souk_tsvector(t.name, 'B') @@ CAST(")
            .bind_text(&query)
            .push(" AS tsquery)");
    } else {
        sql.push(&format!(
            " AND t.id IN (SELECT rowid FROM search_{table} WHERE search_{table} MATCH "
        ))
        .bind_text(&query)
        .push(")");
    }
    // A category counts for those below it, so the empty ones among them are not told apart here.
    if table == "fandoms" {
        sql.push(&format!(
            " AND EXISTS (SELECT 1 FROM products p WHERE p.tenant_id = t.tenant_id AND p.{column} = t.id \
             AND p.status = 'active')"
        ));
    }
    sql.push(" ORDER BY length(t.name), t.id LIMIT ")
        .bind(limit);
}

fn write_brands(sql: &mut Sql, request: &SuggestRequest, completions: &[Completion], limit: i64) {
    sql.push("SELECT p.brand, p.brand, count(*) FROM products p WHERE p.brand IS NOT NULL AND ");
    write_own(sql, request, completions, ("B", "names"));
    sql.push(" GROUP BY p.brand ORDER BY count(*) DESC, p.brand LIMIT ")
        .bind(limit);
}

fn write_titles(sql: &mut Sql, request: &SuggestRequest, completions: &[Completion]) {
    sql.push("SELECT p.title, p.slug, CAST(NULL AS bigint) FROM products p WHERE ");
    write_own(sql, request, completions, ("A", "title"));
    sql.push(" ORDER BY p.popularity DESC, p.id LIMIT ")
        .bind(TITLES);
}

/// Appends the condition that product `p` is active and has the words in one field: a weight or a column.
fn write_own(
    sql: &mut Sql,
    request: &SuggestRequest,
    completions: &[Completion],
    (weight, column): (&str, &str),
) {
    sql.push("p.status = 'active' AND p.tenant_id = ")
        .bind(request.tenant.0)
        .push(" AND p.id IN (");
    if sql.is_postgres() {
        sql.push("SELECT product_id FROM search_products WHERE words @@ CAST(")
            .bind_text(&every(completions, true, weight))
            .push(" AS tsquery) AND tenant_id = ")
            .bind(request.tenant.0);
    } else {
        let query = format!("{column} : ({})", every(completions, false, ""));
        sql.push("SELECT rowid FROM search_products WHERE search_products MATCH ")
            .bind_text(&query);
    }
    sql.push(")");
}

fn every(completions: &[Completion], postgres: bool, weight: &str) -> String {
    let queries = completions
        .iter()
        .map(|completion| format!("({})", completion.query(postgres, weight)));
    queries
        .collect::<Vec<_>>()
        .join(if postgres { " & " } else { " AND " })
}

struct Finder<'a> {
    analyzer: Analyzer,
    typed: &'a Typed,
}

impl Finder<'_> {
    /// Rows of text, value and count as suggestions, those left out that the analyzer does not find matching.
    fn read(
        &mut self,
        kind: SuggestionKind,
        rows: &[QueryResult],
    ) -> Result<Vec<Suggestion>, SearchError> {
        let mut found = Vec::new();
        for row in rows {
            let text: String = row.try_get_by_index(0)?;
            let count: Option<i64> = row.try_get_by_index(2)?;
            let tokens = self.analyzer.words(&text);
            let Some(places) = self.typed.places(&tokens) else {
                continue;
            };
            found.push(Suggestion {
                kind,
                highlighted: marked(&text, &places),
                value: Some(row.try_get_by_index(1)?),
                count: count.and_then(|count| u64::try_from(count).ok()),
                text,
            });
        }
        Ok(found)
    }

    /// The words of titles that what is typed may become, most frequent first.
    fn queries(&mut self, titles: &[Suggestion]) -> Vec<Suggestion> {
        let mut frequency: BTreeMap<String, usize> = BTreeMap::new();
        for title in titles {
            let tokens = self.analyzer.words(&title.text);
            let places = self.typed.places(&tokens).unwrap_or_default();
            let words = places
                .iter()
                .map(|&(start, end)| title.text[start..end].to_lowercase());
            *frequency
                .entry(words.collect::<Vec<_>>().join(" "))
                .or_default() += 1;
        }
        let mut queries: Vec<_> = frequency.into_iter().collect();
        queries
            .sort_by(|(one, count), (other, other_count)| (other_count, one).cmp(&(count, other)));
        let queries = queries.into_iter().filter(|(text, _)| !text.is_empty());
        queries
            .map(|(text, _)| {
                let tokens = self.analyzer.words(&text);
                let places = self.typed.places(&tokens).unwrap_or_default();
                Suggestion {
                    kind: SuggestionKind::Query,
                    highlighted: marked(&text, &places),
                    text,
                    value: None,
                    count: None,
                }
            })
            .collect()
    }
}

fn marked(text: &str, places: &[(usize, usize)]) -> String {
    let mut html = String::with_capacity(text.len() + places.len() * 13);
    let mut done = 0;
    for &(start, end) in places {
        escape_into(&mut html, &text[done..start]);
        html.push_str("<mark>");
        escape_into(&mut html, &text[start..end]);
        html.push_str("</mark>");
        done = end;
    }
    escape_into(&mut html, &text[done..]);
    html
}

/// The first of each kind, then the second of each, and so on.
fn interleaved(groups: Vec<Vec<Suggestion>>, limit: usize) -> Vec<Suggestion> {
    let mut groups: Vec<_> = groups.into_iter().map(Vec::into_iter).collect();
    let mut mixed = Vec::new();
    while mixed.len() < limit {
        let round: Vec<_> = groups.iter_mut().filter_map(Iterator::next).collect();
        if round.is_empty() {
            break;
        }
        mixed.extend(round);
    }
    mixed.truncate(limit);
    mixed
}
