//! Products and what they belong to: categories, fandoms, sellers, and the documents made for the index.

mod attributes;
mod categories;
mod document_values;
pub(crate) mod documents;
pub(crate) mod former_slugs;
mod named_entities;
pub(crate) mod offers;
mod price_changes;
pub(crate) mod products;
pub(crate) mod validation;
pub(crate) mod variants_batch;

pub use attributes::{AttributeRecord, DefinedAttributes};
pub use categories::{Categories, CategoryInput, CategoryRecord};
pub(crate) use documents::LISTED;
pub use former_slugs::{FormerSlugs, MovedSlug};
pub use named_entities::{Fandoms, NamedEntities, NamedEntityInput, NamedEntityRecord, Sellers};
pub use offers::{OfferRecord, Offers};
pub use price_changes::{AppliedPriceChanges, PriceChanges};
pub use products::{
    MissingReferences, ProductKey, ProductListing, ProductRecord, ProductWrite, Products,
    RecordReferences, UniqueKey, Upserted, VariantRecord,
};
pub use variants_batch::{VariantOutcome, VariantRefusal, Variants};
