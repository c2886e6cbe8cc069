//! Suggestions while typing, from names in memory and from what shoppers searched for.

mod clicked_queries;
mod completion;
mod operators;
mod popular_queries;

pub use clicked_queries::ClickedQueries;
pub use completion::*;
pub use operators::OperatorCompletion;
pub use popular_queries::{PopularQueries, with_popular_queries};
