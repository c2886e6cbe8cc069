//! Tax, commission and sums of a quote.

use super::{
    DeliveryOption, Quote, QuoteInput, QuoteLine, QuoteTotals, QuotedDelivery, QuotedLine,
    QuotedSeller, SellerDelivery, delivery::Basket, promotions::Discounts, reductions::Reduction,
    stage::Stage,
};
use crate::{
    CategoryId, TaxRateId,
    ordering::{AmountOverflow, CommissionLine, TaxedAmount, amounts},
};

/// Computes tax and commission of each line and delivery, and adds all up.
pub(super) fn figures(stage: Stage<'_>, discounts: Discounts) -> Result<Quote, AmountOverflow> {
    let input = stage.input;
    let reductions = &discounts.reductions;
    let mut lines = Vec::with_capacity(input.lines.len());
    let prices = stage.goods.iter().zip(&reductions.lines);
    for (line, (&goods, &reduction)) in input.lines.iter().zip(prices) {
        lines.push(quoted_line(input, line, goods, reduction)?);
    }
    let costs = reductions.costs(stage.goods);
    let mut sellers = Vec::with_capacity(stage.baskets.len());
    for (basket, &reduction) in stage.baskets.iter().zip(&reductions.deliveries) {
        let total = basket.total(&costs)?;
        sellers.push(quoted_seller(input, basket, total, reduction, &lines)?);
    }
    let all_delivered = sellers
        .iter()
        .all(|seller| matches!(seller.delivery, SellerDelivery::Quoted(_)));
    Ok(Quote {
        currency: input.currency,
        tax_pricing: input.tax_pricing,
        estimate: input.destination.is_none() || !all_delivered,
        totals: QuoteTotals::sum(sellers.iter().map(|seller| seller.totals))?,
        lines,
        sellers,
        applied: discounts.applied,
        refused: discounts.refused,
    })
}

/// Tax of an amount after a reduction, and what the marketplace pays for the part of the reduction that it bears.
struct Charge {
    rate: Option<TaxRateId>,
    ppm: i64,
    amount: TaxedAmount,
    subsidy: i64,
    /// Net that the amount would have without the marketplace's reductions.
    seller_net: i64,
}

impl Charge {
    fn of(
        input: &QuoteInput,
        category_path: &[CategoryId],
        price: i64,
        reduction: Reduction,
    ) -> Result<Self, AmountOverflow> {
        let place = input.destination.as_ref();
        let rate =
            place.and_then(|place| input.tax_rates.rate_for(place, category_path, input.at_ms));
        let ppm = rate.map_or(0, |rate| rate.rate_ppm);
        let taxed = |amount| TaxedAmount::of(amount, ppm, input.tax_pricing);
        let amount = taxed(price - reduction.total)?;
        let seller_net = taxed(price - reduction.by_seller)?.net;
        Ok(Self {
            rate: rate.map(|rate| rate.id),
            ppm,
            amount,
            subsidy: seller_net - amount.net,
            seller_net,
        })
    }
}

fn quoted_line(
    input: &QuoteInput,
    line: &QuoteLine,
    goods: i64,
    reduction: Reduction,
) -> Result<QuotedLine, AmountOverflow> {
    let charge = Charge::of(input, &line.category_path, goods, reduction)?;
    let rate = input
        .commission_rates
        .rate_for(line.seller, &line.category_path);
    let without = CommissionLine {
        basis: charge.seller_net,
        ..CommissionLine::default()
    };
    Ok(QuotedLine {
        key: line.key,
        seller: line.seller,
        product: line.product,
        variant: line.variant,
        offer: line.offer,
        unit_price: line.unit_price,
        quantity: line.quantity,
        goods,
        discount: reduction.total,
        seller_discount: reduction.by_seller,
        tax_rate: charge.rate,
        tax_ppm: charge.ppm,
        amount: charge.amount,
        subsidy: charge.subsidy,
        commission: rate.map_or(Ok(without), |rate| rate.freeze(charge.seller_net))?,
    })
}

fn quoted_seller(
    input: &QuoteInput,
    basket: &Basket<'_>,
    total: i64,
    reduction: Reduction,
    lines: &[QuotedLine],
) -> Result<QuotedSeller, AmountOverflow> {
    let delivery = quoted_delivery(input, basket, total, reduction)?;
    let own = || basket.lines.iter().map(|&at| &lines[at]);
    let mut parts: Vec<QuoteTotals> = own().map(QuoteTotals::of_line).collect();
    let mut subsidy = amounts::sum(own().map(|line| line.subsidy))?;
    if let SellerDelivery::Quoted(quoted) = &delivery {
        parts.push(QuoteTotals::of_delivery(quoted));
        subsidy = amounts::sum([subsidy, quoted.subsidy])?;
    }
    let options = basket
        .options(input, total)
        .map(|(method, price)| DeliveryOption {
            method: method.id,
            name: method.name.clone(),
            price,
            transit_days: method.transit_days,
        });
    let totals = QuoteTotals::sum(parts)?;
    // The seller's earning is at most both together, so that it is an amount as well.
    amounts::sum([totals.gross, subsidy])?;
    Ok(QuotedSeller {
        seller: basket.seller,
        weight_g: basket.weight_g,
        delivery,
        options: options.collect(),
        totals,
        subsidy,
        commission: amounts::sum(own().map(|line| line.commission.amount))?,
    })
}

fn quoted_delivery(
    input: &QuoteInput,
    basket: &Basket<'_>,
    total: i64,
    reduction: Reduction,
) -> Result<SellerDelivery, AmountOverflow> {
    let Some(chosen) = basket.chosen else {
        return Ok(SellerDelivery::NotChosen);
    };
    let Some((method, price)) = basket.delivery(input, total) else {
        return Ok(SellerDelivery::Unavailable { method: chosen });
    };
    let charge = Charge::of(input, &[], price, reduction)?;
    Ok(SellerDelivery::Quoted(QuotedDelivery {
        method: chosen,
        name: method.name.clone(),
        price,
        discount: reduction.total,
        seller_discount: reduction.by_seller,
        tax_rate: charge.rate,
        tax_ppm: charge.ppm,
        amount: charge.amount,
        subsidy: charge.subsidy,
    }))
}

impl QuoteTotals {
    fn of_line(line: &QuotedLine) -> Self {
        Self {
            goods: line.goods,
            discount: line.discount,
            ..Self::taxed(line.amount)
        }
    }

    fn of_delivery(delivery: &QuotedDelivery) -> Self {
        Self {
            delivery: delivery.price,
            delivery_discount: delivery.discount,
            ..Self::taxed(delivery.amount)
        }
    }

    fn taxed(amount: TaxedAmount) -> Self {
        Self {
            net: amount.net,
            tax: amount.tax,
            gross: amount.gross,
            ..Self::default()
        }
    }

    fn sum(parts: impl IntoIterator<Item = Self>) -> Result<Self, AmountOverflow> {
        let mut sum = Self::default();
        for part in parts {
            for (total, amount) in [
                (&mut sum.goods, part.goods),
                (&mut sum.discount, part.discount),
                (&mut sum.delivery, part.delivery),
                (&mut sum.delivery_discount, part.delivery_discount),
                (&mut sum.net, part.net),
                (&mut sum.tax, part.tax),
                (&mut sum.gross, part.gross),
            ] {
                *total = amounts::sum([*total, amount])?;
            }
        }
        Ok(sum)
    }
}
