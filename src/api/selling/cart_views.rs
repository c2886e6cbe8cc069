//! Carts as shoppers see them.

use poem_openapi::Object;
use serde::Serialize;
use souk_commerce::{CartChange, PricedCart, PricedLine};
use souk_domain::ordering::{
    QuoteTotals, QuotedLine, QuotedSeller, RefusalReason, RefusedPromotion, SellerDelivery,
    TaxPricing,
};

use crate::api::views::Timestamp;

/// A cart as it is right now. Amounts are minor units of its currency.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Cart", skip_serializing_if_is_none)]
pub struct CartView {
    /// Token of a guest's new cart, shown this once: send it as `X-Cart-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Currency, ISO 4217.
    pub currency: String,
    /// True if prices have their tax within.
    pub tax_included: bool,
    /// True while the place or the delivery of a seller is missing: the sums are an estimate then.
    pub estimate: bool,
    /// True if the cart has changed since the shopper saw it: its lines say how. Acknowledge it before the checkout.
    pub changed: bool,
    /// Lines to be bought.
    pub lines: Vec<CartLineView>,
    /// Lines that are saved for later.
    pub saved: Vec<CartLineView>,
    /// Sellers of the lines, each with its delivery.
    pub sellers: Vec<CartSellerView>,
    /// Sums.
    pub totals: TotalsView,
    /// Promotions that reduce something.
    pub promotions: Vec<AppliedPromotionView>,
    /// Codes and promotions that do not apply.
    pub refused_promotions: Vec<RefusedPromotionView>,
    /// Codes that were entered.
    pub codes: Vec<String>,
    /// Note to the sellers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Payment providers, the one to offer first at the beginning.
    pub payment_providers: Vec<String>,
    /// Time at which the cart is forgotten unless it is changed.
    pub expires_at: Timestamp,
}

/// A line of a cart.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "CartLine", skip_serializing_if_is_none)]
pub struct CartLineView {
    /// Line id.
    pub id: i64,
    /// Variant.
    pub variant: i64,
    /// Further seller's offer; absent for the product's own seller's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<i64>,
    /// Product; absent if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<i64>,
    /// Slug of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Title of the product.
    pub title: String,
    /// Options, such as the size.
    pub options: std::collections::BTreeMap<String, String>,
    /// Picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Slug of the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// Units.
    pub quantity: i64,
    /// Price of a unit now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<i64>,
    /// Price of all units, before discounts; absent if the line is not bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods: Option<i64>,
    /// Discounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<i64>,
    /// Tax of the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<i64>,
    /// Sum of the line that the shopper pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Note to the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Differences to what the shopper saw last.
    pub changes: Vec<CartChangeView>,
}

/// Difference between a line as the shopper saw it and as it is.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "CartChange", skip_serializing_if_is_none)]
pub struct CartChangeView {
    /// `gone`, `other_currency`, `price` or `short`.
    pub kind: String,
    /// Price that the shopper saw, of `price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<i64>,
    /// Price that it has, of `price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<i64>,
    /// Units that there are, of `short`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
}

/// A seller of what is in the cart.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "CartSeller", skip_serializing_if_is_none)]
pub struct CartSellerView {
    /// Id of the seller: the key under which its delivery is chosen.
    pub id: i64,
    /// Slug of the seller.
    pub slug: String,
    /// Name of the seller.
    pub name: String,
    /// Method that is chosen, if it delivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_method: Option<i64>,
    /// True if a method has to be chosen before the checkout.
    pub needs_delivery: bool,
    /// Methods that deliver there.
    pub delivery_options: Vec<DeliveryOptionView>,
    /// Sums of the seller's part.
    pub totals: TotalsView,
}

/// A delivery method that can be chosen.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "DeliveryOption", skip_serializing_if_is_none)]
pub struct DeliveryOptionView {
    /// Id of the method.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Price before promotions.
    pub price: i64,
    /// Fewest days on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_min: Option<i64>,
    /// Most days on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_max: Option<i64>,
}

/// Sums, in minor units.
#[derive(Debug, Clone, Copy, Object, Serialize)]
#[oai(rename = "Totals")]
pub struct TotalsView {
    /// Prices of the goods.
    pub goods: i64,
    /// Discounts on goods.
    pub discount: i64,
    /// Prices of deliveries.
    pub delivery: i64,
    /// Discounts on deliveries.
    pub delivery_discount: i64,
    /// Sum without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Sum that is paid.
    pub total: i64,
}

/// A promotion that reduces something.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "AppliedPromotion", skip_serializing_if_is_none)]
pub struct AppliedPromotionView {
    /// Name.
    pub name: String,
    /// Code that was entered, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Reduction.
    pub discount: i64,
}

/// A promotion that does not apply, or a code that is none's.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "RefusedPromotion", skip_serializing_if_is_none)]
pub struct RefusedPromotionView {
    /// Code that was entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Reason, such as `unknown_code`, `used_up` or `below_minimum`.
    pub reason: String,
    /// Amount that is missing, of `below_minimum`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<i64>,
}

impl From<QuoteTotals> for TotalsView {
    fn from(totals: QuoteTotals) -> Self {
        Self {
            goods: totals.goods,
            discount: totals.discount,
            delivery: totals.delivery,
            delivery_discount: totals.delivery_discount,
            net: totals.net,
            tax: totals.tax,
            total: totals.gross,
        }
    }
}

impl CartView {
    pub(super) fn new(
        cart: &PricedCart,
        token: Option<String>,
        providers: Vec<&'static str>,
    ) -> Self {
        let quote = &cart.quote;
        let views = |saved: bool| {
            let lines = cart.lines.iter().filter(|line| line.line.is_saved == saved);
            let views = lines.map(|line| {
                let quoted = quote.lines.iter().find(|it| it.key == line.line.id.0);
                CartLineView::new(line, quoted)
            });
            views.collect()
        };
        // An automatic promotion that does not apply is nobody's business.
        let refused = quote.refused.iter().filter(|it| it.code.is_some());
        let choices = &cart.cart.choices;
        Self {
            token,
            currency: quote.currency.code().to_owned(),
            tax_included: quote.tax_pricing == TaxPricing::Inclusive,
            estimate: quote.estimate,
            changed: !cart.changed().is_empty(),
            lines: views(false),
            saved: views(true),
            sellers: quote
                .sellers
                .iter()
                .map(|seller| CartSellerView::new(seller, cart))
                .collect(),
            totals: quote.totals.into(),
            promotions: quote
                .applied
                .iter()
                .map(|it| AppliedPromotionView {
                    name: it.name.clone(),
                    code: it.code.as_ref().map(ToString::to_string),
                    discount: it.discount,
                })
                .collect(),
            refused_promotions: refused.map(RefusedPromotionView::from).collect(),
            codes: choices.codes.clone(),
            note: choices.note.clone(),
            payment_providers: providers.into_iter().map(str::to_owned).collect(),
            expires_at: Timestamp::from_ms(cart.cart.expires_at_ms),
        }
    }
}

impl CartLineView {
    fn new(line: &PricedLine, quoted: Option<&QuotedLine>) -> Self {
        let offer = line.offer.as_ref();
        Self {
            id: line.line.id.0,
            variant: line.line.offer.variant.0,
            offer: line.line.offer.offer.map(|offer| offer.0),
            product: offer.map(|offer| offer.product.0),
            slug: offer.map(|offer| offer.slug.clone()),
            title: offer.map_or_else(|| line.line.title.clone(), |offer| offer.title.clone()),
            options: offer.map(|offer| offer.options.clone()).unwrap_or_default(),
            image: offer.and_then(|offer| offer.image.clone()),
            seller: offer.map(|offer| offer.seller_slug.clone()),
            quantity: line.line.quantity,
            unit_price: offer.map(|offer| offer.price),
            goods: quoted.map(|quoted| quoted.goods),
            discount: quoted.map(|quoted| quoted.discount),
            tax: quoted.map(|quoted| quoted.amount.tax),
            total: quoted.map(|quoted| quoted.amount.gross),
            note: line.line.note.clone(),
            changes: line
                .changes
                .iter()
                .copied()
                .map(CartChangeView::from)
                .collect(),
        }
    }
}

impl From<CartChange> for CartChangeView {
    fn from(change: CartChange) -> Self {
        let none = Self {
            kind: "gone".to_owned(),
            was: None,
            now: None,
            available: None,
        };
        match change {
            CartChange::Gone => none,
            CartChange::OtherCurrency => Self {
                kind: "other_currency".to_owned(),
                ..none
            },
            CartChange::Price { was, now } => Self {
                kind: "price".to_owned(),
                was: Some(was),
                now: Some(now),
                ..none
            },
            CartChange::Short { available } => Self {
                kind: "short".to_owned(),
                available: Some(available),
                ..none
            },
        }
    }
}

impl CartSellerView {
    fn new(seller: &QuotedSeller, cart: &PricedCart) -> Self {
        let offers = cart.lines.iter().filter_map(|line| line.offer.as_ref());
        let offer = offers
            .into_iter()
            .find(|offer| offer.seller == seller.seller);
        let quoted = match &seller.delivery {
            SellerDelivery::Quoted(delivery) => Some(delivery.method.0),
            SellerDelivery::NotChosen | SellerDelivery::Unavailable { .. } => None,
        };
        let is_unavailable = matches!(seller.delivery, SellerDelivery::Unavailable { .. });
        Self {
            id: seller.seller.0,
            slug: offer
                .map(|offer| offer.seller_slug.clone())
                .unwrap_or_default(),
            name: offer
                .map(|offer| offer.seller_name.clone())
                .unwrap_or_default(),
            delivery_method: quoted,
            needs_delivery: quoted.is_none() && (is_unavailable || !seller.options.is_empty()),
            delivery_options: seller
                .options
                .iter()
                .map(|option| DeliveryOptionView {
                    id: option.method.0,
                    name: option.name.clone(),
                    price: option.price,
                    days_min: option.transit_days.map(|days| i64::from(days.min)),
                    days_max: option.transit_days.map(|days| i64::from(days.max)),
                })
                .collect(),
            totals: seller.totals.into(),
        }
    }
}

impl From<&RefusedPromotion> for RefusedPromotionView {
    fn from(refused: &RefusedPromotion) -> Self {
        let missing = match refused.reason {
            RefusalReason::BelowMinimum { missing } => Some(missing),
            _ => None,
        };
        Self {
            code: refused.code.clone(),
            reason: reason_name(refused.reason),
            missing,
        }
    }
}

/// Name of a reason, which the domain's form has as its tag.
fn reason_name(reason: RefusalReason) -> String {
    let form = serde_json::to_value(reason).unwrap_or_default();
    form["reason"].as_str().unwrap_or_default().to_owned()
}
