//! Quotes a second time, with rational numbers and without regard to speed or overflow.

use std::collections::BTreeMap;

use num_rational::Ratio;

use super::*;

type Exact = Ratio<i128>;

/// Figures that the model computes of a line or delivery.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Row {
    pub(super) discount: i128,
    pub(super) net: i128,
    pub(super) tax: i128,
    pub(super) subsidy: i128,
    pub(super) commission: i128,
}

/// Figures that the model computes of a quote.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Model {
    pub(super) lines: Vec<Row>,
    pub(super) deliveries: BTreeMap<i64, Row>,
    pub(super) applied: Vec<(i64, i128)>,
    pub(super) gross: i128,
}

fn exact(amount: i64) -> Exact {
    Exact::from_integer(amount.into())
}

fn half_up(amount: Exact) -> i128 {
    (amount + Exact::new(1, 2)).floor().to_integer()
}

/// Gives one unit after the other to the line that lacks most of its share.
fn split(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    let shares: Vec<Exact> = weights
        .iter()
        .map(|weight| Exact::new(total * weight, sum.max(1)))
        .collect();
    let mut parts: Vec<i128> = shares
        .iter()
        .map(|share| share.floor().to_integer())
        .collect();
    let mut given = vec![false; parts.len()];
    while sum > 0 && parts.iter().sum::<i128>() < total {
        let lack = |at: usize| shares[at] - shares[at].floor();
        let mut best = None;
        for at in (0..parts.len()).filter(|&at| !given[at]) {
            if best.is_none_or(|best| lack(at) > lack(best)) {
                best = Some(at);
            }
        }
        let best = best.expect("a line is left");
        given[best] = true;
        parts[best] += 1;
    }
    parts
}

struct State<'a> {
    input: &'a QuoteInput,
    goods: Vec<i128>,
    /// Reduction of each line, and the part that its seller bears.
    lines: Vec<(i128, i128)>,
    deliveries: BTreeMap<i64, (i128, i128)>,
}

impl<'a> State<'a> {
    fn new(input: &'a QuoteInput) -> Self {
        let goods = input
            .lines
            .iter()
            .map(|line| i128::from(line.unit_price * line.quantity));
        Self {
            input,
            goods: goods.collect(),
            lines: vec![(0, 0); input.lines.len()],
            deliveries: BTreeMap::new(),
        }
    }

    fn is_for(&self, promotion: &Promotion, at: usize) -> bool {
        let (line, conditions) = (&self.input.lines[at], &promotion.conditions);
        let categories = &conditions.categories;
        (conditions.sellers.is_empty() || conditions.sellers.contains(&line.seller))
            && (categories.is_empty() || categories.iter().any(|c| line.category_path.contains(c)))
    }

    fn delivery(&self, seller: i64) -> Option<i128> {
        let own = || (0..self.goods.len()).filter(|&at| self.input.lines[at].seller.0 == seller);
        let total: i128 = own().map(|at| self.goods[at] - self.lines[at].0).sum();
        let lines = own().map(|at| &self.input.lines[at]);
        let weight: i64 = lines.map(|line| line.weight_g * line.quantity).sum();
        let method = self
            .input
            .methods
            .iter()
            .find(|method| method.seller.0 == seller)?;
        match &method.price {
            DeliveryPrice::Flat { price } => Some((*price).into()),
            DeliveryPrice::FreeFrom { free_from, .. } if total >= (*free_from).into() => Some(0),
            DeliveryPrice::FreeFrom { price, .. } => Some((*price).into()),
            DeliveryPrice::ByWeight { steps } => {
                let mut reaching = steps.iter().filter(|step| step.up_to_g >= weight);
                reaching.next().map(|step| step.price.into())
            }
        }
    }

    fn sellers(&self) -> Vec<i64> {
        let mut sellers: Vec<i64> = self.input.lines.iter().map(|line| line.seller.0).collect();
        sellers.sort_unstable();
        sellers.dedup();
        sellers
    }

    fn on_goods(&mut self, promotion: &Promotion) -> i128 {
        let left: Vec<i128> = (0..self.goods.len())
            .map(|at| {
                if self.is_for(promotion, at) {
                    self.goods[at] - self.lines[at].0
                } else {
                    0
                }
            })
            .collect();
        let total: i128 = left.iter().sum();
        let discount = match promotion.benefit {
            Benefit::Percent { rate_ppm } => {
                half_up(Exact::from_integer(total) * Exact::new(rate_ppm.into(), 1_000_000))
            }
            Benefit::Amount { amount } => total.min(amount.into()),
            Benefit::FreeDelivery => 0,
        };
        for (line, part) in self.lines.iter_mut().zip(split(discount, &left)) {
            line.0 += part;
            line.1 += if promotion.bearer == PromotionBearer::Seller {
                part
            } else {
                0
            };
        }
        discount
    }

    fn on_deliveries(&mut self, promotion: &Promotion) -> i128 {
        let mut discount = 0;
        for seller in self.sellers() {
            let mut lines = 0..self.goods.len();
            let is_for = lines
                .any(|at| self.input.lines[at].seller.0 == seller && self.is_for(promotion, at));
            if promotion.benefit != Benefit::FreeDelivery || !is_for {
                continue;
            }
            let price = self.delivery(seller).unwrap_or(0);
            let own = self.deliveries.entry(seller).or_default();
            let left = price - own.0;
            own.0 += left;
            own.1 += if promotion.bearer == PromotionBearer::Seller {
                left
            } else {
                0
            };
            discount += left;
        }
        discount
    }

    fn row(&self, rate_ppm: i64, price: i128, (reduction, by_seller): (i128, i128)) -> (Row, i128) {
        let rate = Exact::new(rate_ppm.into(), 1_000_000);
        let taxed = |amount: i128| match self.input.tax_pricing {
            TaxPricing::Exclusive => (amount, half_up(Exact::from_integer(amount) * rate)),
            TaxPricing::Inclusive => {
                let tax = half_up(Exact::from_integer(amount) * rate / (exact(1) + rate));
                (amount - tax, tax)
            }
        };
        let (net, tax) = taxed(price - reduction);
        let (seller_net, _) = taxed(price - by_seller);
        let row = Row {
            discount: reduction,
            net,
            tax,
            subsidy: seller_net - net,
            commission: 0,
        };
        (row, seller_net)
    }
}

fn rate(input: &QuoteInput, path: &[CategoryId]) -> i64 {
    let Some(place) = &input.destination else {
        return 0;
    };
    let mut best = (-1, 0);
    for rate in input
        .tax_rates
        .0
        .iter()
        .filter(|rate| rate.country == place.country)
    {
        let depth = match rate.category {
            None => 0,
            Some(category) => match path.iter().position(|at| *at == category) {
                Some(at) => at as i64 + 1,
                None => continue,
            },
        };
        if depth > best.0 {
            best = (depth, rate.rate_ppm);
        }
    }
    best.1
}

/// Computes a quote whose promotions have no codes, dates and limits, and of which every method was chosen.
pub(super) fn model(input: &QuoteInput) -> Model {
    let mut state = State::new(input);
    let mut promotions: Vec<&Promotion> =
        input.promotions.iter().map(|one| &one.promotion).collect();
    promotions.sort_by(|a, b| b.priority.cmp(&a.priority).then(a.id.cmp(&b.id)));
    promotions.retain(|promotion| {
        let goods = (0..state.goods.len()).filter(|&at| state.is_for(promotion, at));
        let goods: Vec<i128> = goods.map(|at| state.goods[at]).collect();
        let min = promotion.conditions.min_goods.unwrap_or(0).into();
        !goods.is_empty() && goods.iter().sum::<i128>() >= min
    });
    let alone = promotions.iter().find(|promotion| {
        let mut alone = State::new(input);
        alone.on_goods(promotion) + alone.on_deliveries(promotion) > 0
    });
    match alone.copied() {
        Some(alone) if alone.stacking == Stacking::Exclusive => promotions = vec![alone],
        _ => promotions.retain(|promotion| promotion.stacking == Stacking::Combinable),
    }
    let on_goods: Vec<i128> = promotions.iter().map(|one| state.on_goods(one)).collect();
    let mut applied = Vec::new();
    for (promotion, on_goods) in promotions.iter().zip(on_goods) {
        let discount = on_goods + state.on_deliveries(promotion);
        if discount > 0 {
            applied.push((promotion.id.0, discount));
        }
    }
    let mut model = Model {
        applied,
        ..Model::default()
    };
    for (at, line) in input.lines.iter().enumerate() {
        let ppm = rate(input, &line.category_path);
        let (mut row, seller_net) = state.row(ppm, state.goods[at], state.lines[at]);
        let commission = input.commission_rates.0[0];
        let share =
            exact(commission.basis_points) / exact(10_000) * Exact::from_integer(seller_net);
        let capped = half_up(share)
            .max(commission.floor.into())
            .min(commission.cap.unwrap_or(i64::MAX).into());
        row.commission = capped.min(seller_net);
        model.gross += row.net + row.tax;
        model.lines.push(row);
    }
    for seller in state.sellers() {
        let Some(price) = state.delivery(seller) else {
            continue;
        };
        let reduction = state.deliveries.get(&seller).copied().unwrap_or_default();
        let (row, _) = state.row(rate(input, &[]), price, reduction);
        model.gross += row.net + row.tax;
        model.deliveries.insert(seller, row);
    }
    model
}
