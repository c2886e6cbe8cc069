//! The projection that makes product documents, and the ids to make them of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::{
    AttributeDefinitions, Currency, Label, PriceRange, ProductDocument, ProductId, TAGS, TenantId,
    VariantDocument, VariantId, unify_spellings,
};

use crate::{
    Backend, Entity, Scope, StoreError,
    backend::{CountRow, IdRow, all, first},
    catalogue::{
        document_values::{codes, merged, numbers, option_numbers},
        offers::rows::{OfferRecord, offers_of, open_offers},
        products::{
            json_columns::{attributes_from, images_from, options_from, texts_from},
            places::{FurtherPlaces, places_of},
            variants::{VariantRow, moment, variants_of},
        },
    },
};

/// Most products that one round of queries reads.
const CHUNK: usize = 500;

#[derive(FromQueryResult)]
struct ProductRow {
    id: i64,
    external_id: String,
    slug: String,
    title: String,
    description: String,
    brand: Option<String>,
    category_id: Option<i64>,
    fandom_id: Option<i64>,
    fandom_slug: Option<String>,
    fandom_name: Option<String>,
    seller_slug: String,
    seller_name: String,
    attributes: String,
    tags: String,
    images: String,
    currency: String,
    price_min: i64,
    price_max: i64,
    list_price: Option<i64>,
    lowest_price: Option<i64>,
    price_changes_at: Option<i64>,
    offer_count: Option<i64>,
    seller_closed_at: Option<i64>,
    now: i64,
    stock: i64,
    available_count: i64,
    rating: Option<f64>,
    rating_count: i64,
    popularity: i64,
    created_at: i64,
}

#[derive(FromQueryResult)]
struct CategoryRow {
    id: i64,
    parent_id: Option<i64>,
    slug: String,
    name: String,
}

/// Condition on a product that search and listings show.
pub(crate) const LISTED: &str = "status = 'active' AND is_hidden = 0";

/// `$1` tenant, `$2` ids.
pub(crate) fn products_sql(backend: Backend) -> String {
    format!(
        "SELECT p.id, p.external_id, p.slug, p.title, p.description, p.brand, p.category_id, p.fandom_id,
                f.slug AS fandom_slug, f.name AS fandom_name, s.slug AS seller_slug, s.name AS seller_name,
                CAST(p.attributes AS text) AS attributes, CAST(p.tags AS text) AS tags,
                CAST(p.images AS text) AS images, p.currency, p.price_min, p.price_max, p.list_price, p.lowest_price,
                p.price_changes_at, p.offer_count, s.closed_at AS seller_closed_at, p.stock, p.available_count, p.rating, p.rating_count, p.popularity, p.created_at,
                {} AS now
         FROM products p
         JOIN sellers s ON s.tenant_id = p.tenant_id AND s.id = p.seller_id
         LEFT JOIN fandoms f ON f.tenant_id = p.tenant_id AND f.id = p.fandom_id
         WHERE p.tenant_id = $1 AND {LISTED} AND {}",
        backend.now(),
        backend.among_ids("p.id", "$2")
    )
}

/// Categories and all above them. `$1` tenant, `$2` ids.
pub(crate) fn categories_sql(backend: Backend) -> String {
    format!(
        "WITH RECURSIVE line (id, parent_id, slug, name) AS (
             SELECT id, parent_id, slug, name FROM categories WHERE tenant_id = $1 AND {}
             UNION
             SELECT c.id, c.parent_id, c.slug, c.name FROM categories c
             JOIN line ON c.id = line.parent_id WHERE c.tenant_id = $1
         )
         SELECT id, parent_id, slug, name FROM line",
        backend.among_ids("id", "$2")
    )
}

/// Listed products by id. `$1` tenant, `$2` the id after which to begin, `$3` limit.
pub(crate) fn ids_sql() -> String {
    format!(
        "SELECT id FROM products WHERE tenant_id = $1 AND {LISTED} AND id > $2 ORDER BY id LIMIT $3"
    )
}

/// Products by what they refer to. `$1` tenant, `$2` entity id, `$3` the id after which to begin, `$4` limit.
pub(crate) fn ids_of_sql(backend: Backend, entity: Entity) -> &'static str {
    match (entity, backend) {
        (Entity::Product, _) => {
            "SELECT id FROM products WHERE tenant_id = $1 AND id = $2 AND id > $3 LIMIT $4"
        }
        // Each part begins at its index's place, and reads no more than is wanted.
        (Entity::Fandom, _) => {
            "SELECT id FROM (
                 SELECT id FROM (
                     SELECT id FROM products
                     WHERE tenant_id = $1 AND fandom_id = $2 AND id > $3 ORDER BY id LIMIT $4
                 ) led
                 UNION
                 SELECT id FROM (
                     SELECT product_id AS id FROM product_fandoms
                     WHERE tenant_id = $1 AND fandom_id = $2 AND product_id > $3 ORDER BY product_id LIMIT $4
                 ) further
             ) found ORDER BY id LIMIT $4"
        }
        (Entity::Seller, _) => {
            "SELECT id FROM (
                 SELECT id FROM (
                     SELECT id FROM products
                     WHERE tenant_id = $1 AND seller_id = $2 AND id > $3 ORDER BY id LIMIT $4
                 ) own
                 UNION
                 SELECT id FROM (
                     SELECT DISTINCT product_id AS id FROM offers
                     WHERE tenant_id = $1 AND seller_id = $2 AND product_id > $3 ORDER BY product_id LIMIT $4
                 ) further
             ) found ORDER BY id LIMIT $4"
        }
        // A row for each product of the tenant: names are in no index. A definition holds for every spelling of its name.
        (Entity::Attribute, Backend::Postgres) => {
            "SELECT p.id FROM products p JOIN attribute_names n ON n.tenant_id = p.tenant_id AND n.id = $2
             WHERE p.tenant_id = $1 AND p.id > $3
               AND (EXISTS (SELECT FROM jsonb_each(p.attributes) AS a WHERE lower(a.key) = lower(n.name)) OR (n.name = 'tags' AND jsonb_array_length(p.tags) > 0)
                    OR EXISTS (SELECT FROM variants v
                               JOIN LATERAL jsonb_each(v.options) AS o ON lower(o.key) = lower(n.name)
                               WHERE v.product_id = p.id))
             ORDER BY p.id LIMIT $4"
        }
        (Entity::Attribute, Backend::Sqlite) => {
            "SELECT p.id FROM products p JOIN attribute_names n ON n.tenant_id = p.tenant_id AND n.id = $2
             WHERE p.tenant_id = $1 AND p.id > $3
               AND (EXISTS (SELECT 1 FROM json_each(p.attributes) WHERE lower(key) = lower(n.name))
                    OR (n.name = 'tags' AND json_array_length(p.tags) > 0)
                    OR EXISTS (SELECT 1 FROM variants v, json_each(v.options) AS o
                               WHERE v.product_id = p.id AND lower(o.key) = lower(n.name)))
             ORDER BY p.id LIMIT $4"
        }
        // A short range of the index for each category, instead of all products of the tenant.
        (Entity::Category, Backend::Postgres) => {
            "WITH RECURSIVE tree (id) AS (
                 SELECT id FROM categories WHERE tenant_id = $1 AND id = $2
                 UNION
                 SELECT c.id FROM categories c JOIN tree ON c.parent_id = tree.id WHERE c.tenant_id = $1
             )
             SELECT id FROM (
                 SELECT p.id FROM tree CROSS JOIN LATERAL (
                     SELECT id FROM products
                     WHERE tenant_id = $1 AND category_id = tree.id AND id > $3 ORDER BY id LIMIT $4
                 ) p
                 UNION
                 SELECT p.id FROM tree CROSS JOIN LATERAL (
                     SELECT product_id AS id FROM product_categories
                     WHERE tenant_id = $1 AND category_id = tree.id AND product_id > $3
                     ORDER BY product_id LIMIT $4
                 ) p
             ) found ORDER BY id LIMIT $4"
        }
        (Entity::Category, Backend::Sqlite) => {
            "WITH RECURSIVE tree (id) AS (
                 SELECT id FROM categories WHERE tenant_id = $1 AND id = $2
                 UNION
                 SELECT c.id FROM categories c JOIN tree ON c.parent_id = tree.id WHERE c.tenant_id = $1
             )
             SELECT id FROM products
             WHERE tenant_id = $1 AND category_id IN (SELECT id FROM tree) AND id > $3
             UNION
             SELECT product_id FROM product_categories
             WHERE tenant_id = $1 AND category_id IN (SELECT id FROM tree) AND product_id > $3
             ORDER BY id LIMIT $4"
        }
    }
}

impl Scope {
    /// The documents of those of these products that exist and are active, in the order of the ids given.
    ///
    /// # Errors
    /// If the database fails.
    #[tracing::instrument(skip_all, fields(products = ids.len()))]
    pub async fn documents(&self, ids: &[ProductId]) -> Result<Vec<ProductDocument>, StoreError> {
        let mut documents = Vec::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(documents);
        }
        let definitions = self.attributes().all().await?;
        for chunk in ids.chunks(CHUNK) {
            self.add_documents(chunk, &definitions, &mut documents)
                .await?;
        }
        Ok(documents)
    }

    async fn add_documents(
        &self,
        ids: &[ProductId],
        definitions: &AttributeDefinitions,
        documents: &mut Vec<ProductDocument>,
    ) -> Result<(), StoreError> {
        let backend = self.store.backend();
        let connection = self.store.connection();
        let values = [self.tenant.0.into(), backend.ids(ids.iter().map(|id| id.0))];
        let statement = backend.statement(products_sql(backend), values);
        let products: Vec<ProductRow> = all(connection, statement).await?;
        if products.is_empty() {
            return Ok(());
        }
        let mut variants = variants_of(self, connection, ids.iter().map(|id| id.0)).await?;
        let shared = products.iter().filter(|row| row.offer_count.is_some());
        let shared = shared.map(|row| row.id).collect();
        let mut offers = offers_of(self, connection, shared).await?;
        let mut places = places_of(self, connection, ids.iter().map(|id| id.0)).await?;
        let further = places.values().flat_map(|places| &places.categories);
        let categories = products
            .iter()
            .filter_map(|product| product.category_id)
            .chain(further.map(|place| place.id));
        let categories = self.category_lines(connection, categories).await?;

        let mut by_id: HashMap<i64, ProductRow> = products
            .into_iter()
            .map(|product| (product.id, product))
            .collect();
        // Taken out as they are asked for, so that an id given twice makes one document.
        for id in ids {
            let Some(product) = by_id.remove(&id.0) else {
                continue;
            };
            let variants = variants.remove(&id.0).unwrap_or_default();
            let further = places.remove(&id.0).unwrap_or_default();
            let further = further.without(product.category_id, product.fandom_id);
            documents.push(document(
                self.tenant,
                product,
                (variants, offers.remove(&id.0)),
                further,
                &categories,
                definitions,
            ));
        }
        Ok(())
    }

    async fn category_lines(
        &self,
        connection: &impl ConnectionTrait,
        categories: impl Iterator<Item = i64>,
    ) -> Result<HashMap<i64, CategoryRow>, StoreError> {
        let mut ids: Vec<i64> = categories.collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let backend = self.store.backend();
        let values = [self.tenant.0.into(), backend.ids(ids)];
        let statement = backend.statement(categories_sql(backend), values);
        let rows = all::<CategoryRow>(connection, statement).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    /// Up to `limit` active products that come after one, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn document_ids(
        &self,
        after: Option<ProductId>,
        limit: u32,
    ) -> Result<Vec<ProductId>, StoreError> {
        let values = [
            self.tenant.0.into(),
            after.map_or(0, |id| id.0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.store.backend().statement(ids_sql(), values);
        let rows = all::<IdRow>(self.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| ProductId(row.id)).collect())
    }

    /// The last active product, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last_document_id(&self) -> Result<Option<ProductId>, StoreError> {
        let sql = format!(
            "SELECT id FROM products WHERE tenant_id = $1 AND {LISTED} ORDER BY id DESC LIMIT 1"
        );
        let statement = self.store.backend().statement(sql, [self.tenant.0.into()]);
        let row = first::<IdRow>(self.store.connection(), statement).await?;
        Ok(row.map(|row| ProductId(row.id)))
    }

    /// Returns the number of active products.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn document_count(&self) -> Result<u64, StoreError> {
        let sql =
            format!("SELECT count(*) AS count FROM products WHERE tenant_id = $1 AND {LISTED}");
        let values = [self.tenant.0.into()];
        let statement = self.store.backend().statement(sql, values);
        let row = first::<CountRow>(self.store.connection(), statement).await?;
        Ok(row.map_or(0, |row| u64::try_from(row.count).unwrap_or(0)))
    }

    /// Up to `limit` products, active or not, that refer to an entity and come after one, by id. Those of a category
    /// include those of the categories below it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn product_ids_of(
        &self,
        entity: Entity,
        entity_id: i64,
        after: Option<ProductId>,
        limit: u32,
    ) -> Result<Vec<ProductId>, StoreError> {
        let backend = self.store.backend();
        let values = [
            self.tenant.0.into(),
            entity_id.into(),
            after.map_or(0, |id| id.0).into(),
            i64::from(limit).into(),
        ];
        let statement = backend.statement(ids_of_sql(backend, entity), values);
        let rows = all::<IdRow>(self.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| ProductId(row.id)).collect())
    }
}

/// A category and all above it, root first.
fn line_of(category: Option<i64>, categories: &HashMap<i64, CategoryRow>) -> Vec<Label> {
    let mut line = Vec::new();
    let mut next = category.and_then(|id| categories.get(&id));
    // No line is longer than there are categories, even if plain SQL has made a ring of them.
    while let Some(category) = next.filter(|_| line.len() < categories.len()) {
        line.push(Label::new(&category.slug, &category.name));
        next = category.parent_id.and_then(|id| categories.get(&id));
    }
    line.reverse();
    line
}

fn document(
    tenant: TenantId,
    product: ProductRow,
    (variants, offers): (Vec<VariantRow>, Option<Vec<OfferRecord>>),
    further: FurtherPlaces,
    categories: &HashMap<i64, CategoryRow>,
    definitions: &AttributeDefinitions,
) -> ProductDocument {
    let moment = moment(product.now, product.price_changes_at);
    let mut attributes = attributes_from(&product.attributes);
    definitions.retain_public(&mut attributes);
    let mut tags = texts_from(&product.tags);
    if definitions.is_internal(TAGS) {
        tags.clear();
    }
    let mut options: Vec<BTreeMap<String, String>> = variants
        .iter()
        .map(|variant| {
            let mut options = options_from(&variant.options);
            options.retain(|name, _| !definitions.is_internal(name));
            options
        })
        .collect();
    unify_spellings(&mut attributes, &mut options, |name| {
        Some(definitions.get(name)?.name.clone())
    });
    let codes = codes(&product.external_id, &variants, &attributes, definitions);
    let attributes = merged(attributes, tags, &options);
    let unsearched: BTreeSet<String> = attributes
        .keys()
        .filter(|name| !definitions.is_searched(name))
        .cloned()
        .collect();
    let option_numbers = option_numbers(&attributes, &options, definitions);
    let images = images_from(&product.images);
    let fandom = product
        .fandom_slug
        .zip(product.fandom_name)
        .map(|(slug, name)| Label { slug, name });
    let own_seller = Label::new(product.seller_slug, product.seller_name);
    let is_shared = product.offer_count.is_some();
    let variants = variants
        .into_iter()
        .zip(options.into_iter().zip(option_numbers))
        .map(|(variant, (options, numbers))| {
            let own = images
                .iter()
                .find(|image| image.names_variant(&variant.sku));
            VariantDocument {
                id: VariantId(variant.id),
                image: own.map(|image| image.url.clone()),
                image_alt: own.and_then(|image| image.alt.clone()),
                price: variant.prices().current(moment),
                list_price: variant.prices().reduced_from(moment),
                lowest_price_30d: variant.lowest_price_at(moment),
                stock: variant.stock,
                available: variant.stock_policy().is_available(variant.stock),
                condition: variant.condition(),
                seller: is_shared.then(|| own_seller.clone()),
                sku: variant.sku,
                options,
                numbers,
            }
        });
    let is_own_open = !is_shared || product.seller_closed_at.is_none();
    let offers = offers.unwrap_or_default().into_iter();
    let offers: Vec<OfferRecord> = offers.map(|offer| offer.at(moment)).collect();
    let variants: Vec<VariantDocument> = variants
        .flat_map(|own| {
            let id = own.id;
            let further = offers.iter().filter(|offer| offer.variant == id);
            open_offers(own, is_own_open, further)
        })
        .collect();
    let leading = VariantDocument::leading(&variants).filter(|_| is_shared);
    let (list_price, lowest_price) = match leading {
        Some(offers) => (
            offers.leading().list_price,
            offers.leading().lowest_price_30d,
        ),
        None => (product.list_price, product.lowest_price),
    };
    ProductDocument {
        tenant_id: tenant,
        id: ProductId(product.id),
        codes,
        numbers: numbers(&attributes, definitions),
        unsearched,
        attributes,
        external_id: product.external_id,
        slug: product.slug,
        title: product.title,
        description: product.description,
        brand: product.brand,
        categories: line_of(product.category_id, categories),
        further_categories: further
            .categories
            .iter()
            .map(|place| line_of(Some(place.id), categories))
            .filter(|line| !line.is_empty())
            .collect(),
        fandom,
        further_fandoms: further
            .fandoms
            .into_iter()
            .map(|place| place.label)
            .collect(),
        seller: own_seller,
        image_alt: images.first().and_then(|image| image.alt.clone()),
        image: images.first().map(|image| image.url.clone()),
        price: PriceRange {
            min: product.price_min,
            max: product.price_max,
            currency: Currency::from_code(&product.currency).unwrap_or(Currency::XXX),
        },
        list_price,
        lowest_price_30d: list_price.and(lowest_price),
        stock: product.stock,
        available: product.available_count > 0,
        rating: product.rating.map(|rating| rating as f32),
        rating_count: u32::try_from(product.rating_count).unwrap_or(u32::MAX),
        popularity: product.popularity,
        created_at_ms: product.created_at,
        variants,
    }
}
