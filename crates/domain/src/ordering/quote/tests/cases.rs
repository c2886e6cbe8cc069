//! Amounts, deliveries and bounds, by example.

use super::*;
use crate::ordering::TaxedAmount;

fn taxed(net: i64, tax: i64) -> TaxedAmount {
    TaxedAmount {
        net,
        tax,
        gross: net + tax,
    }
}

#[test]
fn quote_of_two_sellers_has_an_order_for_each() {
    let lines = vec![
        line(1, 1, 3, 1_190, 2),
        line(2, 2, 2, 1_070, 1),
        line(3, 1, 2, 535, 1),
    ];
    let quote = quote(&input(lines)).unwrap();
    assert!(!quote.estimate);
    let amounts: Vec<_> = quote.lines.iter().map(|line| line.amount).collect();
    assert_eq!(
        amounts,
        [taxed(2_000, 380), taxed(1_000, 70), taxed(500, 35)]
    );
    let rates: Vec<_> = quote
        .lines
        .iter()
        .map(|line| line.tax_rate.unwrap().0)
        .collect();
    assert_eq!(rates, [1, 2, 2]);
    let sellers: Vec<_> = quote.sellers.iter().map(|seller| seller.seller.0).collect();
    assert_eq!(sellers, [1, 2]);
    let first = &quote.sellers[0];
    let SellerDelivery::Quoted(delivery) = &first.delivery else {
        panic!("{first:?}");
    };
    assert_eq!(delivery.amount, taxed(412, 78), "at the standard rate");
    assert_eq!(first.weight_g, 1_200);
    assert_eq!((first.totals.goods, first.totals.delivery), (2_915, 490));
    assert_eq!(first.totals.gross, 2_915 + 490);
    assert_eq!(
        first.commission, 250,
        "a tenth of the nets, none of the delivery"
    );
    assert_eq!(first.earning(), 2_915 + 490 - 250);
    let totals = quote.totals;
    assert_eq!(
        totals.gross,
        2_915 + 490 + 1_070 + 490,
        "without the commission"
    );
    assert_eq!(totals.net + totals.tax, totals.gross);
}

#[test]
fn tax_is_added_to_exclusive_prices() {
    let mut exclusive = input(vec![line(1, 1, 3, 1_000, 3)]);
    exclusive.tax_pricing = TaxPricing::Exclusive;
    exclusive.destination = Some(TaxPlace {
        country: "US".parse().unwrap(),
        region: Some("NY".to_owned()),
    });
    let quote = quote(&exclusive).unwrap();
    assert_eq!(quote.lines[0].amount, taxed(3_000, 266), "266.25");
    assert_eq!((quote.totals.net, quote.totals.tax), (3_490, 266 + 43));
}

#[test]
fn quote_without_destination_or_delivery_is_an_estimate() {
    let mut nowhere = input(vec![line(1, 1, 3, 1_000, 1)]);
    nowhere.destination = None;
    let estimate = quote(&nowhere).unwrap();
    assert!(estimate.estimate);
    assert_eq!((estimate.totals.tax, estimate.totals.gross), (0, 1_490));
    let mut unchosen = input(vec![line(1, 1, 3, 1_000, 1)]);
    unchosen.chosen.clear();
    let estimate = quote(&unchosen).unwrap();
    assert!(estimate.estimate);
    assert_eq!(estimate.sellers[0].delivery, SellerDelivery::NotChosen);
    assert_eq!(estimate.sellers[0].options[0].price, 490);
    assert_eq!(estimate.totals.gross, 1_000);
}

#[test]
fn method_that_does_not_deliver_there_is_said_to_be_unavailable() {
    let mut abroad = input(vec![line(1, 1, 3, 1_000, 1)]);
    abroad.methods[0].countries = Some(vec!["FR".parse().unwrap()]);
    let quote = quote(&abroad).unwrap();
    let method = DeliveryMethodId(1);
    assert_eq!(
        quote.sellers[0].delivery,
        SellerDelivery::Unavailable { method }
    );
    assert!(quote.estimate && quote.sellers[0].options.is_empty());
    // That of another seller is none of this one's.
    let mut foreign = input(vec![line(1, 1, 3, 1_000, 1)]);
    foreign.chosen[0].method = DeliveryMethodId(2);
    let quote = super::quote(&foreign).unwrap();
    let method = DeliveryMethodId(2);
    assert_eq!(
        quote.sellers[0].delivery,
        SellerDelivery::Unavailable { method }
    );
}

#[test]
fn lines_of_one_offer_stay_apart() {
    let twin = QuoteLine {
        key: 2,
        ..line(1, 1, 3, 333, 1)
    };
    let quote = quote(&input(vec![line(1, 1, 3, 333, 1), twin])).unwrap();
    let keys: Vec<_> = quote
        .lines
        .iter()
        .map(|line| (line.key, line.goods))
        .collect();
    assert_eq!(keys, [(1, 333), (2, 333)]);
}

#[test]
fn cart_without_lines_costs_nothing() {
    let quote = quote(&input(Vec::new())).unwrap();
    assert_eq!(
        (quote.totals, quote.sellers.len()),
        (QuoteTotals::default(), 0)
    );
}

#[test]
fn line_out_of_bounds_is_refused_by_its_key() {
    let refused = |lines: Vec<QuoteLine>| quote(&input(lines)).unwrap_err();
    for quantity in [0, -1, MAX_QUANTITY + 1] {
        let error = refused(vec![line(7, 1, 3, 1, quantity)]);
        assert_eq!(error, QuoteError::Quantity { key: 7 });
    }
    assert_eq!(
        refused(vec![line(7, 1, 3, -1, 1)]),
        QuoteError::Price { key: 7 }
    );
    let light = QuoteLine {
        weight_g: -1,
        ..line(7, 1, 3, 1, 1)
    };
    assert_eq!(refused(vec![light]), QuoteError::Weight { key: 7 });
    let double = vec![line(7, 1, 3, 1, 1), line(7, 2, 3, 1, 1)];
    assert_eq!(refused(double), QuoteError::DoubleLine { key: 7 });
    let many = (0..=MAX_QUOTE_LINES as i64).map(|key| line(key, 1, 3, 1, 1));
    assert_eq!(refused(many.collect()), QuoteError::Lines);
    let mut twice = input(Vec::new());
    twice.chosen.push(twice.chosen[0]);
    let seller = SellerId(1);
    assert_eq!(quote(&twice), Err(QuoteError::DoubleDelivery { seller }));
}

#[test]
fn sum_beyond_an_amount_is_an_overflow() {
    let overflows = |input: &QuoteInput| matches!(quote(input), Err(QuoteError::Overflow(_)));
    assert!(overflows(&input(vec![line(1, 1, 3, i64::MAX, 2)])));
    let two = vec![line(1, 1, 3, i64::MAX, 1), line(2, 2, 3, i64::MAX, 1)];
    assert!(overflows(&input(two)));
    let mut exclusive = input(vec![line(1, 1, 3, i64::MAX / 10 * 9, 1)]);
    exclusive.tax_pricing = TaxPricing::Exclusive;
    assert!(overflows(&exclusive));
    let heavy = QuoteLine {
        weight_g: i64::MAX,
        ..line(1, 1, 3, 1, 2)
    };
    assert!(overflows(&input(vec![heavy])));
    // The largest cart that bounds of prices allow is none.
    let dearest =
        (0..MAX_QUOTE_LINES as i64).map(|key| line(key, 1, 3, crate::MAX_PRICE, MAX_QUANTITY));
    assert!(quote(&input(dearest.collect())).is_ok());
}
