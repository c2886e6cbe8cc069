//! What admins send. The limits in the descriptions are the domain's; it is the domain that checks them.

use std::collections::BTreeMap;

use poem_openapi::{Enum, Object};
use serde::Deserialize;
use souk_domain::{
    Currency, Image, InvalidField, Measures, ProductInput, ProductStatus, RatingTotals,
    VariantInput,
};

use super::{
    image_body::ImageBody,
    offer_body::{StockPolicyBody, VariantOfferBody, sellers_offers},
};
use crate::api::views::{ConditionName, Timestamp};

/// A product to be written.
#[derive(Debug, Clone, Object, Deserialize)]
pub struct ProductBody {
    /// Your own id: the key of an upsert, unique within the marketplace.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub external_id: String,
    /// URL slug; default from the title, unchanged where an update omits it.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub slug: Option<String>,
    /// Name, as displayed.
    #[oai(validator(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub title: String,
    /// Plain text.
    #[oai(default, validator(max_length = 50000))]
    #[serde(default)]
    pub description: String,
    /// Brand, as displayed.
    #[oai(nullable, validator(max_length = 200))]
    pub brand: Option<String>,
    /// Status: visibility to shoppers.
    #[oai(default)]
    #[serde(default)]
    pub status: StatusBody,
    /// Slug of its main category, under which it is shown.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub category: Option<String>,
    /// Slugs of further categories, in which it is found as well.
    #[oai(default, validator(max_items = 50))]
    #[serde(default)]
    pub further_categories: Vec<String>,
    /// Slug of its leading fandom.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub fandom: Option<String>,
    /// Slugs of further fandoms, under which it is found as well.
    #[oai(default, validator(max_items = 50))]
    #[serde(default)]
    pub further_fandoms: Vec<String>,
    /// Slug of its seller; the marketplace's first seller if not given.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub seller: Option<String>,
    /// Attributes: values by name. A name has no colon.
    #[oai(default, validator(max_properties = 1000))]
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Free keywords, found by search and filtered by `attr=tags:new`.
    #[oai(default, validator(max_items = 250))]
    #[serde(default)]
    pub tags: Vec<String>,
    /// Images, the main one first: each an address, http(s) or an absolute path, or an object.
    #[oai(default, validator(max_items = 50))]
    #[serde(default)]
    pub images: Vec<ImageBody>,
    /// Currency of all its prices, ISO 4217; the marketplace's if not given.
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")
    )]
    pub currency: Option<String>,
    /// At least one.
    #[oai(validator(min_items = 1, max_items = 500))]
    pub variants: Vec<VariantBody>,
    /// Ratings collected elsewhere; left as they are if not given.
    #[oai(nullable)]
    pub ratings: Option<RatingsBody>,
    /// Popularity score without unit; unchanged if omitted.
    #[oai(nullable, validator(minimum(value = "0")))]
    pub popularity: Option<i64>,
    /// Creation time, default now; unchanged by an update.
    #[oai(nullable)]
    pub created_at: Option<Timestamp>,
}

/// A variant to be written.
#[derive(Debug, Clone, Object, Deserialize)]
pub struct VariantBody {
    /// Stock keeping unit, unique within the product.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub sku: String,
    /// Global trade item number.
    #[oai(nullable, validator(max_length = 200))]
    pub gtin: Option<String>,
    /// Option values that tell the variant apart, such as `size: M`.
    #[oai(default)]
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// Price that is charged, in a sale or always, in minor units of the product's currency.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    pub price: i64,
    /// Regular price in minor units, never below `price`. Charged outside of the dates of the sale, if there are any.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000000"))
    )]
    pub list_price: Option<i64>,
    /// Start of the sale at which `price` is charged; needs a `list_price`.
    #[oai(nullable)]
    pub sale_from: Option<Timestamp>,
    /// End of the sale, from which on `list_price` is charged.
    #[oai(nullable)]
    pub sale_until: Option<Timestamp>,
    /// Units in stock.
    #[oai(
        default,
        validator(minimum(value = "0"), maximum(value = "1000000000"))
    )]
    #[serde(default)]
    pub stock: i64,
    /// Meaning of the stock.
    #[oai(default)]
    #[serde(default)]
    pub stock_policy: StockPolicyBody,
    /// Condition of the goods.
    #[oai(default)]
    #[serde(default)]
    pub condition: ConditionName,
    /// All offers of other sellers, each of another seller; unchanged if not given. A product has at most 512 offers, those
    /// of its own seller included.
    #[oai(nullable, validator(max_items = 511))]
    pub offers: Option<Vec<VariantOfferBody>>,
    /// Weight in grams.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000"))
    )]
    pub weight_g: Option<i64>,
    /// Length in millimetres.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub length_mm: Option<i64>,
    /// Width in millimetres.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub width_mm: Option<i64>,
    /// Height in millimetres.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub height_mm: Option<i64>,
}

/// Ratings as a sum and a count.
#[derive(Debug, Clone, Object, Deserialize)]
pub struct RatingsBody {
    /// Number of ratings.
    #[oai(validator(minimum(value = "0"), maximum(value = "4294967295")))]
    pub count: u32,
    /// Sum of ratings, each 1 to 5.
    #[oai(validator(minimum(value = "0"), maximum(value = "21474836475")))]
    pub sum: u64,
}

/// Visibility of a product to shoppers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum, Deserialize, serde::Serialize)]
#[oai(rename = "ProductStatus", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StatusBody {
    /// Being prepared.
    Draft,
    /// For sale.
    #[default]
    Active,
    /// For sale to those who know its address, and found by no one else.
    Unlisted,
    /// No longer sold.
    Archived,
}

impl ProductBody {
    /// As the domain takes it; prices are in `currency` if the body names none.
    pub fn into_input(self, currency: Currency) -> Result<ProductInput, InvalidField> {
        let currency = match self.currency {
            None => currency,
            Some(code) => read_currency(&code)?,
        };
        Ok(ProductInput {
            external_id: self.external_id,
            slug: self.slug,
            title: self.title,
            description: self.description,
            brand: self.brand,
            status: self.status.into(),
            category: self.category,
            further_categories: self.further_categories,
            fandom: self.fandom,
            further_fandoms: self.further_fandoms,
            seller: self.seller,
            attributes: self.attributes,
            tags: self.tags,
            images: self.images.into_iter().map(Image::from).collect(),
            currency,
            variants: self.variants.into_iter().map(VariantInput::from).collect(),
            ratings: self.ratings.map(RatingTotals::from),
            popularity: self.popularity,
            created_at_ms: self.created_at.map(Timestamp::ms),
        })
    }
}

/// Reads a currency.
///
/// # Errors
/// If there is none of this code.
pub fn read_currency(code: &str) -> Result<Currency, InvalidField> {
    Currency::from_code(code)
        .ok_or_else(|| InvalidField::new("currency", "is an ISO 4217 code such as `EUR`"))
}

impl From<RatingsBody> for RatingTotals {
    fn from(body: RatingsBody) -> Self {
        Self {
            count: body.count,
            sum: body.sum,
        }
    }
}

impl From<VariantBody> for VariantInput {
    fn from(body: VariantBody) -> Self {
        Self {
            sku: body.sku,
            gtin: body.gtin,
            options: body.options,
            price: body.price,
            list_price: body.list_price,
            sale_from_ms: body.sale_from.map(Timestamp::ms),
            sale_until_ms: body.sale_until.map(Timestamp::ms),
            stock: body.stock,
            stock_policy: body.stock_policy.into(),
            condition: body.condition.into(),
            offers: body.offers.map(sellers_offers),
            measures: Measures {
                weight_g: body.weight_g,
                length_mm: body.length_mm,
                width_mm: body.width_mm,
                height_mm: body.height_mm,
            },
        }
    }
}

impl From<StatusBody> for ProductStatus {
    fn from(body: StatusBody) -> Self {
        match body {
            StatusBody::Draft => Self::Draft,
            StatusBody::Active => Self::Active,
            StatusBody::Unlisted => Self::Unlisted,
            StatusBody::Archived => Self::Archived,
        }
    }
}

impl From<ProductStatus> for StatusBody {
    fn from(status: ProductStatus) -> Self {
        match status {
            ProductStatus::Draft => Self::Draft,
            ProductStatus::Active => Self::Active,
            ProductStatus::Unlisted => Self::Unlisted,
            ProductStatus::Archived => Self::Archived,
        }
    }
}
