//! Resolves the slugs, present and former ones, of categories, fandoms and sellers in a batch, creating missing ones on request.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json as object;
use souk_domain::{InvalidField, ProductInput, SellerOffer};

use super::MissingReferences;
use crate::{
    Entity, Scope, StoreError,
    backend::{IdRow, Kind, all, execute, first, json},
};

/// Ids of the entities that a batch refers to, by slug.
pub(super) struct ResolvedIds {
    categories: HashMap<String, i64>,
    fandoms: HashMap<String, i64>,
    sellers: HashMap<String, i64>,
    /// The seller of products that name none and have none.
    first_seller: Option<i64>,
}

#[derive(FromQueryResult)]
struct SlugRow {
    id: i64,
    slug: String,
}

impl ResolvedIds {
    /// Resolves the slugs in the inputs; `of_nobody` is true if a new product has no seller.
    pub(super) async fn of(
        scope: &Scope,
        transaction: &impl ConnectionTrait,
        inputs: &[ProductInput],
        of_nobody: bool,
        missing: MissingReferences,
    ) -> Result<Self, StoreError> {
        let ids = |entity, slugs| ids_by_slug(scope, transaction, entity, slugs, missing);
        let categories = named(inputs, |input| (&input.category, &input.further_categories));
        let fandoms = named(inputs, |input| (&input.fandom, &input.further_fandoms));
        let mut sellers = named(inputs, |input| (&input.seller, &[]));
        sellers.extend(given_offers(inputs).map(|offer| offer.seller.as_str()));
        Ok(Self {
            categories: ids(Entity::Category, categories).await?,
            fandoms: ids(Entity::Fandom, fandoms).await?,
            sellers: ids(Entity::Seller, sellers).await?,
            first_seller: match of_nobody {
                true => first_seller(scope, transaction, missing).await?,
                false => None,
            },
        })
    }

    pub(super) fn category(&self, input: &ProductInput) -> Result<Option<i64>, InvalidField> {
        found("category", input.category.as_deref(), &self.categories)
    }

    pub(super) fn fandom(&self, input: &ProductInput) -> Result<Option<i64>, InvalidField> {
        found("fandom", input.fandom.as_deref(), &self.fandoms)
    }

    /// Further categories, in their order.
    pub(super) fn further_categories(
        &self,
        input: &ProductInput,
    ) -> Result<Vec<i64>, InvalidField> {
        let slugs = &input.further_categories;
        all_found("further_categories", "category", slugs, &self.categories)
    }

    /// Further fandoms, in their order.
    pub(super) fn further_fandoms(&self, input: &ProductInput) -> Result<Vec<i64>, InvalidField> {
        all_found(
            "further_fandoms",
            "fandom",
            &input.further_fandoms,
            &self.fandoms,
        )
    }

    /// The seller that is named, or the one it has, or the tenant's first.
    pub(super) fn seller(
        &self,
        input: &ProductInput,
        current: Option<i64>,
    ) -> Result<i64, InvalidField> {
        found("seller", input.seller.as_deref(), &self.sellers)?
            .or(current)
            .or(self.first_seller)
            .ok_or_else(|| InvalidField::new("seller", "is required, because there is none yet"))
    }
}

impl ResolvedIds {
    /// Returns the seller of a further offer.
    pub(super) fn seller_of_offer(&self, offer: &SellerOffer) -> Result<i64, InvalidField> {
        let id = self.sellers.get(&offer.seller).copied();
        let missing = || InvalidField::new("seller", format!("no seller `{}`", offer.seller));
        id.ok_or_else(missing)
    }
}

/// Further offers that the inputs give.
pub(super) fn given_offers(inputs: &[ProductInput]) -> impl Iterator<Item = &SellerOffer> {
    let variants = inputs.iter().flat_map(|input| &input.variants);
    variants.flat_map(|variant| variant.offers.iter().flatten())
}

/// Slugs that the inputs name: a main one and further ones of each.
fn named<'a>(
    inputs: &'a [ProductInput],
    slugs: impl Fn(&'a ProductInput) -> (&'a Option<String>, &'a [String]),
) -> BTreeSet<&'a str> {
    inputs
        .iter()
        .map(slugs)
        .flat_map(|(main, further)| main.iter().chain(further))
        .map(String::as_str)
        .collect()
}

fn all_found(
    field: &'static str,
    kind: &str,
    slugs: &[String],
    ids: &HashMap<String, i64>,
) -> Result<Vec<i64>, InvalidField> {
    let id = |(index, slug): (usize, &String)| {
        let missing =
            || InvalidField::new(format!("{field}[{index}]"), format!("no {kind} `{slug}`"));
        ids.get(slug).copied().ok_or_else(missing)
    };
    slugs.iter().enumerate().map(id).collect()
}

fn found(
    field: &'static str,
    slug: Option<&str>,
    ids: &HashMap<String, i64>,
) -> Result<Option<i64>, InvalidField> {
    match slug {
        None => Ok(None),
        Some(slug) => match ids.get(slug) {
            Some(id) => Ok(Some(*id)),
            None => Err(InvalidField::new(field, format!("no {field} `{slug}`"))),
        },
    }
}

pub(super) async fn ids_by_slug(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    entity: Entity,
    slugs: BTreeSet<&str>,
    missing: MissingReferences,
) -> Result<HashMap<String, i64>, StoreError> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let (backend, table) = (scope.store.backend(), entity.table());
    let select = format!(
        "SELECT id, slug FROM {table} WHERE tenant_id = $1 AND {}",
        backend.among_texts("slug", "$2")
    );
    let statement = backend.statement(select, [scope.tenant.0.into(), json(&slugs)?]);
    let rows: Vec<SlugRow> = all(transaction, statement).await?;
    let mut ids: HashMap<String, i64> = rows.into_iter().map(|row| (row.slug, row.id)).collect();

    let absent: BTreeSet<&str> = slugs
        .into_iter()
        .filter(|slug| !ids.contains_key(*slug))
        .collect();
    if absent.is_empty() {
        return Ok(ids);
    }
    // Who names a former slug means what had it.
    let former = format!(
        "SELECT entity_id AS id, slug FROM former_slugs WHERE tenant_id = $1 AND entity = $3 AND {}",
        backend.among_texts("slug", "$2")
    );
    let values = [
        scope.tenant.0.into(),
        json(&absent)?,
        entity.as_str().into(),
    ];
    let former: Vec<SlugRow> = all(transaction, backend.statement(former, values)).await?;
    ids.extend(former.into_iter().map(|row| (row.slug, row.id)));
    let absent: Vec<_> = absent
        .into_iter()
        .filter(|slug| !ids.contains_key(*slug))
        .map(|slug| object!({"slug": slug, "name": name_of(slug)}))
        .collect();
    if missing == MissingReferences::Create && !absent.is_empty() {
        let columns = [("slug", Kind::Text), ("name", Kind::Text)];
        let insert = format!(
            "INSERT INTO {table} (tenant_id, slug, name) SELECT $1, r.slug, r.name FROM {} ORDER BY r.slug
             RETURNING id, slug",
            backend.record_set("$2", &columns)
        );
        let statement = backend.statement(insert, [scope.tenant.0.into(), json(&absent)?]);
        let made: Vec<SlugRow> = all(transaction, statement).await?;
        ids.extend(made.into_iter().map(|row| (row.slug, row.id)));
    }
    Ok(ids)
}

async fn first_seller(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    missing: MissingReferences,
) -> Result<Option<i64>, StoreError> {
    let backend = scope.store.backend();
    let find = || {
        let sql = "SELECT id FROM sellers WHERE tenant_id = $1 ORDER BY id LIMIT 1";
        backend.statement(sql, [scope.tenant.0.into()])
    };
    let seller = first::<IdRow>(transaction, find()).await?;
    if seller.is_some() || missing == MissingReferences::Reject {
        return Ok(seller.map(|row| row.id));
    }
    // A marketplace without sellers sells its products itself.
    let sql = "INSERT INTO sellers (tenant_id, slug, name) SELECT id, slug, name FROM tenants WHERE id = $1";
    execute(transaction, backend.statement(sql, [scope.tenant.0.into()])).await?;
    let seller = first::<IdRow>(transaction, find()).await?;
    Ok(seller.map(|row| row.id))
}

/// A name to begin with: `board-games` becomes `Board Games`.
fn name_of(slug: &str) -> String {
    let words = slug.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}
