//! Facets on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{Currency, Facet, FacetValue, Facets, PriceFacet, RangeFacet};

use super::{AttributeLabels, AttributeTypeName, MoneyView};

/// Facets of a result. A facet that was not requested is absent.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Facets", skip_serializing_if_is_none)]
pub struct FacetsView {
    /// The category tree, flat, parents before children; counts include descendants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<FacetView>,
    /// Fandoms by falling count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fandom: Option<FacetView>,
    /// Brands by falling count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<FacetView>,
    /// Sellers by falling count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<FacetView>,
    /// Price bounds and buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceFacetView>,
    /// Values `4`, `3`, `2`, `1`: products rated so or better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<FacetView>,
    /// Values `in_stock` and `out_of_stock`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<FacetView>,
    /// The attributes that matter for this result; empty if not asked for. Defined ones come first, by position, then the
    /// most widespread ones.
    pub attributes: Vec<FacetView>,
    /// Bounds of the attributes that are filtered by a range, by position; asked for with the attributes.
    pub ranges: Vec<RangeFacetView>,
}

/// Facet. Counts exclude the facet's own filter and include all others.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Facet", skip_serializing_if_is_none)]
pub struct FacetView {
    /// `category`, `brand`, ... or an attribute's name.
    pub name: String,
    /// Display name of a defined attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Type of a defined attribute's values.
    #[oai(rename = "type")]
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AttributeTypeName>,
    /// Unit of a defined attribute's numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Values; selected values are always included.
    pub values: Vec<FacetValueView>,
    /// True if counts are exact.
    pub exact: bool,
    /// Number of values left out; `/api/search/facets/{name}` searches them.
    pub left_out: u64,
}

/// Bounds of an attribute's numbers or dates. They exclude the attribute's own filter and include all others.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "RangeFacet", skip_serializing_if_is_none)]
pub struct RangeFacetView {
    /// The attribute's name.
    pub name: String,
    /// Display name.
    pub label: String,
    /// `number` or `date`.
    #[oai(rename = "type")]
    #[serde(rename = "type")]
    pub kind: AttributeTypeName,
    /// Unit of the numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The lowest number or day, as `attr_min` takes it; absent if no product has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The highest number or day, as `attr_max` takes it; absent if no product has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// True if the bounds are exact.
    pub exact: bool,
}

/// Facet value.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "FacetValue", skip_serializing_if_is_none)]
pub struct FacetValueView {
    /// Value that the filter takes.
    pub value: String,
    /// Display name.
    pub label: String,
    /// Products that selecting it, alone in its facet, would show.
    pub count: u64,
    /// True if this search filters by it.
    pub selected: bool,
    /// Categories only: the parent's slug; absent at the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// The price facet, over the prices of variants that pass the filters.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "PriceFacet", skip_serializing_if_is_none)]
pub struct PriceFacetView {
    /// The lowest price; absent if nothing is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<MoneyView>,
    /// The highest price; absent if nothing is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<MoneyView>,
    /// Buckets that hold at least one product, rising.
    pub buckets: Vec<PriceBucketView>,
    /// True if counts are exact.
    pub exact: bool,
}

/// Products with `from <= price < to`.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "PriceBucket", skip_serializing_if_is_none)]
pub struct PriceBucketView {
    /// Lowest price, inclusive.
    pub from: MoneyView,
    /// End, exclusive; absent for the last bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<MoneyView>,
    /// Number of products.
    pub count: u64,
}

impl FacetsView {
    /// The facets of an answer, prices in the marketplace's currency.
    pub fn new(facets: Facets, currency: Currency, labels: AttributeLabels<'_>) -> Self {
        Self {
            category: facets.category.map(FacetView::from),
            fandom: facets.fandom.map(FacetView::from),
            brand: facets.brand.map(FacetView::from),
            seller: facets.seller.map(FacetView::from),
            price: facets
                .price
                .map(|price| PriceFacetView::new(price, currency)),
            rating: facets.rating.map(FacetView::from),
            availability: facets.availability.map(FacetView::from),
            attributes: facets
                .attributes
                .into_iter()
                .map(|facet| FacetView::of_attribute(facet, labels))
                .collect(),
            ranges: facets
                .ranges
                .into_iter()
                .filter_map(|facet| RangeFacetView::new(facet, labels))
                .collect(),
        }
    }
}

impl FacetView {
    /// The facet of an attribute.
    pub fn of_attribute(facet: Facet, labels: AttributeLabels<'_>) -> Self {
        let definition = labels.definition(&facet.name);
        Self {
            label: definition.map(|definition| labels.label(definition)),
            kind: definition.map(|definition| definition.kind.into()),
            unit: definition.and_then(|definition| definition.unit.clone()),
            ..Self::from(facet)
        }
    }
}

impl RangeFacetView {
    /// The bounds of an attribute; none if it is not defined any more.
    fn new(facet: RangeFacet, labels: AttributeLabels<'_>) -> Option<Self> {
        let definition = labels.definition(&facet.name)?;
        let written = |number| definition.written(number);
        Some(Self {
            label: labels.label(definition),
            kind: definition.kind.into(),
            unit: definition.unit.clone(),
            min: facet.bounds.map(|(min, _)| written(min)),
            max: facet.bounds.map(|(_, max)| written(max)),
            exact: facet.exact,
            name: facet.name,
        })
    }
}

impl From<Facet> for FacetView {
    fn from(facet: Facet) -> Self {
        Self {
            label: None,
            kind: None,
            unit: None,
            name: facet.name,
            values: facet.values.into_iter().map(FacetValueView::from).collect(),
            exact: facet.exact,
            left_out: facet.left_out,
        }
    }
}

impl From<FacetValue> for FacetValueView {
    fn from(value: FacetValue) -> Self {
        Self {
            value: value.value,
            label: value.label,
            count: value.count,
            selected: value.selected,
            parent: value.parent,
        }
    }
}

impl PriceFacetView {
    fn new(facet: PriceFacet, currency: Currency) -> Self {
        let money = |amount| MoneyView::new(amount, currency);
        Self {
            min: facet.bounds.map(|(min, _)| money(min)),
            max: facet.bounds.map(|(_, max)| money(max)),
            buckets: facet
                .buckets
                .into_iter()
                .map(|bucket| PriceBucketView {
                    from: money(bucket.from),
                    to: bucket.to.map(money),
                    count: bucket.count,
                })
                .collect(),
            exact: facet.exact,
        }
    }
}
