//! The hits of a page.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use souk_domain::{Cursor, Highlights, Hit, Label, PriceRange, ProductId, Sort, SortKey, Start};

use super::{Search, floats, sql::Sql};
use crate::{SearchError, SearchPlan, highlight::Highlighter};

/// Scores are whole parts of so many: as such they are ordered alike by SQL and as `f32`, which holds them exactly.
pub(super) const SCORE_UNITS: f32 = 1024.0;

/// What product `p` has to be joined with for [`COLUMNS`].
const JOINS: &str = " LEFT JOIN categories c ON c.id = p.category_id \
     LEFT JOIN fandoms f ON f.id = p.fandom_id \
     JOIN sellers m ON m.id = p.seller_id";

/// What a hit is made of, by position.
const COLUMNS: &str = "p.id, p.slug, p.title, p.description, p.brand, p.price_min, \
     p.price_max, p.currency, p.stock, CAST(p.rating AS double precision), p.rating_count, p.created_at, p.variant_count, \
     c.slug, c.name, f.slug, f.name, m.slug, m.name";

/// The hits that a plan asks for, and the cursor of the next page if there is one.
pub(super) async fn page<C: ConnectionTrait>(
    connection: &C,
    search: &Search<'_>,
) -> Result<(Vec<Hit>, Option<Cursor>), SearchError> {
    let plan = search.plan;
    if plan.page.limit == 0 {
        return Ok((Vec::new(), None));
    }
    let limit = plan.page.limit as usize;
    let sql = statement(search, connection.get_database_backend());
    let rows = sql.rows(connection).await?;

    let mut highlighter = plan
        .text
        .as_ref()
        .map(|text| Highlighter::new(text, plan.language, plan.stage));
    let mut hits = Vec::with_capacity(rows.len().min(limit));
    let mut last = None;
    for row in rows.iter().take(limit) {
        let (mut hit, description) = hit(row)?;
        if let Some(highlighter) = &mut highlighter {
            hit.highlights = highlighter.highlights(&hit.title, &description);
        }
        let key = sort_key(row, plan.sort)?;
        if let SortKey::Score(score) = key {
            hit.score = Some(score);
        }
        last = Some(Cursor { key, id: hit.id });
        hits.push(hit);
    }
    Ok((hits, last.filter(|_| rows.len() > limit)))
}

/// First the ids of the page, then what is shown of them.
pub(super) fn statement(search: &Search<'_>, backend: DbBackend) -> Sql {
    let mut sql = Sql::new(backend);
    write(&mut sql, search);
    sql
}

fn write(sql: &mut Sql, search: &Search<'_>) {
    let plan = search.plan;
    let falling = if plan.sort == Sort::PriceAsc {
        ""
    } else {
        " DESC"
    };
    sql.push("WITH ");
    if let Some(text) = &search.text
        && plan.sort == Sort::Relevance
    {
        text.write_score_tables(sql);
    }
    sql.push("page AS (SELECT id, sort_key FROM (SELECT p.id, ");
    write_key(sql, search);
    sql.push(" AS sort_key FROM products p");
    if let Some(text) = &search.text
        && plan.sort == Sort::Relevance
    {
        text.write_score_joins(sql);
    }
    sql.push(" WHERE ");
    search.write_base(sql);
    for clause in &search.clauses {
        sql.push(" AND ");
        clause.write(sql);
    }
    sql.push(") AS matched");
    if let Start::After(cursor) = &plan.page.start {
        write_after(sql, plan, cursor);
    }
    sql.push(&format!(" ORDER BY sort_key{falling}, id LIMIT "))
        .bind(i64::from(plan.page.limit) + 1)
        .push(" OFFSET ")
        .bind(i64::from(plan.page.offset()));
    write_shown(sql, falling);
}

/// Ends the table `page` of ids and sort keys, and appends what is shown of its products, in its order.
pub(super) fn write_shown(sql: &mut Sql, falling: &str) {
    let image = image(sql);
    sql.push(&format!(
        ") SELECT {COLUMNS}, {image}, page.sort_key FROM page JOIN products p ON p.id = page.id{JOINS} \
         ORDER BY page.sort_key{falling}, p.id"
    ));
}

/// The first image of product `p`.
fn image(sql: &Sql) -> &'static str {
    if sql.is_postgres() {
        "p.images ->> 0"
    } else {
        "p.images ->> '$[0]'"
    }
}

fn write_key(sql: &mut Sql, search: &Search<'_>) {
    match (search.plan.sort, &search.text) {
        (Sort::PriceAsc | Sort::PriceDesc, _) => sql.push("p.price_min"),
        (Sort::Newest, _) => sql.push("p.created_at"),
        (Sort::Rating, _) => sql.push("CAST(coalesce(p.rating, 0.0) AS double precision)"),
        (Sort::Relevance, Some(text)) => {
            sql.push("CAST(");
            text.write_score(sql, search.plan);
            sql.push(&format!(" * {SCORE_UNITS:.1} AS bigint)"))
        }
        (Sort::Relevance | Sort::Popular, _) => sql.push("p.popularity"),
    };
}

/// Appends the condition for what comes after a cursor.
fn write_after(sql: &mut Sql, plan: &SearchPlan, cursor: &Cursor) {
    let id = cursor.id.0;
    let beyond = if plan.sort == Sort::PriceAsc {
        ">"
    } else {
        "<"
    };
    sql.push(" WHERE ");
    if let SortKey::Rating(rating) = cursor.key {
        let (low, high) = floats::rounding_to(rating);
        sql.push("(sort_key < ")
            .bind(low)
            .push(" OR (sort_key <= ")
            .bind(high);
    } else {
        let key = match cursor.key {
            SortKey::Integer(key) => key,
            SortKey::Score(score) | SortKey::Rating(score) => (score * SCORE_UNITS) as i64,
        };
        sql.push(&format!("(sort_key {beyond} "))
            .bind(key)
            .push(" OR (sort_key = ")
            .bind(key);
    }
    sql.push(" AND id > ").bind(id).push("))");
}

/// The column after the hit's own and its image.
const SORT_KEY: usize = 20;

fn sort_key(row: &QueryResult, sort: Sort) -> Result<SortKey, SearchError> {
    Ok(match sort {
        Sort::Rating => SortKey::Rating(row.try_get_by_index::<f64>(SORT_KEY)? as f32),
        Sort::Relevance => {
            let units: i64 = row.try_get_by_index(SORT_KEY)?;
            SortKey::Score(units as f32 / SCORE_UNITS)
        }
        _ => SortKey::Integer(row.try_get_by_index(SORT_KEY)?),
    })
}

/// A row of [`COLUMNS`] and the image as a hit, and its description.
pub(super) fn hit(row: &QueryResult) -> Result<(Hit, String), SearchError> {
    let currency: String = row.try_get_by_index(7)?;
    let rating: Option<f64> = row.try_get_by_index(9)?;
    let hit = Hit {
        id: ProductId(row.try_get_by_index(0)?),
        slug: row.try_get_by_index(1)?,
        title: row.try_get_by_index(2)?,
        brand: row.try_get_by_index(4)?,
        image: row.try_get_by_index(19)?,
        price: PriceRange {
            min: row.try_get_by_index(5)?,
            max: row.try_get_by_index(6)?,
            currency: souk_domain::Currency::from_code(&currency).ok_or_else(|| {
                SearchError::engine(format!("`{currency}` in the database is no currency"))
            })?,
        },
        stock: row.try_get_by_index(8)?,
        rating: rating.map(|rating| rating as f32),
        rating_count: count(row.try_get_by_index(10)?),
        category: label(row, 13)?,
        fandom: label(row, 15)?,
        seller: Label::new(
            row.try_get_by_index::<String>(17)?,
            row.try_get_by_index::<String>(18)?,
        ),
        created_at_ms: row.try_get_by_index(11)?,
        variants: count(row.try_get_by_index(12)?),
        highlights: Highlights::default(),
        score: None,
    };
    Ok((hit, row.try_get_by_index(3)?))
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn label(row: &QueryResult, column: usize) -> Result<Option<Label>, SearchError> {
    let slug: Option<String> = row.try_get_by_index(column)?;
    let name: Option<String> = row.try_get_by_index(column + 1)?;
    Ok(slug.zip(name).map(|(slug, name)| Label::new(slug, name)))
}
