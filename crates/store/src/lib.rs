//! Entities, queries, outbox and projections over PostgreSQL and SQLite.
//!
//! Everything that belongs to a tenant hangs off a [`Scope`], so no query can be written that forgets it. Writes
//! happen in one transaction each; the outbox is filled by the database's triggers, never from here. SQL is
//! written once for both databases where it can be (`$1` placeholders, lists as one JSON parameter, so that the
//! number of rows never meets a limit of parameters), and [`Backend`] has what differs.

mod analytics;
mod availability;
mod backend;
mod bulk;
mod catalogue;
mod clock;
mod connection;
mod dead_letters;
mod error;
pub mod etag;
mod events;
#[doc(hidden)]
pub mod explain;
mod guarded;
mod identity;
mod installation_secrets;
mod jobs;
mod merchandising;
mod notices;
mod ordering;
mod outbox;
mod pending_invalidations;
mod product_vectors;
mod scope;
mod search_projection;
mod shared_secret;
mod tenants;
mod visitor_salts;

pub use analytics::{
    AttributedBatch, Batch, DailyMetrics, DecidedTexts, EventCount, Metrics, NetworkOrigins,
    NetworkSearches, NetworkTokens, Period, PopularityOptions, QueryMetrics, QueryOrder,
    SearchAnalytics, SearchCount, SearchFeedback, SearchKey, SearchReports, SuggestedQuery,
    SuggestionDecision, SuggestionDecisions, SuggestionOptions, SuggestionRecord, Summary, Trend,
    Trends, VersionMetrics, Visitor, VoidableAnalytics, Voided,
};
pub use backend::Backend;
pub use catalogue::{
    AppliedPriceChanges, AttributeRecord, Categories, CategoryInput, CategoryRecord,
    DefinedAttributes, Fandoms, FormerSlugs, MissingReferences, MovedSlug, NamedEntities,
    NamedEntityInput, NamedEntityRecord, OfferRecord, Offers, PriceChanges, ProductKey,
    ProductListing, ProductRecord, ProductWrite, Products, RecordReferences, ReviewInput,
    ReviewOrder, ReviewRecord, Reviews, Sellers, UniqueKey, Upserted, VariantOutcome,
    VariantRecord, VariantRefusal, Variants,
};
pub use connection::{DatabaseOptions, PoolStats, Store, Traceparent};
pub use dead_letters::{DeadLetter, DeadLetterId, DeadLetters};
pub use error::StoreError;
pub use events::{Event, EventBatch, Events, EventsTold, NewEvent, Sink, WaitingEvents};
pub use guarded::{Connection, Transaction};
pub use identity::api_keys::{API_KEYS_PER_TENANT, ApiKey, ApiKeys, NewApiKey, Rotation};
pub use identity::audit;
pub use identity::{
    Account, AccountChanges, Accounts, Attempt, Challenge, CountedAttempt, CountedGuesser,
    Credentials, FactorProof, Factors, Finished, ImportedAccount, Invited, LinkPurpose,
    LiveSession, MAIL_QUOTA_SECONDS, Mail, MailQueue, Membership, NewAccount, NewChallenge,
    NewLink, NewMail, NewSession, NewTotp, Person, ProvenSession, RecoveryCodes, Registration,
    Session, Sessions, SignInFailures, Totp,
};
pub use jobs::{
    ImportCounts, ImportJob, ImportLoss, ImportQueue, ImportState, Imports, IndexJob, IndexJobs,
    JobId, JobKind, JobQueue, JobRequest, JobState, NewImport, Progress, ScheduledTasks,
};
pub use merchandising::{
    ActiveVersions, Authorship, ConfigAction, ConfigEvent, ConfigExperiment, ConfigVersion,
    ConfigVersionSummary, KEPT_EVENTS, KEPT_VERSIONS, SearchConfigs,
};
pub use notices::{Heard, Notice, Notices};
pub use ordering::{
    ADDRESSES_PER_ACCOUNT, Addresses, BegunCheckout, CART_LINES, Cart, CartChoices, CartLine,
    CartLineChange, CartOwner, Carts, CheckoutRefusal, Claim, Fulfilment, HeldKey, IdempotencyKeys,
    IdempotentRequest, Ledger, LedgerBalance, LedgerEntry, LockedGroup, NewAddress, NewCartLine,
    NewFulfilment, NewOrderGroup, NewOrderStep, OfferKey, Order, OrderGroup, OrderLine,
    OrderListing, OrderStepRecord, OrderedGoods, PromotionUse, Refund, SavedAddress, SellableOffer,
    Shortage, Stored, StoredPayment, TERMS_PER_TENANT, Term, Terms, UnbalancedJournal, Units,
};
pub use outbox::{Entity, Lane, Outbox, OutboxBacklog, OutboxBacklogStats, OutboxRow, OutboxStats};
pub use pending_invalidations::{PendingInvalidation, PendingInvalidations};
pub use product_vectors::{NewVector, ProductText, ProductVectors};
pub use scope::Scope;
pub use search_projection::{ChangedName, ProjectionBatch, SearchProjection};
pub use shared_secret::SECRET_BYTES;
pub use souk_breaker::BreakerState;
pub use tenants::{
    HOSTS_PER_TENANT, KEYS_PER_TENANT, NewTenant, NewTenantKey, Tenant, TenantChanges, TenantKey,
    TenantKeys, Tenants, UsableKey,
};
pub use visitor_salts::VisitorSalts;
