//! Who is told of events of orders.

use souk_domain::{AccountId, OrderGroupId};
use souk_store::OrderOwner;

/// Readers who are told of the same events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Staff, who is told of every order.
    Staff,
    /// A customer with an account, who is told of their own purchases.
    Account(AccountId),
    /// A guest, who is told of one purchase.
    Purchase(OrderGroupId),
}

impl Audience {
    /// Returns those who are told of an order.
    pub(super) fn of(owner: &OrderOwner) -> impl Iterator<Item = Self> + use<> {
        let account = owner.account.map(Self::Account);
        [Self::Staff, Self::Purchase(owner.group)]
            .into_iter()
            .chain(account)
    }
}
