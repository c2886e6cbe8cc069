//! Steps and states of orders.

mod cases;
mod groups;
mod table;

use super::*;
use crate::{OrderLineId, ordering::PaymentState};

/// Line of two units for 101, so that a unit is no whole amount.
const LINE: OrderLineId = OrderLineId(1);

fn payment(state: PaymentState, terms: PaymentTerms) -> GroupPayment {
    let captured = if state == PaymentState::Captured {
        111
    } else {
        0
    };
    GroupPayment {
        state,
        terms,
        captured,
        ..GroupPayment::default()
    }
}

/// Order of two units for 101 and a delivery for 10.
fn order(state: PaymentState, terms: PaymentTerms) -> OrderFacts {
    let lines = vec![LineFacts::new(LINE, 2, 101)];
    OrderFacts::new(0, payment(state, terms), lines, 10)
}

fn paid() -> OrderFacts {
    order(PaymentState::Captured, PaymentTerms::BeforeFulfilment)
}

fn of_line(units: i64) -> Vec<Units> {
    vec![Units { line: LINE, units }]
}

fn refund(line: i64, delivery: i64, goodwill: i64) -> RefundRequest {
    let lines = if line == 0 {
        Vec::new()
    } else {
        vec![(LINE, line)]
    };
    RefundRequest {
        lines,
        delivery,
        goodwill,
    }
}

/// Takes steps that are all allowed.
fn after(facts: OrderFacts, steps: &[OrderStep]) -> OrderFacts {
    steps
        .iter()
        .fold(facts, |facts, step| match facts.take(step) {
            Ok(taken) => taken.facts,
            Err(error) => panic!("{step:?}: {error}"),
        })
}
