//! Wire types that several resources share, apart from the domain's so that each can change alone.
//!
//! Each is described by poem-openapi and written by serde; `tests/wire.rs` holds that both agree.

mod attributes;
mod engine;
mod facets;
mod hit;
mod image;
mod label;
mod matched;
mod money;
mod offer;
mod page;
mod time;

pub use attributes::{AttributeLabels, AttributeTypeName};
pub use engine::{EngineName, milliseconds};
pub use facets::{
    FacetValueView, FacetView, FacetsView, PriceBucketView, PriceFacetView, RangeFacetView,
};
pub use hit::{HighlightsView, HitVariantView, HitView, two_decimals};
pub use image::ImageView;
pub use label::LabelView;
pub use matched::Matched;
pub use money::MoneyView;
pub use offer::{ConditionName, OfferView, ReasonName, version_text};
pub use page::PageView;
pub use time::{Timestamp, lag_seconds};
