//! Journals of every event, and balances after random histories of orders.

mod events;
mod histories;

use std::collections::BTreeMap;

use super::{Journal, LedgerAccount};
use crate::SellerId;

const SELLER: SellerId = SellerId(7);

type Balances = BTreeMap<LedgerAccount, i64>;

fn post(balances: &mut Balances, journal: &Journal) {
    let sum: i64 = journal.entries().iter().map(|entry| entry.amount).sum();
    assert_eq!(sum, 0, "{journal:?}");
    for entry in journal.entries() {
        *balances.entry(entry.account).or_default() += entry.amount;
    }
}

fn balance(balances: &Balances, account: LedgerAccount) -> i64 {
    balances.get(&account).copied().unwrap_or(0)
}
