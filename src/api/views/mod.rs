//! What the API shows: wire types, apart from the domain's so that each can change alone.
//!
//! Each is described by poem-openapi and written by serde; `tests/wire.rs` holds that both agree.

mod events;
mod facets;
mod hit;
mod money;
mod product;
mod reference;
mod search;
mod time;

pub use events::{
    ActionName, EventBatch, EventBody, EventFault, EventsBody, EventsTaken, OfferedEvent,
};
pub use facets::{FacetValueView, FacetView, FacetsView, PriceBucketView, PriceFacetView};
pub use hit::{HighlightsView, HitView, LabelView};
pub use money::MoneyView;
pub use product::{ProductView, VariantView};
pub use reference::{CategoryNode, CategoryTree, FandomView, Fandoms, SellerView};
pub use search::{
    EngineName, FacetValuesView, Listing, Matched, PageView, SearchResults, Similar,
    SuggestionKindName, SuggestionView, Suggestions,
};
pub use time::Timestamp;
