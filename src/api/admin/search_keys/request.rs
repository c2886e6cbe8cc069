//! Request bodies of search keys.

use poem_openapi::Object;
use serde::Deserialize;

use crate::{
    api::views::Timestamp,
    search_keys::{EnforcedFilters, Restrictions},
};

/// A search key to be made.
#[derive(Debug, Object, Deserialize)]
pub struct SearchKeyBody {
    /// Id of the API key that it is derived from, and ends with; default the one that asks.
    #[oai(nullable, validator(min_length = 11, max_length = 11))]
    pub parent: Option<String>,
    /// Filters that everything has to pass.
    #[oai(nullable)]
    pub filters: Option<SearchKeyFilters>,
    /// Time from which it is refused, in whole seconds; default the end of the API key.
    #[oai(nullable)]
    pub expires_at: Option<Timestamp>,
    /// Most requests a minute of one user.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "100000")))]
    pub per_minute: Option<u32>,
    /// Name of the user whose requests are counted together; default the network that asks.
    #[oai(nullable, validator(min_length = 1, max_length = 128))]
    pub user: Option<String>,
    /// Origins whose pages may send the key, such as `https://shop.example`; default any.
    #[oai(nullable, validator(min_items = 1, max_items = 20))]
    pub origins: Option<Vec<String>>,
}

/// Filters of a search key, as those of a search. Values of one filter are alternatives.
#[derive(Debug, Object, Deserialize)]
pub struct SearchKeyFilters {
    /// Slugs of categories; descendants are included.
    #[oai(nullable, validator(min_items = 1, max_items = 50))]
    pub category: Option<Vec<String>>,
    /// Slugs of fandoms.
    #[oai(nullable, validator(min_items = 1, max_items = 50))]
    pub fandom: Option<Vec<String>>,
    /// Brands, as displayed.
    #[oai(nullable, validator(min_items = 1, max_items = 50))]
    pub brand: Option<Vec<String>>,
    /// Slugs of sellers.
    #[oai(nullable, validator(min_items = 1, max_items = 50))]
    pub seller: Option<Vec<String>>,
    /// Names and values of attributes, such as `color:red`.
    #[oai(nullable, validator(min_items = 1, max_items = 50))]
    pub attr: Option<Vec<String>>,
    /// Lowest price in minor units.
    #[oai(nullable)]
    pub price_min: Option<i64>,
    /// Highest price in minor units.
    #[oai(nullable)]
    pub price_max: Option<i64>,
    /// Minimum average rating.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "5")))]
    pub rating_min: Option<f32>,
    /// True for products that can be bought, false for those with a variant that is sold out.
    #[oai(nullable)]
    pub in_stock: Option<bool>,
}

impl SearchKeyBody {
    /// Returns the id of the API key, if it is named, and the restrictions.
    pub(super) fn into_parts(self) -> (Option<String>, Restrictions) {
        let restrictions = Restrictions {
            filters: self.filters.map(Into::into),
            expires: self.expires_at.map(|end| end.ms().div_euclid(1_000)),
            per_minute: self.per_minute,
            user: self.user,
            origins: self.origins,
        };
        (self.parent, restrictions)
    }
}

impl From<SearchKeyFilters> for EnforcedFilters {
    fn from(given: SearchKeyFilters) -> Self {
        Self {
            category: given.category.map(Into::into),
            fandom: given.fandom.map(Into::into),
            brand: given.brand.map(Into::into),
            seller: given.seller.map(Into::into),
            attr: given.attr.map(Into::into),
            price_min: given.price_min,
            price_max: given.price_max,
            rating_min: given.rating_min,
            in_stock: given.in_stock,
        }
    }
}
