//! Parameters: each type says in the specification what it takes, and takes exactly that.

mod filters;
mod many;
mod paging;
mod types;

pub use filters::FilterParams;
pub use many::Many;
pub use paging::page_request;
pub use types::{
    ActorName, AttributeChoice, AttributeName, BrandName, CachePattern, CacheTag, CursorText,
    FacetChoice, Flag, MinorUnits, Needle, NoteText, PageNumber, PerPage, ProductRef, RatingLimit,
    Reference, ReferenceKind, RowId, SearchText, SimilarLimit, SlugText, SortOrder, StatusName,
    StopWord, SuggestionLimit, TypedText, ValueFacet,
};
