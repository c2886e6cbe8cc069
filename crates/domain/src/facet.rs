//! Facets: what one can narrow a result by, and how many products each choice would leave.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A facet that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetName {
    /// The category tree; a product counts for its category and all ancestors.
    Category,
    /// Fandoms.
    Fandom,
    /// Brands.
    Brand,
    /// Sellers.
    Seller,
    /// Prices: bounds and buckets.
    Price,
    /// "4 and up", "3 and up", ...
    Rating,
    /// In stock or not.
    Availability,
    /// The attributes that matter for this result.
    Attributes,
}

impl FacetName {
    /// All facets, in the order a page shows them.
    pub const ALL: [Self; 8] = [
        Self::Category,
        Self::Fandom,
        Self::Brand,
        Self::Seller,
        Self::Price,
        Self::Rating,
        Self::Availability,
        Self::Attributes,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Fandom => "fandom",
            Self::Brand => "brand",
            Self::Seller => "seller",
            Self::Price => "price",
            Self::Rating => "rating",
            Self::Availability => "availability",
            Self::Attributes => "attributes",
        }
    }
}

impl fmt::Display for FacetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FacetName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|facet| facet.as_str() == name)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|facet| facet.as_str()).collect();
                format!("no facet `{name}`; there are: {}", known.join(", "))
            })
    }
}

/// All facets of an answer; one that was not asked for is `None` (attributes: empty).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Facets {
    /// The category tree, flat: parents before children, see [`FacetValue::parent`].
    pub category: Option<Facet>,
    /// Fandoms by falling count.
    pub fandom: Option<Facet>,
    /// Brands by falling count.
    pub brand: Option<Facet>,
    /// Sellers by falling count.
    pub seller: Option<Facet>,
    /// Price bounds and buckets.
    pub price: Option<PriceFacet>,
    /// Values `4`, `3`, `2`, `1`: products rated so or better. Cumulative.
    pub rating: Option<Facet>,
    /// Values `in_stock` and `out_of_stock`.
    pub availability: Option<Facet>,
    /// Facets of attributes, [`Facet::name`] being the attribute's; most widespread first.
    pub attributes: Vec<Facet>,
    /// Bounds of attributes that are filtered by a range, by the positions of their definitions.
    #[serde(default)]
    pub ranges: Vec<RangeFacet>,
}

/// Values of a facet with counts of products.
///
/// Disjunctive: the facet's own selection does not narrow its own counts, every other filter does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// `category`, `brand`, ... or an attribute's name.
    pub name: String,
    /// Values by falling count, then by value; selected ones are always among them, even at count 0.
    pub values: Vec<FacetValue>,
    /// True if counts are exact, false if they are estimates.
    pub exact: bool,
    /// Number of further matching values that are not listed.
    pub left_out: u64,
}

/// Value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// Value that the filter takes: a slug, a brand, an attribute's value.
    pub value: String,
    /// Display text.
    pub label: String,
    /// Products that selecting it (alone in its facet) would show.
    pub count: u64,
    /// True if the query selects the value.
    pub selected: bool,
    /// Category facet only: the parent's slug, none at the root.
    pub parent: Option<String>,
}

/// Bounds of an attribute's numbers among the products that every filter but its own lets through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RangeFacet {
    /// The attribute's name.
    pub name: String,
    /// Lowest and highest number, none if no product has any. Dates are milliseconds since 1970 UTC.
    pub bounds: Option<(f64, f64)>,
    /// True if the bounds are exact, false if a sample of the products was looked at.
    pub exact: bool,
}

/// The price facet, over the prices of variants that pass the filters, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceFacet {
    /// The lowest and highest price among the products, none if there are none.
    pub bounds: Option<(i64, i64)>,
    /// Buckets with at least one product, rising; bounds as of [`price_ladder`].
    pub buckets: Vec<PriceBucket>,
    /// True if counts are exact, false if they are estimates.
    pub exact: bool,
}

/// Products with `from <= price < to`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBucket {
    /// Lowest price of the bucket, minor units, inclusive.
    pub from: i64,
    /// End of the bucket, exclusive; none for the last one.
    pub to: Option<i64>,
    /// Number of products.
    pub count: u64,
}

/// The bucket limits of the price facet in minor units: 0, then 5, 10, 20, 50, ... 10,000 units (a 1-2-5 ladder), the last
/// bucket being open. A unit is the power of ten that [`price_scale`](crate::price_scale) says for the currency.
///
/// One ladder for all results keeps the counts of all engines the same in one pass over the matches; only steps with
/// products are shown.
pub fn price_ladder(scale: u32) -> Vec<i64> {
    const UNITS: [i64; 12] = [0, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
    let unit = 10_i64.pow(scale.min(MAX_PRICE_SCALE));
    UNITS.iter().map(|limit| limit * unit).collect()
}

/// Greatest power of ten of a ladder's unit; whoever reads a number from an index may read a greater one.
const MAX_PRICE_SCALE: u32 = 12;
