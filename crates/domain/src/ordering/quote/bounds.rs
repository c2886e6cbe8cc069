//! Check of the lines, and the prices of their units.

use std::collections::BTreeSet;

use super::{MAX_QUANTITY, MAX_QUOTE_LINES, QuoteError, QuoteInput, QuoteLine};
use crate::ordering::amounts;

/// Returns the price of all units of each line.
///
/// # Errors
/// If a line is out of bounds, or all prices together are beyond what an amount holds.
pub(super) fn goods(input: &QuoteInput) -> Result<Vec<i64>, QuoteError> {
    if input.lines.len() > MAX_QUOTE_LINES {
        return Err(QuoteError::Lines);
    }
    let mut keys = BTreeSet::new();
    let mut goods = Vec::with_capacity(input.lines.len());
    for line in &input.lines {
        check(line)?;
        if !keys.insert(line.key) {
            return Err(QuoteError::DoubleLine { key: line.key });
        }
        goods.push(amounts::times(line.unit_price, line.quantity)?);
    }
    let mut sellers = BTreeSet::new();
    let double = input
        .chosen
        .iter()
        .find(|chosen| !sellers.insert(chosen.seller));
    if let Some(chosen) = double {
        let seller = chosen.seller;
        return Err(QuoteError::DoubleDelivery { seller });
    }
    amounts::sum(goods.iter().copied())?;
    Ok(goods)
}

fn check(line: &QuoteLine) -> Result<(), QuoteError> {
    let key = line.key;
    if !(1..=MAX_QUANTITY).contains(&line.quantity) {
        return Err(QuoteError::Quantity { key });
    }
    if line.unit_price < 0 {
        return Err(QuoteError::Price { key });
    }
    if line.weight_g < 0 {
        return Err(QuoteError::Weight { key });
    }
    Ok(())
}
