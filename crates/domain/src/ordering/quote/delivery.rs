//! Goods by seller, and the delivery that was chosen for them.

use super::QuoteInput;
use crate::{
    DeliveryMethodId, SellerId,
    ordering::{AmountOverflow, DeliveryMethod, amounts},
};

/// Goods of one seller.
pub(super) struct Basket<'a> {
    /// Seller.
    pub(super) seller: SellerId,
    /// Places of the lines in the input.
    pub(super) lines: Vec<usize>,
    /// Weight in grams.
    pub(super) weight_g: i64,
    /// Method that was chosen.
    pub(super) chosen: Option<DeliveryMethodId>,
    methods: Vec<&'a DeliveryMethod>,
}

impl<'a> Basket<'a> {
    /// Gathers the lines by seller, in the order of their first lines.
    pub(super) fn of(input: &'a QuoteInput) -> Result<Vec<Self>, AmountOverflow> {
        let mut baskets: Vec<Self> = Vec::new();
        for (at, line) in input.lines.iter().enumerate() {
            let weight_g = amounts::times(line.weight_g, line.quantity)?;
            match baskets
                .iter_mut()
                .find(|basket| basket.seller == line.seller)
            {
                Some(basket) => {
                    basket.lines.push(at);
                    basket.weight_g = amounts::sum([basket.weight_g, weight_g])?;
                }
                None => baskets.push(Self::new(input, line.seller, at, weight_g)),
            }
        }
        Ok(baskets)
    }

    fn new(input: &'a QuoteInput, seller: SellerId, line: usize, weight_g: i64) -> Self {
        let methods = input
            .methods
            .iter()
            .filter(|method| method.seller == seller);
        let chosen = input.chosen.iter().find(|chosen| chosen.seller == seller);
        Self {
            seller,
            lines: vec![line],
            weight_g,
            chosen: chosen.map(|chosen| chosen.method),
            methods: methods.collect(),
        }
    }

    /// Returns what the goods cost after discounts.
    pub(super) fn total(&self, costs: &[i64]) -> Result<i64, AmountOverflow> {
        amounts::sum(self.lines.iter().map(|&at| costs[at]))
    }

    /// Returns the methods that deliver the goods, with their prices.
    pub(super) fn options(
        &self,
        input: &QuoteInput,
        total: i64,
    ) -> impl Iterator<Item = (&'a DeliveryMethod, i64)> {
        let country = input.destination.as_ref().map(|place| place.country);
        self.methods.iter().filter_map(move |&method| {
            let price = method.price_for(total, self.weight_g, country)?;
            Some((method, price))
        })
    }

    /// Returns the chosen method with its price, if it delivers the goods.
    pub(super) fn delivery(
        &self,
        input: &QuoteInput,
        total: i64,
    ) -> Option<(&'a DeliveryMethod, i64)> {
        let chosen = self.chosen?;
        self.options(input, total)
            .find(|(method, _)| method.id == chosen)
    }
}
