//! Offers as admins see them.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::OfferRecord;

use crate::api::{
    admin::products::offer_body::StockPolicyBody,
    views::{ConditionName, Timestamp},
};

/// Further sellers' offers of a product.
#[derive(Debug, Object, Serialize)]
pub struct AdminOffers {
    /// In the order of the product's variants, and of a variant from the oldest on.
    pub offers: Vec<AdminOffer>,
}

/// Offer of a variant by another seller than the product's own.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminOffer {
    /// The offer.
    pub id: i64,
    /// Stock keeping unit of the variant.
    pub sku: String,
    /// Slug of the seller.
    pub seller: String,
    /// The seller's own id of the offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Price that is charged, in a sale or always, in minor units of the product's currency.
    pub price: i64,
    /// Regular price in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// Start of the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale_from: Option<Timestamp>,
    /// End of the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale_until: Option<Timestamp>,
    /// Units in stock.
    pub stock: i64,
    /// Meaning of the stock.
    pub stock_policy: StockPolicyBody,
    /// Condition of the goods.
    pub condition: ConditionName,
    /// True if the seller is closed, so that no shopper sees the offer.
    pub hidden: bool,
    /// ETag; send it as `If-Match` with a change.
    pub etag: String,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

impl From<Vec<OfferRecord>> for AdminOffers {
    fn from(records: Vec<OfferRecord>) -> Self {
        Self {
            offers: records.into_iter().map(AdminOffer::from).collect(),
        }
    }
}

impl From<OfferRecord> for AdminOffer {
    fn from(record: OfferRecord) -> Self {
        Self {
            id: record.id.0,
            etag: record.etag(),
            sku: record.sku,
            seller: record.seller.slug,
            external_id: record.external_id,
            price: record.prices.price,
            list_price: record.prices.list_price,
            sale_from: record.prices.sale_from_ms.map(Timestamp::from_ms),
            sale_until: record.prices.sale_until_ms.map(Timestamp::from_ms),
            stock: record.stock,
            stock_policy: record.stock_policy.into(),
            condition: record.condition.into(),
            hidden: record.is_closed,
            created_at: Timestamp::from_ms(record.created_at_ms),
            updated_at: Timestamp::from_ms(record.updated_at_ms),
        }
    }
}
