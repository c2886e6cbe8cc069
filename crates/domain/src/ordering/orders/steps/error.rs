//! Reasons for which a step cannot be taken, with what to do instead.

use crate::OrderLineId;

/// Step that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Not paid, and the terms ask for that.
    #[error("the order is not paid: wait for the payment, then fulfil it")]
    NotPaid,
    /// Paid already.
    #[error("the order is paid already")]
    AlreadyPaid,
    /// The payment was given up.
    #[error("the payment was cancelled: place a new order")]
    PaymentCancelled,
    /// Everything was cancelled.
    #[error("the order is cancelled: refund what was paid for it")]
    Cancelled,
    /// All money went back.
    #[error("all that was paid has been refunded: cancel what was not dispatched")]
    Refunded,
    /// Something was dispatched, so that not all can be cancelled.
    #[error(
        "a part was dispatched: cancel the units that were not, and take the others back as a return"
    )]
    Dispatched,
    /// No units were named.
    #[error("name at least one line with at least one unit")]
    NoUnits,
    /// The order has no such line.
    #[error("the order has no line {line}: name one of its own")]
    UnknownLine {
        /// Line that was named.
        line: OrderLineId,
    },
    /// A line was named twice.
    #[error("line {line} is named twice: add its units up")]
    DoubleLine {
        /// The line.
        line: OrderLineId,
    },
    /// More units than the step can be taken with.
    #[error("line {line} has {left} such units, not {asked}: name at most those")]
    Units {
        /// Line.
        line: OrderLineId,
        /// Units asked for.
        asked: i64,
        /// Units that there are.
        left: i64,
    },
    /// Nothing was captured that could go back.
    #[error("nothing was paid: cancel the order instead of refunding it")]
    NothingCaptured,
    /// A refund of nothing.
    #[error("name amounts to refund that are not negative, and one that is not zero")]
    NoAmount,
    /// More money than is left.
    #[error("at most {left} can be refunded here, not {asked}")]
    Refund {
        /// Amount asked for.
        asked: i64,
        /// Amount that is left.
        left: i64,
    },
    /// The time for a withdrawal is over.
    #[error("the time to withdraw is over: ask the seller for a return")]
    WithdrawalOver,
}
