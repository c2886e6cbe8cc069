//! A tenant's products: reading, listing and writing them one by one or in batches.

pub(crate) mod batch;
pub(crate) mod further_offers;
mod input_rows;
mod item;
pub(crate) mod json_columns;
pub(crate) mod matching;
mod patch;
pub(crate) mod places;
mod record;
pub(crate) mod replacing;
mod resolve;
pub(crate) mod rows;
pub(crate) mod slugs;
pub(crate) mod variants;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use souk_domain::{
    ExternalKey, InvalidField, PatchedProduct, ProductId, ProductInput, ProductStatus, SellerId,
    VariantId,
};

pub use item::ProductWrite;
pub use record::{ProductRecord, RecordReferences, VariantRecord};

use crate::{
    Backend, Scope, StoreError,
    backend::{IdRow, all, execute, first, json},
    etag,
    identity::audit::note,
};
use batch::{Batch, Refusal};
use item::Item;

/// Handling of a category, fandom or seller that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingReferences {
    /// Reject the product.
    Reject,
    /// Create it, under a name derived from its slug.
    Create,
}

/// Value that two writers may be after at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UniqueKey {
    /// The writer's own id.
    ExternalId(String),
    /// Slug, used in the product's URL.
    Slug(String),
}

/// Attempts at a write that loses races for unique keys against concurrent writers.
const ATTEMPTS: u32 = 5;

/// Outcome of writing a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upserted {
    /// The product.
    pub id: ProductId,
    /// True if the product was created.
    pub created: bool,
    /// True if any row was written; always true for a new product.
    pub changed: bool,
}

/// Key for looking up a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductKey {
    /// By its id.
    Id(ProductId),
    /// By its address.
    Slug(String),
    /// By the writer's own id, which products of several sellers may have.
    External(String),
    /// By the seller's slug and its own id.
    OfSeller {
        /// Slug of the seller.
        seller: String,
        /// The seller's own id.
        external_id: String,
    },
}

/// Filter and page of a listing.
#[derive(Debug, Clone, Default)]
pub struct ProductListing {
    /// Only those of this seller.
    pub seller: Option<SellerId>,
    /// Only those of this status.
    pub status: Option<ProductStatus>,
    /// Only those with this text in their title, or that are addressed by exactly it. Reads all of the tenant's
    /// products until the limit is reached: for an admin's look-up, not for search.
    pub text: Option<String>,
    /// Only those after this one.
    pub after_id: Option<ProductId>,
    /// At most so many.
    pub limit: u32,
}

/// A tenant's products.
#[derive(Debug, Clone)]
pub struct Products {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct ExternalRow {
    id: i64,
    external_id: String,
    seller: String,
}

/// The records under a key: `$1` tenant, `$2` key, `$3` seller if the key names one. Several sellers may have an external id.
pub(crate) fn get_sql(backend: Backend, key: &ProductKey) -> String {
    let condition = match key {
        ProductKey::Id(_) => "p.id = $2",
        ProductKey::Slug(_) => "p.slug = $2",
        ProductKey::External(_) => "p.external_id = $2",
        ProductKey::OfSeller { .. } => {
            "p.external_id = $2 AND p.seller_id = (SELECT id FROM sellers WHERE tenant_id = $1 AND slug = $3)"
        }
    };
    format!("{} AND {condition}", record::select(backend))
}

#[derive(FromQueryResult)]
struct OwnerRow {
    id: i64,
    product_id: i64,
}

/// Products of variants: `$1` tenant, `$2` ids of the variants.
pub(crate) fn of_variants_sql(backend: Backend) -> String {
    let condition = backend.among_ids("id", "$2");
    format!("SELECT id, product_id FROM variants WHERE tenant_id = $1 AND {condition}")
}

/// A page of records, and its values.
pub(crate) fn list_sql(scope: &Scope, listing: &ProductListing) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![
        scope.tenant().0.into(),
        listing.after_id.map_or(0, |id| id.0).into(),
        i64::from(listing.limit).into(),
    ];
    let mut sql = format!("{} AND p.id > $2", record::select(scope.store.backend()));
    if let Some(seller) = listing.seller {
        values.push(seller.0.into());
        sql += &format!(" AND p.seller_id = ${}", values.len());
    }
    if let Some(status) = listing.status {
        values.push(status.as_str().into());
        sql += &format!(" AND p.status = ${}", values.len());
    }
    if let Some(text) = &listing.text {
        values.push(text.as_str().into());
        let exact = values.len();
        values.push(format!("%{}%", escaped(text)).into());
        let pattern = values.len();
        let like = match scope.store.backend() {
            Backend::Postgres => "ILIKE",
            // Without regard to case, as far as ASCII goes.
            Backend::Sqlite => "LIKE",
        };
        sql += &format!(
            " AND (p.external_id = ${exact} OR p.slug = ${exact} OR p.title {like} ${pattern} ESCAPE '\\')"
        );
    }
    sql += " ORDER BY p.id LIMIT $3";
    (sql, values)
}

/// A text that `LIKE` takes literally.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// Begins a write, and begins it again while others were faster to take names. The attempt is told whether it is not the
/// first.
pub(crate) async fn begun_anew<T, F: Future<Output = Result<T, StoreError>>>(
    mut attempt: impl FnMut(bool) -> F,
) -> Result<T, StoreError> {
    for begun in 1..ATTEMPTS {
        match attempt(begun > 1).await {
            Err(error) if error.lost_a_race() => {}
            outcome => return outcome,
        }
    }
    attempt(true).await
}

/// Returns true if one statement writes the batch, and so locks its products in id order.
fn is_one_part(items: &[Result<Item, InvalidField>]) -> bool {
    let mut ids = HashSet::new();
    let mut items = items.iter().flatten();
    items.all(|item| ids.insert(item.external_id())) && ids.len() <= batch::STATEMENT_ROWS
}

impl Scope {
    /// Products of the tenant.
    pub fn products(&self) -> Products {
        Products::new(self.clone())
    }
}

impl Products {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The product under a key, whatever its status.
    ///
    /// # Errors
    /// If the database fails, or several sellers have an external id that is given alone.
    #[tracing::instrument(name = "get_product", skip_all)]
    pub async fn get(&self, key: &ProductKey) -> Result<Option<ProductRecord>, StoreError> {
        self.read(self.scope.store.connection(), key).await
    }

    /// Returns the ids of products by their slugs, whatever their status. Slugs that no product has are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ids_of(&self, slugs: &[String]) -> Result<HashMap<String, ProductId>, StoreError> {
        slugs::ids_of(&self.scope, slugs).await
    }

    /// A page of products by id, for admins and exports.
    ///
    /// # Errors
    /// If the database fails.
    #[tracing::instrument(name = "list_products", skip_all)]
    pub async fn list(&self, listing: &ProductListing) -> Result<Vec<ProductRecord>, StoreError> {
        let (sql, values) = list_sql(&self.scope, listing);
        record::records(&self.scope, self.scope.store.connection(), sql, values).await
    }

    /// Products by id, whatever their status, in no order. Those that do not exist are left out.
    ///
    /// # Errors
    /// If the database fails.
    #[tracing::instrument(name = "get_products", skip_all)]
    pub async fn by_ids(&self, ids: &[ProductId]) -> Result<Vec<ProductRecord>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let backend = self.scope.store.backend();
        let sql = batch::records_sql(backend);
        let values = [
            self.scope.tenant.0.into(),
            backend.ids(ids.iter().map(|id| id.0)),
        ];
        record::records(&self.scope, self.scope.store.connection(), sql, values).await
    }

    /// Product of each variant. Variants that do not exist are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of_variants(
        &self,
        ids: &[VariantId],
    ) -> Result<BTreeMap<VariantId, ProductId>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let backend = self.scope.store.backend();
        let values = [
            self.scope.tenant.0.into(),
            backend.ids(ids.iter().map(|id| id.0)),
        ];
        let statement = backend.statement(of_variants_sql(backend), values);
        let rows: Vec<OwnerRow> = all(self.scope.store.connection(), statement).await?;
        let owners = rows
            .into_iter()
            .map(|row| (VariantId(row.id), ProductId(row.product_id)));
        Ok(owners.collect())
    }

    /// The products with these external ids, whatever their status. Those that do not exist are left out, and those that
    /// several sellers have where the seller is not named.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ids(
        &self,
        keys: &BTreeSet<ExternalKey>,
    ) -> Result<BTreeMap<ExternalKey, ProductId>, StoreError> {
        let backend = self.scope.store.backend();
        let external_ids: BTreeSet<&str> =
            keys.iter().map(|key| key.external_id.as_str()).collect();
        let sql = format!(
            "SELECT p.id, p.external_id, s.slug AS seller
             FROM products p JOIN sellers s ON s.tenant_id = p.tenant_id AND s.id = p.seller_id
             WHERE p.tenant_id = $1 AND {}",
            backend.among_texts("p.external_id", "$2")
        );
        let statement = backend.statement(sql, [self.scope.tenant.0.into(), json(&external_ids)?]);
        let rows: Vec<ExternalRow> = all(self.scope.store.connection(), statement).await?;
        let mut of_id: HashMap<String, Vec<(String, ProductId)>> = HashMap::new();
        for row in rows {
            let sellers = of_id.entry(row.external_id).or_default();
            sellers.push((row.seller, ProductId(row.id)));
        }
        let id = |key: &ExternalKey| {
            let products = of_id.get(&key.external_id)?;
            match (&key.seller, products.as_slice()) {
                (Some(seller), products) => {
                    let own = products.iter().find(|(of, _)| of == seller);
                    own.map(|(_, id)| *id)
                }
                (None, [(_, id)]) => Some(*id),
                (None, _) => None,
            }
        };
        let found = keys.iter().filter_map(|key| Some((key.clone(), id(key)?)));
        Ok(found.collect())
    }

    /// Writes products, found again by seller and external id, in one transaction: one result each, in their order. An
    /// item that cannot be taken does not keep the others from being written. Nothing is written about a product
    /// that already is as given. Batches of up to a thousand are a good size.
    ///
    /// # Errors
    /// If the database fails; nothing is written then.
    pub async fn upsert_batch(
        &self,
        inputs: Vec<ProductInput>,
        missing: MissingReferences,
    ) -> Result<Vec<Result<Upserted, InvalidField>>, StoreError> {
        let writes = inputs.into_iter().map(ProductWrite::Replace);
        self.write_batch(writes.collect(), missing).await
    }

    /// Writes whole products and changes of products as [`Self::upsert_batch`] does.
    ///
    /// # Errors
    /// If the database fails; nothing is written then.
    #[tracing::instrument(name = "upsert_batch", skip_all)]
    pub async fn write_batch(
        &self,
        writes: Vec<ProductWrite>,
        missing: MissingReferences,
    ) -> Result<Vec<Result<Upserted, InvalidField>>, StoreError> {
        // Checked before the transaction begins: SQLite has one writer at a time.
        let checked: Vec<_> = writes.into_iter().map(ProductWrite::checked).collect();
        if checked.iter().all(Result::is_err) {
            return Ok(checked
                .into_iter()
                .filter_map(Result::err)
                .map(Err)
                .collect());
        }
        // Who only takes names is seldom in the way of others; who may make more, or locks products in several steps, is.
        let alone = missing == MissingReferences::Create || !is_one_part(&checked);
        begun_anew(|again| self.upsert_checked(checked.clone(), missing, alone || again)).await
    }

    async fn upsert_checked(
        &self,
        checked: Vec<Result<Item, InvalidField>>,
        missing: MissingReferences,
        exclusive: bool,
    ) -> Result<Vec<Result<Upserted, InvalidField>>, StoreError> {
        let transaction = if exclusive {
            self.scope.begin_exclusive().await?
        } else {
            self.scope.store.begin().await?
        };
        let batch = Batch {
            scope: &self.scope,
            transaction: &transaction,
            missing,
        };
        let results = batch.upsert(checked).await?;
        transaction.commit().await?;
        Ok(results)
    }

    /// Returns the unique keys that writing a product may take: external id and candidate slugs.
    /// Batches without a common key can be written concurrently with the same result as one after the other.
    pub fn unique_keys(input: &ProductInput) -> Vec<UniqueKey> {
        let request = input_rows::slug_request(input, None);
        let slugs = request.candidates().cloned();
        [UniqueKey::ExternalId(input.external_id.clone())]
            .into_iter()
            .chain(slugs.map(UniqueKey::Slug))
            .collect()
    }

    /// Adds a product.
    ///
    /// # Errors
    /// If the input is no good, names what does not exist, or its external id or slug is taken.
    #[tracing::instrument(name = "create_product", skip_all)]
    pub async fn create(&self, input: ProductInput) -> Result<ProductRecord, StoreError> {
        let input = input.validated()?;
        begun_anew(|_| self.create_checked(input.clone())).await?
    }

    /// The inner error is what cannot become better with another attempt.
    async fn create_checked(
        &self,
        input: ProductInput,
    ) -> Result<Result<ProductRecord, StoreError>, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let id = match self.write(&transaction, None, input.into()).await? {
            Ok(id) => id,
            Err(refused) => return Ok(Err(refused)),
        };
        let record = self.read(&transaction, &ProductKey::Id(id)).await?;
        note::target(|| format!("products/{id}"));
        transaction.commit().await?;
        Ok(record.ok_or(StoreError::NotFound("product")))
    }

    /// Replaces a product, if it still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none, it was changed since, the input is no good, or its external id or slug is taken.
    #[tracing::instrument(name = "update_product", skip_all)]
    pub async fn update(
        &self,
        id: ProductId,
        input: ProductInput,
        if_match: Option<&str>,
    ) -> Result<ProductRecord, StoreError> {
        let input = input.validated()?;
        let transaction = self.scope.store.begin().await?;
        self.check_current(&transaction, id, if_match).await?;
        self.write(&transaction, Some(id), input.into()).await??;
        let record = self.read(&transaction, &ProductKey::Id(id)).await?;
        transaction.commit().await?;
        record.ok_or(StoreError::NotFound("product"))
    }

    /// Deletes a product with its variants and reviews, if it still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none, or it was changed since.
    #[tracing::instrument(name = "delete_product", skip_all)]
    pub async fn delete(&self, id: ProductId, if_match: Option<&str>) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        self.check_current(&transaction, id, if_match).await?;
        let sql = "DELETE FROM products WHERE tenant_id = $1 AND id = $2";
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }

    /// The inner error is a refusal.
    async fn write(
        &self,
        transaction: &impl ConnectionTrait,
        id: Option<ProductId>,
        product: PatchedProduct,
    ) -> Result<Result<ProductId, StoreError>, StoreError> {
        let batch = Batch {
            scope: &self.scope,
            transaction,
            missing: MissingReferences::Reject,
        };
        let written = batch.write_one(id, product).await?;
        Ok(written
            .map(|written| written.id)
            .map_err(|refusal| match refusal {
                Refusal::Invalid(invalid) => invalid.into(),
                Refusal::SlugTaken => StoreError::conflict("slug", "is taken"),
                Refusal::ExternalIdTaken => {
                    StoreError::conflict("external_id", batch::EXTERNAL_ID_TAKEN)
                }
            }))
    }

    /// Locks the product, holds `if_match` against what it is then, and returns it.
    async fn check_current(
        &self,
        transaction: &impl ConnectionTrait,
        id: ProductId,
        if_match: Option<&str>,
    ) -> Result<ProductRecord, StoreError> {
        let backend = self.scope.store.backend();
        let sql = format!(
            "SELECT id FROM products WHERE tenant_id = $1 AND id = $2{}",
            backend.for_update()
        );
        let values = [self.scope.tenant.0.into(), id.0.into()];
        first::<IdRow>(transaction, backend.statement(sql, values)).await?;
        let current = self
            .read(transaction, &ProductKey::Id(id))
            .await?
            .ok_or(StoreError::NotFound("product"))?;
        etag::check(if_match, &current.etag())?;
        Ok(current)
    }

    async fn read(
        &self,
        connection: &impl ConnectionTrait,
        key: &ProductKey,
    ) -> Result<Option<ProductRecord>, StoreError> {
        let mut values: Vec<Value> = vec![self.scope.tenant.0.into()];
        match key {
            ProductKey::Id(id) => values.push(id.0.into()),
            ProductKey::Slug(text) | ProductKey::External(text) => {
                values.push(text.as_str().into())
            }
            ProductKey::OfSeller {
                seller,
                external_id,
            } => values.extend([external_id.as_str().into(), seller.as_str().into()]),
        }
        let sql = get_sql(self.scope.store.backend(), key);
        let records = record::records(&self.scope, connection, sql, values).await?;
        if records.len() > 1 {
            return Err(StoreError::conflict("external_id", matching::AMBIGUOUS));
        }
        Ok(records.into_iter().next())
    }
}
