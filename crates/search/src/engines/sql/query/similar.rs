//! Products similar to a given one.

use std::{collections::BTreeSet, sync::Arc};

use sea_orm::ConnectionTrait;
use souk_domain::{
    AttributeDefinition, AttributeDefinitions, Filters, Hit, Language, MatchStage, PageRequest,
    ProductId, Sort, Start, TenantId,
};

use super::{
    categories::CategoryTree,
    excluded_filters::{CountedFacets, ExcludedFilters},
    hits,
    scoring::SCORE_UNITS,
    search::Search,
    settings::Settings,
    shown_variants,
};
use crate::{
    Merchandising, SearchError, SearchPlan, SearchSettings,
    engines::sql::{
        dialect::{conditions, search as products, text},
        listed::LISTED,
        place::Place,
        postgres::selectivity::Selectivity,
        sampling::CountStrategy,
        statement::Sql,
    },
    query::{Operators, TextPlan, Word},
};

/// Scores of having the main category, the leading fandom or the brand of the product. A telling word of the title
/// scores about 5.
const SAME_CATEGORY: i64 = 4;
const SAME_FANDOM: i64 = 4;
const SAME_BRAND: i64 = 2;

/// Product that others are compared with.
struct Model {
    title: String,
    brand: Option<String>,
    category: Option<i64>,
    fandom: Option<i64>,
    language: Language,
}

/// Returns the most similar products, without the product itself.
pub(crate) async fn similar<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    product: ProductId,
    limit: usize,
) -> Result<Vec<Hit>, SearchError> {
    let Some(model) = model(connection, tenant, product).await? else {
        return Ok(Vec::new());
    };
    let plan = SearchPlan {
        definitions: Arc::new(internal_attributes(connection, tenant).await?),
        ..plan(tenant, &model)
    };
    let tree = CategoryTree::load(connection, tenant).await?;
    let settings = Settings::look_up(
        connection,
        &plan,
        crate::engines::sql::spellings::Spellings::default(),
    )
    .await?;
    let search = Search::new(connection, &plan, &settings, &tree, Selectivity::default()).await?;
    let excluded = ExcludedFilters::new(&search.clauses, &CountedFacets::Facets(BTreeSet::new()));
    let strategy = products::measure(connection, &search, &excluded, 1).await?;
    let mut sql = Sql::for_database(connection);
    write(&mut sql, &search, &strategy, &model, (product, limit));
    let rows = sql.rows(connection).await?;
    let found = rows.iter().map(|row| {
        let found = hits::hit(row)?;
        Ok((found.hit, found.images))
    });
    let found = found.collect::<Result<Vec<_>, SearchError>>()?;
    shown_variants::show(connection, &search, found).await
}

async fn model<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    product: ProductId,
) -> Result<Option<Model>, SearchError> {
    let mut sql = Sql::for_database(connection);
    sql.push(&format!(
        "SELECT p.title, p.brand, p.category_id, p.fandom_id, t.language \
         FROM products p JOIN tenants t ON t.id = p.tenant_id \
         WHERE {LISTED} AND p.tenant_id = "
    ))
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

/// Returns definitions of the attributes that no hit may show.
async fn internal_attributes<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
) -> Result<AttributeDefinitions, SearchError> {
    let mut sql = Sql::for_database(connection);
    sql.push(
        "SELECT name FROM attribute_definitions WHERE visibility = 'internal' AND tenant_id = ",
    )
    .bind(tenant.0);
    let rows = sql.rows(connection).await?;
    let names = rows.iter().map(|row| {
        let name: String = row.try_get_by_index(0)?;
        Ok(AttributeDefinition::internal(name))
    });
    names.collect()
}

/// Returns a search for any word of the title, taken literally: no prefix, no typos, no code.
fn plan(tenant: TenantId, model: &Model) -> SearchPlan {
    let mut text = TextPlan::new(&model.title, model.language);
    text.code = None;
    text.words.iter_mut().for_each(Word::take_literally);
    SearchPlan {
        tenant,
        language: model.language,
        operators: Operators::default(),
        text: Some(text),
        stage: MatchStage::AnyTerm,
        filters: Filters::default(),
        sort: Sort::Relevance,
        page: PageRequest {
            limit: 0,
            start: Start::Offset(0),
        },
        facets: BTreeSet::new(),
        definitions: Arc::default(),
        settings: SearchSettings::default(),
        merchandising: Merchandising::default(),
        shares_products: true,
        meaning: None,
        today_ms: 0,
    }
}

fn write(
    sql: &mut Sql,
    search: &Search<'_>,
    strategy: &CountStrategy,
    model: &Model,
    (product, limit): (ProductId, usize),
) {
    let Some(text) = &search.text else {
        return;
    };
    sql.push("WITH ");
    text::write_score_tables(sql, text);
    sql.push("page AS (SELECT p.id, CAST((");
    text.write_score(sql, search);
    if let Some(brand) = &model.brand {
        sql.push(" + CASE WHEN p.brand = ")
            .bind_text(brand)
            .push(&format!(" THEN {SAME_BRAND} ELSE 0 END"));
    }
    let shared = [
        (Place::Category, model.category, SAME_CATEGORY),
        (Place::Fandom, model.fandom, SAME_FANDOM),
    ];
    for (place, id, counts) in shared {
        if let Some(id) = id {
            sql.push(" + CASE WHEN ");
            conditions::write_in_places(sql, search.plan.tenant, place, &[id]);
            sql.push(&format!(" THEN {counts} ELSE 0 END"));
        }
    }
    sql.push(&format!(") * {:.1} AS bigint) AS sort_key", SCORE_UNITS));
    products::write_similar(sql, search, text, strategy, (model.category, model.fandom));
    sql.push(" AND p.id <> ")
        .bind(product.0)
        .push(" ORDER BY sort_key DESC, p.id LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    hits::write_shown(sql, " DESC");
}
