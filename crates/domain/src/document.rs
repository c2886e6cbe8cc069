//! The product document: all that an index knows of a product, and the same for every engine.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Condition, Label, PriceRange, ProductId, TenantId, VariantId};

/// A product as search sees it: one hit, its variants inside.
///
/// Made by the store from one product row and what it refers to; only active products have one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductDocument {
    /// The marketplace it belongs to.
    pub tenant_id: TenantId,
    /// The product.
    pub id: ProductId,
    /// The seller's or source system's own id.
    pub external_id: String,
    /// Slug, unique within the tenant.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Description as plain text; may be empty.
    pub description: String,
    /// Brand as displayed; also the value of the brand facet and filter.
    pub brand: Option<String>,
    /// Main category and its ancestors, root first; empty without a category.
    pub categories: Vec<Label>,
    /// Further categories with their ancestors, each root first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_categories: Vec<Vec<Label>>,
    /// Leading fandom.
    pub fandom: Option<Label>,
    /// Further fandoms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_fandoms: Vec<Label>,
    /// Seller.
    pub seller: Label,
    /// Attribute name to its values: the product's own and its variants' options, sorted, each once. Internal attributes are
    /// left out.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Names of attributes whose values are filtered and counted, and not searched.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unsearched: BTreeSet<String>,
    /// Numbers of the attributes that are filtered by a range, rising, each once. Dates are milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<String, Vec<f64>>,
    /// Part numbers, SKUs, GTINs (in each form that people type) and the external id as written; engines compare them by
    /// their normal form, see `souk_search::query::analysis::normal_code`.
    pub codes: Vec<String>,
    /// Address of the first image.
    pub image: Option<String>,
    /// Text that stands for the first image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_alt: Option<String>,
    /// Lowest and highest price of the variants.
    pub price: PriceRange,
    /// List price of the cheapest variant, if it is above that variant's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// Lowest price that was charged for the cheapest variant in the 30 days before it was reduced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<i64>,
    /// Units in stock over its variants; never negative.
    pub stock: i64,
    /// True if any variant can be bought.
    pub available: bool,
    /// Mean of its ratings, 1 to 5, or none while nobody has rated it.
    pub rating: Option<f32>,
    /// Number of ratings.
    pub rating_count: u32,
    /// Popularity, without unit; higher is more popular, never negative.
    pub popularity: i64,
    /// Creation time in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Offers of its variants in their order; of a variant the product's own seller's first, then the others from the oldest
    /// on. With one seller, each variant has one offer.
    pub variants: Vec<VariantDocument>,
}

/// An offer of a variant inside its product's document: with one seller, a variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantDocument {
    /// The variant.
    pub id: VariantId,
    /// Stock keeping unit.
    pub sku: String,
    /// Options of the variant, such as `size: M`.
    pub options: BTreeMap<String, String>,
    /// Numbers of the attributes that are filtered by a range and that some variant has as an option: of its own option
    /// and of the values that are common to all variants, rising, each once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<String, Vec<f64>>,
    /// Current price in minor units of the product's currency.
    pub price: i64,
    /// List price in minor units, if it is above the current price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// Lowest price that was charged in the 30 days before it was reduced, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<i64>,
    /// Units in stock.
    pub stock: i64,
    /// True if it can be bought.
    pub available: bool,
    /// Address of its own image: the first that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Text that stands for that image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_alt: Option<String>,
    /// Seller who offers it, if the product has offers of others than its own seller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Label>,
    /// Condition of the goods.
    #[serde(default, skip_serializing_if = "Condition::is_new")]
    pub condition: Condition,
}

impl VariantDocument {
    /// Fingerprint of the terms that a shopper has seen: another one says that the price or the goods have changed, or
    /// whether they can be bought.
    pub fn version(&self) -> u64 {
        offer_version(
            (self.id, self.seller.as_ref()),
            (self.price, self.available, self.condition),
        )
    }
}

/// Fingerprint of the terms of an offer, see [`VariantDocument::version`].
pub(crate) fn offer_version(
    (variant, seller): (VariantId, Option<&Label>),
    (price, available, condition): (i64, bool, Condition),
) -> u64 {
    let seller = seller.map_or("", |seller| seller.slug.as_str());
    let terms = format!("{}|{seller}|{price}|{available}|{condition}", variant.0);
    xxhash_rust::xxh3::xxh3_64(terms.as_bytes())
}

impl ProductDocument {
    /// Values of an attribute that hold for every variant: those that no variant has as an option. The others hold for
    /// the variants that have them.
    pub fn common_values<'d>(&'d self, name: &'d str) -> impl Iterator<Item = &'d String> {
        let is_option = move |value: &&String| {
            let mut options = self
                .variants
                .iter()
                .map(|variant| variant.options.get(name));
            options.any(|option| option == Some(*value))
        };
        let values = self.attributes.get(name).into_iter().flatten();
        values.filter(move |value| !is_option(value))
    }

    /// Attributes of which some variant has an option and some value is common to all, each with its common values.
    pub fn common_values_of_options(&self) -> impl Iterator<Item = (&String, Vec<&String>)> {
        let options = self.variants.iter().flat_map(|own| own.options.keys());
        let names: BTreeSet<_> = options.collect();
        let values = names
            .into_iter()
            .map(|name| (name, self.common_values(name).collect()));
        values.filter(|(_, values): &(_, Vec<_>)| !values.is_empty())
    }

    /// Paths of its categories, root first, the main one leading.
    pub fn category_paths(&self) -> impl Iterator<Item = &[Label]> {
        let main = Some(self.categories.as_slice()).filter(|path| !path.is_empty());
        main.into_iter()
            .chain(self.further_categories.iter().map(Vec::as_slice))
    }

    /// Every category that it is in, directly or through a category below, each once.
    pub fn all_categories(&self) -> Vec<&Label> {
        let mut all: Vec<&Label> = Vec::new();
        for label in self.category_paths().flatten() {
            if all.iter().all(|known| known.slug != label.slug) {
                all.push(label);
            }
        }
        all
    }

    /// Values of attributes that the product is found by.
    pub fn searched_values(&self) -> impl Iterator<Item = &String> {
        self.searched_attributes().flat_map(|(_, values)| values)
    }

    /// Attributes that the product is found by.
    pub fn searched_attributes(&self) -> impl Iterator<Item = (&String, &Vec<String>)> {
        let attributes = self.attributes.iter();
        attributes.filter(|(name, _)| !self.unsearched.contains(*name))
    }

    /// True if others than its own seller offer it too.
    pub fn is_shared(&self) -> bool {
        self.variants.iter().any(|offer| offer.seller.is_some())
    }

    /// Sellers who offer it, each once.
    pub fn sellers(&self) -> Vec<&Label> {
        let mut sellers: Vec<&Label> = Vec::new();
        for seller in self
            .variants
            .iter()
            .filter_map(|offer| offer.seller.as_ref())
        {
            if sellers.iter().all(|known| known.slug != seller.slug) {
                sellers.push(seller);
            }
        }
        if sellers.is_empty() {
            sellers.push(&self.seller);
        }
        sellers
    }

    /// Number of its variants, however many sellers offer them.
    pub fn variant_count(&self) -> usize {
        if !self.is_shared() {
            return self.variants.len();
        }
        let ids: BTreeSet<VariantId> = self.variants.iter().map(|offer| offer.id).collect();
        ids.len()
    }

    /// Every fandom that it is about, the leading one first.
    pub fn all_fandoms(&self) -> impl Iterator<Item = &Label> {
        self.fandom.iter().chain(&self.further_fandoms)
    }

    /// A fingerprint of the whole content: equal documents have equal hashes, on every platform.
    /// `verify` compares it between database and index.
    pub fn content_hash(&self) -> u64 {
        // Field order is the declaration's and maps are sorted, so the bytes are canonical.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        xxhash_rust::xxh3::xxh3_64(&bytes)
    }
}
