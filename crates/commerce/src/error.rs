//! Reasons for which something is not sold, paid or changed.

use souk_domain::{
    InvalidField,
    ordering::{AmountOverflow, JournalError, QuoteError, StepError},
};
use souk_papers::PaperError;
use souk_store::{OfferKey, Shortage, StoreError};

use crate::payments::ProviderError;

/// Refusal or failure.
#[derive(Debug, thiserror::Error)]
pub enum CommerceError {
    /// A value cannot be taken.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// There is nothing to buy in the cart.
    #[error("the cart is empty: put something in first")]
    EmptyCart,
    /// Prices or goods are others than the shopper has seen.
    #[error("the cart has changed: read it, and acknowledge what it says")]
    CartChanged(Vec<OfferKey>),
    /// The sum is another than the shopper has seen.
    #[error("the total is {actual}, not {expected}: show it, and ask again")]
    OtherTotal {
        /// Sum that the shopper expects, in minor units.
        expected: i64,
        /// Sum that it is.
        actual: i64,
    },
    /// There are fewer units than are wanted.
    #[error("there are not enough units of what is in the cart")]
    Short(Vec<Shortage>),
    /// A promotion has been used up meanwhile.
    #[error("`{0}` has been used as often as it may be: take it out of the cart")]
    UsedUp(String),
    /// The marketplace takes no such payments.
    #[error("there is no payment provider `{0}`")]
    UnknownProvider(String),
    /// The state of the order does not allow it.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The same request was sent again, and that one goes on.
    #[error("the same request is under way: wait for its answer")]
    TakenOver,
    /// The purchase is over.
    #[error("the purchase is over: begin a new one")]
    Ended,
    /// The purchase is not placed yet.
    #[error("the purchase is not placed yet")]
    NotPlaced,
    /// The payment cannot be changed any more.
    #[error("the payment is done already")]
    Paid,
    /// Absent, or somebody else's.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The provider failed.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Figures are too large.
    #[error(transparent)]
    Overflow(#[from] AmountOverflow),
    /// A journal could not be made.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A paper could not be written.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CommerceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Invalid(invalid) => Self::Invalid(invalid),
            StoreError::NotFound(what) => Self::NotFound(what),
            error => Self::Store(error),
        }
    }
}

impl From<QuoteError> for CommerceError {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Overflow(overflow) => Self::Overflow(overflow),
            error => Self::Invalid(InvalidField::new("lines", error.to_string())),
        }
    }
}
