//! Promotions, by example.

use super::*;
use crate::ordering::{RefusalReason, RefusedPromotion};

const TENTH: Benefit = Benefit::Percent { rate_ppm: 100_000 };

fn with(promotions: Vec<OfferedPromotion>) -> QuoteInput {
    QuoteInput {
        promotions,
        ..input(vec![line(1, 1, 3, 1_000, 1), line(2, 2, 2, 4_900, 1)])
    }
}

fn changed(mut offered: OfferedPromotion, change: impl FnOnce(&mut Promotion)) -> OfferedPromotion {
    change(&mut offered.promotion);
    offered
}

fn discounts(quote: &Quote) -> Vec<i64> {
    quote.lines.iter().map(|line| line.discount).collect()
}

fn reason(input: &QuoteInput) -> RefusalReason {
    let quote = quote(input).unwrap();
    assert_eq!((quote.applied.len(), discounts(&quote)), (0, vec![0, 0]));
    quote.refused[0].reason
}

#[test]
fn discount_is_split_over_the_lines_by_what_they_cost() {
    let quote = quote(&with(vec![promotion(1, Benefit::Amount { amount: 1_000 })])).unwrap();
    assert_eq!(discounts(&quote), [169, 831], "1,000 by 1,000 and 4,900");
    assert_eq!(quote.applied[0].discount, 1_000);
    assert_eq!(
        (quote.totals.discount, quote.totals.gross),
        (1_000, 5_900 - 1_000 + 980)
    );
}

#[test]
fn discount_is_at_most_the_goods_that_it_is_for() {
    let all = changed(
        promotion(1, Benefit::Amount { amount: 9_999 }),
        |promotion| {
            promotion.conditions.sellers = vec![SellerId(1)];
        },
    );
    let quote = quote(&with(vec![all])).unwrap();
    assert_eq!(discounts(&quote), [1_000, 0]);
    assert_eq!(quote.lines[0].amount.gross, 0);
    assert_eq!(quote.sellers[0].totals.gross, 490);
}

#[test]
fn free_delivery_waits_for_discounts_on_goods() {
    // 49.00 and a piece of 1.10 are above 50.00, but not after a tenth off.
    let mut both = with(vec![
        promotion(1, Benefit::FreeDelivery),
        promotion(2, TENTH),
    ]);
    both.lines[1].unit_price = 5_010;
    both.promotions[0].promotion.conditions.sellers = vec![SellerId(2)];
    let quote = quote(&both).unwrap();
    let applied: Vec<_> = quote
        .applied
        .iter()
        .map(|one| (one.id.0, one.discount))
        .collect();
    assert_eq!(applied, [(1, 490), (2, 601)]);
    assert_eq!(
        (quote.totals.delivery, quote.totals.delivery_discount),
        (980, 490)
    );
    // Alone, it finds the delivery free.
    both.promotions.pop();
    let quote = super::quote(&both).unwrap();
    assert_eq!(quote.refused[0].reason, RefusalReason::NoEffect);
}

#[test]
fn combinable_promotions_apply_to_what_is_left_by_priority() {
    let first = changed(promotion(9, Benefit::Amount { amount: 900 }), |p| {
        p.priority = 5
    });
    let quote = quote(&with(vec![promotion(1, TENTH), first])).unwrap();
    let applied: Vec<_> = quote
        .applied
        .iter()
        .map(|one| (one.id.0, one.discount))
        .collect();
    assert_eq!(applied, [(9, 900), (1, 500)]);
}

#[test]
fn exclusive_promotion_applies_alone_if_it_comes_first() {
    let exclusive = |priority| {
        changed(promotion(2, TENTH), |promotion| {
            promotion.stacking = Stacking::Exclusive;
            promotion.priority = priority;
        })
    };
    let other = promotion(1, Benefit::Amount { amount: 100 });
    for (priority, applied) in [(1, 2), (0, 1)] {
        let quote = quote(&with(vec![other.clone(), exclusive(priority)])).unwrap();
        let ids: Vec<_> = quote.applied.iter().map(|one| one.id.0).collect();
        assert_eq!(ids, [applied]);
        assert_eq!(quote.refused[0].reason, RefusalReason::NotCombinable);
    }
    // One without an effect stands in nobody's way.
    let idle = changed(promotion(1, Benefit::FreeDelivery), |p| p.priority = 9);
    let mut free = with(vec![idle, exclusive(0)]);
    free.chosen.clear();
    let quote = quote(&free).unwrap();
    assert_eq!(quote.applied[0].id, PromotionId(2));
    assert_eq!(quote.refused[0].reason, RefusalReason::NoEffect);
}

#[test]
fn promotion_whose_conditions_fail_is_refused_with_the_reason() {
    let refused =
        |change: fn(&mut Promotion)| reason(&with(vec![changed(promotion(1, TENTH), change)]));
    assert_eq!(refused(|p| p.active = false), RefusalReason::Inactive);
    assert_eq!(refused(|p| p.from_ms = Some(1_001)), RefusalReason::NotYet);
    assert_eq!(refused(|p| p.until_ms = Some(1_000)), RefusalReason::Over);
    assert_eq!(
        refused(|p| p.conditions.first_order = true),
        RefusalReason::NotFirstOrder
    );
    assert_eq!(
        refused(|p| p.conditions.sellers = vec![SellerId(9)]),
        RefusalReason::NoGoods
    );
    assert_eq!(
        refused(|p| p.conditions.products = vec![ProductId(9)]),
        RefusalReason::NoGoods
    );
    assert_eq!(
        refused(|p| p.conditions.categories = vec![CategoryId(9)]),
        RefusalReason::NoGoods
    );
    let missing = RefusalReason::BelowMinimum { missing: 100 };
    assert_eq!(refused(|p| p.conditions.min_goods = Some(6_000)), missing);
    let only_books = RefusalReason::BelowMinimum { missing: 100 };
    let books = |p: &mut Promotion| {
        p.conditions.categories = vec![CategoryId(2)];
        p.conditions.min_goods = Some(5_000);
    };
    assert_eq!(refused(books), only_books, "of the goods that it is for");
}

#[test]
fn promotion_is_refused_once_it_is_used_up() {
    let used = |total, by_customer| {
        let limited = changed(promotion(1, TENTH), |promotion| {
            promotion.limits = PromotionLimits {
                total: Some(5),
                per_customer: Some(1),
            };
        });
        let uses = PromotionUses { total, by_customer };
        with(vec![OfferedPromotion { uses, ..limited }])
    };
    assert_eq!(reason(&used(5, 0)), RefusalReason::UsedUp);
    assert_eq!(reason(&used(4, 1)), RefusalReason::UsedByCustomer);
    assert_eq!(quote(&used(4, 0)).unwrap().applied.len(), 1);
}

#[test]
fn code_applies_when_it_is_given_and_unknown_ones_are_said() {
    let coded = changed(promotion(1, TENTH), |promotion| {
        promotion.code = Some("SUMMER".parse().unwrap());
    });
    let mut input = with(vec![coded]);
    let without = quote(&input).unwrap();
    assert_eq!((without.applied.len(), without.refused.len()), (0, 0));
    input.codes = vec![" summer".into(), "nope".into(), "nope".into(), "?".into()];
    let given = quote(&input).unwrap();
    assert_eq!(given.applied[0].code.as_ref().unwrap().as_str(), "SUMMER");
    let unknown = |code: &str| RefusedPromotion {
        id: None,
        code: Some(code.to_owned()),
        reason: RefusalReason::UnknownCode,
    };
    assert_eq!(given.refused, [unknown("nope"), unknown("?")]);
}

#[test]
fn marketplace_pays_for_its_discounts_and_sellers_for_theirs() {
    let by = |bearer| {
        let tenth = changed(promotion(1, TENTH), |promotion| promotion.bearer = bearer);
        quote(&with(vec![tenth])).unwrap().lines.swap_remove(0)
    };
    // 10.00 with 19 %: a net of 8.40, and of 7.56 after a tenth off.
    let marketplace = by(PromotionBearer::Marketplace);
    assert_eq!((marketplace.amount.net, marketplace.subsidy), (756, 84));
    assert_eq!(
        (marketplace.commission.basis, marketplace.commission.amount),
        (840, 84)
    );
    let seller = by(PromotionBearer::Seller);
    assert_eq!(
        (seller.amount.net, seller.subsidy, seller.seller_discount),
        (756, 0, 100)
    );
    assert_eq!(
        (seller.commission.basis, seller.commission.amount),
        (756, 76)
    );
    assert_eq!(
        marketplace.amount, seller.amount,
        "the customer sees no difference"
    );
}
