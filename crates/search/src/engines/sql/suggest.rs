//! Completions of a text being typed, from names and titles of the tenant's catalogue.

use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::{Suggestion, SuggestionKind, same_value};

use super::{
    dialect::suggest::{self, Field},
    listed::LISTED,
    query::prefixes::Prefixes,
    statement::Sql,
};
use crate::{
    SearchError, SuggestRequest,
    query::MAX_WORDS,
    suggestions::{Completer, Completion, MIN_TYPO_CHARS, best, queries},
};

/// Most titles that are judged, by popularity.
const TITLES: i64 = 50;
/// Most names of a kind that are judged.
const NAMES: i64 = 50;
/// Least letters of a word for titles to be read.
const TITLE_LETTERS: usize = 2;

/// Returns completions of a text; those with a typo only if there are no others.
pub(crate) async fn suggestions<C: ConnectionTrait>(
    connection: &C,
    request: &SuggestRequest,
) -> Result<Vec<Suggestion>, SearchError> {
    let typed = Completer::new(&request.text).typed().to_vec();
    if !(1..=MAX_WORDS).contains(&typed.len()) || request.limit == 0 {
        return Ok(Vec::new());
    }
    for with_typo in [false, true] {
        let mut prefixes = Vec::with_capacity(typed.len());
        for word in &typed {
            let letters = word.chars().count();
            let mut own = Prefixes::of(word);
            if with_typo && letters >= MIN_TYPO_CHARS {
                let mut completer = Completer::new(word);
                own.add_words(connection, request.tenant, letters - 1, |candidate| {
                    completer.judge(candidate).is_some()
                })
                .await?;
            }
            prefixes.push(own);
        }
        let found = find(connection, request, &typed, &prefixes).await?;
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
    prefixes: &[Prefixes],
) -> Result<Vec<Completion>, SearchError> {
    let mut completer = Completer::new(&request.text);
    let mut found = Vec::new();
    for (kind, table) in [
        (SuggestionKind::Category, "categories"),
        (SuggestionKind::Fandom, "fandoms"),
    ] {
        let mut sql = Sql::for_database(connection);
        write_names(&mut sql, request, prefixes, table);
        found.extend(read(&mut completer, kind, &sql.rows(connection).await?)?);
    }
    let mut sql = Sql::for_database(connection);
    write_brands(&mut sql, request, prefixes);
    let rows = sql.rows(connection).await?;
    let brands = read(&mut completer, SuggestionKind::Brand, &rows)?;
    found.extend(with_one_spelling(brands));

    if typed
        .iter()
        .any(|word| word.chars().count() >= TITLE_LETTERS)
    {
        let mut sql = Sql::for_database(connection);
        write_titles(&mut sql, request, prefixes);
        let rows = sql.rows(connection).await?;
        let titles = read(&mut completer, SuggestionKind::Product, &rows)?;
        found.extend(queries(&mut completer, &request.text, &titles));
        found.extend(titles);
    }
    Ok(found)
}

/// Adds up the counts of spellings of one name, in the one that most products have, which come first.
fn with_one_spelling(found: Vec<Completion>) -> Vec<Completion> {
    let mut unified: Vec<Completion> = Vec::with_capacity(found.len());
    for other in found {
        let mut known = unified.iter_mut();
        match known.find(|own| same_value(&own.suggestion.text, &other.suggestion.text)) {
            Some(own) => {
                own.weight += other.weight;
                let counts = own.suggestion.count.zip(other.suggestion.count);
                own.suggestion.count = counts.map(|(own, other)| own + other);
            }
            None => unified.push(other),
        }
    }
    unified
}

/// Appends a query for names of categories or fandoms with their slugs.
fn write_names(sql: &mut Sql, request: &SuggestRequest, prefixes: &[Prefixes], table: &str) {
    sql.push(&format!(
        "SELECT t.name, t.slug, CAST(NULL AS bigint) FROM {table} t WHERE t.tenant_id = "
    ))
    .bind(request.tenant.0);
    suggest::write_named(sql, table, prefixes);
    // Only what leads to a product; a category leads to those of the categories below it as well.
    sql.push(&if table == "categories" {
        format!(
            " AND EXISTS (WITH RECURSIVE tree (id) AS (SELECT t.id UNION \
         SELECT c.id FROM categories c JOIN tree ON c.parent_id = tree.id WHERE c.tenant_id = t.tenant_id) \
         SELECT 1 FROM tree JOIN products p ON p.tenant_id = t.tenant_id AND p.category_id = tree.id \
         AND {LISTED} UNION ALL \
         SELECT 1 FROM tree JOIN product_categories f ON f.tenant_id = t.tenant_id AND f.category_id = tree.id \
         JOIN products p ON p.id = f.product_id AND {LISTED})"
        )
    } else {
        format!(
            " AND EXISTS (SELECT 1 FROM products p WHERE p.tenant_id = t.tenant_id AND p.fandom_id = t.id \
         AND {LISTED} UNION ALL \
         SELECT 1 FROM product_fandoms f JOIN products p ON p.id = f.product_id AND {LISTED} \
         WHERE f.tenant_id = t.tenant_id AND f.fandom_id = t.id)"
        )
    });
    sql.push(" ORDER BY length(t.name), t.id LIMIT ")
        .bind(NAMES);
}

fn write_brands(sql: &mut Sql, request: &SuggestRequest, prefixes: &[Prefixes]) {
    sql.push("SELECT p.brand, p.brand, count(*) FROM products p WHERE p.brand IS NOT NULL AND ");
    write_own(sql, request, prefixes, Field::Names);
    sql.push(" GROUP BY p.brand ORDER BY count(*) DESC, p.brand LIMIT ")
        .bind(NAMES);
}

fn write_titles(sql: &mut Sql, request: &SuggestRequest, prefixes: &[Prefixes]) {
    sql.push("SELECT p.title, p.slug, CAST(NULL AS bigint) FROM products p WHERE ");
    write_own(sql, request, prefixes, Field::Title);
    sql.push(" ORDER BY p.popularity DESC, p.id LIMIT ")
        .bind(TITLES);
}

/// Appends the condition that product `p` is active and has words with these prefixes in one field.
fn write_own(sql: &mut Sql, request: &SuggestRequest, prefixes: &[Prefixes], field: Field) {
    sql.push(&format!("{LISTED} AND p.tenant_id = "))
        .bind(request.tenant.0)
        .push(" AND p.id IN (");
    suggest::write_in_field(sql, request.tenant, prefixes, field);
    sql.push(")");
}

/// Converts rows of text, value and count to completions, most important first. Rows that do not complete the text are
/// left out.
fn read(
    completer: &mut Completer,
    kind: SuggestionKind,
    rows: &[QueryResult],
) -> Result<Vec<Completion>, SearchError> {
    let mut found = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let text: String = row.try_get_by_index(0)?;
        let count = row
            .try_get_by_index::<Option<i64>>(2)?
            .and_then(|count| u64::try_from(count).ok());
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
