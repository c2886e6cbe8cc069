//! Balances after histories of one order.

use proptest::prelude::*;

use super::{Balances, SELLER, balance, post};
use crate::{
    OrderLineId,
    ordering::{
        CancelScope, FrozenAmounts, FrozenOrder, GroupPayment, LedgerAccount, LineFacts,
        OrderFacts, OrderPosition, OrderStep, PaymentState, PaymentTerms, PromotionBearer,
        RefundRequest, Units, WithdrawalPeriod, journals,
    },
};

/// Order of lines with odd amounts, and one that the marketplace paid for whole.
fn order(terms: PaymentTerms, lines: &[(i64, i64)], delivery: i64) -> (OrderFacts, FrozenOrder) {
    let payment = GroupPayment {
        terms,
        ..GroupPayment::default()
    };
    let ids = (1_i64..).map(OrderLineId);
    let facts = ids
        .zip(lines)
        .map(|(id, &(units, gross))| LineFacts::new(id, units, gross));
    let frozen = |gross: i64| FrozenAmounts {
        gross,
        tax: gross / 6,
        commission: gross / 9 + 1,
        subsidy: 7,
    };
    let order = FrozenOrder {
        seller: SELLER,
        lines: lines.iter().map(|&(_, gross)| frozen(gross)).collect(),
        delivery: FrozenAmounts {
            commission: 0,
            ..frozen(delivery)
        },
    };
    (
        OrderFacts::new(0, payment, facts.collect(), delivery),
        order,
    )
}

/// Facts with the balances that their journals led to.
struct History {
    facts: OrderFacts,
    frozen: FrozenOrder,
    position: OrderPosition,
    balances: Balances,
}

impl History {
    fn of((facts, frozen): (OrderFacts, FrozenOrder)) -> Self {
        Self {
            facts,
            frozen,
            position: OrderPosition::default(),
            balances: Balances::new(),
        }
    }

    /// Takes a step if it is allowed, and posts its journals.
    fn take(&mut self, step: &OrderStep) {
        let Ok(taken) = self.facts.take(step) else {
            return;
        };
        if let OrderStep::Pay { captured } = step {
            post(
                &mut self.balances,
                &journals::payment_captured(*captured).unwrap(),
            );
        }
        if let OrderStep::Refund(request) = step {
            let bearer = PromotionBearer::Marketplace;
            let goodwill = journals::goodwill(SELLER, bearer, request.goodwill).unwrap();
            post(&mut self.balances, &goodwill);
        }
        self.facts = taken.facts;
        let position = OrderPosition::of(&self.facts, &self.frozen).unwrap();
        for journal in position.journals_since(&self.position, SELLER).unwrap() {
            post(&mut self.balances, &journal);
        }
        self.position = position;
        self.check();
    }

    fn balance(&self, account: LedgerAccount) -> i64 {
        balance(&self.balances, account)
    }

    /// Money in is money at sellers, at the marketplace, back at the customer, and held.
    fn check(&self) {
        let facts = &self.facts;
        let seller = -self.balance(LedgerAccount::Seller(SELLER));
        let marketplace = -self.balance(LedgerAccount::Commission)
            - self.balance(LedgerAccount::Promotions)
            - self.balance(LedgerAccount::Goodwill);
        let held = -self.balance(LedgerAccount::Customer);
        let paid = match facts.payment.state {
            PaymentState::Captured => facts.payment.captured,
            _ => 0,
        };
        assert_eq!(
            paid,
            seller + marketplace + facts.refunded() + held,
            "{facts:?}"
        );
        assert_eq!(
            self.balance(LedgerAccount::Provider),
            paid - facts.refunded()
        );
    }

    /// Pays what is due, sends what is to be sent, and refunds what is owed.
    fn settle(&mut self) {
        let captured = self.facts.due();
        self.take(&OrderStep::Pay { captured });
        let rest = self.facts.lines.iter().map(|line| Units {
            line: line.line,
            units: line.live() - line.fulfilled,
        });
        let rest = rest.filter(|rest| rest.units > 0).collect();
        self.take(&OrderStep::Fulfil(rest));
        let due = self.facts.refund_due();
        self.take(&OrderStep::Refund(due));
    }
}

fn units(line: i64, units: i64) -> Vec<Units> {
    vec![Units {
        line: OrderLineId(line),
        units,
    }]
}

#[test]
fn cancelled_part_and_earned_part_add_up_to_the_payment() {
    // Two of four: each half of 1,001 is rounded up by itself.
    let mut history = History::of(order(PaymentTerms::BeforeFulfilment, &[(4, 1_001)], 0));
    history.take(&OrderStep::Pay { captured: 1_001 });
    history.take(&OrderStep::Fulfil(units(1, 2)));
    history.take(&OrderStep::Cancel(CancelScope::Lines(units(1, 2))));
    history.settle();
    assert_eq!(history.facts.refunded(), 501);
    assert_eq!(history.balance(LedgerAccount::Customer), 0);
}

#[test]
fn order_that_came_back_whole_leaves_nothing_with_seller_and_marketplace() {
    for terms in [
        PaymentTerms::BeforeFulfilment,
        PaymentTerms::AfterFulfilment,
    ] {
        let mut history = History::of(order(terms, &[(3, 1_000), (2, 0)], 499));
        let period = WithdrawalPeriod { days: 14 };
        let all = || [units(1, 3), units(2, 2)].concat();
        if terms == PaymentTerms::BeforeFulfilment {
            history.take(&OrderStep::Pay { captured: 1_499 });
        }
        history.take(&OrderStep::Fulfil(all()));
        let seller = history.balance(LedgerAccount::Seller(SELLER));
        assert_eq!(
            seller,
            -(1_000 + 499 + 3 * 7 - 112 - 1),
            "earned with subsidies, less commission"
        );
        history.take(&OrderStep::Withdraw {
            units: all(),
            period,
            at_ms: 0,
        });
        for line in [1, 1, 1, 2, 2] {
            history.take(&OrderStep::Return {
                units: units(line, 1),
                restock: true,
            });
            let due = history.facts.refund_due();
            history.take(&OrderStep::Refund(due));
        }
        assert_eq!(
            history.facts.due() - history.facts.refunded(),
            0,
            "{terms:?}"
        );
        assert!(
            history.balances.values().all(|&amount| amount == 0),
            "{:?}",
            history.balances
        );
    }
}

fn step(lines: usize) -> impl Strategy<Value = OrderStep> {
    let one = move || (1..=lines as i64, 1_i64..4).prop_map(|(line, count)| units(line, count));
    let period = WithdrawalPeriod { days: 14 };
    prop_oneof![
        Just(OrderStep::Cancel(CancelScope::Whole)),
        one().prop_map(|units| OrderStep::Cancel(CancelScope::Lines(units))),
        one().prop_map(OrderStep::Fulfil),
        one().prop_map(OrderStep::Fulfil),
        one().prop_map(|units| OrderStep::Deliver { units, at_ms: 0 }),
        one().prop_map(|units| OrderStep::Return {
            units,
            restock: false
        }),
        one().prop_map(move |units| OrderStep::Withdraw {
            units,
            period,
            at_ms: 0
        }),
        (1..=lines as i64, 0_i64..300, 0_i64..50, 0_i64..50).prop_map(
            |(line, amount, delivery, goodwill)| OrderStep::Refund(RefundRequest {
                lines: vec![(OrderLineId(line), amount)],
                delivery,
                goodwill,
            })
        ),
    ]
}

proptest! {
    #[test]
    fn money_of_any_history_is_accounted_for(
        lines in prop::collection::vec((1_i64..6, prop_oneof![Just(0_i64), 1_i64..2_000]), 1..4),
        delivery in 0_i64..600,
        late in any::<bool>(),
        steps in prop::collection::vec(step(3), 0..25),
        pay_at in 0_usize..25,
    ) {
        let terms = if late { PaymentTerms::AfterFulfilment } else { PaymentTerms::BeforeFulfilment };
        let mut history = History::of(order(terms, &lines, delivery));
        for (at, step) in steps.iter().enumerate() {
            if at == pay_at {
                let captured = history.facts.due();
                history.take(&OrderStep::Pay { captured });
            }
            history.take(step);
        }
        history.settle();
        // Nothing is held for an order of which all was sent or cancelled, refunded and paid.
        let facts = &history.facts;
        let has_goodwill = facts.goodwill > 0;
        let is_settled = facts.lines.iter().all(|line| line.live() == line.fulfilled);
        if is_settled && !has_goodwill && facts.payment.state == PaymentState::Captured {
            prop_assert_eq!(history.balance(LedgerAccount::Customer), 0, "{:?}", facts);
        }
        prop_assert!(facts.refunded() <= facts.captured().max(0));
    }
}
