//! The cart of whoever asks.

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::CartLineId;
use souk_identity::TokenKind;
use souk_store::CartLineChange;

use super::{
    MAX_BYTES,
    cart_views::CartView,
    request::{CartBody, CartLineBody, CartLineChangeBody, delivery_of, emptied},
    shopper::{Shopper, hash_of},
};
use crate::{
    api::{Tag, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{BoundedBody, JsonResponse, MaybeSession, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `getCart`.
    CartAnswer {
        200 "The cart as it is right now." => Cart(JsonResponse<CartView>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of changes of a cart.
    ChangedCartAnswer {
        200 "The cart as it is now." => Cart(JsonResponse<CartView>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `deleteCart`.
    DeletedCartAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on the cart of a shopper.
pub struct CartApi;

#[OpenApi(prefix_path = "/api/cart", tag = "Tag::Selling")]
impl CartApi {
    /// Get the cart
    ///
    /// That of the account if somebody is signed in, else the guest's whose token `X-Cart-Token` has; an empty one for a
    /// guest without a token. Prices and units are those of this moment, and each line says what has changed.
    #[oai(path = "/", method = "get", operation_id = "getCart")]
    async fn get(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
    ) -> Result<CartAnswer, ApiError> {
        let shopper = Shopper::of(session, &cart)?;
        let view = shown(&context, &shopper, None).await?;
        Ok(CartAnswer::Cart(view))
    }

    /// Put something into the cart
    ///
    /// A guest without a token gets one with the answer. Units of an offer that is in the cart already are added to its line.
    #[oai(path = "/lines", method = "post", operation_id = "addCartLine")]
    async fn add(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
        body: BoundedBody<CartLineBody, MAX_BYTES>,
    ) -> Result<ChangedCartAnswer, ApiError> {
        let mut shopper = Shopper::of(session, &cart)?;
        let (owner, token) = shopper.owner();
        let goods = (body.0.offer(), body.0.quantity);
        let (commerce, now) = (&context.app.commerce, now_ms());
        commerce
            .add_to_cart(&context.tenant, owner, goods, body.0.note, now)
            .await?;
        let view = shown(&context, &shopper, token.map(|token| token.text())).await?;
        Ok(ChangedCartAnswer::Cart(view))
    }

    /// Change a line of the cart
    #[oai(path = "/lines/:id", method = "patch", operation_id = "updateCartLine")]
    async fn change(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the line.
        id: Path<RowId>,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
        body: BoundedBody<CartLineChangeBody, MAX_BYTES>,
    ) -> Result<ChangedCartAnswer, ApiError> {
        let shopper = Shopper::of(session, &cart)?;
        let commerce = &context.app.commerce;
        let owner = commerce.owner_of(shopper.customer)?;
        let change = CartLineChange {
            quantity: body.0.quantity,
            is_saved: body.0.saved,
            note: emptied(body.0.note),
        };
        let line = CartLineId(id.0.0);
        commerce
            .change_line(&context.tenant, owner, line, change, now_ms())
            .await?;
        let view = shown(&context, &shopper, None).await?;
        Ok(ChangedCartAnswer::Cart(view))
    }

    /// Take a line out of the cart
    #[oai(
        path = "/lines/:id",
        method = "delete",
        operation_id = "deleteCartLine"
    )]
    async fn remove(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the line.
        id: Path<RowId>,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
    ) -> Result<ChangedCartAnswer, ApiError> {
        let shopper = Shopper::of(session, &cart)?;
        let commerce = &context.app.commerce;
        let owner = commerce.owner_of(shopper.customer)?;
        let line = CartLineId(id.0.0);
        commerce
            .remove_line(&context.tenant, owner, line, now_ms())
            .await?;
        let view = shown(&context, &shopper, None).await?;
        Ok(ChangedCartAnswer::Cart(view))
    }

    /// Set codes, note, place and delivery of the cart
    #[oai(path = "/", method = "patch", operation_id = "updateCart")]
    async fn choose(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
        body: BoundedBody<CartBody, MAX_BYTES>,
    ) -> Result<ChangedCartAnswer, ApiError> {
        let mut shopper = Shopper::of(session, &cart)?;
        let CartBody {
            codes,
            note,
            destination,
            delivery,
        } = body.0;
        let place = destination.map(super::request::DestinationBody::place);
        let place = place.transpose().map_err(ApiError::Unprocessable)?;
        let delivery = delivery.map(delivery_of).transpose();
        let delivery = delivery.map_err(ApiError::Unprocessable)?;
        let (owner, token) = shopper.owner();
        let change = |choices: &mut souk_store::CartChoices| {
            if let Some(codes) = codes {
                choices.codes = codes;
            }
            if let Some(note) = emptied(note) {
                choices.note = note;
            }
            choices.destination = place.or(choices.destination.take());
            choices.delivery.extend(delivery.unwrap_or_default());
        };
        let commerce = &context.app.commerce;
        commerce
            .choose(&context.tenant, owner, change, now_ms())
            .await?;
        let view = shown(&context, &shopper, token.map(|token| token.text())).await?;
        Ok(ChangedCartAnswer::Cart(view))
    }

    /// Agree to what has changed
    ///
    /// Prices as they are now count as seen. A line whose goods are gone or too few has to be changed instead.
    #[oai(
        path = "/acknowledge",
        method = "post",
        operation_id = "acknowledgeCart"
    )]
    async fn acknowledge(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
    ) -> Result<ChangedCartAnswer, ApiError> {
        let shopper = Shopper::of(session, &cart)?;
        let commerce = &context.app.commerce;
        commerce
            .acknowledge(&context.tenant, shopper.customer, now_ms())
            .await?;
        let view = shown(&context, &shopper, None).await?;
        Ok(ChangedCartAnswer::Cart(view))
    }

    /// Move a guest's cart into one's own
    ///
    /// Ask after signing in, with the token of the guest's cart: its lines are added to those of the account.
    #[oai(path = "/merge", method = "post", operation_id = "mergeCart")]
    async fn merge(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Token of the guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<String>,
    ) -> Result<ChangedCartAnswer, ApiError> {
        let guest = hash_of(TokenKind::Cart, "X-Cart-Token", Some(&cart.0))?;
        let account = session.0.account.id;
        let commerce = &context.app.commerce;
        if let Some(guest) = guest {
            commerce
                .merge_carts(&context.tenant, guest, account, now_ms())
                .await?;
        }
        let shopper = Shopper::of(MaybeSession(Some(session.0)), &Header(None))?;
        let view = shown(&context, &shopper, None).await?;
        Ok(ChangedCartAnswer::Cart(view))
    }

    /// Empty the cart
    #[oai(path = "/", method = "delete", operation_id = "deleteCart")]
    async fn delete(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Token of a guest's cart.
        #[oai(name = "X-Cart-Token")]
        cart: Header<Option<String>>,
    ) -> Result<DeletedCartAnswer, ApiError> {
        let shopper = Shopper::of(session, &cart)?;
        if let Some(owner) = shopper.customer.owner() {
            context
                .app
                .commerce
                .delete_cart(&context.tenant, owner)
                .await?;
        }
        Ok(DeletedCartAnswer::Deleted)
    }
}

async fn shown(
    context: &TenantContext,
    shopper: &Shopper,
    token: Option<String>,
) -> Result<JsonResponse<CartView>, ApiError> {
    let commerce = &context.app.commerce;
    let cart = commerce.cart(&context.tenant, shopper.customer, now_ms());
    let cart = Box::pin(cart).await?;
    Ok(JsonResponse(CartView::new(
        &cart,
        token,
        commerce.providers(),
    )))
}
