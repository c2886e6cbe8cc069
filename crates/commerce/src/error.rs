//! Reasons for which something is not sold, paid or changed.

use souk_domain::{
    InvalidField,
    ordering::{AmountOverflow, JournalError, QuoteError, StepError},
    sellers::{ChecklistItem, PayoutRefusal, StatusRefusal},
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
    /// The account has applied with too many sellers.
    #[error("this account has applied with as many sellers as it may")]
    TooManyApplications,
    /// The standing of a seller does not allow a decision.
    #[error(transparent)]
    SellerStatus(#[from] StatusRefusal),
    /// A seller has not shown all that it has to.
    #[error("the seller has not handed in: {}", names(.0))]
    ChecklistIncomplete(Vec<ChecklistItem>),
    /// Nobody said where a seller's money goes to.
    #[error("the seller has no bank account for payouts: its owner has to add one")]
    NoPayoutAccount,
    /// More is to be paid than can be.
    #[error("{amount} cannot be paid: at most {most} can, in minor units")]
    NotPayable {
        /// Amount that was asked for.
        amount: i64,
        /// Amount that can be paid.
        most: i64,
    },
    /// The state of a payout does not allow a step.
    #[error(transparent)]
    PayoutState(#[from] PayoutRefusal),
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

fn names(items: &[ChecklistItem]) -> String {
    let names: Vec<_> = items.iter().map(|item| item.as_str()).collect();
    names.join(", ")
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
