//! Application of promotions to the lines and deliveries of a quote.
//!
//! Promotions come in the order of their priority, higher ones first, then of their ids. If the first that would
//! reduce something alone is exclusive, it applies alone; else the combinable ones apply one after the other, each
//! to what the ones before left. Those on goods come before those on delivery, since the price of a delivery may
//! depend on what the goods cost.

use std::cmp::Reverse;

use super::{
    QuoteInput,
    reductions::Reductions,
    stage::{Candidate, Stage},
};
use crate::ordering::{
    AmountOverflow, AppliedPromotion, OfferedPromotion, PromotionCode, RefusalReason,
    RefusedPromotion, Stacking, promotions::Goods,
};

/// Outcome of the promotions of a quote.
pub(super) struct Discounts {
    /// Reductions of lines and deliveries.
    pub(super) reductions: Reductions,
    /// Promotions that reduced something.
    pub(super) applied: Vec<AppliedPromotion>,
    /// Promotions that did not, and codes that name none.
    pub(super) refused: Vec<RefusedPromotion>,
}

impl Discounts {
    /// Applies the promotions of a quote.
    pub(super) fn of(stage: Stage<'_>) -> Result<Self, AmountOverflow> {
        let given = given_codes(stage.input);
        let mut outcome = Self {
            reductions: Reductions::none(stage),
            applied: Vec::new(),
            refused: unknown_codes(stage.input),
        };
        let candidates = outcome.candidates(stage, &given);
        let chosen = outcome.choose(stage, candidates)?;
        outcome.apply(stage, &chosen)?;
        Ok(outcome)
    }

    fn refuse(&mut self, offered: &OfferedPromotion, reason: RefusalReason) {
        let promotion = &offered.promotion;
        self.refused.push(RefusedPromotion {
            id: Some(promotion.id),
            code: promotion.code.as_ref().map(ToString::to_string),
            reason,
        });
    }

    /// Returns the promotions whose conditions hold, in the order of application.
    fn candidates<'a>(&mut self, stage: Stage<'a>, given: &[PromotionCode]) -> Vec<Candidate<'a>> {
        let input = stage.input;
        let goods = input.lines.iter().zip(stage.goods);
        let goods: Vec<_> = goods
            .map(|(line, &total)| Goods {
                seller: line.seller,
                product: line.product,
                category_path: &line.category_path,
                total,
            })
            .collect();
        let is_offered = |offered: &&OfferedPromotion| {
            let code = offered.promotion.code.as_ref();
            code.is_none_or(|code| given.contains(code))
        };
        let mut candidates = Vec::new();
        for offered in input.promotions.iter().filter(is_offered) {
            match offered.eligible(&goods, input.first_order, input.at_ms) {
                Ok(is_for) => candidates.push(Candidate { offered, is_for }),
                Err(reason) => self.refuse(offered, reason),
            }
        }
        candidates.sort_by_key(|candidate| {
            let promotion = &candidate.offered.promotion;
            (Reverse(promotion.priority), promotion.id)
        });
        candidates
    }

    /// Returns the one that applies alone, or those that apply one after the other.
    fn choose<'a>(
        &mut self,
        stage: Stage<'_>,
        candidates: Vec<Candidate<'a>>,
    ) -> Result<Vec<Candidate<'a>>, AmountOverflow> {
        let mut effective = Vec::with_capacity(candidates.len());
        for candidate in &candidates {
            effective.push(Reductions::none(stage).add(stage, candidate)? > 0);
        }
        let first = effective.iter().position(|&is_effective| is_effective);
        let alone = first.filter(|&at| is_exclusive(&candidates[at]));
        let mut chosen = Vec::new();
        for (at, candidate) in candidates.into_iter().enumerate() {
            let is_chosen = match alone {
                Some(alone) => at == alone,
                None => !is_exclusive(&candidate),
            };
            if is_chosen {
                chosen.push(candidate);
            } else if effective[at] {
                self.refuse(candidate.offered, RefusalReason::NotCombinable);
            } else {
                self.refuse(candidate.offered, RefusalReason::NoEffect);
            }
        }
        Ok(chosen)
    }

    fn apply(&mut self, stage: Stage<'_>, chosen: &[Candidate<'_>]) -> Result<(), AmountOverflow> {
        let mut discounts = Vec::with_capacity(chosen.len());
        for candidate in chosen {
            discounts.push(self.reductions.add_to_goods(stage, candidate)?);
        }
        for (candidate, on_goods) in chosen.iter().zip(discounts) {
            let discount = on_goods + self.reductions.add_to_deliveries(stage, candidate)?;
            if discount == 0 {
                self.refuse(candidate.offered, RefusalReason::NoEffect);
                continue;
            }
            let promotion = &candidate.offered.promotion;
            self.applied.push(AppliedPromotion {
                id: promotion.id,
                name: promotion.name.clone(),
                code: promotion.code.clone(),
                bearer: promotion.bearer,
                discount,
            });
        }
        Ok(())
    }
}

fn is_exclusive(candidate: &Candidate<'_>) -> bool {
    candidate.offered.promotion.stacking == Stacking::Exclusive
}

fn given_codes(input: &QuoteInput) -> Vec<PromotionCode> {
    let codes = input.codes.iter().filter_map(|code| code.parse().ok());
    codes.collect()
}

/// Returns the given codes that no promotion has, each once.
fn unknown_codes(input: &QuoteInput) -> Vec<RefusedPromotion> {
    let mut unknown: Vec<&String> = Vec::new();
    for text in &input.codes {
        let code: Option<PromotionCode> = text.parse().ok();
        let mut promotions = input.promotions.iter();
        let is_known = code.is_some() && promotions.any(|offered| offered.promotion.code == code);
        if !is_known && !unknown.contains(&text) {
            unknown.push(text);
        }
    }
    let refused = unknown.into_iter().map(|code| RefusedPromotion {
        id: None,
        code: Some(code.clone()),
        reason: RefusalReason::UnknownCode,
    });
    refused.collect()
}
