//! Hits of a page.

use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::{Cursor, Highlights, Hit, Label, PriceRange, ProductId, Sort, SortKey};

use super::{
    paging::{falling, write_cut, write_key},
    scoring::SCORE_UNITS,
    search::Search,
    shown_variants,
};
use crate::{
    SearchError, SearchPlan,
    engines::sql::{
        dialect::{Dialect, search as products, text},
        postgres::index_scan,
        sampling::{CountStrategy, SampleRate},
        statement::Sql,
    },
    highlight::Highlighter,
    merchandising::{browsing_key, shown_score},
};

/// Joins of product `p` that [`COLUMNS`] need.
const JOINS: &str = " LEFT JOIN categories c ON c.id = p.category_id \
     LEFT JOIN fandoms f ON f.id = p.fandom_id \
     JOIN sellers m ON m.id = p.seller_id";

/// Columns of a hit, by position.
const COLUMNS: &str = "p.id, p.slug, p.title, p.description, p.brand, p.price_min, \
     p.price_max, p.currency, p.stock, CAST(p.rating AS double precision), p.rating_count, p.created_at, p.variant_count, \
     c.slug, c.name, f.slug, f.name, m.slug, m.name, p.list_price, p.available_count, \
     CASE WHEN p.list_price IS NOT NULL THEN p.lowest_price END";

/// Images of product `p` as JSON, if some are of single variants.
const IMAGES_OF_VARIANTS: &str =
    "CASE WHEN CAST(p.images AS text) LIKE '%\"variants\"%' THEN CAST(p.images AS text) END";

/// Returns the hits of a page, and the cursor of the next page if there is one. `ids` are those of the page, and of the
/// first hit after it, if they are known.
pub(crate) async fn page<C: ConnectionTrait>(
    connection: &C,
    search: &Search<'_>,
    strategy: &CountStrategy,
    ids: Option<&[i64]>,
) -> Result<(Vec<Hit>, Option<Cursor>), SearchError> {
    let plan = search.plan;
    if plan.page.limit == 0 {
        return Ok((Vec::new(), None));
    }
    let limit = plan.page.limit as usize;
    let sql = statement(
        search,
        strategy,
        ids,
        Dialect::of(connection.get_database_backend()),
    );
    let rows = sql.rows(connection).await?;

    let mut highlighter = plan
        .text
        .as_ref()
        .map(|text| Highlighter::new(text, plan.language, plan.stage));
    let mut hits = Vec::with_capacity(rows.len().min(limit));
    let mut last = None;
    for row in rows.iter().take(limit) {
        let mut found = hit(row)?;
        let hit = &mut found.hit;
        if let Some(highlighter) = &mut highlighter {
            hit.highlights = highlighter.highlights(&hit.title, &found.description);
        }
        let key = sort_key(row, plan)?;
        if let SortKey::Score(score) = key {
            hit.score = shown_score(score);
        }
        last = Some(Cursor { key, id: hit.id });
        hits.push((found.hit, found.images));
    }
    let hits = shown_variants::show(connection, search, hits).await?;
    Ok((hits, last.filter(|_| rows.len() > limit)))
}

/// Returns the statement that finds the ids of the page, then the columns of its products.
pub(crate) fn statement(
    search: &Search<'_>,
    strategy: &CountStrategy,
    ids: Option<&[i64]>,
    dialect: Dialect,
) -> Sql {
    let mut sql = Sql::new(dialect);
    match ids {
        Some(ids) => write_known(&mut sql, search, ids),
        None => write(&mut sql, search, strategy),
    }
    write_shown(&mut sql, falling(search.plan.sort));
    sql
}

fn write_known(sql: &mut Sql, search: &Search<'_>, ids: &[i64]) {
    sql.push("WITH page AS (SELECT p.id, ");
    write_key(sql, search, "p");
    sql.push(" AS sort_key");
    products::write_from(sql);
    sql.push("p.id").in_ids(ids);
}

fn write(sql: &mut Sql, search: &Search<'_>, strategy: &CountStrategy) {
    let plan = search.plan;
    let ranking = search
        .text
        .as_ref()
        .filter(|_| plan.sort == Sort::Relevance);
    sql.push("WITH ");
    if let Some(text) = ranking {
        text::write_score_tables(sql, text);
    }
    let browsing = plan.is_browse_steered();
    let scanned = ranking.is_none()
        && !browsing
        && search.is_key_a_column()
        && index_scan::is_shorter(search, strategy);
    let from = if scanned { "o" } else { "p" };
    sql.push(&format!(
        "page AS (SELECT id, sort_key FROM (SELECT {from}.id, "
    ));
    write_key(sql, search, from);
    sql.push(" AS sort_key");
    let clauses: Vec<_> = search.clauses.iter().collect();
    match (ranking, scanned) {
        (Some(text), _) => products::write_ranked(sql, search, text, strategy),
        (None, true) => index_scan::write(sql, search, &clauses, false),
        (None, false) => {
            products::write_from(sql);
            products::write_set(sql, search, SampleRate::ALL, &clauses);
            if browsing {
                index_scan::write_candidates(sql, search, strategy, &clauses);
            }
        }
    }
    write_cut(sql, plan);
}

/// Ends the table `page` of ids and sort keys, and appends what is shown of its products, in its order.
pub(crate) fn write_shown(sql: &mut Sql, falling: &str) {
    let (image, alt) = (sql.syntax().first_image, sql.syntax().first_image_alt);
    sql.push(&format!(
        ") SELECT {COLUMNS}, {image}, {alt}, {IMAGES_OF_VARIANTS}, page.sort_key FROM page JOIN products p ON p.id = page.id{JOINS} \
         ORDER BY page.sort_key{falling}, p.id"
    ));
}

/// Position of the sort key, after a hit's columns, its images and the first image's text.
const SORT_KEY: usize = 25;

/// Row of a hit.
pub(crate) struct HitRow {
    pub(crate) hit: Hit,
    description: String,
    /// Images as JSON, if some of them are of single variants.
    pub(crate) images: Option<String>,
}

/// Converts a row of [`COLUMNS`] and the images to a hit, which does not show a variant yet.
pub(crate) fn hit(row: &QueryResult) -> Result<HitRow, SearchError> {
    let currency: String = row.try_get_by_index(7)?;
    let rating: Option<f64> = row.try_get_by_index(9)?;
    let hit = Hit {
        id: ProductId(row.try_get_by_index(0)?),
        slug: row.try_get_by_index(1)?,
        title: row.try_get_by_index(2)?,
        brand: row.try_get_by_index(4)?,
        image: row.try_get_by_index(22)?,
        image_alt: row.try_get_by_index(23)?,
        price: PriceRange {
            min: row.try_get_by_index(5)?,
            max: row.try_get_by_index(6)?,
            currency: souk_domain::Currency::from_code(&currency).ok_or_else(|| {
                SearchError::engine(format!("`{currency}` in the database is no currency"))
            })?,
        },
        list_price: row.try_get_by_index(19)?,
        lowest_price_30d: row.try_get_by_index(21)?,
        stock: row.try_get_by_index(8)?,
        available: row.try_get_by_index::<i64>(20)? > 0,
        variant: None,
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
    Ok(HitRow {
        hit,
        description: row.try_get_by_index(3)?,
        images: row.try_get_by_index(24)?,
    })
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn label(row: &QueryResult, column: usize) -> Result<Option<Label>, SearchError> {
    let slug: Option<String> = row.try_get_by_index(column)?;
    let name: Option<String> = row.try_get_by_index(column + 1)?;
    Ok(slug.zip(name).map(|(slug, name)| Label::new(slug, name)))
}

fn sort_key(row: &QueryResult, plan: &SearchPlan) -> Result<SortKey, SearchError> {
    Ok(match plan.sort {
        _ if plan.is_browse_steered() => browsing_key(row.try_get_by_index(SORT_KEY)?),
        Sort::Rating => SortKey::Rating(row.try_get_by_index::<f64>(SORT_KEY)? as f32),
        Sort::Relevance => {
            let units: i64 = row.try_get_by_index(SORT_KEY)?;
            SortKey::Score(units as f32 / SCORE_UNITS)
        }
        _ => SortKey::Integer(row.try_get_by_index(SORT_KEY)?),
    })
}
