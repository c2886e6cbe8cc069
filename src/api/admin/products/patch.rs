//! Changes of products as admins send them: only what differs.

use std::collections::BTreeMap;

use poem_openapi::{Object, types::MaybeUndefined};
use serde::Deserialize;
use souk_domain::{
    Condition, Image, InvalidField, ProductPatch, ProductStatus, RatingTotals, StockPolicy,
    VariantPatch,
};

use super::{
    image_body::ImageBody,
    offer_body::{StockPolicyBody, VariantOfferBody, sellers_offers},
    request::{ProductBody, RatingsBody, StatusBody, VariantBody, read_currency},
};
use crate::api::{
    merge_patch::{Nullable, change, not_null, required},
    views::{ConditionName, Timestamp},
};

/// Change of a product. What is left out stays as it is; null takes away what a product can be without.
#[derive(Debug, Clone, Default, Object, Deserialize)]
#[serde(default)]
pub struct ProductPatchBody {
    /// Your own id, unique within the marketplace. In a batch it is required, and says which product is meant.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    #[serde(deserialize_with = "not_null")]
    pub external_id: Option<String>,
    /// URL slug. Null only in a whole product of a batch, where it stays.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub slug: MaybeUndefined<String>,
    /// Name, as displayed. Required for a new product.
    #[oai(validator(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    #[serde(deserialize_with = "not_null")]
    pub title: Option<String>,
    /// Plain text; null empties it.
    #[oai(nullable, validator(max_length = 50000))]
    pub description: MaybeUndefined<String>,
    /// Brand, as displayed; null takes it away.
    #[oai(nullable, validator(max_length = 200))]
    pub brand: MaybeUndefined<String>,
    /// Status: visibility to shoppers.
    #[serde(deserialize_with = "not_null")]
    pub status: Option<StatusBody>,
    /// Slug of its category; null takes it away.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub category: MaybeUndefined<String>,
    /// Slugs of all its further categories; null for none.
    #[oai(nullable, validator(max_items = 50))]
    pub further_categories: MaybeUndefined<Vec<String>>,
    /// Slug of its fandom; null takes it away.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub fandom: MaybeUndefined<String>,
    /// Slugs of all its further fandoms; null for none.
    #[oai(nullable, validator(max_items = 50))]
    pub further_fandoms: MaybeUndefined<Vec<String>>,
    /// Slug of its seller. Null only in a whole product of a batch, where it stays.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub seller: MaybeUndefined<String>,
    /// Attributes that change: values by name, null to take one away. Others stay; null instead of the map takes all
    /// away.
    #[oai(nullable, validator(max_properties = 1000))]
    pub attributes: MaybeUndefined<BTreeMap<String, Nullable<Vec<String>>>>,
    /// All of its tags; null for none.
    #[oai(nullable, validator(max_items = 250))]
    pub tags: MaybeUndefined<Vec<String>>,
    /// All of its images, the main one first: each an address, http(s) or an absolute path, or an object. Null for none.
    #[oai(nullable, validator(max_items = 50))]
    pub images: MaybeUndefined<Vec<ImageBody>>,
    /// Currency of all its prices, ISO 4217. Null only in a whole product of a batch: the marketplace's.
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")
    )]
    pub currency: MaybeUndefined<String>,
    /// Variants that change, by SKU. A SKU that the product does not have is a new variant, which needs a price. Others
    /// stay. Required for a new product.
    #[oai(validator(max_items = 500))]
    #[serde(deserialize_with = "not_null")]
    pub variants: Option<Vec<VariantPatchBody>>,
    /// SKUs of variants to be deleted. Those that the product does not have are passed over.
    #[oai(default, validator(max_items = 500))]
    pub remove_variants: Vec<String>,
    /// Ratings collected elsewhere; null for none.
    #[oai(nullable)]
    pub ratings: MaybeUndefined<RatingsBody>,
    /// Popularity score without unit. Null only in a whole product of a batch, where it stays.
    #[oai(nullable, validator(minimum(value = "0")))]
    pub popularity: MaybeUndefined<i64>,
    /// Creation time. Null only in a whole product of a batch, where it stays.
    #[oai(nullable)]
    pub created_at: MaybeUndefined<Timestamp>,
}

/// Change of a variant, or a new one.
#[derive(Debug, Clone, Object, Deserialize)]
pub struct VariantPatchBody {
    /// Stock keeping unit, by which the variant is found.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub sku: String,
    /// Global trade item number; null takes it away.
    #[oai(nullable, validator(max_length = 200))]
    #[serde(default)]
    pub gtin: MaybeUndefined<String>,
    /// Options that change, such as `size: M`; null to take one away. Others stay; null instead of the map takes all away.
    #[oai(nullable)]
    #[serde(default)]
    pub options: MaybeUndefined<BTreeMap<String, Nullable<String>>>,
    /// Minor units of the product's currency. Required for a new variant.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    #[serde(default, deserialize_with = "not_null")]
    pub price: Option<i64>,
    /// Regular price in minor units, charged outside of the dates of the sale; null takes it away. If it is left out and
    /// not above a new price, it goes, and the dates of the sale with it.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000000"))
    )]
    #[serde(default)]
    pub list_price: MaybeUndefined<i64>,
    /// Start of the sale; null takes it away.
    #[oai(nullable)]
    #[serde(default)]
    pub sale_from: MaybeUndefined<Timestamp>,
    /// End of the sale; null takes it away.
    #[oai(nullable)]
    #[serde(default)]
    pub sale_until: MaybeUndefined<Timestamp>,
    /// Units in stock; 0 for a new variant.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000")))]
    #[serde(default, deserialize_with = "not_null")]
    pub stock: Option<i64>,
    /// Meaning of the stock; `tracked` for a new variant.
    #[serde(default, deserialize_with = "not_null")]
    pub stock_policy: Option<StockPolicyBody>,
    /// Condition of the goods; `new` for a new variant.
    #[serde(default, deserialize_with = "not_null")]
    pub condition: Option<ConditionName>,
    /// All offers of other sellers, each of another seller; null for none.
    #[oai(nullable, validator(max_items = 511))]
    #[serde(default)]
    pub offers: MaybeUndefined<Vec<VariantOfferBody>>,
    /// Weight in grams; null takes it away.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000"))
    )]
    #[serde(default)]
    pub weight_g: MaybeUndefined<i64>,
    /// Length in millimetres; null takes it away.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "1000000")))]
    #[serde(default)]
    pub length_mm: MaybeUndefined<i64>,
    /// Width in millimetres; null takes it away.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "1000000")))]
    #[serde(default)]
    pub width_mm: MaybeUndefined<i64>,
    /// Height in millimetres; null takes it away.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "1000000")))]
    #[serde(default)]
    pub height_mm: MaybeUndefined<i64>,
}

impl ProductPatchBody {
    /// As the domain takes it.
    ///
    /// # Errors
    /// If it takes away what a product cannot be without, or the currency is none.
    pub fn into_patch(self) -> Result<ProductPatch, InvalidField> {
        let currency = required("currency", self.currency)?;
        Ok(ProductPatch {
            external_id: self.external_id,
            slug: required("slug", self.slug)?,
            title: self.title,
            description: or_default(self.description),
            brand: change(self.brand),
            status: self.status.map(ProductStatus::from),
            category: change(self.category),
            further_categories: or_default(self.further_categories),
            fandom: change(self.fandom),
            further_fandoms: or_default(self.further_fandoms),
            seller: required("seller", self.seller)?,
            attributes: change(self.attributes.map_value(plain)),
            tags: or_default(self.tags),
            images: or_default(self.images)
                .map(|images| images.into_iter().map(Image::from).collect()),
            currency: currency.map(|code| read_currency(&code)).transpose()?,
            variants: self
                .variants
                .unwrap_or_default()
                .into_iter()
                .map(VariantPatch::from)
                .collect(),
            remove_variants: self.remove_variants,
            ratings: match self.ratings {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(RatingTotals { count: 0, sum: 0 }),
                MaybeUndefined::Value(ratings) => Some(ratings.into()),
            },
            popularity: required("popularity", self.popularity)?,
            created_at_ms: required("created_at", self.created_at)?.map(Timestamp::ms),
        })
    }

    /// The whole product that this is, or itself if it lacks what a new one needs.
    ///
    /// # Errors
    /// With itself.
    #[allow(clippy::result_large_err)]
    pub fn into_whole(self) -> Result<ProductBody, Self> {
        let has_prices =
            |variants: &[VariantPatchBody]| variants.iter().all(|it| it.price.is_some());
        match self {
            Self {
                external_id: Some(external_id),
                title: Some(title),
                variants: Some(variants),
                remove_variants,
                slug,
                description,
                brand,
                status,
                category,
                further_categories,
                fandom,
                further_fandoms,
                seller,
                attributes,
                tags,
                images,
                currency,
                ratings,
                popularity,
                created_at,
            } if has_prices(&variants) && remove_variants.is_empty() => Ok(ProductBody {
                external_id,
                slug: slug.take(),
                title,
                description: description.take().unwrap_or_default(),
                brand: brand.take(),
                status: status.unwrap_or_default(),
                category: category.take(),
                further_categories: further_categories.take().unwrap_or_default(),
                fandom: fandom.take(),
                further_fandoms: further_fandoms.take().unwrap_or_default(),
                seller: seller.take(),
                attributes: named(attributes.take()),
                tags: tags.take().unwrap_or_default(),
                images: images.take().unwrap_or_default(),
                currency: currency.take(),
                variants: variants.into_iter().filter_map(whole_variant).collect(),
                ratings: ratings.take(),
                popularity: popularity.take(),
                created_at: created_at.take(),
            }),
            part => Err(part),
        }
    }
}

impl From<VariantPatchBody> for VariantPatch {
    fn from(body: VariantPatchBody) -> Self {
        Self {
            sku: body.sku,
            gtin: change(body.gtin),
            options: change(body.options.map_value(plain)),
            price: body.price,
            list_price: change(body.list_price),
            sale_from_ms: change(body.sale_from.map_value(Timestamp::ms)),
            sale_until_ms: change(body.sale_until.map_value(Timestamp::ms)),
            stock: body.stock,
            stock_policy: body.stock_policy.map(StockPolicy::from),
            condition: body.condition.map(Condition::from),
            offers: or_default(body.offers).map(sellers_offers),
            weight_g: change(body.weight_g),
            length_mm: change(body.length_mm),
            width_mm: change(body.width_mm),
            height_mm: change(body.height_mm),
        }
    }
}

/// The whole variant, if it has a price.
fn whole_variant(body: VariantPatchBody) -> Option<VariantBody> {
    Some(VariantBody {
        sku: body.sku,
        gtin: body.gtin.take(),
        options: named(body.options.take()),
        price: body.price?,
        list_price: body.list_price.take(),
        sale_from: body.sale_from.take(),
        sale_until: body.sale_until.take(),
        stock: body.stock.unwrap_or_default(),
        stock_policy: body.stock_policy.unwrap_or_default(),
        condition: body.condition.unwrap_or_default(),
        offers: body.offers.take(),
        weight_g: body.weight_g.take(),
        length_mm: body.length_mm.take(),
        width_mm: body.width_mm.take(),
        height_mm: body.height_mm.take(),
    })
}

/// The new value of a property that null empties.
fn or_default<T: Default>(given: MaybeUndefined<T>) -> Option<T> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(T::default()),
        MaybeUndefined::Value(value) => Some(value),
    }
}

fn plain<T>(map: BTreeMap<String, Nullable<T>>) -> BTreeMap<String, Option<T>> {
    map.into_iter()
        .map(|(name, value)| (name, value.0))
        .collect()
}

/// Entries of a map that are not null.
fn named<T>(map: Option<BTreeMap<String, Nullable<T>>>) -> BTreeMap<String, T> {
    let entries = map.into_iter().flatten();
    entries
        .filter_map(|(name, value)| Some((name, value.0?)))
        .collect()
}
