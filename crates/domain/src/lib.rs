//! Souk's vocabulary: what a product document, a search query and a page of answers are.
//!
//! Nothing here does I/O, and nothing here knows a database, an engine or HTTP: every other crate
//! speaks these types, so they may depend on none of them.

mod analytics;
mod attributes;
mod changes;
mod checks;
mod cursor;
mod document;
pub mod events;
mod facet;
mod host_name;
mod ids;
mod invalid;
mod label;
mod language;
mod money;
mod offers;
pub mod ordering;
mod page;
mod product;
mod query;
mod query_id;
pub mod reviews;
pub mod sellers;
mod slugs;
mod sort;
mod suggestion;
mod text;

pub use analytics::{Action, HitEvent};
pub use attributes::{
    AttributeDefinition, AttributeDefinitions, AttributeFilterKind, AttributeType,
    AttributeVisibility, MAX_ATTRIBUTE_DEFINITIONS, MAX_ATTRIBUTE_POSITION, MAX_LABELS,
    MAX_LISTED_VALUES, MAX_RANGE_ATTRIBUTES, MAX_UNIT_CHARS, NumberRange, ValueOrder,
    most_frequent, number_text, same_value, share_values, unify_spellings, value_key,
};
pub use changes::{Change, KeptParts, PatchedProduct, ProductPatch, VariantPatch, VariantUpdate};
pub use checks::{MAX_KEY_CHARS, MAX_PRICE, MAX_STOCK};
pub use cursor::{Cursor, CursorError, SortKey};
pub use document::{ProductDocument, VariantDocument};
pub use facet::{
    Facet, FacetName, FacetValue, Facets, PriceBucket, PriceFacet, RangeFacet, price_ladder,
};
pub use host_name::{HostName, HostNameError};
pub use ids::{
    AccountId, AddressId, CartId, CartLineId, CategoryId, DeliveryMethodId, ExternalKey, FandomId,
    FulfilmentId, JournalId, MailId, OfferId, OrderGroupId, OrderId, OrderLineId, OutboxId,
    ParseIdError, PaymentId, PayoutId, ProductId, PromotionId, RefundId, ReviewId, SellerId,
    SessionId, TaxRateId, TenantId, TenantKeyId, VariantId, WebhookDeliveryId, WebhookEndpointId,
};
pub use invalid::InvalidField;
pub use label::Label;
pub use language::{Language, UnknownLanguage};
pub use money::{
    Currency, Money, MoneyError, PriceRange, ShopCurrencyError, exponent as currency_exponent,
    price_scale, shop_currency,
};
pub use offers::{
    BuyBox, BuyBoxReason, Condition, MAX_OFFERS, OfferInput, OfferPatch, Prices, SellerOffer,
    StockPolicy,
};
pub use page::{EngineKind, Highlights, Hit, HitVariant, MatchStage, SearchPage};
pub use product::{
    Attributes, Image, MAX_ALT_CHARS, MAX_ATTRIBUTES, MAX_FURTHER, MAX_IMAGES, MAX_LENGTH_MM,
    MAX_OPTIONS, MAX_POPULARITY, MAX_TAGS, MAX_VALUE_CHARS, MAX_VALUES, MAX_WEIGHT_G, Measures,
    ProductInput, ProductStatus, RatingTotals, TAGS, VariantInput, gtin_check_digit, gtin_forms,
    gtin14, image_url, is_gtin, too_many_offers,
};
pub use query::operators::{
    MAX_OPERATORS, TextPart, TextPartKind, has_operators, is_only_exclusions, text_parts,
};
pub use query::{
    AttributeFilter, Conditions, Filters, MAX_OFFSET, MAX_PER_PAGE, MAX_QUERY_CHARS, PageRequest,
    PriceFilter, SearchQuery, Start,
};
pub use query_id::{QueryId, QueryIdError, SignedQueryId};
pub use slugs::{SlugError, parse_slug, slugify};
pub use sort::Sort;
pub use suggestion::{Suggestion, SuggestionKind};
pub use text::{tidied, tidy};
