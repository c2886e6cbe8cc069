//! Rules: when something is searched for, then something is done to the result.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use souk_domain::{ExternalKey, Filters, InvalidField, MAX_KEY_CHARS, ProductId, parse_slug};

use super::checks::{at, check_count, check_filters, is_name};
use crate::merchandising::{MAX_FACTOR, MAX_PINNED, MIN_FACTOR};

/// Most characters of a rule's name.
const MAX_NAME_CHARS: usize = 200;
/// Most products of one selection.
const MAX_SELECTED: usize = 200;
/// Most boosts of one rule, and most selections that it hides.
const MAX_SELECTIONS: usize = 20;

/// Rule that changes some searches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique among its like; made for one that comes without.
    #[serde(default)]
    pub id: String,
    /// Name shown to merchandisers.
    pub name: String,
    /// True if the rule is active.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// To which searches; to all if nothing is said.
    #[serde(default)]
    pub when: When,
    /// Effects on the searches.
    pub then: Effects,
}

fn yes() -> bool {
    true
}

/// Condition of a rule; every part of it must hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Condition on the words of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<QueryCondition>,
    /// Filters that must be selected: one value of each filter given here. Price and rating are no conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<Filters>,
    /// Not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Not at this time nor after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// Condition on the words of a query, compared by stem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryCondition {
    /// The query consists of these words.
    Is(String),
    /// The query contains these words side by side.
    Contains(String),
    /// The query starts with these words.
    StartsWith(String),
}

/// Effects of a rule on a search.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Effects {
    /// Products pinned to the top, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pin: Vec<ProductRef>,
    /// Products that are boosted or buried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boost: Vec<Boosting>,
    /// Products that are hidden.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hide: Vec<Selection>,
    /// Nothing else is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filters>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "ProductRefForm", into = "ProductRefForm")]
pub enum ProductRef {
    /// By its id.
    Id(ProductId),
    /// By its seller's own id. It need not exist yet.
    External(ExternalKey),
}

/// Product as documents name it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductRefForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<ProductId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seller: Option<String>,
}

impl TryFrom<ProductRefForm> for ProductRef {
    type Error = &'static str;

    fn try_from(form: ProductRefForm) -> Result<Self, Self::Error> {
        match form {
            ProductRefForm {
                id: Some(id),
                external_id: None,
                seller: None,
            } => Ok(Self::Id(id)),
            ProductRefForm {
                id: None,
                external_id: Some(external_id),
                seller,
            } => Ok(Self::External(ExternalKey {
                seller,
                external_id,
            })),
            _ => Err("a product has either `id`, or `external_id` with or without `seller`"),
        }
    }
}

impl From<ProductRef> for ProductRefForm {
    fn from(product: ProductRef) -> Self {
        let (id, key) = match product {
            ProductRef::Id(id) => (Some(id), None),
            ProductRef::External(key) => (None, Some(key)),
        };
        let (external_id, seller) = key.map(|key| (key.external_id, key.seller)).unzip();
        Self {
            id,
            external_id,
            seller: seller.flatten(),
        }
    }
}

/// Boost of some products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boosting {
    /// Boosted products.
    pub select: Selection,
    /// By what: [`MIN_FACTOR`] to [`MAX_FACTOR`]; less than 1 buries.
    pub factor: f32,
}

/// Some products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Products by id.
    Products(Vec<ProductRef>),
    /// All that pass these filters.
    Filters(Filters),
}

impl QueryCondition {
    /// What it is compared with.
    pub fn phrase(&self) -> &str {
        match self {
            Self::Is(phrase) | Self::Contains(phrase) | Self::StartsWith(phrase) => phrase,
        }
    }

    /// Returns the name in the document.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Is(_) => "is",
            Self::Contains(_) => "contains",
            Self::StartsWith(_) => "starts_with",
        }
    }
}

impl Effects {
    /// Every product that is named.
    pub fn products(&self) -> impl Iterator<Item = &ProductRef> {
        let boosted = self.boost.iter().map(|boost| &boost.select);
        let selected = boosted.chain(&self.hide).flat_map(Selection::products);
        self.pin.iter().chain(selected)
    }

    fn check(&self) -> Result<(), InvalidField> {
        if *self == Self::default() {
            let message = "does nothing: give `pin`, `boost`, `hide` or `filter`";
            return Err(InvalidField::new("", message));
        }
        check_count("pin", self.pin.len(), MAX_PINNED)?;
        check_products("pin", &self.pin)?;
        check_count("boost", self.boost.len(), MAX_SELECTIONS)?;
        for (place, boost) in self.boost.iter().enumerate() {
            boost.check().map_err(|error| at("boost", place, error))?;
        }
        check_count("hide", self.hide.len(), MAX_SELECTIONS)?;
        for (place, selection) in self.hide.iter().enumerate() {
            selection
                .check()
                .map_err(|error| at("hide", place, error))?;
        }
        match &self.filter {
            Some(filters) => check_filters(filters).map_err(|error| error.within("filter")),
            None => Ok(()),
        }
    }
}

impl Selection {
    fn products(&self) -> &[ProductRef] {
        match self {
            Self::Products(products) => products,
            Self::Filters(_) => &[],
        }
    }

    fn check(&self) -> Result<(), InvalidField> {
        match self {
            Self::Products(products) => {
                if products.is_empty() {
                    return Err(InvalidField::new("products", "names none"));
                }
                check_count("products", products.len(), MAX_SELECTED)?;
                check_products("products", products)
            }
            Self::Filters(filters) => {
                check_filters(filters).map_err(|error| error.within("filters"))
            }
        }
    }
}

impl Boosting {
    fn check(&self) -> Result<(), InvalidField> {
        self.select
            .check()
            .map_err(|error| error.within("select"))?;
        if (MIN_FACTOR..=MAX_FACTOR).contains(&self.factor) {
            return Ok(());
        }
        let message = format!("lies between {MIN_FACTOR} and {MAX_FACTOR}");
        Err(InvalidField::new("factor", message))
    }
}

impl When {
    fn check(&self) -> Result<(), InvalidField> {
        if let Some(query) = &self.query {
            query.check().map_err(|error| error.within("query"))?;
        }
        if let Some(filters) = &self.filters {
            check_filters(filters).map_err(|error| error.within("filters"))?;
            for (name, is_given) in [
                ("filters.price", filters.price.is_some()),
                ("filters.rating_min", filters.rating_min.is_some()),
            ] {
                if is_given {
                    return Err(InvalidField::new(name, "is no condition"));
                }
            }
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) if from >= until => {
                Err(InvalidField::new("until", "is not after `from`"))
            }
            _ => Ok(()),
        }
    }
}

impl Rule {
    pub(super) fn check_content(&self) -> Result<(), InvalidField> {
        if !is_name(&self.name, MAX_NAME_CHARS) || self.name.trim().is_empty() {
            let message = format!("has 1 to {MAX_NAME_CHARS} characters");
            return Err(InvalidField::new("name", message));
        }
        self.when.check().map_err(|error| error.within("when"))?;
        self.then.check().map_err(|error| error.within("then"))
    }
}

fn check_products(list: &str, products: &[ProductRef]) -> Result<(), InvalidField> {
    let is_good = |product: &ProductRef| match product {
        ProductRef::Id(id) => id.0 > 0,
        ProductRef::External(key) => {
            let mut seller = key.seller.iter();
            is_name(&key.external_id, MAX_KEY_CHARS) && seller.all(|slug| parse_slug(slug).is_ok())
        }
    };
    match products.iter().position(|product| !is_good(product)) {
        Some(place) => {
            let error = InvalidField::new("", "is no id of a product");
            Err(at(list, place, error))
        }
        None => Ok(()),
    }
}
