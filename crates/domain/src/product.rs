//! Input for a product, and the checks that API, import and generator share.

pub(crate) mod gtin;
mod image;
mod measures;

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use std::{fmt, mem::take, str::FromStr};

use serde::{Deserialize, Serialize};

pub use gtin::{gtin_check_digit, gtin_forms, gtin14, is_gtin};
pub use image::{Image, MAX_ALT_CHARS, MAX_IMAGES, image_url};
pub use measures::{MAX_LENGTH_MM, MAX_WEIGHT_G, Measures};

use crate::checks::{
    MAX_KEY_CHARS, MAX_PRICE, MAX_STOCK, at_most, at_most_items, required, tidy_optional,
};
use crate::{
    Condition, Currency, InvalidField, MAX_OFFERS, Prices, SellerOffer, StockPolicy, parse_slug,
    text::{tidied, tidy, tidy_lines},
    unify_spellings, value_key,
};

const MAX_TITLE_CHARS: usize = 500;
const MAX_DESCRIPTION_CHARS: usize = 50_000;
/// Most attributes of a product.
pub const MAX_ATTRIBUTES: usize = 1_000;
/// Most characters of an attribute's value.
pub const MAX_VALUE_CHARS: usize = 500;
/// Most values of an attribute.
pub const MAX_VALUES: usize = 200;
pub(crate) const MAX_VARIANTS: usize = 500;
/// Most tags of a product.
pub const MAX_TAGS: usize = 250;
/// Most further categories of a product, and most further fandoms.
pub const MAX_FURTHER: usize = 50;
/// Most options of a variant.
pub const MAX_OPTIONS: usize = 50;
/// Highest popularity of a product: what shoppers earn it is added to that.
pub const MAX_POPULARITY: i64 = 1_000_000_000_000;

/// Attribute under which tags are searched, counted and filtered.
pub const TAGS: &str = "tags";

/// Attribute name to its values.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// Visibility of a product. Only an active one is in the index and in listings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Being prepared.
    Draft,
    /// For sale.
    #[default]
    Active,
    /// For sale to those who know its address, and found by no one else.
    Unlisted,
    /// No longer sold, kept for old orders.
    Archived,
}

impl ProductStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Active, Self::Unlisted, Self::Archived];

    /// Reports whether shoppers may see the product's page.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Active | Self::Unlisted)
    }

    /// The name in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Unlisted => "unlisted",
            Self::Archived => "archived",
        }
    }
}

impl fmt::Display for ProductStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProductStatus {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == name)
            .ok_or_else(|| {
                format!("no status `{name}`; there are: draft, active, unlisted, archived")
            })
    }
}

/// A product as a writer gives it, its reference data by slug.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductInput {
    /// The writer's own id: the key of an upsert, unique within the tenant.
    pub external_id: String,
    /// Slug; derived from the title when absent, and kept when an upsert gives none.
    pub slug: Option<String>,
    /// Title.
    pub title: String,
    /// Plain text; may be empty.
    #[serde(default)]
    pub description: String,
    /// Brand.
    pub brand: Option<String>,
    /// Visibility to shoppers.
    #[serde(default)]
    pub status: ProductStatus,
    /// Slug of its main category: the one that it is shown under.
    pub category: Option<String>,
    /// Slugs of further categories, in which it is found as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_categories: Vec<String>,
    /// Slug of its leading fandom.
    pub fandom: Option<String>,
    /// Slugs of further fandoms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_fandoms: Vec<String>,
    /// Slug of its seller; the tenant's first seller when none is given.
    pub seller: Option<String>,
    /// Further properties by name.
    #[serde(default)]
    pub attributes: Attributes,
    /// Free keywords, searched and filtered as the attribute [`TAGS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Images, the first being the main one.
    #[serde(default)]
    pub images: Vec<Image>,
    /// Currency of all its prices.
    pub currency: Currency,
    /// At least one.
    pub variants: Vec<VariantInput>,
    /// Ratings collected elsewhere; left as they are when an upsert gives none.
    #[serde(default)]
    pub ratings: Option<RatingTotals>,
    /// Popularity; unchanged when an upsert gives none.
    #[serde(default)]
    pub popularity: Option<i64>,
    /// Creation time in milliseconds since 1970 UTC; now when absent, and kept by an upsert.
    #[serde(default)]
    pub created_at_ms: Option<i64>,
}

/// A variant as a writer gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VariantInput {
    /// Stock keeping unit, unique within the product; also how an upsert finds the variant again.
    pub sku: String,
    /// Global trade item number (EAN, UPC).
    #[serde(default)]
    pub gtin: Option<String>,
    /// Options of the variant, such as `size: M`.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// Price that is charged, in a sale or always, in minor units of the product's currency. See [`Prices`].
    pub price: i64,
    /// Regular price in minor units, never below `price`; required with the dates of a sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// First moment of the sale, in milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_from_ms: Option<i64>,
    /// Moment after the sale, in milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_until_ms: Option<i64>,
    /// Units in stock; 0 where they are not counted.
    #[serde(default)]
    pub stock: i64,
    /// Meaning of the stock.
    #[serde(default, skip_serializing_if = "StockPolicy::is_tracked")]
    pub stock_policy: StockPolicy,
    /// Condition of the goods.
    #[serde(default, skip_serializing_if = "Condition::is_new")]
    pub condition: Condition,
    /// Weight and size.
    #[serde(flatten)]
    pub measures: Measures,
    /// All offers of other sellers; none leaves them as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offers: Option<Vec<SellerOffer>>,
}

impl VariantInput {
    /// Sets the prices and the dates of the sale.
    pub fn set_prices(&mut self, prices: Prices) {
        self.price = prices.price;
        self.list_price = prices.list_price;
        self.sale_from_ms = prices.sale_from_ms;
        self.sale_until_ms = prices.sale_until_ms;
    }

    /// Returns the prices and the dates of the sale.
    pub fn prices(&self) -> Prices {
        Prices {
            price: self.price,
            list_price: self.list_price,
            sale_from_ms: self.sale_from_ms,
            sale_until_ms: self.sale_until_ms,
        }
    }
}

/// Ratings as a sum and a count, so that further ones can be added exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingTotals {
    /// Number of ratings.
    pub count: u32,
    /// Sum of the ratings, each from 1 to 5.
    pub sum: u64,
}

impl ProductInput {
    /// Trims what people type and refuses what cannot be stored or searched.
    ///
    /// # Errors
    /// Naming the first field at fault, such as `variants[2].price`.
    pub fn validated(mut self) -> Result<Self, InvalidField> {
        self.check_texts()?;
        self.check_attributes()?;
        self.check_tags()?;
        self.check_images()?;
        self.check_variants()?;
        for (index, variant) in self.variants.iter_mut().enumerate() {
            if let Some(gtin) = &mut variant.gtin {
                gtin::check_gtin(&format!("variants[{index}].gtin"), gtin)?;
            }
        }
        self.unify_spellings()?;
        self.check_totals()?;
        Ok(self)
    }

    /// Gives each attribute one name, and each value of it one spelling: a product has none twice.
    pub(crate) fn unify_spellings(&mut self) -> Result<(), InvalidField> {
        for (index, variant) in self.variants.iter().enumerate() {
            let mut names = BTreeSet::new();
            let mut options = variant.options.keys();
            if let Some(twice) = options.find(|name| !names.insert(value_key(name))) {
                return Err(InvalidField::new(
                    format!("variants[{index}].options"),
                    format!("must name each option once, not `{twice}` in two spellings"),
                ));
            }
        }
        let variants = self.variants.iter_mut();
        let mut options: Vec<_> = variants.map(|own| take(&mut own.options)).collect();
        unify_spellings(&mut self.attributes, &mut options, |_| None);
        for (variant, options) in self.variants.iter_mut().zip(options) {
            variant.options = options;
        }
        Ok(())
    }

    pub(crate) fn check_texts(&mut self) -> Result<(), InvalidField> {
        tidy(&mut self.external_id);
        tidy(&mut self.title);
        for text in [
            &mut self.slug,
            &mut self.brand,
            &mut self.category,
            &mut self.fandom,
            &mut self.seller,
        ] {
            tidy_optional(text);
        }
        required("external_id", &self.external_id, MAX_KEY_CHARS)?;
        required("title", &self.title, MAX_TITLE_CHARS)?;
        tidy_lines(&mut self.description);
        at_most("description", &self.description, MAX_DESCRIPTION_CHARS)?;
        if let Some(brand) = &self.brand {
            required("brand", brand, MAX_KEY_CHARS)?;
        }
        for (field, slug) in [
            ("slug", &self.slug),
            ("category", &self.category),
            ("fandom", &self.fandom),
            ("seller", &self.seller),
        ] {
            if let Some(slug) = slug {
                parse_slug(slug).map_err(|error| InvalidField::new(field, error.to_string()))?;
            }
        }
        let (category, fandom) = (self.category.as_deref(), self.fandom.as_deref());
        check_further("further_categories", &mut self.further_categories, category)?;
        check_further("further_fandoms", &mut self.further_fandoms, fandom)?;
        Ok(())
    }

    pub(crate) fn check_totals(&self) -> Result<(), InvalidField> {
        if let Some(ratings) = self.ratings {
            let count = u64::from(ratings.count);
            if !(count..=count * 5).contains(&ratings.sum) {
                return Err(InvalidField::new(
                    "ratings.sum",
                    "lies between 1 and 5 for each rating",
                ));
            }
        }
        let bounds = 0..=MAX_POPULARITY;
        if self.popularity.is_some_and(|own| !bounds.contains(&own)) {
            let message = format!("lies between 0 and {MAX_POPULARITY}");
            return Err(InvalidField::new("popularity", message));
        }
        Ok(())
    }

    pub(crate) fn check_attributes(&mut self) -> Result<(), InvalidField> {
        at_most_items("attributes", self.attributes.len(), MAX_ATTRIBUTES)?;
        tidy_keys(&mut self.attributes, |values, more| values.extend(more));
        for (name, values) in &mut self.attributes {
            let field = || format!("attributes.{name}");
            required(&field(), name, MAX_KEY_CHARS)?;
            if name.contains(':') {
                return Err(InvalidField::new(
                    field(),
                    "an attribute's name has no colon",
                ));
            }
            at_most_items(&field(), values.len(), MAX_VALUES)?;
            values.iter_mut().for_each(tidy);
            values.sort();
            values.dedup();
            for value in values {
                required(&field(), value, MAX_VALUE_CHARS)?;
            }
        }
        self.attributes.retain(|_, values| !values.is_empty());
        Ok(())
    }

    pub(crate) fn check_tags(&mut self) -> Result<(), InvalidField> {
        self.tags.iter_mut().for_each(tidy);
        self.tags.sort();
        self.tags.dedup();
        at_most_items("tags", self.tags.len(), MAX_TAGS)?;
        for tag in &self.tags {
            required("tags", tag, MAX_VALUE_CHARS)?;
        }
        Ok(())
    }

    pub(crate) fn check_images(&mut self) -> Result<(), InvalidField> {
        at_most_items("images", self.images.len(), MAX_IMAGES)?;
        let skus = self.variants.iter();
        let skus = skus.map(|variant| tidied(&variant.sku)).collect();
        for (index, image) in self.images.iter_mut().enumerate() {
            at_most_items("images", image.variants.len(), MAX_VARIANTS).map_err(|invalid| {
                InvalidField::new(format!("images[{index}].variants"), invalid.message)
            })?;
            image.check(index, &skus)?;
        }
        Ok(())
    }

    /// Takes from the images those variants that the product does not have.
    pub fn unbind_images(&mut self) {
        for image in &mut self.images {
            image.keep_variants(|sku| self.variants.iter().any(|variant| variant.sku == sku));
        }
    }

    pub(crate) fn check_variants(&mut self) -> Result<(), InvalidField> {
        if self.variants.is_empty() {
            return Err(InvalidField::new(
                "variants",
                "a product has at least one variant",
            ));
        }
        at_most_items("variants", self.variants.len(), MAX_VARIANTS)?;
        let mut skus = BTreeSet::new();
        for (index, variant) in self.variants.iter_mut().enumerate() {
            let field = |name: &str| format!("variants[{index}].{name}");
            tidy(&mut variant.sku);
            tidy_optional(&mut variant.gtin);
            required(&field("sku"), &variant.sku, MAX_KEY_CHARS)?;
            at_most_items(&field("options"), variant.options.len(), MAX_OPTIONS)?;
            tidy_keys(&mut variant.options, |_, _| {});
            for (name, value) in &mut variant.options {
                tidy(value);
                required(&field("options"), name, MAX_KEY_CHARS)?;
                required(&field("options"), value, MAX_VALUE_CHARS)?;
                if name.contains(':') {
                    return Err(InvalidField::new(
                        field("options"),
                        "an option's name has no colon",
                    ));
                }
            }
            if variant.list_price == Some(variant.price) {
                // Neither a reduction nor a sale.
                (
                    variant.list_price,
                    variant.sale_from_ms,
                    variant.sale_until_ms,
                ) = (None, None, None);
            }
            variant
                .prices()
                .check(MAX_PRICE)
                .map_err(|invalid| invalid.within(&format!("variants[{index}]")))?;
            variant
                .measures
                .check()
                .map_err(|invalid| invalid.within(&format!("variants[{index}]")))?;
            if !(0..=MAX_STOCK).contains(&variant.stock) {
                return Err(InvalidField::new(
                    field("stock"),
                    format!("lies between 0 and {MAX_STOCK}"),
                ));
            }
            if variant.stock_policy == StockPolicy::Untracked {
                variant.stock = 0;
            }
            if !skus.insert(variant.sku.clone()) {
                return Err(InvalidField::new(
                    field("sku"),
                    "is given twice in this product",
                ));
            }
            let offers = variant.offers.iter_mut().flatten();
            check_offers(offers)
                .map_err(|invalid| invalid.within(&format!("variants[{index}]")))?;
        }
        if self.offer_count() > MAX_OFFERS {
            return Err(InvalidField::new("variants", too_many_offers()));
        }
        Ok(())
    }

    /// Number of its offers, as far as they are given: those of its own seller, and further ones.
    pub fn offer_count(&self) -> usize {
        let further = self.variants.iter().flat_map(|variant| &variant.offers);
        self.variants.len() + further.map(Vec::len).sum::<usize>()
    }
}

/// Message about more offers of a product than an index holds.
pub fn too_many_offers() -> String {
    format!("has at most {MAX_OFFERS} offers, those of its own seller included")
}

fn check_offers<'o>(offers: impl Iterator<Item = &'o mut SellerOffer>) -> Result<(), InvalidField> {
    let mut sellers = BTreeSet::new();
    for (index, offer) in offers.enumerate() {
        let within = |invalid: InvalidField| invalid.within(&format!("offers[{index}]"));
        offer.check().map_err(within)?;
        if !sellers.insert(offer.seller.as_str()) {
            let twice = InvalidField::new("seller", "has an offer of this variant already");
            return Err(within(twice));
        }
    }
    Ok(())
}

/// Keeps each slug once and in its order, without the main one.
fn check_further(
    field: &'static str,
    slugs: &mut Vec<String>,
    main: Option<&str>,
) -> Result<(), InvalidField> {
    let mut seen = BTreeSet::new();
    slugs.iter_mut().for_each(tidy);
    slugs.retain(|slug| main != Some(slug.as_str()) && seen.insert(slug.clone()));
    at_most_items(field, slugs.len(), MAX_FURTHER)?;
    for (index, slug) in slugs.iter().enumerate() {
        let invalid = |error: crate::SlugError| {
            InvalidField::new(format!("{field}[{index}]"), error.to_string())
        };
        parse_slug(slug).map_err(invalid)?;
    }
    Ok(())
}

/// Tidies the keys of a map. Entries whose keys are the same then are merged, in the order of the keys.
fn tidy_keys<V>(map: &mut BTreeMap<String, V>, merge: impl Fn(&mut V, V)) {
    for (mut key, value) in take(map) {
        tidy(&mut key);
        match map.entry(key) {
            Entry::Vacant(entry) => drop(entry.insert(value)),
            Entry::Occupied(mut entry) => merge(entry.get_mut(), value),
        }
    }
}

#[cfg(test)]
mod tests;
