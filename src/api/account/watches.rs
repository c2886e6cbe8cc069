//! Products that an account wants to be told of by mail.

use poem_openapi::{Enum, Object, OpenApi, param::Path};
use serde::{Deserialize, Serialize};
use souk_domain::{InvalidField, ProductId, VariantId};
use souk_store::{NewWatch, ProductKey, ProductRecord, ProductWatch, ProductWatches, Wanted};

use super::MAX_BYTES;
use crate::{
    api::{Tag, answers::answers, call::now_ms, params::RowId, views::Timestamp},
    error::ApiError,
    http::{JsonBody, JsonResponse, SessionPrincipal, TenantContext},
    live::terms_of,
};

/// Event that a customer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename = "WatchedEvent", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum WatchedEvent {
    /// It can be bought again.
    BackInStock,
    /// Its price is lower than `price_below`.
    PriceBelow,
}

/// A product that a customer wants to be told of.
#[derive(Debug, Object, Deserialize)]
#[oai(rename = "WatchBody")]
pub(super) struct WatchBody {
    /// Id of the product.
    #[oai(validator(minimum(value = "1")))]
    pub product: i64,
    /// Id of one of its variants; any of them if absent.
    #[oai(nullable, validator(minimum(value = "1")))]
    pub variant: Option<i64>,
    /// What to wait for.
    pub wants: WatchedEvent,
    /// Amount in minor units of the product's currency, for `price_below` alone.
    #[oai(
        nullable,
        validator(minimum(value = "1"), maximum(value = "1000000000000"))
    )]
    pub price_below: Option<i64>,
}

/// A product that a customer is told of by mail, once.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Watch", skip_serializing_if_is_none)]
pub struct WatchView {
    /// Id of the watch.
    pub id: i64,
    /// Id of the product.
    pub product: i64,
    /// Id of the variant; absent if any of them is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<i64>,
    /// What is waited for.
    pub wants: WatchedEvent,
    /// Amount in minor units of the product's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_below: Option<i64>,
    /// Time at which it was added.
    pub created_at: Timestamp,
}

/// Products that an account watches.
#[derive(Debug, Object, Serialize)]
pub struct Watches {
    /// Watches, by product.
    pub watches: Vec<WatchView>,
}

impl From<ProductWatch> for WatchView {
    fn from(own: ProductWatch) -> Self {
        let (wants, price_below) = match own.watch.wants {
            Wanted::BackInStock => (WatchedEvent::BackInStock, None),
            Wanted::PriceBelow(price) => (WatchedEvent::PriceBelow, Some(price)),
        };
        Self {
            id: own.id,
            product: own.watch.product.0,
            variant: own.watch.variant.map(|variant| variant.0),
            wants,
            price_below,
            created_at: Timestamp::from_ms(own.created_at_ms),
        }
    }
}

answers! {
    /// Answers of `listWatches`.
    WatchesAnswer {
        200 "The watches." => Watches(JsonResponse<Watches>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `addWatch`.
    AddedWatchAnswer {
        201 "It is watched." => Added(JsonResponse<WatchView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `deleteWatch`.
    DeletedWatchAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on products that an account watches.
pub struct WatchesApi;

#[OpenApi(prefix_path = "/api/account/watches", tag = "Tag::Live")]
impl WatchesApi {
    /// List the products one watches
    #[oai(path = "/", method = "get", operation_id = "listWatches")]
    async fn list(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
    ) -> Result<WatchesAnswer, ApiError> {
        let own = watches(&context).list(session.0.account.id).await?;
        let watches = own.into_iter().map(WatchView::from).collect();
        Ok(WatchesAnswer::Watches(JsonResponse(Watches { watches })))
    }

    /// Watch a product
    ///
    /// A mail is sent once, within some minutes after it has happened; the watch is gone then. Another one of the same product, variant and
    /// event is replaced.
    #[oai(path = "/", method = "post", operation_id = "addWatch")]
    async fn add(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        body: JsonBody<WatchBody, MAX_BYTES>,
    ) -> Result<AddedWatchAnswer, ApiError> {
        let new = new_watch(&body.0)?;
        refuse_what_has_happened(&context, &new).await?;
        let (account, now_ms) = (session.0.account.id, now_ms());
        let id = watches(&context).add(account, &new, now_ms).await?;
        let added = ProductWatch {
            id,
            watch: new,
            created_at_ms: now_ms,
        };
        Ok(AddedWatchAnswer::Added(JsonResponse(added.into())))
    }

    /// Stop watching a product
    #[oai(path = "/:id", method = "delete", operation_id = "deleteWatch")]
    async fn remove(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Id of the watch.
        id: Path<RowId>,
    ) -> Result<DeletedWatchAnswer, ApiError> {
        let account = session.0.account.id;
        watches(&context).remove(account, id.0.0).await?;
        Ok(DeletedWatchAnswer::Deleted)
    }
}

fn watches(context: &TenantContext) -> ProductWatches {
    context.app.store.scope(context.tenant.id).product_watches()
}

fn new_watch(body: &WatchBody) -> Result<NewWatch, ApiError> {
    let wants = match (body.wants, body.price_below) {
        (WatchedEvent::BackInStock, None) => Wanted::BackInStock,
        (WatchedEvent::PriceBelow, Some(price)) => Wanted::PriceBelow(price),
        (WatchedEvent::BackInStock, Some(_)) | (WatchedEvent::PriceBelow, None) => {
            let message = "must be given with `price_below`, and with nothing else";
            return Err(ApiError::Unprocessable(InvalidField::new(
                "price_below",
                message,
            )));
        }
    };
    Ok(NewWatch {
        product: ProductId(body.product),
        variant: body.variant.map(VariantId),
        wants,
    })
}

/// Refuses a watch for what is so already, and of what nobody can see.
async fn refuse_what_has_happened(context: &TenantContext, new: &NewWatch) -> Result<(), ApiError> {
    let scope = context.app.store.scope(context.tenant.id);
    let record = scope.products().get(&ProductKey::Id(new.product)).await?;
    let record = record.filter(ProductRecord::is_public);
    let record = record.ok_or(ApiError::NotFound("product"))?;
    let terms = terms_of(&record, new.variant);
    let (price, is_available) = terms.ok_or(ApiError::NotFound("variant"))?;
    if new.wants.has_happened(price, is_available) {
        let fault = InvalidField::new("wants", "must be something that is not so already");
        return Err(ApiError::Conflict(fault));
    }
    Ok(())
}
