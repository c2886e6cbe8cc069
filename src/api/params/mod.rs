//! Parameters: each type says in the specification what it takes, and takes exactly that.

mod day;
mod filters;
mod many;
mod paging;
mod types;

pub use day::CalendarDay;
pub use filters::FilterParams;
pub use many::Many;
pub use paging::page_request;
pub use types::{
    ActorName, AnsweringVersion, ApiKeyId, AttributeChoice, AttributeLimit, AttributeName,
    AuditName, BrandName, CachePattern, CacheTag, CurrencyCode, CursorText, Day, EventPosition,
    ExternalIdText, FacetChoice, Flag, ImportFileName, ImportProfile, LanguageTag, MinorUnits,
    Moment, Needle, NoteText, PageNumber, PerPage, PriceUnitName, ProductRef, RatingLimit,
    Reference, ReferenceKind, ReportOrder, ReviewSort, ReviewState, RowId, SearchText,
    SimilarLimit, SlugText, SortOrder, StarRating, StatusName, StockUnits, StopWord,
    SuggestionLimit, TypedText, ValueFacet, VisitorIdParameter, WatchedIds,
};
