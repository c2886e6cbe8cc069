//! Accounts of a tenant: read, changed, disabled, erased.

use std::fmt;

use sea_orm::{FromQueryResult, Value};
use souk_domain::{AccountId, InvalidField};
use souk_identity::MailAddress;

use super::{
    last_owner,
    mails::{self, NewMail},
    writing::{self, end_links, run},
};
use crate::{
    Scope, StoreError, Transaction,
    backend::{IdRow, first},
    ordering::erasure as purchases,
    reviews::erasure as reviews,
};

/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 200;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Account id.
    pub id: AccountId,
    /// Mail address; empty once the account is erased.
    pub mail: String,
    /// Display name; may be empty.
    pub name: String,
    /// Language of mails, ISO 639-1.
    pub language: String,
    /// True if it has a password.
    pub has_password: bool,
    /// Time at which the mail address was confirmed, in milliseconds since 1970 UTC.
    pub verified_at_ms: Option<i64>,
    /// Time at which it was disabled, in milliseconds since 1970 UTC.
    pub disabled_at_ms: Option<i64>,
    /// Time at which it was erased, in milliseconds since 1970 UTC.
    pub erased_at_ms: Option<i64>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

/// An account, and what its password is compared with. `Debug` leaves that out.
#[derive(Clone)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// PHC string; none if no password was chosen yet.
    pub password_hash: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// Changes to an account; `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct AccountChanges {
    /// Display name.
    pub name: Option<String>,
    /// Language of mails.
    pub language: Option<String>,
}

/// The accounts of one tenant.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(super) scope: Scope,
}

#[derive(FromQueryResult)]
pub(super) struct AccountRow {
    id: i64,
    mail: Option<String>,
    name: String,
    language: String,
    password_hash: Option<String>,
    verified_at: Option<i64>,
    disabled_at: Option<i64>,
    erased_at: Option<i64>,
    created_at: i64,
}

pub(super) const COLUMNS: &str =
    "id, mail, name, language, password_hash, verified_at, disabled_at, erased_at, created_at";

impl From<AccountRow> for Credentials {
    fn from(row: AccountRow) -> Self {
        Self {
            account: Account {
                id: AccountId(row.id),
                mail: row.mail.unwrap_or_default(),
                name: row.name,
                language: row.language,
                has_password: row.password_hash.is_some(),
                verified_at_ms: row.verified_at,
                disabled_at_ms: row.disabled_at,
                erased_at_ms: row.erased_at,
                created_at_ms: row.created_at,
            },
            password_hash: row.password_hash,
        }
    }
}

impl Scope {
    /// Accounts of the tenant.
    pub fn accounts(&self) -> Accounts {
        Accounts {
            scope: self.clone(),
        }
    }
}

impl Accounts {
    /// Returns an account.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: AccountId) -> Result<Option<Credentials>, StoreError> {
        self.find(by_id_sql(), id.0.into()).await
    }

    /// Returns the account of a mail address.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_mail(&self, mail: &MailAddress) -> Result<Option<Credentials>, StoreError> {
        self.find(by_mail_sql(), mail.as_str().into()).await
    }

    async fn find(&self, sql: String, value: Value) -> Result<Option<Credentials>, StoreError> {
        let values = [self.scope.tenant.0.into(), value];
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<AccountRow>(self.scope.store.connection(), statement).await?;
        Ok(row.map(Credentials::from))
    }

    /// Changes name and language.
    ///
    /// # Errors
    /// If a value is invalid or there is no such account.
    pub async fn update(&self, id: AccountId, changes: AccountChanges) -> Result<(), StoreError> {
        let name = changes.name.as_deref().map(checked_name).transpose()?;
        let sql = "UPDATE accounts SET name = coalesce($3, name), language = coalesce($4, language)
             WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
        let values = [name.map(str::to_owned).into(), changes.language.into()];
        let transaction = self.scope.store.begin().await?;
        self.change(&transaction, sql, id, values).await?;
        Ok(transaction.commit().await?)
    }

    /// Stores a new hash of the same password; false if another one was stored meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rehash(&self, id: AccountId, old: &str, new: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET password_hash = $4
             WHERE tenant_id = $1 AND id = $2 AND password_hash = $3";
        let transaction = self.scope.store.begin().await?;
        let values = [old.into(), new.into()];
        let stored = run(&transaction, &self.scope, sql, id, values).await?;
        transaction.commit().await?;
        Ok(stored > 0)
    }

    /// Disables an account and ends its sessions; returns how many there were.
    ///
    /// # Errors
    /// If there is no such account, or it is that of the last owner.
    pub async fn disable(&self, id: AccountId, now_ms: i64) -> Result<u64, StoreError> {
        let transaction = self.scope.store.begin().await?;
        last_owner::keep_another(&transaction, &self.scope, id).await?;
        let sql = "UPDATE accounts SET disabled_at = coalesce(disabled_at, $3)
             WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
        self.change(&transaction, sql, id, [now_ms.into()]).await?;
        let ended = self.end_sessions(&transaction, id).await?;
        end_links(&transaction, &self.scope, id).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    /// Lets a disabled account sign in again.
    ///
    /// # Errors
    /// If there is no such account.
    pub async fn enable(&self, id: AccountId) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let sql = "UPDATE accounts SET disabled_at = NULL
             WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
        self.change(&transaction, sql, id, []).await?;
        Ok(transaction.commit().await?)
    }

    /// Erases an account: nothing stays but its id.
    ///
    /// # Errors
    /// If there is no such account, it is that of the last owner, or it has orders under way.
    pub async fn erase(&self, id: AccountId, now_ms: i64) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        last_owner::keep_another(&transaction, &self.scope, id).await?;
        purchases::erase(&transaction, &self.scope, id).await?;
        let sql =
            "UPDATE accounts SET mail = NULL, name = '', language = 'en', password_hash = NULL,
                 verified_at = NULL, erased_at = $3
             WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
        self.change(&transaction, sql, id, [now_ms.into()]).await?;
        reviews::erase(&transaction, &self.scope, id).await?;
        for sql in ERASED_WITH_IT {
            run(&transaction, &self.scope, sql, id, []).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Sets a password, ends all links and all sessions but `keep`, and writes a mail that tells of it. Returns how many sessions ended.
    ///
    /// # Errors
    /// If there is no such account.
    pub async fn set_password(
        &self,
        id: AccountId,
        password_hash: &str,
        keep: Option<souk_domain::SessionId>,
        notice: &NewMail,
    ) -> Result<u64, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let sql = "UPDATE accounts SET password_hash = $3
             WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
        self.change(&transaction, sql, id, [password_hash.into()])
            .await?;
        let sql = "DELETE FROM account_sessions
             WHERE tenant_id = $1 AND account_id = $2 AND id <> $3";
        let keep = keep.map_or(0, |keep| keep.0);
        let ended = run(&transaction, &self.scope, sql, id, [keep.into()]).await?;
        end_links(&transaction, &self.scope, id).await?;
        run(&transaction, &self.scope, END_CHALLENGES, id, []).await?;
        mails::enqueue(&transaction, &self.scope, id, notice).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    /// Ends all sessions, and sign-ins that wait for a second factor.
    pub(super) async fn end_sessions(
        &self,
        transaction: &Transaction,
        id: AccountId,
    ) -> Result<u64, StoreError> {
        let sql = "DELETE FROM account_sessions WHERE tenant_id = $1 AND account_id = $2";
        let ended = run(transaction, &self.scope, sql, id, []).await?;
        run(transaction, &self.scope, END_CHALLENGES, id, []).await?;
        Ok(ended)
    }

    /// Changes the row of an account that has to be there.
    pub(super) async fn change<const N: usize>(
        &self,
        transaction: &Transaction,
        sql: &str,
        id: AccountId,
        values: [Value; N],
    ) -> Result<(), StoreError> {
        match run(transaction, &self.scope, sql, id, values).await? {
            0 => Err(StoreError::NotFound("account")),
            _ => Ok(()),
        }
    }

    /// Locks an account against other changes until the transaction ends; false if there is none.
    pub(super) async fn lock(
        &self,
        transaction: &Transaction,
        id: AccountId,
    ) -> Result<bool, StoreError> {
        self.lock_with(transaction, id, None).await
    }

    /// Locks an account as [`Accounts::lock`] does; false also if its password has another hash than the one that was
    /// compared, since somebody has set it meanwhile.
    pub(super) async fn lock_with(
        &self,
        transaction: &Transaction,
        id: AccountId,
        compared: Option<&str>,
    ) -> Result<bool, StoreError> {
        let backend = self.scope.store.backend();
        let sql = format!(
            "SELECT id FROM accounts
             WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL AND erased_at IS NULL
               AND coalesce(password_hash, '') = coalesce($3, password_hash, ''){}",
            backend.for_update()
        );
        let compared = compared.map(str::to_owned);
        let values = [self.scope.tenant.0.into(), id.0.into(), compared.into()];
        let statement = backend.statement(sql, values);
        Ok(first::<IdRow>(transaction, statement).await?.is_some())
    }
}

/// Ends the sign-ins of an account that wait for a second factor.
pub(crate) const END_CHALLENGES: &str =
    "DELETE FROM sign_in_challenges WHERE tenant_id = $1 AND account_id = $2";

/// Rows that go with an account.
const ERASED_WITH_IT: [&str; 10] = [
    "DELETE FROM account_sessions WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM account_links WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM account_totp WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2",
    END_CHALLENGES,
    "DELETE FROM memberships WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM mails WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM addresses WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM carts WHERE tenant_id = $1 AND account_id = $2",
    "DELETE FROM product_watches WHERE tenant_id = $1 AND account_id = $2",
];

pub(crate) fn by_id_sql() -> String {
    format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = $1 AND id = $2")
}

pub(crate) fn by_mail_sql() -> String {
    format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = $1 AND mail = $2")
}

pub(super) fn checked_name(name: &str) -> Result<&str, InvalidField> {
    writing::checked_name(name, MAX_NAME_CHARS)
}
