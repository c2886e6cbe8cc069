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
use crate::{StoreError, backend::first};

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

#[derive(FromQueryResult)]
struct KnownRow {
    id: i64,
    verified_at: Option<i64>,
    disabled_at: Option<i64>,
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
        let name = checked_name(&account.name)?;
        let backend = self.scope.store.backend();
        let transaction = self.scope.store.begin().await?;
        let insert =
            "INSERT INTO accounts (tenant_id, mail, name, language, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, mail) DO NOTHING RETURNING id, verified_at, disabled_at";
        let values = [
            self.scope.tenant.0.into(),
            account.mail.as_str().into(),
            name.into(),
            account.language.as_str().into(),
            account.password_hash.clone().into(),
            account.at_ms.into(),
        ];
        let added = first::<KnownRow>(&transaction, backend.statement(insert, values)).await?;
        let id = match added {
            Some(added) => AccountId(added.id),
            None => {
                let sql = format!(
                    "SELECT id, verified_at, disabled_at FROM accounts
                     WHERE tenant_id = $1 AND mail = $2{}",
                    backend.for_update()
                );
                let values = [self.scope.tenant.0.into(), account.mail.as_str().into()];
                let there = first::<KnownRow>(&transaction, backend.statement(sql, values)).await?;
                let there = there.ok_or(StoreError::NotFound("account"))?;
                let id = AccountId(there.id);
                if there.verified_at.is_some() || there.disabled_at.is_some() {
                    if let Some(mail) = known.filter(|_| there.disabled_at.is_none())
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
                    name.into(),
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
