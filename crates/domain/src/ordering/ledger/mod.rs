//! Double entry: journals that sum to zero over the accounts of a marketplace.

mod account;
mod journal;
pub mod journals;
mod position;
#[cfg(test)]
mod tests;

pub use self::{
    account::{LedgerAccount, UnknownAccount},
    journal::{Journal, JournalEntry, JournalError, JournalKind},
    journals::Earning,
    position::{FrozenOrder, OrderPosition},
};
