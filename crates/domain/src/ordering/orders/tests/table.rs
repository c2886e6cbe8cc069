//! Every step in every state that steps lead to, held to rules that are written down a second time.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const PERIOD: WithdrawalPeriod = WithdrawalPeriod { days: 14 };
const LATE_MS: i64 = 100 * 86_400_000;

fn steps(facts: &OrderFacts) -> Vec<(&'static str, OrderStep)> {
    let withdraw = |at_ms| OrderStep::Withdraw {
        units: of_line(1),
        period: PERIOD,
        at_ms,
    };
    let restocked = OrderStep::Return {
        units: of_line(1),
        restock: true,
    };
    let arrived = OrderStep::Deliver {
        units: of_line(1),
        at_ms: 0,
    };
    vec![
        (
            "pay",
            OrderStep::Pay {
                captured: facts.due(),
            },
        ),
        ("cancel", OrderStep::Cancel(CancelScope::Whole)),
        (
            "cancel one",
            OrderStep::Cancel(CancelScope::Lines(of_line(1))),
        ),
        ("fulfil one", OrderStep::Fulfil(of_line(1))),
        ("deliver one", arrived),
        ("return one", restocked),
        ("withdraw one", withdraw(0)),
        ("withdraw late", withdraw(LATE_MS)),
        ("refund 51", OrderStep::Refund(refund(51, 0, 0))),
        ("refund 50", OrderStep::Refund(refund(50, 0, 0))),
        ("refund delivery", OrderStep::Refund(refund(0, 10, 0))),
        ("goodwill 10", OrderStep::Refund(refund(0, 0, 10))),
    ]
}

/// The rules a second time: which step is allowed in which state.
fn is_allowed(facts: &OrderFacts, step: &str) -> bool {
    let line = facts.lines[0];
    let is_captured = facts.payment.state == PaymentState::Captured;
    let unsent = 2 - line.cancelled - line.fulfilled;
    let money_left = 111
        - line.waived
        - facts.delivery.waived
        - line.refunded
        - facts.delivery.refunded
        - facts.goodwill;
    let has_units = line.cancelled < 2;
    let can_withdraw = 2 - line.cancelled - line.withdrawn.max(line.returned) >= 1;
    let line_refund =
        |amount| is_captured && amount <= 101 - line.waived - line.refunded && amount <= money_left;
    match step {
        "pay" => !is_captured && facts.payment.state != PaymentState::Cancelled && has_units,
        "cancel" => line.fulfilled == 0 && has_units,
        "cancel one" => unsent >= 1,
        "fulfil one" if unsent < 1 => false,
        "fulfil one" if is_captured => {
            money_left > 0 || line.refunded + facts.delivery.refunded + facts.goodwill == 0
        }
        "fulfil one" => {
            facts.payment.terms == PaymentTerms::AfterFulfilment
                && facts.payment.state != PaymentState::Cancelled
        }
        "deliver one" => line.delivered.max(line.returned) < line.fulfilled,
        "return one" => line.returned < line.fulfilled,
        "withdraw one" => can_withdraw,
        "withdraw late" => {
            let is_out = line.delivered.max(line.returned) + line.cancelled < 2;
            can_withdraw && (is_out || facts.delivered_at_ms.is_none())
        }
        "refund 51" => line_refund(51),
        "refund 50" => line_refund(50),
        "refund delivery" => {
            let left = 10 - facts.delivery.waived - facts.delivery.refunded;
            is_captured && left >= 10 && money_left >= 10
        }
        "goodwill 10" => is_captured && money_left >= 10,
        other => unreachable!("{other}"),
    }
}

/// Checks what holds in every state.
fn check_state(facts: &OrderFacts) {
    let line = facts.lines[0];
    assert!(
        line.cancelled + line.fulfilled <= 2,
        "a dispatched unit was cancelled: {facts:?}"
    );
    assert!(line.delivered <= line.fulfilled && line.returned <= line.fulfilled);
    assert!(line.withdrawn <= line.fulfilled, "{facts:?}");
    assert!(
        (0..=101 - line.refunded).contains(&line.waived),
        "{facts:?}"
    );
    assert!(
        facts.refunded() <= facts.captured(),
        "more went back than came: {facts:?}"
    );
    let captured = facts.captured();
    let is_refunded = captured > 0 && facts.refunded() == captured;
    assert_eq!(
        facts.payment_status() == PaymentStatus::Refunded,
        is_refunded,
        "{facts:?}"
    );
    if is_refunded && line.cancelled < 2 {
        assert_eq!(facts.status(), OrderStatus::Refunded, "{facts:?}");
    }
    assert_eq!(
        facts.status() == OrderStatus::Cancelled,
        line.cancelled == 2
    );
    assert!(
        facts.refund_due().total() <= facts.refundable().max(0),
        "{facts:?}"
    );
}

/// Checks what a step may change.
fn check_step(before: &OrderFacts, name: &str, taken: &Taken) {
    let after = &taken.facts;
    check_state(after);
    let goods = |facts: &OrderFacts| {
        let line = facts.lines[0];
        line.ordered - line.cancelled - line.fulfilled
    };
    let back: i64 = taken.restock.iter().map(|units| units.units).sum();
    match name {
        "fulfil one" | "deliver one" => {
            assert_eq!(before.due(), after.due(), "a parcel charged something");
            assert_eq!(before.refund_due(), after.refund_due());
            assert_eq!(back, 0);
        }
        "return one" => assert_eq!(back, 1),
        "cancel" | "cancel one" | "withdraw one" | "withdraw late" => {
            assert_eq!(
                back,
                goods(before) - goods(after),
                "what is not sent is sold again"
            );
        }
        _ => assert_eq!((goods(before), back), (goods(after), 0)),
    }
    let is_paid = before.payment.state == PaymentState::Captured || name == "pay";
    if is_paid && before.payment.state == PaymentState::Captured {
        assert_eq!(
            before.captured(),
            after.captured(),
            "what was paid was paid: {name}"
        );
    }
}

fn states() -> Vec<OrderFacts> {
    let all = [
        PaymentState::Created,
        PaymentState::Failed,
        PaymentState::RequiresConfirmation,
        PaymentState::Authorised,
        PaymentState::Cancelled,
    ];
    let terms = [
        PaymentTerms::BeforeFulfilment,
        PaymentTerms::AfterFulfilment,
    ];
    let starts = terms
        .iter()
        .flat_map(|&terms| all.map(|state| order(state, terms)));
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut states = Vec::new();
    let mut open: Vec<OrderFacts> = starts.collect();
    while let Some(facts) = open.pop() {
        if !found.insert(format!("{facts:?}")) {
            continue;
        }
        for (_, step) in steps(&facts) {
            open.extend(facts.take(&step).ok().map(|taken| taken.facts));
        }
        states.push(facts);
    }
    states
}

#[test]
fn every_step_in_every_state_follows_the_rules() {
    let states = states();
    assert!(states.len() > 1_000, "{} states", states.len());
    for facts in &states {
        check_state(facts);
        for (name, step) in steps(facts) {
            let taken = facts.take(&step);
            assert_eq!(
                taken.is_ok(),
                is_allowed(facts, name),
                "{name}: {taken:?} in {facts:?}"
            );
            match taken {
                Ok(taken) => check_step(facts, name, &taken),
                Err(error) => assert!(error.to_string().len() > 20, "{error}"),
            }
        }
    }
}

#[test]
fn table_of_states_and_steps_is_as_reviewed() {
    let mut table: BTreeMap<String, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for facts in states() {
        let state = format!(
            "{:?} / {:?} / {:?} / {:?}",
            facts.payment.terms,
            facts.status(),
            facts.payment_status(),
            facts.fulfilment_status(),
        );
        let row = table.entry(state).or_default();
        for (name, step) in steps(&facts) {
            let result = match facts.take(&step) {
                Ok(taken) => taken.event.as_str().to_owned(),
                Err(error) => error_name(&error),
            };
            row.entry(name).or_default().insert(result);
        }
    }
    let rows = table.into_iter().map(|(state, row)| {
        let cells = row.into_iter().map(|(step, results)| {
            let results: Vec<_> = results.into_iter().collect();
            format!("  {step}: {}", results.join(", "))
        });
        let cells: Vec<_> = cells.collect();
        format!("{state}\n{}", cells.join("\n"))
    });
    let rows: Vec<_> = rows.collect();
    insta::assert_snapshot!("states_and_steps", rows.join("\n"));
}

fn error_name(error: &StepError) -> String {
    let text = format!("{error:?}");
    let name = text.split([' ', '{']).next().unwrap_or_default();
    format!("refused: {name}")
}
