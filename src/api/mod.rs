//! The API: a module a resource, every operation described for `openapi.yaml`.
//!
//! A handler has four beats: authorise, parse (its parameters' types do that), one domain call, map.

pub mod account;
pub mod admin;
pub mod agents;
pub mod answers;
mod call;
mod described;
pub mod health;
pub mod instantsearch;
pub mod live;
pub mod merge_patch;
pub mod params;
pub mod printed;
pub mod reviews;
pub mod seller;
pub mod selling;
mod specification;
pub mod storefront;
pub mod views;

use poem_openapi::{LicenseObject, OpenApiService, Tags};

pub use described::Described;
pub use specification::Specification;

/// Groups of operations.
#[derive(Tags)]
pub enum Tag {
    /// Searching products, facets and suggestions.
    Search,
    /// The catalogue as shoppers see it.
    Catalogue,
    /// Carts, checkout and orders of shoppers.
    Selling,
    /// Workspace of sellers' people: application, orders, money.
    Seller,
    /// Live updates by server-sent events.
    Live,
    /// Reviews by customers, and votes for them.
    Reviews,
    /// Accounts of people and their sessions.
    Account,
    /// Changing the catalogue; needs a key with the permission that the operation names.
    Admin,
    /// Synonyms, stop words, redirects, rules and settings of search; needs a key with the permission that the operation names.
    Merchandising,
    /// Tenants of the installation and the keys of their storefronts.
    Tenants,
    /// API keys, and the record of what was done with them.
    Security,
    /// Liveness and readiness.
    Health,
}

/// All operations.
pub type Api = (
    storefront::Api,
    selling::Api,
    seller::Api,
    live::LiveApi,
    reviews::Api,
    account::Api,
    admin::Api,
    health::HealthApi,
);

fn api() -> Api {
    (
        storefront::api(),
        selling::api(),
        seller::api(),
        live::LiveApi,
        reviews::api(),
        account::api(),
        admin::api(),
        health::HealthApi,
    )
}

const ABOUT: &str = "\
Souk is a marketplace backend built around search.

Several marketplaces may live behind one address: a request belongs to the one whose host name it was \
sent to, else to the one whose key it carries as `X-Api-Key`, else to the default one. A key that is no \
marketplace's is refused with 401, and one of another marketplace than the host with 403.

Amounts of money are integers in minor units (cents for the euro). Every error has the same body, and \
every answer carries `X-Request-Id`.

A query parameter or a field of a body that an operation does not know is refused with 400 and named, together with the \
nearest known one; parameters of campaign links, such as `utm_source` and `gclid`, are passed over. Repeatable parameters \
are taken as `brand=a&brand=b`, `brand[]=a` and `brand[0]=a`. Bodies may be packed (`Content-Encoding: gzip`). A read with an \
`ETag` answers 304 without a body to its `If-None-Match`, which some generated clients take for an error.

Requests are rate-limited per client. `RateLimit-Policy: \"default\";q=100;w=60` names the quota that a request was \
counted against (100 requests in 60 s, given back evenly). `RateLimit: \"default\";r=99;t=1` gives what is left of it \
(99 requests now, all of them in 1 s), as in the IETF's draft-ietf-httpapi-ratelimit-headers. Requests beyond the \
quota get 429 with `Retry-After`.

Front ends made with InstantSearch, Autocomplete or `algoliasearch` find what they speak below `/api/instantsearch`, which \
`docs/INSTANTSEARCH.md` describes.";

/// The API with its description.
pub fn service() -> OpenApiService<Api, ()> {
    OpenApiService::new(api(), "Souk", env!("CARGO_PKG_VERSION"))
        .description(ABOUT)
        .license(LicenseObject::new("MIT OR Apache-2.0"))
        .server("/")
}
