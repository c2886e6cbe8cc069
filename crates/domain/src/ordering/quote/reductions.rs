//! Reductions of lines and deliveries, never beyond what they cost.

use super::stage::{Candidate, Stage};
use crate::ordering::{AmountOverflow, Benefit, PromotionBearer, allocate, amounts, tax::PPM};

/// Reduction of one line or delivery.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reduction {
    /// Reduction.
    pub(super) total: i64,
    /// Part of it that the seller bears.
    pub(super) by_seller: i64,
}

impl Reduction {
    fn add(&mut self, amount: i64, bearer: PromotionBearer) {
        self.total += amount;
        if bearer == PromotionBearer::Seller {
            self.by_seller += amount;
        }
    }
}

/// Reductions of all lines and deliveries.
pub(super) struct Reductions {
    /// Reductions of the lines.
    pub(super) lines: Vec<Reduction>,
    /// Reductions of the baskets' deliveries.
    pub(super) deliveries: Vec<Reduction>,
}

impl Reductions {
    /// Returns none, of the lines and deliveries of a quote.
    pub(super) fn none(stage: Stage<'_>) -> Self {
        Self {
            lines: vec![Reduction::default(); stage.goods.len()],
            deliveries: vec![Reduction::default(); stage.baskets.len()],
        }
    }

    /// Returns what each line costs after the reductions.
    pub(super) fn costs(&self, goods: &[i64]) -> Vec<i64> {
        let costs = goods.iter().zip(&self.lines);
        costs
            .map(|(price, reduction)| price - reduction.total)
            .collect()
    }

    /// Adds what a promotion gives, and returns its amount.
    pub(super) fn add(
        &mut self,
        stage: Stage<'_>,
        candidate: &Candidate<'_>,
    ) -> Result<i64, AmountOverflow> {
        let on_goods = self.add_to_goods(stage, candidate)?;
        Ok(on_goods + self.add_to_deliveries(stage, candidate)?)
    }

    /// Adds what a promotion gives on goods, split over its lines by what they cost.
    pub(super) fn add_to_goods(
        &mut self,
        stage: Stage<'_>,
        candidate: &Candidate<'_>,
    ) -> Result<i64, AmountOverflow> {
        let promotion = &candidate.offered.promotion;
        let mut costs = self.costs(stage.goods);
        for (cost, is_for) in costs.iter_mut().zip(&candidate.is_for) {
            *cost *= i64::from(*is_for);
        }
        let total = amounts::sum(costs.iter().copied())?;
        let discount = match promotion.benefit {
            Benefit::Percent { rate_ppm } => amounts::share(total, rate_ppm, PPM)?,
            Benefit::Amount { amount } => amount,
            Benefit::FreeDelivery => 0,
        };
        let discount = discount.clamp(0, total);
        for (line, part) in self.lines.iter_mut().zip(allocate(discount, &costs)) {
            line.add(part, promotion.bearer);
        }
        Ok(discount)
    }

    /// Adds what a promotion gives on deliveries of goods that it is for.
    pub(super) fn add_to_deliveries(
        &mut self,
        stage: Stage<'_>,
        candidate: &Candidate<'_>,
    ) -> Result<i64, AmountOverflow> {
        let promotion = &candidate.offered.promotion;
        if promotion.benefit != Benefit::FreeDelivery {
            return Ok(0);
        }
        let costs = self.costs(stage.goods);
        let mut discount = 0;
        for (basket, reduction) in stage.baskets.iter().zip(&mut self.deliveries) {
            if !basket.lines.iter().any(|&at| candidate.is_for[at]) {
                continue;
            }
            let delivery = basket.delivery(stage.input, basket.total(&costs)?);
            let left = delivery.map_or(0, |(_, price)| price - reduction.total);
            reduction.add(left, promotion.bearer);
            discount = amounts::sum([discount, left])?;
        }
        Ok(discount)
    }
}
