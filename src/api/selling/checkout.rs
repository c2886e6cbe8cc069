//! Checkout of a cart, and what a customer does with its payment.

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_commerce::CheckoutRequest;
use souk_domain::{
    DeliveryMethodId, InvalidField, Language, OrderGroupId, SellerId, ordering::PostalAddress,
};
use souk_identity::MailAddress;

use super::{
    MAX_BYTES,
    idempotent::Key,
    order_views::PurchaseView,
    orders::purchase_of,
    request::{CheckoutBody, ConfirmationBody, PaymentBody, delivery_of},
    shopper::Shopper,
};
use crate::{
    api::{Tag, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{BoundedBody, JsonResponse, MaybeSession, TenantContext},
};

answers! {
    /// Answers of `checkout`.
    CheckoutAnswer {
        201 "The purchase, with what has become of its payment." => Begun(JsonResponse<PurchaseView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `retryPayment` and `confirmPayment`.
    PaymentAnswer {
        200 "The purchase as it is now." => Purchase(JsonResponse<PurchaseView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations of the checkout.
pub struct CheckoutApi;

#[OpenApi(prefix_path = "/api/checkout", tag = "Tag::Selling")]
impl CheckoutApi {
    /// Buy what is in the cart
    ///
    /// The units are held and all figures frozen in one step, or nothing is bought: 409 says which lines have changed, are too
    /// few, or that the total is another. One order is made for each seller. The answer has what the payment needs; a purchase
    /// that is not paid in time ends, and its units are free again. Send an `Idempotency-Key`: the same request with the same
    /// key buys once, also if its answer was lost.
    #[oai(path = "/", method = "post", operation_id = "checkout")]
    async fn checkout(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
        /// Key of this purchase: 16 to 255 visible characters, such as a UUID.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: BoundedBody<CheckoutBody, MAX_BYTES>,
    ) -> Result<CheckoutAnswer, ApiError> {
        let shopper = Shopper::of(session, &cart)?;
        let body = body.0;
        let key = Key::of(key.0, shopper.caller(&context), &("checkout", &body))?;
        let view = key.once(&context, now_ms(), async |begun| {
            let group = match begun {
                Some(group) => resumed(&context, group, body.payment.method.as_deref()).await?,
                None => {
                    let request = request(&context, &shopper, body, key.held().clone()).await?;
                    let commerce = &context.app.commerce;
                    Box::pin(commerce.checkout(&context.tenant, request, now_ms())).await?
                }
            };
            Ok(PurchaseView::new(&group))
        });
        let mut view = Box::pin(view).await?;
        // Only its hash is stored: it follows from the key each time.
        let token = context
            .app
            .commerce
            .order_token(context.tenant.id, key.held());
        view.token = Some(token.text());
        Ok(CheckoutAnswer::Begun(JsonResponse(view)))
    }

    /// Pay a purchase another way
    ///
    /// For one whose payment failed, while its units are held.
    #[oai(path = "/:id/payment", method = "post", operation_id = "retryPayment")]
    async fn retry(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the purchase.
        id: Path<RowId>,
        /// Token of a guest's purchase.
        #[oai(name = "X-Order-Token")]
        order: Header<Option<String>>,
        body: BoundedBody<PaymentBody, MAX_BYTES>,
    ) -> Result<PaymentAnswer, ApiError> {
        let group = purchase_of(&context, &session, &order, OrderGroupId(id.0.0)).await?;
        let method = body.0.method.as_deref();
        let commerce = &context.app.commerce;
        let group = commerce.begin_payment(&context.tenant, group.id, method, now_ms());
        let group = Box::pin(group).await?;
        Ok(PaymentAnswer::Purchase(JsonResponse(PurchaseView::new(
            &group,
        ))))
    }

    /// Confirm a payment of the test provider
    ///
    /// In the place of a bank's code: 000000 is right, any other one fails.
    #[oai(
        path = "/:id/confirmation",
        method = "post",
        operation_id = "confirmPayment"
    )]
    async fn confirm(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the purchase.
        id: Path<RowId>,
        /// Token of a guest's purchase.
        #[oai(name = "X-Order-Token")]
        order: Header<Option<String>>,
        body: BoundedBody<ConfirmationBody, MAX_BYTES>,
    ) -> Result<PaymentAnswer, ApiError> {
        let group = purchase_of(&context, &session, &order, OrderGroupId(id.0.0)).await?;
        let commerce = &context.app.commerce;
        let tenant = context.tenant.id;
        let group = commerce.confirm_payment(tenant, group.id, &body.0.code, now_ms());
        let group = Box::pin(group).await?;
        Ok(PaymentAnswer::Purchase(JsonResponse(PurchaseView::new(
            &group,
        ))))
    }
}

/// Goes on with a purchase whose first request died: asks for its payment, by the method of the request, if that was not done.
async fn resumed(
    context: &TenantContext,
    group: OrderGroupId,
    method: Option<&str>,
) -> Result<souk_store::OrderGroup, ApiError> {
    let commerce = &context.app.commerce;
    let group = context
        .app
        .store
        .scope(context.tenant.id)
        .order_group(group)
        .await?;
    if group.payment.reference.is_some() {
        return Ok(group);
    }
    let paid = commerce.begin_payment(&context.tenant, group.id, method, now_ms());
    Ok(Box::pin(paid).await?)
}

async fn request(
    context: &TenantContext,
    shopper: &Shopper,
    body: CheckoutBody,
    claim: souk_store::HeldKey,
) -> Result<CheckoutRequest, ApiError> {
    let account = shopper.session.as_ref().map(|live| &live.account);
    let mail = body
        .mail
        .or_else(|| account.map(|account| account.mail.clone()));
    let mail = mail.ok_or_else(|| refused("mail", "is required of a guest"))?;
    let mail = MailAddress::parse(&mail).map_err(|error| refused("mail", &error.to_string()))?;
    let language = body
        .language
        .or_else(|| account.map(|it| it.language.clone()));
    let language = match language {
        Some(language) => language
            .parse::<Language>()
            .map_err(|error| refused("language", &error.to_string()))?,
        None => context.tenant.language,
    };
    let within = |field: &'static str| {
        move |error: InvalidField| ApiError::Unprocessable(error.within(field))
    };
    let delivery_address = match body.delivery_address {
        Some(address) => address.address().map_err(within("delivery_address"))?,
        None => default_address(context, shopper, true).await?,
    };
    let billing_address = match body.billing_address {
        Some(address) => address.address().map_err(within("billing_address"))?,
        None => default_address(context, shopper, false)
            .await
            .unwrap_or_else(|_| delivery_address.clone()),
    };
    let delivery = delivery_of(body.delivery.unwrap_or_default());
    let delivery = delivery.map_err(ApiError::Unprocessable)?.into_iter();
    let delivery = delivery.map(|(seller, method)| (SellerId(seller), DeliveryMethodId(method)));
    let commerce = &context.app.commerce;
    let first = commerce.providers().first().map(|name| (*name).to_owned());
    let provider = body.payment.provider.or(first);
    Ok(CheckoutRequest {
        customer: shopper.customer,
        mail,
        language: language.code().to_owned(),
        delivery_address,
        billing_address,
        delivery: delivery.collect(),
        note: body.note,
        provider: provider.unwrap_or_default(),
        method: body.payment.method,
        expected_total: body.expected_total,
        key: claim,
    })
}

/// Returns the default address of the account.
async fn default_address(
    context: &TenantContext,
    shopper: &Shopper,
    of_delivery: bool,
) -> Result<PostalAddress, ApiError> {
    let field = if of_delivery {
        "delivery_address"
    } else {
        "billing_address"
    };
    let missing = || refused(field, "is required: the account has no default address");
    let account = shopper.customer.account.ok_or_else(missing)?;
    let scope = context.app.store.scope(context.tenant.id);
    let mut saved = scope.addresses().list(account).await?.into_iter();
    let address = saved.find(|saved| match of_delivery {
        true => saved.is_delivery_default,
        false => saved.is_billing_default,
    });
    Ok(address.ok_or_else(missing)?.address)
}

fn refused(field: &'static str, message: &str) -> ApiError {
    ApiError::Unprocessable(InvalidField::new(field, message))
}
