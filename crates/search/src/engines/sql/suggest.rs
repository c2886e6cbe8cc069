//! Completions of what is being typed, read from the tenant's own names and titles.

use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::{Suggestion, SuggestionKind};

use super::{
    marks::{self, Share},
    statement::Sql,
    vocabulary::Beginnings,
};
use crate::{
    SearchError, SuggestRequest,
    query::MAX_WORDS,
    suggestions::{Completer, Completion, MIN_TYPO_CHARS, best, queries},
};

/// How many of the most popular titles are looked at more closely.
const TITLES: i64 = 50;
/// How many names of a kind are.
const NAMES: i64 = 50;
/// Titles are too many to be gone through for one letter.
const TITLE_LETTERS: usize = 2;

/// Completions of a text; those that take a typo only if there are no others.
pub(super) async fn suggestions<C: ConnectionTrait>(
    connection: &C,
    request: &SuggestRequest,
) -> Result<Vec<Suggestion>, SearchError> {
    let typed = Completer::new(&request.text).typed().to_vec();
    if !(1..=MAX_WORDS).contains(&typed.len()) || request.limit == 0 {
        return Ok(Vec::new());
    }
    for with_typo in [false, true] {
        let mut beginnings = Vec::with_capacity(typed.len());
        for word in &typed {
            let letters = word.chars().count();
            let mut own = Beginnings::of(word);
            if with_typo && letters >= MIN_TYPO_CHARS {
                let mut completer = Completer::new(word);
                own.add_words(connection, request.tenant, letters - 1, |candidate| {
                    completer.judge(candidate).is_some()
                })
                .await?;
            }
            beginnings.push(own);
        }
        let found = find(connection, request, &typed, &beginnings).await?;
        if !found.is_empty() {
            return Ok(best(found, request.limit));
        }
    }
    Ok(Vec::new())
}

async fn find<C: ConnectionTrait>(
    connection: &C,
    request: &SuggestRequest,
    typed: &[String],
    beginnings: &[Beginnings],
) -> Result<Vec<Completion>, SearchError> {
    let backend = connection.get_database_backend();
    let mut completer = Completer::new(&request.text);
    let mut found = Vec::new();
    for (kind, table) in [
        (SuggestionKind::Category, "categories"),
        (SuggestionKind::Fandom, "fandoms"),
    ] {
        let mut sql = Sql::new(backend);
        write_names(&mut sql, request, beginnings, table);
        found.extend(read(&mut completer, kind, &sql.rows(connection).await?)?);
    }
    let mut sql = Sql::new(backend);
    write_brands(&mut sql, request, beginnings);
    let rows = sql.rows(connection).await?;
    found.extend(read(&mut completer, SuggestionKind::Brand, &rows)?);

    if typed
        .iter()
        .any(|word| word.chars().count() >= TITLE_LETTERS)
    {
        let mut sql = Sql::new(backend);
        write_titles(&mut sql, request, beginnings);
        let rows = sql.rows(connection).await?;
        let titles = read(&mut completer, SuggestionKind::Product, &rows)?;
        found.extend(queries(&mut completer, &request.text, &titles));
        found.extend(titles);
    }
    Ok(found)
}

/// Names of categories or fandoms with their value.
fn write_names(sql: &mut Sql, request: &SuggestRequest, beginnings: &[Beginnings], table: &str) {
    sql.push(&format!(
        "SELECT t.name, t.slug, CAST(NULL AS bigint) FROM {table} t WHERE t.tenant_id = "
    ))
    .bind(request.tenant.0);
    let query = every(beginnings, sql.is_postgres(), "");
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
    // Only what leads to a product; a category leads to those of the categories below it as well.
    sql.push(if table == "categories" {
        " AND EXISTS (WITH RECURSIVE tree (id) AS (SELECT t.id UNION \
         SELECT c.id FROM categories c JOIN tree ON c.parent_id = tree.id WHERE c.tenant_id = t.tenant_id) \
         SELECT 1 FROM tree JOIN products p ON p.tenant_id = t.tenant_id AND p.category_id = tree.id \
         AND p.status = 'active')"
    } else {
        " AND EXISTS (SELECT 1 FROM products p WHERE p.tenant_id = t.tenant_id AND p.fandom_id = t.id \
         AND p.status = 'active')"
    });
    sql.push(" ORDER BY length(t.name), t.id LIMIT ")
        .bind(NAMES);
}

fn write_brands(sql: &mut Sql, request: &SuggestRequest, beginnings: &[Beginnings]) {
    sql.push("SELECT p.brand, p.brand, count(*) FROM products p WHERE p.brand IS NOT NULL AND ");
    write_own(sql, request, beginnings, ("B", "names"));
    sql.push(" GROUP BY p.brand ORDER BY count(*) DESC, p.brand LIMIT ")
        .bind(NAMES);
}

fn write_titles(sql: &mut Sql, request: &SuggestRequest, beginnings: &[Beginnings]) {
    sql.push("SELECT p.title, p.slug, CAST(NULL AS bigint) FROM products p WHERE ");
    write_own(sql, request, beginnings, ("A", "title"));
    sql.push(" ORDER BY p.popularity DESC, p.id LIMIT ")
        .bind(TITLES);
}

/// Appends the condition that product `p` is active and has the words in one field: a weight or a column.
fn write_own(
    sql: &mut Sql,
    request: &SuggestRequest,
    beginnings: &[Beginnings],
    (weight, column): (&str, &str),
) {
    sql.push("p.status = 'active' AND p.tenant_id = ")
        .bind(request.tenant.0)
        .push(" AND p.id IN (");
    if sql.is_postgres() {
        let query = [
            every(beginnings, true, weight),
            Share::ALL.query(request.tenant),
        ];
        sql.push("SELECT id FROM search_products WHERE words @@ ")
            .tsquery(&marks::every(query));
    } else {
        let query = format!("{column} : ({})", every(beginnings, false, ""));
        sql.push("SELECT rowid FROM search_products WHERE search_products MATCH ")
            .bind_text(&query);
    }
    sql.push(")");
}

fn every(beginnings: &[Beginnings], postgres: bool, weight: &str) -> String {
    let queries = beginnings
        .iter()
        .map(|beginnings| format!("({})", beginnings.query(postgres, weight)));
    queries
        .collect::<Vec<_>>()
        .join(if postgres { " & " } else { " AND " })
}

/// Rows of text, value and count as completions, most important first; those left out that do not complete the text.
fn read(
    completer: &mut Completer,
    kind: SuggestionKind,
    rows: &[QueryResult],
) -> Result<Vec<Completion>, SearchError> {
    let mut found = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let text: String = row.try_get_by_index(0)?;
        let count: Option<i64> = row.try_get_by_index(2)?;
        let count = count.and_then(|count| u64::try_from(count).ok());
        let Some((fit, highlighted)) = completer.judge(&text) else {
            continue;
        };
        found.push(Completion {
            fit,
            weight: count.unwrap_or((rows.len() - place) as u64),
            suggestion: Suggestion {
                kind,
                highlighted,
                value: Some(row.try_get_by_index(1)?),
                count,
                text,
            },
        });
    }
    Ok(found)
}
