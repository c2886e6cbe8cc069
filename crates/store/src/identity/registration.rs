//! New accounts, registered by people or added by an admin.

use std::fmt;

use sea_orm::FromQueryResult;
use souk_domain::AccountId;
use souk_identity::MailAddress;

use super::{
    accounts::{Accounts, checked_name},
    links::{self, NewLink},
    mails::{self, NewMail},
    memberships::{self, Membership},
    writing::run,
};
use crate::{Scope, StoreError, Transaction, backend::first};

/// An account to be made. `Debug` leaves the hash of its password out.
#[derive(Clone)]
pub struct NewAccount {
    /// Mail address.
    pub mail: MailAddress,
    /// Display name; may be empty.
    pub name: String,
    /// Language of mails, ISO 639-1.
    pub language: String,
    /// PHC string; none if the person has yet to choose a password.
    pub password_hash: Option<String>,
    /// Roles.
    pub memberships: Vec<Membership>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount")
            .field("mail", &self.mail)
            .field("memberships", &self.memberships)
            .finish_non_exhaustive()
    }
}

/// Result of a registration. Whoever registers is told nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// The account waits for its address to be confirmed.
    Pending(AccountId),
    /// The address is an account's already.
    Known(AccountId),
}

/// State of an account that was just added, or is known by its address.
#[derive(FromQueryResult)]
pub(super) struct KnownRow {
    id: i64,
    verified_at: Option<i64>,
    disabled_at: Option<i64>,
}

impl KnownRow {
    pub(super) fn id(&self) -> AccountId {
        AccountId(self.id)
    }

    pub(super) fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }
}

impl Accounts {
    /// Adds an account with a link. One that was never confirmed is taken over: its password, name and link are the new
    /// ones. For any other the mail `known` is written instead of `pending`. Beyond the quota of the recipient neither is
    /// written, and an account that is there stays as it is.
    ///
    /// # Errors
    /// If the name is invalid or the database fails.
    pub async fn register(
        &self,
        account: &NewAccount,
        link: &NewLink,
        pending: Option<&NewMail>,
        known: Option<&NewMail>,
    ) -> Result<Registration, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let id = match insert(&transaction, &self.scope, account).await? {
            Some(added) => added.id(),
            None => {
                let there = lock_by_mail(&transaction, &self.scope, &account.mail).await?;
                let id = there.id();
                if there.is_verified() || there.is_disabled() {
                    if let Some(mail) = known.filter(|_| !there.is_disabled())
                        && mails::may_send(&transaction, &self.scope, mail).await?
                    {
                        mails::enqueue(&transaction, &self.scope, id, mail).await?;
                    }
                    transaction.commit().await?;
                    return Ok(Registration::Known(id));
                }
                if let Some(mail) = pending
                    && !mails::may_send(&transaction, &self.scope, mail).await?
                {
                    return Ok(Registration::Pending(id));
                }
                let take_over = "UPDATE accounts SET name = $3, language = $4, password_hash = $5
                     WHERE tenant_id = $1 AND id = $2";
                let values = [
                    checked_name(&account.name)?.into(),
                    account.language.as_str().into(),
                    account.password_hash.clone().into(),
                ];
                run(&transaction, &self.scope, take_over, id, values).await?;
                id
            }
        };
        for membership in &account.memberships {
            let at_ms = account.at_ms;
            memberships::grant(&transaction, &self.scope, id, *membership, at_ms).await?;
        }
        links::replace(&transaction, &self.scope, id, link).await?;
        if let Some(mail) = pending
            && mails::may_send(&transaction, &self.scope, mail).await?
        {
            mails::enqueue(&transaction, &self.scope, id, mail).await?;
        }
        transaction.commit().await?;
        Ok(Registration::Pending(id))
    }
}

/// Adds an account without roles; `None` if its address is known.
pub(super) async fn insert(
    transaction: &Transaction,
    scope: &Scope,
    account: &NewAccount,
) -> Result<Option<KnownRow>, StoreError> {
    let sql = "INSERT INTO accounts (tenant_id, mail, name, language, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, mail) DO NOTHING RETURNING id, verified_at, disabled_at";
    let values = [
        scope.tenant.0.into(),
        account.mail.as_str().into(),
        checked_name(&account.name)?.into(),
        account.language.as_str().into(),
        account.password_hash.clone().into(),
        account.at_ms.into(),
    ];
    first(transaction, scope.store.backend().statement(sql, values)).await
}

/// Locks the account of an address until the transaction ends.
pub(super) async fn lock_by_mail(
    transaction: &Transaction,
    scope: &Scope,
    mail: &MailAddress,
) -> Result<KnownRow, StoreError> {
    let backend = scope.store.backend();
    let sql = format!(
        "SELECT id, verified_at, disabled_at FROM accounts WHERE tenant_id = $1 AND mail = $2{}",
        backend.for_update()
    );
    let values = [scope.tenant.0.into(), mail.as_str().into()];
    let there = first(transaction, backend.statement(sql, values)).await?;
    there.ok_or(StoreError::NotFound("account"))
}
