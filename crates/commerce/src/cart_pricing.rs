//! A cart as it is right now: what is in it, what it costs, and what has changed since the shopper saw it.

use std::collections::HashMap;

use souk_domain::{
    DeliveryMethodId, SellerId, TenantId,
    ordering::{Quote, TaxPlace},
};
use souk_store::{Cart, CartLine, OfferKey, SellableOffer, Tenant};

use crate::{
    error::CommerceError,
    pricing::{Circumstances, Priced, Wanted},
    service::CommerceService,
};

/// Difference between a line as the shopper saw it last and as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartChange {
    /// End of its sale.
    Gone,
    /// Sale in another currency than the marketplace's.
    OtherCurrency,
    /// Another price.
    Price {
        /// Unit price that the shopper saw, in minor units.
        was: i64,
        /// Unit price that it has now.
        now: i64,
    },
    /// Fewer units than are wanted.
    Short {
        /// Units that there are.
        available: i64,
    },
}

impl CartChange {
    /// True if a shopper can only take the line out or lower its quantity, and not agree to it.
    pub fn is_obstacle(self) -> bool {
        !matches!(self, Self::Price { .. })
    }
}

/// A line with what is sold under it.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedLine {
    /// The line.
    pub line: CartLine,
    /// Offer; none if it is gone.
    pub offer: Option<SellableOffer>,
    /// Differences to the last sight.
    pub changes: Vec<CartChange>,
}

impl PricedLine {
    /// Reports whether figures include the line: it is not saved for later, and can be bought at all.
    pub fn is_bought(&self) -> bool {
        let lost =
            |change: &CartChange| matches!(change, CartChange::Gone | CartChange::OtherCurrency);
        !self.line.is_saved && !self.changes.iter().any(lost)
    }
}

/// A cart as it is right now.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedCart {
    /// The cart.
    pub cart: Cart,
    /// Lines, in the order in which they were added.
    pub lines: Vec<PricedLine>,
    /// Figures of the lines to be bought.
    pub quote: Quote,
}

impl PricedCart {
    /// Offers of lines to be bought that have changed.
    pub fn changed(&self) -> Vec<OfferKey> {
        let changed = self.lines.iter();
        let changed = changed.filter(|line| !line.line.is_saved && !line.changes.is_empty());
        changed.map(|line| line.line.offer).collect()
    }
}

/// A priced cart with what a checkout needs besides.
pub(crate) struct ComputedCart {
    pub(crate) cart: PricedCart,
    pub(crate) priced: Priced,
}

impl CommerceService {
    /// Computes a cart's figures.
    pub(crate) async fn compute_cart(
        &self,
        tenant: &Tenant,
        cart: Cart,
        destination: Option<TaxPlace>,
        (customer, has_bought): (Option<String>, bool),
        now_ms: i64,
    ) -> Result<ComputedCart, CommerceError> {
        let keys: Vec<OfferKey> = cart.lines.iter().map(|line| line.offer).collect();
        let offers = self.offers(tenant.id, &keys, now_ms).await?;
        let wanted = units_wanted(&cart.lines);
        let lines = cart.lines.iter().map(|line| {
            let offer = offers.get(&line.offer).cloned();
            let changes = changes(tenant, line, offer.as_ref(), wanted[&line.offer]);
            PricedLine {
                line: line.clone(),
                offer,
                changes,
            }
        });
        let lines: Vec<PricedLine> = lines.collect();
        let computed = lines.iter().filter(|line| line.is_bought());
        let goods = computed.filter_map(|line| {
            Some(Wanted {
                key: line.line.id.0,
                offer: line.offer.as_ref()?,
                quantity: line.line.quantity,
            })
        });
        let goods: Vec<Wanted<'_>> = goods.collect();
        let delivery = cart.choices.delivery.iter();
        let delivery =
            delivery.map(|(seller, method)| (SellerId(*seller), DeliveryMethodId(*method)));
        let given = Circumstances {
            currency: tenant.currency,
            destination,
            delivery: delivery.collect(),
            codes: &cart.choices.codes,
            customer,
            has_bought,
            at_ms: now_ms,
        };
        let priced = self.price(tenant.id, &goods, given).await?;
        Ok(ComputedCart {
            cart: PricedCart {
                quote: priced.quote.clone(),
                lines,
                cart,
            },
            priced,
        })
    }

    pub(crate) async fn offers(
        &self,
        tenant: TenantId,
        keys: &[OfferKey],
        now_ms: i64,
    ) -> Result<HashMap<OfferKey, SellableOffer>, CommerceError> {
        Ok(self.store.scope(tenant).sellable(keys, now_ms).await?)
    }
}

/// Units to be bought of each offer. Those of several lines of one offer are one sum.
fn units_wanted(lines: &[CartLine]) -> HashMap<OfferKey, i64> {
    let mut wanted = HashMap::new();
    for line in lines {
        let units = if line.is_saved { 0 } else { line.quantity };
        *wanted.entry(line.offer).or_insert(0) += units;
    }
    wanted
}

fn changes(
    tenant: &Tenant,
    line: &CartLine,
    offer: Option<&SellableOffer>,
    wanted: i64,
) -> Vec<CartChange> {
    let Some(offer) = offer else {
        return vec![CartChange::Gone];
    };
    if offer.currency != tenant.currency {
        return vec![CartChange::OtherCurrency];
    }
    let mut changes = Vec::new();
    if offer.price != line.seen_price {
        changes.push(CartChange::Price {
            was: line.seen_price,
            now: offer.price,
        });
    }
    if let Some(available) = offer.available
        && available < wanted
    {
        changes.push(CartChange::Short { available });
    }
    changes
}
