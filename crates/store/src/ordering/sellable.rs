//! Offers as checkout sees them: what is sold by whom at which price right now, and how many units there are.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::{CategoryId, Currency, Prices, ProductId, SellerId, StockPolicy, shop_currency};

use super::stock::OfferKey;
use crate::{
    Backend, Scope, StoreError,
    backend::{Kind, all, json},
    catalogue::{documents::categories_sql, products::json_columns::images_from},
};

/// An offer that can be bought, as far as there are units.
#[derive(Debug, Clone, PartialEq)]
pub struct SellableOffer {
    /// The offer.
    pub key: OfferKey,
    /// Product that it is of.
    pub product: ProductId,
    /// Slug of the product.
    pub slug: String,
    /// Title of the product.
    pub title: String,
    /// Picture of the product, if it has one.
    pub image: Option<String>,
    /// Stock keeping unit.
    pub sku: String,
    /// Options, such as the size.
    pub options: BTreeMap<String, String>,
    /// Seller.
    pub seller: SellerId,
    /// Slug of the seller.
    pub seller_slug: String,
    /// Name of the seller.
    pub seller_name: String,
    /// Main category and all above it, the nearest first.
    pub categories: Vec<CategoryId>,
    /// Currency of the price.
    pub currency: Currency,
    /// Price at the moment of the question, in minor units.
    pub price: i64,
    /// Units that can be bought; none if they are not limited.
    pub available: Option<i64>,
    /// Weight of a unit in grams; 0 if it is not known.
    pub weight_g: i64,
}

#[derive(Serialize)]
struct SoughtRow {
    variant_id: i64,
    offer_id: i64,
}

#[derive(FromQueryResult)]
struct OfferRow {
    variant_id: i64,
    offer_id: i64,
    product_id: i64,
    slug: String,
    title: String,
    images: String,
    sku: String,
    options: String,
    seller_id: i64,
    seller_slug: String,
    seller_name: String,
    category_id: Option<i64>,
    currency: String,
    price: i64,
    list_price: Option<i64>,
    sale_from: Option<i64>,
    sale_until: Option<i64>,
    stock: i64,
    stock_policy: String,
    weight_g: Option<i64>,
}

#[derive(FromQueryResult)]
struct CategoryRow {
    id: i64,
    parent_id: Option<i64>,
}

const SOUGHT: [(&str, Kind); 2] = [("variant_id", Kind::Integer), ("offer_id", Kind::Integer)];

/// Offers that are on sale: `$1` rows, `$2` tenant. Unlisted products are sold to those who know them.
pub(crate) fn offers_sql(backend: Backend) -> String {
    let of_offer = |column: &str| {
        format!("CASE WHEN r.offer_id = 0 THEN v.{column} ELSE o.{column} END AS {column}")
    };
    let terms = [
        "price",
        "list_price",
        "sale_from",
        "sale_until",
        "stock",
        "stock_policy",
    ];
    format!(
        "SELECT r.variant_id, r.offer_id, v.product_id, p.slug, p.title, CAST(p.images AS text) AS images, v.sku,
                CAST(v.options AS text) AS options, s.id AS seller_id, s.slug AS seller_slug, s.name AS seller_name,
                p.category_id, p.currency, v.weight_g, {}
         FROM {}
         JOIN variants v ON v.id = r.variant_id AND +v.tenant_id = $2
         JOIN products p ON p.id = v.product_id
         LEFT JOIN offers o ON o.id = r.offer_id AND o.variant_id = v.id
         JOIN sellers s ON s.id = CASE WHEN r.offer_id = 0 THEN p.seller_id ELSE o.seller_id END
         WHERE p.status IN ('active', 'unlisted') AND p.is_hidden = 0 AND s.closed_at IS NULL",
        terms.map(of_offer).join(", "),
        backend.record_set("$1", &SOUGHT)
    )
}

impl Scope {
    /// Returns those of some offers that are on sale, each once. What is missing is gone: deleted, archived, or its seller or
    /// category is closed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sellable(
        &self,
        keys: &[OfferKey],
        now_ms: i64,
    ) -> Result<HashMap<OfferKey, SellableOffer>, StoreError> {
        self.sellable_by(self.store.connection(), keys, now_ms)
            .await
    }

    pub(super) async fn sellable_by(
        &self,
        connection: &impl ConnectionTrait,
        keys: &[OfferKey],
        now_ms: i64,
    ) -> Result<HashMap<OfferKey, SellableOffer>, StoreError> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let backend = self.store.backend();
        let sought = keys.iter().map(|key| SoughtRow {
            variant_id: key.variant.0,
            offer_id: key.offer_row(),
        });
        let sought = json(&sought.collect::<Vec<_>>())?;
        let statement = backend.statement(offers_sql(backend), [sought, self.tenant.0.into()]);
        let rows = all::<OfferRow>(connection, statement).await?;
        let categories = rows.iter().filter_map(|row| row.category_id);
        let parents = self.parents(connection, categories).await?;
        let offers = rows.into_iter().map(|row| {
            let offer = row.read(&parents, now_ms)?;
            Ok((offer.key, offer))
        });
        offers.collect()
    }

    /// Returns the parent of each category and of all above it.
    async fn parents(
        &self,
        connection: &impl ConnectionTrait,
        categories: impl Iterator<Item = i64>,
    ) -> Result<HashMap<i64, Option<i64>>, StoreError> {
        let backend = self.store.backend();
        let values = [self.tenant.0.into(), backend.ids(categories)];
        let sql = categories_sql(backend);
        let rows = all::<CategoryRow>(connection, backend.statement(sql, values)).await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.id, row.parent_id))
            .collect())
    }
}

impl OfferRow {
    fn read(
        self,
        parents: &HashMap<i64, Option<i64>>,
        now_ms: i64,
    ) -> Result<SellableOffer, StoreError> {
        let prices = Prices {
            price: self.price,
            list_price: self.list_price,
            sale_from_ms: self.sale_from,
            sale_until_ms: self.sale_until,
        };
        let images = images_from(&self.images);
        let line = std::iter::successors(self.category_id, |id| parents.get(id).copied().flatten());
        let limited = self.stock_policy == StockPolicy::Tracked.as_str();
        let currency = shop_currency(&self.currency);
        Ok(SellableOffer {
            key: OfferKey::of_row(self.variant_id, self.offer_id),
            product: ProductId(self.product_id),
            slug: self.slug,
            title: self.title,
            image: images.into_iter().next().map(|image| image.url),
            sku: self.sku,
            options: serde_json::from_str(&self.options)?,
            seller: SellerId(self.seller_id),
            seller_slug: self.seller_slug,
            seller_name: self.seller_name,
            // As many as a tree can be deep.
            categories: line.take(parents.len()).map(CategoryId).collect(),
            currency: currency
                .map_err(|error| StoreError::conflict("currency", error.to_string()))?,
            price: prices.current(now_ms),
            available: limited.then_some(self.stock),
            weight_g: self.weight_g.unwrap_or(0),
        })
    }
}
