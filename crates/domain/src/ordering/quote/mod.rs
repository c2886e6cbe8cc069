//! Figures of a cart or a checkout: one pure function from goods and rules to amounts.

mod bounds;
mod delivery;
mod figures;
mod input;
mod promotions;
mod reductions;
mod stage;
#[cfg(test)]
mod tests;
mod totals;

pub use self::{
    figures::{
        DeliveryOption, Quote, QuoteTotals, QuotedDelivery, QuotedLine, QuotedSeller,
        SellerDelivery,
    },
    input::{ChosenDelivery, MAX_QUANTITY, MAX_QUOTE_LINES, QuoteError, QuoteInput, QuoteLine},
};

use self::{delivery::Basket, promotions::Discounts, stage::Stage};

/// Computes the figures of a cart or a checkout.
///
/// The order is fixed: goods, promotions on goods, delivery by what the goods cost then, promotions on delivery,
/// tax of each line and each delivery, commission. Lines keep their order, and sellers are in that of their first
/// line.
///
/// # Errors
/// If a line is out of bounds, or a sum is beyond what an amount holds.
pub fn quote(input: &QuoteInput) -> Result<Quote, QuoteError> {
    let goods = bounds::goods(input)?;
    let baskets = Basket::of(input)?;
    let stage = Stage {
        input,
        goods: &goods,
        baskets: &baskets,
    };
    Ok(totals::figures(stage, Discounts::of(stage)?)?)
}
