//! Mails: written with what causes them, then claimed and sent by any process.

use std::fmt;

use sea_orm::FromQueryResult;
use souk_domain::{AccountId, MailId, TenantId};
use souk_identity::MailAddress;

use super::writing::run;
use crate::{
    Backend, Scope, Store, StoreError, Transaction,
    backend::{IdRow, all, execute, first},
    guarded::Wake,
};

/// Time for which a mail is kept, in milliseconds: what was sent when is asked for weeks later.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// Mails that anybody can have sent to anybody, by typing an address.
const ASKED_FOR: [&str; 4] = ["verify", "known", "reset", "address"];
/// Most of them to one recipient in [`MAIL_QUOTA_SECONDS`].
const QUOTA: usize = 5;
/// Time that the quota of mails to one recipient is for, in seconds.
pub const MAIL_QUOTA_SECONDS: u32 = 3_600;

/// A mail to be written. `Debug` leaves out its values, of which one may be a link.
#[derive(Clone)]
pub struct NewMail {
    /// Recipient.
    pub recipient: MailAddress,
    /// Name of the template.
    pub template: &'static str,
    /// Language, ISO 639-1.
    pub language: String,
    /// Values of the template, as JSON.
    pub data: String,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// A mail that is claimed for sending. `Debug` leaves out its values, of which one may be a link.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Mail id.
    pub id: MailId,
    /// Tenant that sends it.
    pub tenant: TenantId,
    /// Recipient.
    pub recipient: String,
    /// Name of the template.
    pub template: String,
    /// Language, ISO 639-1.
    pub language: String,
    /// Values of the template, as JSON.
    pub data: String,
    /// Time at which it was written, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Number of this attempt, from 1.
    pub attempt: u32,
}

impl fmt::Debug for NewMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMail")
            .field("template", &self.template)
            .field("language", &self.language)
            .field("at_ms", &self.at_ms)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("template", &self.template)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// Mails of all tenants that wait.
#[derive(Debug, Clone)]
pub struct MailQueue {
    store: Store,
}

#[derive(FromQueryResult)]
struct MailRow {
    id: i64,
    tenant_id: i64,
    recipient: String,
    template: String,
    language: String,
    data: String,
    created_at: i64,
    attempts: i64,
}

impl From<MailRow> for Mail {
    fn from(row: MailRow) -> Self {
        Self {
            id: MailId(row.id),
            tenant: TenantId(row.tenant_id),
            recipient: row.recipient,
            template: row.template,
            language: row.language,
            data: row.data,
            created_at_ms: row.created_at,
            attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        }
    }
}

/// Returns true if a mail is within the quota of its recipient.
pub(super) async fn may_send(
    transaction: &Transaction,
    scope: &Scope,
    mail: &NewMail,
) -> Result<bool, StoreError> {
    if !ASKED_FOR.contains(&mail.template) {
        return Ok(true);
    }
    let values = [
        scope.tenant.0.into(),
        mail.recipient.as_str().into(),
        mail.at_ms
            .saturating_sub(i64::from(MAIL_QUOTA_SECONDS) * 1_000)
            .into(),
    ];
    let statement = scope.store.backend().statement(lately_sql(), values);
    let lately = all::<IdRow>(transaction, statement).await?;
    Ok(lately.len() < QUOTA)
}

pub(crate) fn lately_sql() -> String {
    let asked_for = ASKED_FOR.map(|name| format!("'{name}'")).join(", ");
    format!(
        "SELECT id FROM mails WHERE tenant_id = $1 AND recipient = $2 AND created_at > $3
             AND template IN ({asked_for}) LIMIT {QUOTA}"
    )
}

/// Writes a mail of an account.
pub(super) async fn enqueue(
    transaction: &Transaction,
    scope: &Scope,
    account: AccountId,
    mail: &NewMail,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO mails (tenant_id, account_id, recipient, template, language, data, created_at, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let values = [
        mail.recipient.as_str().into(),
        mail.template.into(),
        mail.language.as_str().into(),
        mail.data.as_str().into(),
        mail.at_ms.into(),
    ];
    run(transaction, scope, sql, account, values).await?;
    transaction.wake_after(Wake::One(scope.store.mails.clone()));
    Ok(())
}

impl Store {
    /// Mails that wait to be sent.
    pub fn mail_queue(&self) -> MailQueue {
        MailQueue {
            store: self.clone(),
        }
    }
}

impl MailQueue {
    /// Waits until this process has written a mail since it last waited. Those of other processes are not told.
    pub async fn written(&self) {
        self.store.mails.notified().await;
    }

    /// Returns true if a mail may be due: asked often, it writes nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_due(&self, now_ms: i64) -> Result<bool, StoreError> {
        let statement = self.store.backend().statement(DUE, [now_ms.into()]);
        let due = first::<IdRow>(self.store.connection(), statement).await?;
        Ok(due.is_some())
    }

    /// Claims up to `limit` mails that are due, until `now_ms + lease_ms`. Whoever claimed one and died may have sent it:
    /// it is sent again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        worker: &str,
        limit: u32,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<Mail>, StoreError> {
        let backend = self.store.backend();
        let values = [
            now_ms.into(),
            worker.into(),
            now_ms.saturating_add(lease_ms).into(),
            i64::from(limit).into(),
        ];
        let transaction = self.store.begin().await?;
        let statement = backend.statement(claim_sql(backend), values);
        let mut claimed = all::<MailRow>(&transaction, statement).await?;
        transaction.commit().await?;
        claimed.sort_by_key(|row| row.id);
        Ok(claimed.into_iter().map(Mail::from).collect())
    }

    /// Notes that a mail was sent, and empties it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sent(&self, worker: &str, id: MailId, now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE mails SET sent_at = $3, due_at = NULL, data = '', error = NULL, claimed_by = NULL,
                 claimed_until = NULL
             WHERE id = $1 AND claimed_by = $2";
        self.settle(sql, [id.0.into(), worker.into(), now_ms.into()])
            .await
    }

    /// Has a mail that failed tried again at `due_at_ms`, or given up and emptied if that is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn failed(
        &self,
        worker: &str,
        id: MailId,
        error: &str,
        due_at_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE mails SET error = $3, due_at = $4, claimed_by = NULL, claimed_until = NULL,
                 failed_at = CASE WHEN $4 IS NULL THEN $5 END, data = CASE WHEN $4 IS NULL THEN '' ELSE data END
             WHERE id = $1 AND claimed_by = $2";
        let sql = match self.store.backend() {
            // It asks for the type of a parameter that is only compared with null.
            Backend::Postgres => sql.replace("$4", "$4::bigint").replace("$5", "$5::bigint"),
            Backend::Sqlite => sql.to_owned(),
        };
        let values = [
            id.0.into(),
            worker.into(),
            error.into(),
            due_at_ms.into(),
            now_ms.into(),
        ];
        self.settle(&sql, values).await
    }

    async fn settle<const N: usize>(
        &self,
        sql: &str,
        values: [sea_orm::Value; N],
    ) -> Result<(), StoreError> {
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) const DUE: &str = "SELECT id FROM mails WHERE due_at <= $1 ORDER BY due_at LIMIT 1";

pub(crate) fn claim_sql(backend: Backend) -> String {
    let lock = match backend {
        Backend::Postgres => "FOR UPDATE SKIP LOCKED",
        Backend::Sqlite => "",
    };
    format!(
        "WITH due (id) AS MATERIALIZED (
             SELECT id FROM mails WHERE due_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
             ORDER BY due_at, id LIMIT $4 {lock})
         UPDATE mails SET claimed_by = $2, claimed_until = $3, attempts = attempts + 1
         WHERE id IN (SELECT id FROM due)
         RETURNING id, tenant_id, recipient, template, language, data, created_at, attempts"
    )
}

pub(crate) const PRUNE: &str = "DELETE FROM mails WHERE created_at < $1 AND due_at IS NULL";

/// Deletes mails that were sent or given up long ago.
pub(super) async fn prune(
    transaction: &Transaction,
    backend: Backend,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let before = now_ms.saturating_sub(KEPT_MS);
    execute(transaction, backend.statement(PRUNE, [before.into()])).await
}
