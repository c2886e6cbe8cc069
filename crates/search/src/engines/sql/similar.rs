//! Products like a given one.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use souk_domain::{
    Filters, Hit, Language, MatchStage, PageRequest, ProductId, Sort, Start, TenantId,
};

use super::{
    Search,
    categories::CategoryTree,
    extent::Extent,
    hits, marks,
    matching::TextMatch,
    rarity::Rarity,
    settings::Settings,
    soft::{Counted, Soft},
    statement::Sql,
};
use crate::{
    Merchandising, SearchError, SearchPlan, SearchSettings,
    query::{TextPlan, Word},
};

/// What it counts to share these, next to some five for a telling word of the title.
const SAME_CATEGORY: i64 = 4;
const SAME_FANDOM: i64 = 4;
const SAME_BRAND: i64 = 2;

/// What others are compared with.
struct Model {
    title: String,
    brand: Option<String>,
    category: Option<i64>,
    fandom: Option<i64>,
    language: Language,
}

/// The most similar products, the product itself left out.
pub(super) async fn similar<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    product: ProductId,
    limit: usize,
) -> Result<Vec<Hit>, SearchError> {
    let Some(model) = model(connection, tenant, product).await? else {
        return Ok(Vec::new());
    };
    let plan = plan(tenant, &model);
    let tree = CategoryTree::load(connection, tenant).await?;
    let settings = Settings::look_up(connection, &plan).await?;
    let search = Search::new(connection, &plan, &settings, &tree, Rarity::default()).await?;
    let soft = Soft::new(&search.clauses, &Counted::Facets(BTreeSet::new()));
    let extent = Extent::measure(connection, &search, &soft, 1).await?;
    let mut sql = Sql::new(connection.get_database_backend());
    write(&mut sql, &search, &extent, &model, (product, limit));
    let rows = sql.rows(connection).await?;
    rows.iter().map(|row| Ok(hits::hit(row)?.0)).collect()
}

async fn model<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    product: ProductId,
) -> Result<Option<Model>, SearchError> {
    let mut sql = Sql::new(connection.get_database_backend());
    sql.push(
        "SELECT p.title, p.brand, p.category_id, p.fandom_id, t.language \
         FROM products p JOIN tenants t ON t.id = p.tenant_id \
         WHERE p.status = 'active' AND p.tenant_id = ",
    )
    .bind(tenant.0)
    .push(" AND p.id = ")
    .bind(product.0);
    let rows = sql.rows(connection).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let language: String = row.try_get_by_index(4)?;
    Ok(Some(Model {
        title: row.try_get_by_index(0)?,
        brand: row.try_get_by_index(1)?,
        category: row.try_get_by_index(2)?,
        fandom: row.try_get_by_index(3)?,
        language: language.parse().unwrap_or_default(),
    }))
}

/// A search for any word of the title as it is: none is still being typed or mistyped, and none is a code.
fn plan(tenant: TenantId, model: &Model) -> SearchPlan {
    let mut text = TextPlan::new(&model.title, model.language);
    text.code = None;
    text.words.iter_mut().for_each(Word::take_literally);
    SearchPlan {
        tenant,
        language: model.language,
        text: Some(text),
        stage: MatchStage::AnyTerm,
        filters: Filters::default(),
        sort: Sort::Relevance,
        page: PageRequest {
            limit: 0,
            start: Start::Offset(0),
        },
        facets: BTreeSet::new(),
        settings: SearchSettings::default(),
        merchandising: Merchandising::default(),
        today_ms: 0,
    }
}

fn write(
    sql: &mut Sql,
    search: &Search<'_>,
    extent: &Extent,
    model: &Model,
    (product, limit): (ProductId, usize),
) {
    let Some(text) = &search.text else {
        return;
    };
    sql.push("WITH ");
    text.write_score_tables(sql);
    sql.push("page AS (SELECT p.id, CAST((");
    text.write_score(sql, search);
    if let Some(brand) = &model.brand {
        sql.push(" + CASE WHEN p.brand = ")
            .bind_text(brand)
            .push(&format!(" THEN {SAME_BRAND} ELSE 0 END"));
    }
    let shared = [
        ("category_id", model.category, SAME_CATEGORY),
        ("fandom_id", model.fandom, SAME_FANDOM),
    ];
    for (column, id, counts) in shared {
        if let Some(id) = id {
            sql.push(&format!(" + CASE WHEN p.{column} = "))
                .bind(id)
                .push(&format!(" THEN {counts} ELSE 0 END"));
        }
    }
    sql.push(&format!(
        ") * {:.1} AS bigint) AS sort_key",
        hits::SCORE_UNITS
    ));
    if sql.is_postgres() {
        search.write_from(sql);
        hits::write_ranked(sql, search, text, extent, related(model, extent));
    } else {
        write_related(sql, search, text, model);
    }
    sql.push(" AND p.id <> ")
        .bind(product.0)
        .push(" ORDER BY sort_key DESC, p.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    hits::write_shown(sql, " DESC");
}

/// The tsquery for what is in the same category or fandom; in both, where there is much to choose from.
fn related(model: &Model, extent: &Extent) -> Option<String> {
    let category = model.category.map(|id| marks::ids('c', &[id]));
    let fandom = model.fandom.map(|id| marks::ids('f', &[id]));
    let shared: Vec<_> = category.into_iter().chain(fandom).collect();
    match extent {
        _ if shared.is_empty() => None,
        Extent::Narrow => Some(marks::any(shared)),
        Extent::Wide(_) => Some(marks::every(shared)),
    }
}

/// SQLite only.
fn write_related(sql: &mut Sql, search: &Search<'_>, text: &TextMatch, model: &Model) {
    let tenant = search.plan.tenant.0;
    sql.push(" FROM products p");
    text.write_score_joins(sql);
    sql.push(" WHERE p.status = 'active' AND p.tenant_id = ")
        .bind(tenant)
        .push(" AND p.id IN (");
    text.write_ids(sql, search.plan);
    let shared = [("category_id", model.category), ("fandom_id", model.fandom)];
    for (column, id) in shared {
        if let Some(id) = id {
            sql.push(" UNION ALL SELECT id FROM products WHERE tenant_id = ")
                .bind(tenant)
                .push(&format!(" AND {column} = "))
                .bind(id);
        }
    }
    sql.push(")");
}
