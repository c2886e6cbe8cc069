//! The hits of a page.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use souk_domain::{Cursor, Highlights, Hit, Label, PriceRange, ProductId, Sort, SortKey, Start};

use super::{
    Search, browsing,
    extent::Extent,
    filters::Clause,
    floats,
    marks::{self, Share},
    matching::{Condition, TextMatch},
    statement::Sql,
};
use crate::{
    SearchError, SearchPlan,
    highlight::Highlighter,
    merchandising::{Pin, browsing_key, browsing_score, shown_score},
};

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

/// The hits that a plan asks for, and the cursor of the next page if there is one. Their ids may be known already, with
/// that of the first hit of the next page.
pub(super) async fn page<C: ConnectionTrait>(
    connection: &C,
    search: &Search<'_>,
    extent: &Extent,
    ids: Option<&[i64]>,
) -> Result<(Vec<Hit>, Option<Cursor>), SearchError> {
    let plan = search.plan;
    if plan.page.limit == 0 {
        return Ok((Vec::new(), None));
    }
    let limit = plan.page.limit as usize;
    let sql = statement(search, extent, ids, connection.get_database_backend());
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
        let key = sort_key(row, plan)?;
        if let SortKey::Score(score) = key {
            hit.score = shown_score(score);
        }
        last = Some(Cursor { key, id: hit.id });
        hits.push(hit);
    }
    Ok((hits, last.filter(|_| rows.len() > limit)))
}

/// First the ids of the page, then what is shown of them.
pub(super) fn statement(
    search: &Search<'_>,
    extent: &Extent,
    ids: Option<&[i64]>,
    backend: DbBackend,
) -> Sql {
    let mut sql = Sql::new(backend);
    match ids {
        Some(ids) => write_known(&mut sql, search, ids),
        None => write(&mut sql, search, extent),
    }
    write_shown(&mut sql, falling(search.plan.sort));
    sql
}

/// How keys are put in order.
fn falling(sort: Sort) -> &'static str {
    if sort == Sort::PriceAsc { "" } else { " DESC" }
}

fn write_known(sql: &mut Sql, search: &Search<'_>, ids: &[i64]) {
    sql.push("WITH page AS (SELECT p.id, ");
    write_key(sql, search, "p");
    sql.push(" AS sort_key");
    search.write_from(sql);
    sql.push("p.id").in_ids(ids);
}

fn write(sql: &mut Sql, search: &Search<'_>, extent: &Extent) {
    let plan = search.plan;
    let ranking = search
        .text
        .as_ref()
        .filter(|_| plan.sort == Sort::Relevance);
    sql.push("WITH ");
    if let Some(text) = ranking {
        text.write_score_tables(sql);
    }
    let browsing = plan.is_browse_steered();
    let walked = ranking.is_none() && !browsing && is_walked(search, extent);
    let from = if walked { "o" } else { "p" };
    sql.push(&format!(
        "page AS (SELECT id, sort_key FROM (SELECT {from}.id, "
    ));
    write_key(sql, search, from);
    sql.push(" AS sort_key");
    let clauses: Vec<_> = search.clauses.iter().collect();
    match (ranking, walked) {
        (Some(text), _) if sql.is_postgres() => {
            search.write_from(sql);
            write_ranked(sql, search, text, extent, None);
        }
        (Some(text), _) => {
            sql.push(" FROM products p");
            text.write_score_joins(sql);
            sql.push(" WHERE ");
            search.write_set(sql, Share::ALL, &clauses);
        }
        (None, true) => write_walk(sql, search, &clauses, false),
        (None, false) => {
            search.write_from(sql);
            search.write_set(sql, Share::ALL, &clauses);
            if browsing {
                browsing::write_candidates(sql, search, extent, &clauses);
            }
        }
    }
    write_cut(sql, plan);
}

/// Ends a table of ids and sort keys in brackets, and appends what cuts the page out of it, and one hit more.
pub(super) fn write_cut(sql: &mut Sql, plan: &SearchPlan) {
    sql.push(") AS matched");
    if let Start::After(cursor) = &plan.page.start {
        write_after(sql, plan, cursor);
    }
    let falling = falling(plan.sort);
    sql.push(&format!(" ORDER BY sort_key{falling}, id LIMIT "))
        .bind(i64::from(plan.page.limit) + 1)
        .push(" OFFSET ")
        .bind(i64::from(plan.page.offset()));
}

/// Whether the products are gone through in their order until the page is full, which takes as many as are left out
/// before it, rather than all hits put in order.
fn is_walked(search: &Search<'_>, extent: &Extent) -> bool {
    let Extent::Wide(sets) = extent else {
        return false;
    };
    let page = &search.plan.page;
    let wanted = u64::from(page.limit) + 1 + u64::from(page.offset());
    let gone_through = wanted * sets.catalogue / sets.hits.max(1);
    !sets.is_ranked_whole() && gone_through < sets.hits
}

/// Appends the tables and the condition by which products `o` are gone through by an index of their order; `p` is there
/// if it is asked for `and_more`. As a function the match is nothing that another index could be asked for.
pub(super) fn write_walk(
    sql: &mut Sql,
    search: &Search<'_>,
    clauses: &[&Clause<'_>],
    and_more: bool,
) {
    sql.push(" FROM products o");
    let is_narrowed =
        search.text.is_some() || !clauses.is_empty() || search.merchandising.narrows();
    if is_narrowed || and_more {
        sql.push(" JOIN search_products p ON p.id = o.id");
    }
    sql.push(" WHERE o.status = 'active' AND o.tenant_id = ")
        .bind(search.plan.tenant.0);
    if let Some(text) = &search.text {
        sql.push(" AND (ts_match_vq(p.words, ")
            .tsquery(&text.tsquery())
            .push(")");
        if !search.merchandising.pins.is_empty() {
            sql.push(" OR p.id").in_ids(&search.merchandising.pinned());
        }
        sql.push(")");
    }
    for clause in clauses.iter().copied().chain(&search.merchandising.only) {
        sql.push(" AND ");
        clause.write(sql);
    }
    search.merchandising.write_hidden(sql);
}

/// Appends the condition for the hits that are ranked, and what else is. Of very many hits those are such as have the
/// words in their titles, and if they are few, others as well. Products with the code that was typed are always among
/// them. PostgreSQL only.
pub(super) fn write_ranked(
    sql: &mut Sql,
    search: &Search<'_>,
    text: &TextMatch,
    extent: &Extent,
    also: Option<String>,
) {
    let tenant = search.plan.tenant;
    let clauses: Vec<_> = search.clauses.iter().collect();
    let mut ranked = Vec::from_iter(also);
    match extent {
        Extent::Wide(sets) if !sets.is_ranked_whole() => {
            let (titles, others) = sets.ranked_shares();
            ranked.push(marks::every([text.title_tsquery(), titles.query(tenant)]));
            let others = others.map(|share| marks::every([text.tsquery(), share.query(tenant)]));
            ranked.extend(others);
            ranked.extend(text.code_query());
        }
        _ if ranked.is_empty() => {
            return search.write_marked(sql, Share::ALL, &search.conditions, &clauses);
        }
        _ => ranked.push(text.tsquery()),
    }
    let condition = Condition::of(marks::any(ranked));
    search.write_marked(sql, Share::ALL, &[condition], &clauses);
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

/// Appends what product `p` is ordered by, which may be read from another table of products.
pub(super) fn write_key(sql: &mut Sql, search: &Search<'_>, from: &str) {
    match (search.plan.sort, &search.text) {
        (Sort::PriceAsc | Sort::PriceDesc, _) => sql.push(&format!("{from}.price_min")),
        (Sort::Newest, _) => sql.push(&format!("{from}.created_at")),
        (Sort::Rating, _) => sql.push(&format!(
            "CAST(coalesce({from}.rating, 0.0) AS double precision)"
        )),
        (Sort::Relevance, Some(text)) => {
            let units = |pin: &Pin| ((pin.score() * SCORE_UNITS) as i64).into();
            search
                .merchandising
                .write_pinned_or(sql, units, "bigint", |sql| {
                    sql.push("CAST(");
                    text.write_score(sql, search);
                    sql.push(&format!(" * {SCORE_UNITS:.1} AS bigint)"));
                });
            sql
        }
        (Sort::Popular, None) if search.plan.is_browse_steered() => {
            search.merchandising.write_browsing_score(sql);
            sql
        }
        (Sort::Relevance | Sort::Popular, _) => sql.push(&format!("{from}.popularity")),
    };
}

/// Appends the condition for what comes after a cursor.
fn write_after(sql: &mut Sql, plan: &SearchPlan, cursor: &Cursor) {
    let beyond = if plan.sort == Sort::PriceAsc {
        ">"
    } else {
        "<"
    };
    // The first condition by itself is one that an index in this order can begin at.
    let (first, last): (sea_orm::Value, sea_orm::Value) = match cursor.key {
        key if plan.is_browse_steered() => {
            let score = browsing_score(key);
            (score.into(), score.into())
        }
        SortKey::Rating(rating) => {
            let (low, high) = floats::rounding_to(rating);
            (high.into(), low.into())
        }
        SortKey::Integer(key) => (key.into(), key.into()),
        SortKey::Score(score) => {
            let key = (score * SCORE_UNITS) as i64;
            (key.into(), key.into())
        }
    };
    sql.push(&format!(" WHERE sort_key {beyond}= "))
        .bind(first)
        .push(&format!(" AND (sort_key {beyond} "))
        .bind(last)
        .push(" OR id > ")
        .bind(cursor.id.0)
        .push(")");
}

/// The column after the hit's own and its image.
const SORT_KEY: usize = 20;

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
