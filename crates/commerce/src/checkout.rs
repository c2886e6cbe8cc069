//! Checkout: from a cart to a purchase that is paid, or waits for its payment.

use std::collections::BTreeMap;

use souk_domain::{
    DeliveryMethodId, InvalidField, OrderGroupId, SellerId,
    ordering::{PostalAddress, SellerDelivery, TaxPlace},
};
use souk_identity::MailAddress;
use souk_store::{
    CartOwner, CheckoutRefusal, HeldKey, NewOrderGroup, OrderGroup, OrderedGoods, PromotionUse,
    Tenant,
};

use crate::{
    cart_pricing::ComputedCart, carts::checked_note, customer::Customer, error::CommerceError,
    payments::PaymentRequest, service::CommerceService,
};

/// Words of a customer at the checkout.
#[derive(Debug, Clone)]
pub struct CheckoutRequest {
    /// Buyer.
    pub customer: Customer,
    /// Mail address of the customer.
    pub mail: MailAddress,
    /// Language of mails, ISO 639-1.
    pub language: String,
    /// Place of delivery.
    pub delivery_address: PostalAddress,
    /// Address of the bill.
    pub billing_address: PostalAddress,
    /// Delivery methods of sellers, besides those that the cart has.
    pub delivery: BTreeMap<SellerId, DeliveryMethodId>,
    /// Note to the sellers, in the place of the cart's.
    pub note: Option<String>,
    /// Name of the payment provider.
    pub provider: String,
    /// Token that the customer's browser got from the provider.
    pub method: Option<String>,
    /// Sum that the customer was shown, in minor units.
    pub expected_total: Option<i64>,
    /// Idempotency key of the request.
    pub key: HeldKey,
}

impl CommerceService {
    /// Buys what is in the cart: its units are held, its figures frozen, and its payment is begun.
    ///
    /// Nothing is bought if the cart has changed since the customer saw it, units are missing or a promotion is used up. A
    /// card that is declined is no error: the purchase says so, and waits for another one.
    ///
    /// # Errors
    /// If it cannot be bought as it is, the provider refuses, or the database fails.
    pub async fn checkout(
        &self,
        tenant: &Tenant,
        mut request: CheckoutRequest,
        now_ms: i64,
    ) -> Result<OrderGroup, CommerceError> {
        let provider = self.provider(&request.provider)?;
        let (name, terms) = (provider.name().to_owned(), provider.terms());
        let method = request.method.take();
        let new = self
            .computed_group(tenant, request, (name, terms), now_ms)
            .await?;
        let scope = self.store.scope(tenant.id);
        let begun = match scope.begin_checkout(&new).await? {
            Ok(begun) => begun,
            Err(CheckoutRefusal::Short(short)) => return Err(CommerceError::Short(short)),
            Err(CheckoutRefusal::Changed(offers)) => {
                return Err(CommerceError::CartChanged(offers));
            }
            Err(CheckoutRefusal::UsedUp(name)) => return Err(CommerceError::UsedUp(name)),
            Err(CheckoutRefusal::TakenOver) => return Err(CommerceError::TakenOver),
        };
        self.begin_payment(tenant, begun.group, method.as_deref(), now_ms)
            .await
    }

    /// Asks the provider for the payment of a purchase, for the first time or with another method.
    ///
    /// # Errors
    /// If the purchase is over or paid, the provider refuses, or the database fails.
    pub async fn begin_payment(
        &self,
        tenant: &Tenant,
        group: OrderGroupId,
        method: Option<&str>,
        now_ms: i64,
    ) -> Result<OrderGroup, CommerceError> {
        let group = self.store.scope(tenant.id).order_group(group).await?;
        if group.placed_at_ms.is_some() {
            return Err(CommerceError::Paid);
        }
        let is_over = group.expires_at_ms.is_none_or(|until| until <= now_ms);
        if is_over {
            return Err(CommerceError::Ended);
        }
        let request = PaymentRequest {
            tenant: tenant.id,
            group: group.id,
            payment: group.payment.id,
            amount: group.totals.gross,
            currency: &group.currency,
            mail: &group.mail,
            method,
            now_ms,
        };
        let answer = self
            .provider(&group.payment.provider)?
            .begin(request)
            .await?;
        self.apply_answer(tenant.id, group.id, answer, now_ms).await
    }

    /// Computes the cart's figures for a place, and refuses what is not as the customer has seen it.
    async fn computed_group(
        &self,
        tenant: &Tenant,
        request: CheckoutRequest,
        (provider, terms): (String, souk_domain::ordering::PaymentTerms),
        now_ms: i64,
    ) -> Result<NewOrderGroup, CommerceError> {
        let customer = request.customer;
        let cart = self.stored_cart(tenant, customer, now_ms).await?;
        let mut cart = cart.ok_or(CommerceError::EmptyCart)?;
        for (seller, method) in &request.delivery {
            cart.choices.delivery.insert(seller.0, method.0);
        }
        let place = TaxPlace {
            country: request.delivery_address.country,
            region: request.delivery_address.region.clone(),
        };
        let name = customer.name(&request.mail);
        let scope = self.store.scope(tenant.id);
        let has_bought = scope
            .has_bought(customer.account, request.mail.as_str())
            .await?;
        let known = (Some(name.clone()), has_bought);
        let computed = self
            .compute_cart(tenant, cart, Some(place), known, now_ms)
            .await?;
        check(&computed, request.expected_total)?;
        let ComputedCart { cart, priced } = computed;
        let goods = cart.lines.iter().filter(|line| line.is_bought());
        let goods = goods.filter_map(|line| {
            let offer = line.offer.as_ref()?;
            let ordered = OrderedGoods {
                sku: offer.sku.clone(),
                title: offer.title.clone(),
                options: offer.options.clone(),
                image: offer.image.clone(),
                seller_name: offer.seller_name.clone(),
                note: line.line.note.clone(),
            };
            Some((line.line.id.0, ordered))
        });
        let promotions = priced.quote.applied.iter().filter_map(|applied| {
            let promotion = priced.promotions.iter().find(|it| it.id == applied.id)?;
            let code = applied.code.as_ref().map(ToString::to_string);
            Some(PromotionUse {
                id: applied.id,
                name: code.unwrap_or_else(|| applied.name.clone()),
                total: promotion.limits.total,
                per_customer: promotion.limits.per_customer,
            })
        });
        Ok(NewOrderGroup {
            token: self.order_token(tenant.id, &request.key).hash(),
            key: request.key,
            account: customer.account,
            mail: request.mail.as_str().to_owned(),
            language: request.language,
            delivery_address: request.delivery_address,
            billing_address: request.billing_address,
            note: checked_note(request.note)?.or(cart.cart.choices.note),
            goods: goods.collect(),
            promotions: promotions.collect(),
            quote: priced.quote,
            customer: name,
            cart: Some(cart.cart.id),
            provider,
            terms,
            at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(self.options.checkout_ms),
        })
    }

    /// Returns the cart of a customer's owner, for a request that needs one.
    ///
    /// # Errors
    /// If the customer has none.
    pub fn owner_of(&self, customer: Customer) -> Result<CartOwner, CommerceError> {
        customer.owner().ok_or(CommerceError::NotFound("cart"))
    }
}

fn check(computed: &ComputedCart, expected: Option<i64>) -> Result<(), CommerceError> {
    let cart = &computed.cart;
    if !cart.lines.iter().any(|line| !line.line.is_saved) {
        return Err(CommerceError::EmptyCart);
    }
    let changed = cart.changed();
    if !changed.is_empty() {
        return Err(CommerceError::CartChanged(changed));
    }
    for seller in &cart.quote.sellers {
        let field =
            |message: &str| InvalidField::new(format!("delivery.{}", seller.seller), message);
        match &seller.delivery {
            SellerDelivery::Quoted(_) => {}
            // Who has no method at all sends nothing, such as a seller of downloads.
            SellerDelivery::NotChosen if seller.options.is_empty() => {}
            SellerDelivery::NotChosen => {
                return Err(
                    field("is required: choose one of the seller's delivery methods").into(),
                );
            }
            SellerDelivery::Unavailable { .. } => {
                return Err(field("does not deliver these goods there: choose another one").into());
            }
        }
    }
    let actual = cart.quote.totals.gross;
    match expected {
        Some(expected) if expected != actual => Err(CommerceError::OtherTotal { expected, actual }),
        _ => Ok(()),
    }
}
