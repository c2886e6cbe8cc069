//! API of storefronts: search, products, reviews, categories, sellers and events, open to everyone.

pub mod catalogue;
pub mod events;
mod former_slugs;
pub mod products;
pub mod reviews;
pub mod search;
pub mod sellers;

/// Operations of storefronts.
pub type Api = (
    search::SearchApi,
    events::SearchEventsApi,
    products::ProductsApi,
    reviews::ReviewsApi,
    catalogue::ReferenceApi,
    sellers::SellersApi,
);

pub(super) fn api() -> Api {
    (
        search::SearchApi,
        events::SearchEventsApi,
        products::ProductsApi,
        reviews::ReviewsApi,
        catalogue::ReferenceApi,
        sellers::SellersApi,
    )
}
