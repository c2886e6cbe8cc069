//! Orders: states derived from facts, and the steps that change facts.

mod facts;
mod group;
mod status;
mod steps;
#[cfg(test)]
mod tests;

pub use self::{
    facts::{DeliveryFacts, GroupPayment, LineFacts, OrderFacts, PaymentTerms, Units},
    group::GroupFacts,
    status::{FulfilmentStatus, OrderStatus, PaymentStatus},
    steps::{
        CancelScope, OrderEvent, OrderStep, RefundRequest, StepError, Taken, WithdrawalPeriod,
    },
};
