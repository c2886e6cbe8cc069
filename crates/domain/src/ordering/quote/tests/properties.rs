//! Random quotes against the model, and what holds for all of them.

use proptest::prelude::*;

use super::{
    model::{Model, Row, model},
    *,
};

fn lines() -> impl Strategy<Value = Vec<QuoteLine>> {
    let one = (
        1_i64..4,
        2_i64..5,
        prop_oneof![Just(0_i64), 1_i64..30_000],
        1_i64..6,
        0_i64..900,
    );
    prop::collection::vec(one, 0..7).prop_map(|lines| {
        let lines = (1_i64..).zip(lines);
        let lines = lines.map(
            |(key, (seller, category, price, quantity, weight_g))| QuoteLine {
                weight_g,
                ..line(key, seller, category, price, quantity)
            },
        );
        lines.collect()
    })
}

fn benefit() -> impl Strategy<Value = Benefit> {
    prop_oneof![
        (1_i64..=1_000_000).prop_map(|rate_ppm| Benefit::Percent { rate_ppm }),
        (1_i64..60_000).prop_map(|amount| Benefit::Amount { amount }),
        Just(Benefit::FreeDelivery),
    ]
}

fn promotions() -> impl Strategy<Value = Vec<OfferedPromotion>> {
    let conditions = (
        prop::option::of(0_i64..40_000),
        prop::collection::vec((1_i64..4).prop_map(SellerId), 0..2),
        prop::collection::vec((1_i64..5).prop_map(CategoryId), 0..2),
    );
    let one = (
        benefit(),
        conditions,
        -1_i32..2,
        prop::bool::weighted(0.2),
        any::<bool>(),
    );
    prop::collection::vec(one, 0..5).prop_map(|promotions| {
        let promotions = (1_i64..).zip(promotions).map(|(id, one)| {
            let (benefit, (min_goods, sellers, categories), priority, exclusive, by_seller) = one;
            let mut offered = promotion(id, benefit);
            offered.promotion.conditions = PromotionConditions {
                min_goods,
                sellers,
                categories,
                ..PromotionConditions::default()
            };
            offered.promotion.priority = priority;
            if exclusive {
                offered.promotion.stacking = Stacking::Exclusive;
            }
            if by_seller {
                offered.promotion.bearer = PromotionBearer::Seller;
            }
            offered
        });
        promotions.collect()
    })
}

fn inputs() -> impl Strategy<Value = QuoteInput> {
    let place = prop::option::of(prop::sample::select(vec!["DE", "US", "JP"]));
    let commission = (0_i64..=10_000, 0_i64..100, prop::option::of(100_i64..2_000));
    (lines(), promotions(), place, any::<bool>(), commission).prop_map(
        |(lines, promotions, place, exclusive, (basis_points, floor, cap))| {
            let mut input = input(lines);
            input.promotions = promotions;
            input.destination = place.map(|country| TaxPlace {
                country: country.parse().unwrap(),
                region: None,
            });
            if exclusive {
                input.tax_pricing = TaxPricing::Exclusive;
            }
            let rate = &mut input.commission_rates.0[0];
            (rate.basis_points, rate.floor, rate.cap) = (basis_points, floor, cap);
            let step = |up_to_g, price| WeightStep { up_to_g, price };
            let steps = vec![step(500, 390), step(2_000, 590), step(9_000, 1_290)];
            input
                .methods
                .push(method(3, DeliveryPrice::ByWeight { steps }));
            input.chosen.push(ChosenDelivery {
                seller: SellerId(3),
                method: DeliveryMethodId(3),
            });
            input
        },
    )
}

/// The figures of a quote as the model has them.
fn as_model(quote: &Quote) -> Model {
    let lines = quote.lines.iter().map(|line| Row {
        discount: line.discount.into(),
        net: line.amount.net.into(),
        tax: line.amount.tax.into(),
        subsidy: line.subsidy.into(),
        commission: line.commission.amount.into(),
    });
    let deliveries = quote
        .sellers
        .iter()
        .filter_map(|seller| match &seller.delivery {
            SellerDelivery::Quoted(delivery) => Some((
                seller.seller.0,
                Row {
                    discount: delivery.discount.into(),
                    net: delivery.amount.net.into(),
                    tax: delivery.amount.tax.into(),
                    subsidy: delivery.subsidy.into(),
                    commission: 0,
                },
            )),
            _ => None,
        });
    let applied = quote
        .applied
        .iter()
        .map(|one| (one.id.0, one.discount.into()));
    Model {
        lines: lines.collect(),
        deliveries: deliveries.collect(),
        applied: applied.collect(),
        gross: quote.totals.gross.into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn figures_are_those_of_the_model(input in inputs()) {
        prop_assert_eq!(as_model(&quote(&input).unwrap()), model(&input));
    }

    #[test]
    fn sums_are_those_of_their_parts_and_nothing_is_below_zero(input in inputs()) {
        let quote = quote(&input).unwrap();
        let mut gross = 0;
        for line in &quote.lines {
            prop_assert!((0..=line.goods).contains(&line.discount));
            prop_assert!((0..=line.discount).contains(&line.seller_discount));
            prop_assert!(line.amount.net >= 0 && line.amount.tax >= 0 && line.subsidy >= 0);
            prop_assert!((0..=line.commission.basis).contains(&line.commission.amount));
            gross += line.amount.gross;
        }
        for seller in &quote.sellers {
            if let SellerDelivery::Quoted(delivery) = &seller.delivery {
                prop_assert!((0..=delivery.price).contains(&delivery.discount));
                gross += delivery.amount.gross;
            }
            prop_assert!(seller.earning() >= 0, "{seller:?}");
        }
        let totals = quote.totals;
        prop_assert_eq!(totals.gross, gross, "the commission is no part of it");
        prop_assert_eq!(totals.net + totals.tax, totals.gross);
        let discounts: i64 = quote.applied.iter().map(|one| one.discount).sum();
        prop_assert_eq!(totals.discount + totals.delivery_discount, discounts);
        let paid = match input.tax_pricing {
            TaxPricing::Inclusive => totals.gross,
            TaxPricing::Exclusive => totals.net,
        };
        prop_assert_eq!(paid, totals.goods + totals.delivery - discounts);
        prop_assert_eq!(quote.applied.len() + quote.refused.len(), input.promotions.len());
    }

    #[test]
    fn commission_and_order_of_rules_change_nothing_for_the_customer(input in inputs()) {
        let mut other = input.clone();
        other.commission_rates = CommissionRates::default();
        other.promotions.reverse();
        other.methods.reverse();
        other.tax_rates.0.reverse();
        let (one, two) = (quote(&input).unwrap(), quote(&other).unwrap());
        prop_assert_eq!(one.totals, two.totals);
        prop_assert_eq!(one.applied, two.applied);
    }
}
