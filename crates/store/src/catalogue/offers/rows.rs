//! Rows of further offers.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::{
    Condition, Label, OfferId, Prices, ProductId, SellerId, SellerOffer, StockPolicy,
    VariantDocument, VariantId,
};

use crate::{
    Backend, Scope, StoreError,
    backend::{all, now_ms},
    etag,
};

/// Offer of a variant by another seller than the product's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfferRecord {
    /// Primary key.
    pub id: OfferId,
    /// Product of the variant.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// Stock keeping unit of the variant.
    pub sku: String,
    /// Seller who offers it.
    pub seller: Label,
    /// Id of the seller.
    #[serde(skip)]
    pub seller_id: SellerId,
    /// True if the seller is closed, so that nobody sees the offer.
    pub is_closed: bool,
    /// Seller's own id of the offer.
    pub external_id: Option<String>,
    /// Prices and dates of the sale.
    #[serde(flatten)]
    pub prices: Prices,
    /// Price charged when it was read, in minor units.
    pub current_price: i64,
    /// List price in minor units, if it is above the current price.
    pub reduced_from: Option<i64>,
    /// Lowest price of the 30 days before it was reduced, in minor units.
    pub lowest_price: Option<i64>,
    /// Units in stock.
    pub stock: i64,
    /// Meaning of the stock.
    pub stock_policy: StockPolicy,
    /// Condition of the goods.
    pub condition: Condition,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

impl OfferRecord {
    /// Reports whether it can be bought.
    pub fn is_available(&self) -> bool {
        self.stock_policy.is_available(self.stock)
    }

    /// Returns it with the prices of a moment.
    pub(crate) fn at(mut self, moment: i64) -> Self {
        self.current_price = self.prices.current(moment);
        self.reduced_from = self.prices.reduced_from(moment);
        self
    }

    /// Returns it as an offer of the variant that the product's own seller offers so.
    fn of_variant(&self, own: &VariantDocument) -> VariantDocument {
        VariantDocument {
            price: self.current_price,
            list_price: self.reduced_from,
            lowest_price_30d: self.reduced_from.and(self.lowest_price),
            stock: self.stock,
            available: self.is_available(),
            condition: self.condition,
            seller: Some(self.seller.clone()),
            ..own.clone()
        }
    }

    /// Returns the strong entity tag of what a writer can change, in quotes.
    pub fn etag(&self) -> String {
        etag::of(&(
            self.id,
            &self.external_id,
            self.prices,
            self.stock,
            self.stock_policy,
            self.condition,
        ))
    }
}

/// Returns the offers of a variant whose sellers are not closed: its own seller's first, then the further ones in their
/// order.
pub(crate) fn open_offers<'o>(
    own: VariantDocument,
    is_own_open: bool,
    further: impl Iterator<Item = &'o OfferRecord>,
) -> Vec<VariantDocument> {
    let further = further.filter(|offer| !offer.is_closed);
    let further: Vec<_> = further.map(|offer| offer.of_variant(&own)).collect();
    let own = Some(own).filter(|_| is_own_open);
    own.into_iter().chain(further).collect()
}

/// The input that a change starts from.
impl From<OfferRecord> for SellerOffer {
    fn from(record: OfferRecord) -> Self {
        Self {
            seller: record.seller.slug,
            external_id: record.external_id,
            prices: record.prices,
            stock: record.stock,
            stock_policy: record.stock_policy,
            condition: record.condition,
        }
    }
}

#[derive(FromQueryResult)]
struct OfferRow {
    id: i64,
    product_id: i64,
    variant_id: i64,
    sku: String,
    seller_id: i64,
    seller_slug: String,
    seller_name: String,
    closed_at: Option<i64>,
    external_id: Option<String>,
    price: i64,
    list_price: Option<i64>,
    sale_from: Option<i64>,
    sale_until: Option<i64>,
    lowest_price: Option<i64>,
    stock: i64,
    stock_policy: String,
    condition: String,
    created_at: i64,
    updated_at: i64,
}

/// Offers of products in the order of their variants, from the oldest on. `$1` tenant, `$2` ids of products.
pub(crate) fn offers_sql(backend: Backend) -> String {
    format!(
        "SELECT o.id, o.product_id, o.variant_id, v.sku, o.seller_id, s.slug AS seller_slug, s.name AS seller_name, s.closed_at,
                o.external_id, o.price, o.list_price, o.sale_from, o.sale_until, o.stock, o.stock_policy, o.condition,
                o.created_at, o.updated_at,
                CASE WHEN o.list_price IS NOT NULL THEN (
                    SELECT r.lowest_price FROM offer_reductions r JOIN products p ON p.currency = r.currency
                    WHERE r.variant_id = -o.id AND p.id = o.product_id) END AS lowest_price
         FROM offers o
         JOIN variants v ON v.id = o.variant_id
         JOIN sellers s ON s.id = o.seller_id
         WHERE o.tenant_id = $1 AND {} ORDER BY o.product_id, v.position, v.id, o.id",
        backend.among_ids("o.product_id", "$2")
    )
}

/// The further offers of products in their order, by product.
pub(crate) async fn offers_of(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    products: Vec<i64>,
) -> Result<HashMap<i64, Vec<OfferRecord>>, StoreError> {
    let mut by_product: HashMap<i64, Vec<OfferRecord>> = HashMap::new();
    if products.is_empty() {
        return Ok(by_product);
    }
    let backend = scope.store.backend();
    let values = [scope.tenant.0.into(), backend.ids(products)];
    let statement = backend.statement(offers_sql(backend), values);
    for row in all::<OfferRow>(connection, statement).await? {
        let offers = by_product.entry(row.product_id).or_default();
        offers.push(row.into());
    }
    Ok(by_product)
}

impl From<OfferRow> for OfferRecord {
    fn from(row: OfferRow) -> Self {
        let prices = Prices {
            price: row.price,
            list_price: row.list_price,
            sale_from_ms: row.sale_from,
            sale_until_ms: row.sale_until,
        };
        let now = now_ms();
        Self {
            current_price: prices.current(now),
            reduced_from: prices.reduced_from(now),
            id: OfferId(row.id),
            product: ProductId(row.product_id),
            variant: VariantId(row.variant_id),
            sku: row.sku,
            seller: Label::new(row.seller_slug, row.seller_name),
            seller_id: SellerId(row.seller_id),
            is_closed: row.closed_at.is_some(),
            external_id: row.external_id,
            prices,
            lowest_price: row.lowest_price,
            stock: row.stock,
            stock_policy: row.stock_policy.parse().unwrap_or_default(),
            condition: row.condition.parse().unwrap_or_default(),
            created_at_ms: row.created_at,
            updated_at_ms: row.updated_at,
        }
    }
}
