//! Webhooks of the tenant: endpoints and deliveries.

pub mod request;
pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_domain::{WebhookDeliveryId, WebhookEndpointId, events::EVENT_TYPES};
use souk_identity::needed::{WebhooksRead, WebhooksWrite};
use souk_store::Scope;

use self::{
    request::{WebhookBody, WebhookPatchBody},
    response::{
        IssuedWebhook, WebhookDeliveryPage, WebhookDeliveryView, WebhookEventTypes, WebhookList,
        WebhookView,
    },
};
use super::{DEFAULT_LIMIT, required_state};
use crate::{
    api::{
        Tag,
        answers::answers,
        call::now_ms,
        merge_patch::PatchInput,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListWebhooks`.
    WebhooksAnswer {
        200 "All of them, by id." => All(JsonResponse<WebhookList>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminListEventTypes`.
    EventTypesAnswer {
        200 "The catalogue." => All(JsonResponse<WebhookEventTypes>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateWebhook`.
    WebhookCreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<IssuedWebhook>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL of the endpoint.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminGetWebhook`.
    WebhookAnswer {
        200 "The endpoint." => One(
            JsonResponse<WebhookView>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminPatchWebhook`.
    WebhookUpdatedAnswer {
        200 "It was changed." => Updated(
            JsonResponse<WebhookView>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteWebhook`.
    WebhookDeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired

    /// Answers of `adminRotateWebhookSecret`.
    SecretRotatedAnswer {
        201 "The new secret." => Rotated(JsonResponse<IssuedWebhook>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminListWebhookDeliveries`.
    WebhookDeliveriesAnswer {
        200 "A page of them, the newest first." => Page(JsonResponse<WebhookDeliveryPage>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of operations that have a delivery made.
    WebhookDeliveryAnswer {
        202 "It is made at once." => Accepted(JsonResponse<WebhookDeliveryView>),
    } or BadRequest, Unauthorized, NotFound, Conflict
}

/// Operations on webhooks.
pub struct AdminWebhooksApi;

#[OpenApi(prefix_path = "/api/admin/webhooks", tag = "Tag::Admin")]
impl AdminWebhooksApi {
    /// List webhooks
    #[oai(path = "/", method = "get", operation_id = "adminListWebhooks")]
    async fn list(
        &self,
        _may: Allowed<WebhooksRead>,
        context: TenantContext,
    ) -> Result<WebhooksAnswer, ApiError> {
        let webhooks = scope(&context).webhooks().list().await?;
        let webhooks = webhooks.into_iter().map(WebhookView::from).collect();
        Ok(WebhooksAnswer::All(JsonResponse(WebhookList { webhooks })))
    }

    /// List kinds of events
    ///
    /// A delivery is posted as `{"type", "timestamp", "data"}`, signed as Standard Webhooks says. Further fields may be added to
    /// `data`, and further kinds to the catalogue.
    #[oai(
        path = "/event-types",
        method = "get",
        operation_id = "adminListEventTypes"
    )]
    async fn event_types(
        &self,
        _may: Allowed<WebhooksRead>,
        _context: TenantContext,
    ) -> Result<EventTypesAnswer, ApiError> {
        let event_types = EVENT_TYPES.iter().map(Into::into).collect();
        Ok(EventTypesAnswer::All(JsonResponse(WebhookEventTypes {
            event_types,
        })))
    }

    /// Make a webhook
    ///
    /// It is told of events from now on. The response is the only one that ever holds its secret. A tenant has at most 20.
    #[oai(path = "/", method = "post", operation_id = "adminCreateWebhook")]
    async fn create(
        &self,
        _may: Allowed<WebhooksWrite>,
        context: TenantContext,
        body: JsonBody<WebhookBody>,
    ) -> Result<WebhookCreatedAnswer, ApiError> {
        let input = body.0.into_input().map_err(ApiError::Unprocessable)?;
        let service = &context.app.webhooks;
        let issued = service.add(&scope(&context), input, now_ms()).await?;
        let (etag, location) = (
            issued.0.etag(),
            format!("/api/admin/webhooks/{}", issued.0.id),
        );
        let body = JsonResponse(IssuedWebhook::new(issued));
        Ok(WebhookCreatedAnswer::Created(body, etag, location))
    }

    /// Show a webhook
    #[oai(path = "/:id", method = "get", operation_id = "adminGetWebhook")]
    async fn get(
        &self,
        _may: Allowed<WebhooksRead>,
        context: TenantContext,
        /// Id of the webhook.
        id: Path<RowId>,
    ) -> Result<WebhookAnswer, ApiError> {
        let webhook = scope(&context).webhooks().get(endpoint(id)).await?;
        let etag = webhook.etag();
        Ok(WebhookAnswer::One(JsonResponse(webhook.into()), etag))
    }

    /// Change a webhook in part
    ///
    /// A JSON merge patch (RFC 7396). Deliveries that wait for one that is disabled fail; they can be made again when it is
    /// enabled.
    #[oai(path = "/:id", method = "patch", operation_id = "adminPatchWebhook")]
    async fn patch(
        &self,
        _may: Allowed<WebhooksWrite>,
        context: TenantContext,
        /// Id of the webhook.
        id: Path<RowId>,
        /// The `etag` it had when you read it; `*` changes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: PatchInput<WebhookPatchBody>,
    ) -> Result<WebhookUpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let (id, scope) = (endpoint(id), scope(&context));
        let current = scope.webhooks().get(id).await?;
        let input = body.into_body().applied_to(current);
        let input = input.map_err(ApiError::Unprocessable)?;
        let service = &context.app.webhooks;
        let changed = service.replace(&scope, id, input, &state, now_ms()).await?;
        let etag = changed.etag();
        Ok(WebhookUpdatedAnswer::Updated(
            JsonResponse(changed.into()),
            etag,
        ))
    }

    /// Delete a webhook
    ///
    /// Its deliveries are deleted as well.
    #[oai(path = "/:id", method = "delete", operation_id = "adminDeleteWebhook")]
    async fn delete(
        &self,
        _may: Allowed<WebhooksWrite>,
        context: TenantContext,
        /// Id of the webhook.
        id: Path<RowId>,
        /// The `etag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<WebhookDeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let webhooks = scope(&context).webhooks();
        webhooks.remove(endpoint(id), Some(&state)).await?;
        Ok(WebhookDeletedAnswer::Deleted)
    }

    /// Replace the secret of a webhook
    ///
    /// The old one is good for 24 more hours, in which deliveries have a signature of each. The response is the only one that
    /// ever holds the new one.
    #[oai(
        path = "/:id/rotate-secret",
        method = "post",
        operation_id = "adminRotateWebhookSecret"
    )]
    async fn rotate_secret(
        &self,
        _may: Allowed<WebhooksWrite>,
        context: TenantContext,
        /// Id of the webhook.
        id: Path<RowId>,
    ) -> Result<SecretRotatedAnswer, ApiError> {
        let (service, scope) = (&context.app.webhooks, scope(&context));
        let issued = service.rotate_secret(&scope, endpoint(id), now_ms());
        let body = IssuedWebhook::new(issued.await?);
        Ok(SecretRotatedAnswer::Rotated(JsonResponse(body)))
    }

    /// Test a webhook
    ///
    /// Sends an event of the kind `webhook.test` at once. It is tried once; `GET /api/admin/webhooks/{id}/deliveries` tells what
    /// came of it.
    #[oai(path = "/:id/test", method = "post", operation_id = "adminTestWebhook")]
    async fn test(
        &self,
        _may: Allowed<WebhooksWrite>,
        context: TenantContext,
        /// Id of the webhook.
        id: Path<RowId>,
    ) -> Result<WebhookDeliveryAnswer, ApiError> {
        let webhooks = scope(&context).webhooks();
        let message = souk_webhooks::message_id();
        let delivery = webhooks.test(endpoint(id), message, now_ms()).await?;
        Ok(WebhookDeliveryAnswer::Accepted(JsonResponse(
            delivery.into(),
        )))
    }

    /// List deliveries of a webhook
    ///
    /// They are kept for 30 days.
    #[oai(
        path = "/:id/deliveries",
        method = "get",
        operation_id = "adminListWebhookDeliveries"
    )]
    async fn deliveries(
        &self,
        _may: Allowed<WebhooksRead>,
        context: TenantContext,
        /// Id of the webhook.
        id: Path<RowId>,
        /// Only those in this state: `pending`, `delivered` or `failed`.
        #[oai(validator(max_length = 40))]
        state: Query<Option<String>>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Deliveries per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<WebhookDeliveriesAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let state = match state.0.as_deref().map(str::parse).transpose() {
            Ok(state) => state,
            Err(fault) => {
                let fault: souk_store::UnknownDeliveryState = fault;
                return Err(ApiError::parameter("state", fault.to_string()));
            }
        };
        let before = before.0.map(|id| WebhookDeliveryId(id.0));
        let webhooks = scope(&context).webhooks();
        let deliveries = webhooks
            .deliveries(endpoint(id), state, before, limit)
            .await?;
        let page = WebhookDeliveryPage::new(deliveries, limit);
        Ok(WebhookDeliveriesAnswer::Page(JsonResponse(page)))
    }

    /// Make a delivery again
    ///
    /// At once, with the id and the body that it had, and with all its attempts.
    #[oai(
        path = "/:id/deliveries/:delivery/redeliver",
        method = "post",
        operation_id = "adminRedeliverWebhook"
    )]
    async fn redeliver(
        &self,
        _may: Allowed<WebhooksWrite>,
        context: TenantContext,
        /// Id of the webhook.
        id: Path<RowId>,
        /// Id of the delivery.
        delivery: Path<RowId>,
    ) -> Result<WebhookDeliveryAnswer, ApiError> {
        let delivery = WebhookDeliveryId(delivery.0.0);
        let webhooks = scope(&context).webhooks();
        let delivery = webhooks.redeliver(endpoint(id), delivery, now_ms()).await?;
        Ok(WebhookDeliveryAnswer::Accepted(JsonResponse(
            delivery.into(),
        )))
    }
}

fn scope(context: &TenantContext) -> Scope {
    context.app.store.scope(context.tenant.id)
}

fn endpoint(id: Path<RowId>) -> WebhookEndpointId {
    WebhookEndpointId(id.0.0)
}
