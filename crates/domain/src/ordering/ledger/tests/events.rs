//! Journals of single events.

use proptest::prelude::*;

use super::{Balances, SELLER, balance, post};
use crate::ordering::{
    Earning, Journal, JournalEntry, JournalError, JournalKind, LedgerAccount, PromotionBearer,
    RefundParts, journals,
};

#[test]
fn entries_that_do_not_sum_to_zero_are_refused() {
    let entry = |account, amount| JournalEntry { account, amount };
    let journal = |entries: Vec<JournalEntry>| Journal::new(JournalKind::Payout, entries);
    let (provider, customer) = (LedgerAccount::Provider, LedgerAccount::Customer);
    let unbalanced = journal(vec![entry(provider, 5), entry(customer, -4)]);
    assert_eq!(unbalanced, Err(JournalError::Unbalanced(1)));
    let twice = journal(vec![
        entry(provider, 2),
        entry(customer, -5),
        entry(provider, 3),
    ])
    .unwrap();
    assert_eq!(twice.entries(), [entry(provider, 5), entry(customer, -5)]);
    assert!(
        journal(vec![entry(provider, 0)])
            .unwrap()
            .entries()
            .is_empty()
    );
    let huge = journal(vec![
        entry(provider, i64::MAX),
        entry(provider, 1),
        entry(customer, -i64::MAX),
        entry(customer, -1),
    ]);
    assert_eq!(huge, Err(JournalError::Overflow));
}

#[test]
fn each_event_moves_its_amount_between_its_accounts() {
    use LedgerAccount::{
        Commission, Customer, Goodwill, Promotions, Provider, ProviderFees, Seller,
    };
    let seller = Seller(SELLER);
    let parts = RefundParts {
        gross: 50,
        tax: 8,
        commission: 5,
        subsidy: 10,
    };
    let earning = Earning {
        seller: SELLER,
        gross: 100,
        subsidy: 20,
    };
    for (journal, entries) in [
        (
            journals::payment_captured(100),
            vec![(Provider, 100), (Customer, -100)],
        ),
        (
            journals::earning(earning),
            vec![(Customer, 100), (seller, -120), (Promotions, 20)],
        ),
        (
            journals::commission(SELLER, 12),
            vec![(seller, 12), (Commission, -12)],
        ),
        (
            journals::refund_before_earning(30),
            vec![(Provider, -30), (Customer, 30)],
        ),
        (
            journals::refund_after_earning(SELLER, parts),
            vec![
                (Provider, -50),
                (seller, 55),
                (Commission, 5),
                (Promotions, -10),
            ],
        ),
        (
            journals::goodwill(SELLER, PromotionBearer::Seller, 5),
            vec![(Provider, -5), (seller, 5)],
        ),
        (
            journals::goodwill(SELLER, PromotionBearer::Marketplace, 5),
            vec![(Provider, -5), (Goodwill, 5)],
        ),
        (
            journals::payout(SELLER, 70),
            vec![(Provider, -70), (seller, 70)],
        ),
        (
            journals::payout_returned(SELLER, 70),
            vec![(Provider, 70), (seller, -70)],
        ),
        (
            journals::provider_fee(3),
            vec![(Provider, -3), (ProviderFees, 3)],
        ),
    ] {
        let journal = journal.unwrap();
        let found: Vec<_> = journal
            .entries()
            .iter()
            .map(|e| (e.account, e.amount))
            .collect();
        assert_eq!(found, entries, "{:?}", journal.kind());
    }
    assert_eq!(journals::payout(SELLER, -1), Err(JournalError::Negative));
    assert_eq!(journals::payment_captured(-1), Err(JournalError::Negative));
}

proptest! {
    #[test]
    fn payouts_fees_and_returns_of_payouts_keep_the_balance(
        steps in prop::collection::vec((0_usize..4, 0_i64..1_000), 0..20),
    ) {
        let mut balances = Balances::new();
        let (mut paid_out, mut fees, mut captured) = (0, 0, 0);
        for (kind, amount) in steps {
            let journal = match kind {
                0 => { captured += amount; journals::payment_captured(amount) }
                1 => { paid_out += amount; journals::payout(SELLER, amount) }
                2 => { paid_out -= amount; journals::payout_returned(SELLER, amount) }
                _ => { fees += amount; journals::provider_fee(amount) }
            };
            post(&mut balances, &journal.unwrap());
        }
        prop_assert_eq!(balance(&balances, LedgerAccount::Provider), captured - paid_out - fees);
        prop_assert_eq!(balance(&balances, LedgerAccount::Seller(SELLER)), paid_out);
        prop_assert_eq!(balances.values().sum::<i64>(), 0);
    }
}
