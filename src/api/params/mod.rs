//! Parameters: each type says in the specification what it takes, and takes exactly that.

mod filters;
mod many;
mod paging;
mod types;

pub use filters::FilterParams;
pub use many::Many;
pub use paging::page_request;
pub use types::{
    AttributeChoice, AttributeName, BrandName, CachePattern, CacheTag, CursorText, FacetChoice,
    Flag, MinorUnits, Needle, PageNumber, PerPage, ProductRef, RatingLimit, Reference,
    ReferenceKind, RowId, SearchText, SimilarLimit, SlugText, SortOrder, StatusName,
    SuggestionLimit, TypedText, ValueFacet,
};
