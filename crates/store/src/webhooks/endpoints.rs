//! Rows of endpoints.

use sea_orm::{FromQueryResult, Value};
use serde::Serialize;
use souk_domain::{InvalidField, WebhookEndpointId};

use super::{Webhooks, fail_pending, secrets};
use crate::{
    StoreError,
    backend::{CountRow, all, execute, first},
    etag,
    identity::audit::note,
};

/// Most endpoints of a tenant.
pub const WEBHOOK_ENDPOINTS_PER_TENANT: u32 = 20;

/// Most characters of a description.
const MAX_DESCRIPTION_CHARS: usize = 200;

/// Reason for which an endpoint gets no deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDisabled {
    /// Somebody of staff disabled it.
    Staff,
    /// Answer that it is gone (410).
    Gone,
    /// No delivery taken in all attempts at one.
    Failing,
}

/// Endpoint to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpointInput {
    /// URL, whose rules the caller holds.
    pub url: String,
    /// Purpose.
    pub description: String,
    /// Kinds of events that it is told of; all if none.
    pub event_types: Option<Vec<String>>,
    /// True if it gets deliveries.
    pub is_enabled: bool,
}

/// Endpoint that is told of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WebhookEndpoint {
    /// Id.
    pub id: WebhookEndpointId,
    /// URL.
    pub url: String,
    /// Purpose.
    pub description: String,
    /// Kinds of events that it is told of; all if none.
    pub event_types: Option<Vec<String>>,
    /// Reason and time of its end; none if it gets deliveries.
    pub disabled: Option<(WebhookDisabled, i64)>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    id: i64,
    url: String,
    description: String,
    event_types: Option<String>,
    disabled_at: Option<i64>,
    disabled_reason: Option<String>,
    created_at: i64,
    updated_at: i64,
}

const COLUMNS: &str =
    "id, url, description, event_types, disabled_at, disabled_reason, created_at, updated_at";

pub(crate) fn list_sql() -> String {
    format!("SELECT {COLUMNS} FROM webhook_endpoints WHERE tenant_id = $1 ORDER BY id")
}

pub(crate) fn one_sql() -> String {
    format!("SELECT {COLUMNS} FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2")
}

impl WebhookDisabled {
    /// Name in the database and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "gone" => Self::Gone,
            "failing" => Self::Failing,
            _ => Self::Staff,
        }
    }
}

impl Row {
    pub(super) fn read(self) -> Result<WebhookEndpoint, StoreError> {
        let reason = self.disabled_reason.as_deref().map(WebhookDisabled::of);
        Ok(WebhookEndpoint {
            id: WebhookEndpointId(self.id),
            url: self.url,
            description: self.description,
            event_types: self
                .event_types
                .map(|json| serde_json::from_str(&json))
                .transpose()?,
            disabled: reason.zip(self.disabled_at),
            created_at_ms: self.created_at,
            updated_at_ms: self.updated_at,
        })
    }
}

impl WebhookEndpoint {
    /// Returns the entity tag.
    pub fn etag(&self) -> String {
        etag::of(self)
    }

    /// Returns what the audit log tells of it. A query of its URL may hold a token.
    fn described(&self) -> serde_json::Value {
        let url = self.url.split('?').next().unwrap_or_default();
        serde_json::json!({
            "url": url,
            "description": self.description,
            "event_types": self.event_types,
            "enabled": self.disabled.is_none(),
        })
    }
}

impl WebhookEndpointInput {
    fn checked(&self) -> Result<(), InvalidField> {
        let description = &self.description;
        let is_long = description.chars().count() > MAX_DESCRIPTION_CHARS;
        if is_long || description.chars().any(char::is_control) {
            let message = format!(
                "must have at most {MAX_DESCRIPTION_CHARS} characters, none of which is a control"
            );
            return Err(InvalidField::new("description", message));
        }
        Ok(())
    }

    fn event_types(&self) -> Result<Option<String>, StoreError> {
        let types = self.event_types.as_ref();
        Ok(types.map(serde_json::to_string).transpose()?)
    }
}

impl Webhooks {
    /// Returns all endpoints, the oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let values = [self.scope.tenant.0.into()];
        let statement = self.scope.store.backend().statement(list_sql(), values);
        let rows = all::<Row>(self.scope.store.connection(), statement).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Returns an endpoint.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn get(&self, id: WebhookEndpointId) -> Result<WebhookEndpoint, StoreError> {
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let statement = self.scope.store.backend().statement(one_sql(), values);
        let row = first::<Row>(self.scope.store.connection(), statement).await?;
        row.ok_or(StoreError::NotFound("webhook"))?.read()
    }

    /// Adds an endpoint with its first secret, which is encrypted.
    ///
    /// # Errors
    /// If there are [`WEBHOOK_ENDPOINTS_PER_TENANT`], or the description is too long.
    pub async fn add(
        &self,
        input: &WebhookEndpointInput,
        sealed_secret: Vec<u8>,
        now_ms: i64,
    ) -> Result<WebhookEndpoint, StoreError> {
        input.checked()?;
        let transaction = self.scope.begin_exclusive().await?;
        let backend = self.scope.store.backend();
        let count = "SELECT count(*) AS count FROM webhook_endpoints WHERE tenant_id = $1";
        let statement = backend.statement(count, [self.scope.tenant.0.into()]);
        let kept = first::<CountRow>(&transaction, statement).await?;
        if kept.is_some_and(|row| row.count >= i64::from(WEBHOOK_ENDPOINTS_PER_TENANT)) {
            let message =
                format!("there are {WEBHOOK_ENDPOINTS_PER_TENANT} of them; delete one first");
            return Err(StoreError::conflict("webhooks", message));
        }
        let sql = format!(
            "INSERT INTO webhook_endpoints (tenant_id, url, description, event_types, created_at, updated_at, disabled_at,
                 disabled_reason)
             VALUES ($1, $2, $3, $4, $5, $5, $6, $7) RETURNING {COLUMNS}"
        );
        let [disabled_at, disabled_reason] = disabled_by_staff(input.is_enabled, now_ms);
        let values: [Value; 7] = [
            self.scope.tenant.0.into(),
            input.url.as_str().into(),
            input.description.as_str().into(),
            input.event_types()?.into(),
            now_ms.into(),
            disabled_at,
            disabled_reason,
        ];
        let row = first::<Row>(&transaction, backend.statement(sql, values)).await?;
        let endpoint = row.ok_or(StoreError::NotFound("webhook"))?.read()?;
        secrets::insert(
            &transaction,
            &self.scope,
            endpoint.id,
            sealed_secret,
            now_ms,
        )
        .await?;
        note::target(|| format!("webhooks/{}", endpoint.id));
        note::detail("after", || endpoint.described());
        transaction.commit().await?;
        Ok(endpoint)
    }

    /// Replaces what an endpoint says, if it still is in the state that `if_match` names. What waits for one that is disabled
    /// fails.
    ///
    /// # Errors
    /// If there is none, it has been changed meanwhile, or the description is too long.
    pub async fn replace(
        &self,
        id: WebhookEndpointId,
        input: &WebhookEndpointInput,
        if_match: Option<&str>,
        now_ms: i64,
    ) -> Result<WebhookEndpoint, StoreError> {
        input.checked()?;
        let (transaction, current) = self.begin_with(id).await?;
        etag::check(if_match, &current.etag())?;
        let [disabled_at, disabled_reason]: [Value; 2] = match current.disabled {
            // It keeps its reason.
            Some((reason, at_ms)) if !input.is_enabled => {
                [Some(at_ms).into(), Some(reason.name()).into()]
            }
            _ => disabled_by_staff(input.is_enabled, now_ms),
        };
        let sql = format!(
            "UPDATE webhook_endpoints SET url = $3, description = $4, event_types = $5, updated_at = $6, disabled_at = $7,
                 disabled_reason = $8
             WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}"
        );
        // Later than before, so that the entity tag changes within a millisecond as well.
        let updated_at = now_ms.max(current.updated_at_ms + 1);
        let values: [Value; 8] = [
            self.scope.tenant.0.into(),
            id.0.into(),
            input.url.as_str().into(),
            input.description.as_str().into(),
            input.event_types()?.into(),
            updated_at.into(),
            disabled_at,
            disabled_reason,
        ];
        let backend = self.scope.store.backend();
        let row = first::<Row>(&transaction, backend.statement(sql, values)).await?;
        let endpoint = row.ok_or(StoreError::NotFound("webhook"))?.read()?;
        if endpoint.disabled.is_some() {
            fail_pending(&transaction, &self.scope, id).await?;
            let refresh = backend.statement(super::REFRESH, [id.0.into()]);
            execute(&transaction, refresh).await?;
        }
        note::target(|| format!("webhooks/{id}"));
        note::detail("before", || current.described());
        note::detail("after", || endpoint.described());
        transaction.commit().await?;
        Ok(endpoint)
    }

    /// Removes an endpoint with its deliveries.
    ///
    /// # Errors
    /// If there is none, or it has been changed meanwhile.
    pub async fn remove(
        &self,
        id: WebhookEndpointId,
        if_match: Option<&str>,
    ) -> Result<(), StoreError> {
        let (transaction, current) = self.begin_with(id).await?;
        etag::check(if_match, &current.etag())?;
        let sql = "DELETE FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2";
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        note::target(|| format!("webhooks/{id}"));
        note::detail("before", || current.described());
        Ok(transaction.commit().await?)
    }
}

/// Columns `disabled_at` and `disabled_reason` of an endpoint that staff enables or disables.
fn disabled_by_staff(is_enabled: bool, now_ms: i64) -> [Value; 2] {
    let disabled = (!is_enabled).then_some((now_ms, WebhookDisabled::Staff.name()));
    [
        disabled.map(|(at_ms, _)| at_ms).into(),
        disabled.map(|(_, reason)| reason.to_owned()).into(),
    ]
}
