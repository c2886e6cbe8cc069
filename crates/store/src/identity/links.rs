//! Links that are sent by mail: each good once, for a while, and only the newest of its purpose.

use sea_orm::FromQueryResult;
use souk_domain::AccountId;
use souk_identity::{MailAddress, TokenHash};

use super::{
    accounts::Accounts,
    mails::{self, NewMail},
    unconfirmed,
    writing::{end_links, run},
};
use crate::{
    Scope, StoreError, Transaction,
    backend::{execute, first},
};

/// Purpose of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Confirms the address of a new account.
    Verify,
    /// Sets a password.
    Reset,
    /// Confirms a new address.
    Address,
    /// Sets the first password of somebody who was invited.
    Invitation,
}

impl LinkPurpose {
    fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Address => "address",
            Self::Invitation => "invitation",
        }
    }
}

/// A link to be made.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Purpose.
    pub purpose: LinkPurpose,
    /// Hash of its token.
    pub hash: TokenHash,
    /// New address, of a change of address.
    pub mail: Option<MailAddress>,
    /// Time from which it is refused, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

#[derive(FromQueryResult)]
pub(super) struct LinkRow {
    pub(super) account_id: i64,
    pub(super) mail: Option<String>,
}

impl Accounts {
    /// Makes a link for an account, in the place of an older one of its purpose, and mails with it. Does nothing for an
    /// account that is disabled or erased, nor if a mail is beyond the quota of its recipient; false then.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn send_link<'a>(
        &self,
        id: AccountId,
        link: &NewLink,
        mails: impl IntoIterator<Item = &'a NewMail>,
    ) -> Result<bool, StoreError> {
        let mails: Vec<_> = mails.into_iter().collect();
        let transaction = self.scope.store.begin().await?;
        if !self.lock(&transaction, id).await? {
            return Ok(false);
        }
        for mail in &mails {
            if !mails::may_send(&transaction, &self.scope, mail).await? {
                // The link of the last mail stays good.
                return Ok(false);
            }
        }
        replace(&transaction, &self.scope, id, link).await?;
        for mail in mails {
            mails::enqueue(&transaction, &self.scope, id, mail).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Returns the account that a link is for, without using it up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of_link(
        &self,
        purpose: LinkPurpose,
        hash: TokenHash,
        now_ms: i64,
    ) -> Result<Option<AccountId>, StoreError> {
        let statement = statement(&self.scope, OF_LINK, purpose, hash, now_ms);
        let row = first::<LinkRow>(self.scope.store.connection(), statement).await?;
        Ok(row.map(|row| AccountId(row.account_id)))
    }

    /// Uses up a link that confirms the address of an account. Returns false if it is none any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn verify(&self, hash: TokenHash, now_ms: i64) -> Result<bool, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let link = consume(&transaction, &self.scope, LinkPurpose::Verify, hash, now_ms).await?;
        let Some(link) = link else { return Ok(false) };
        let sql = "UPDATE accounts SET verified_at = coalesce(verified_at, $3)
             WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL AND erased_at IS NULL";
        let id = AccountId(link.account_id);
        let verified = run(&transaction, &self.scope, sql, id, [now_ms.into()]).await?;
        transaction.commit().await?;
        Ok(verified == 1)
    }

    /// Uses up a link that sets a password: its reader has the mailbox, so the address is confirmed as well. All sessions
    /// and all other links end. Returns false if it is none any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reset_password(
        &self,
        hash: TokenHash,
        password_hash: &str,
        notice: &NewMail,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let link = consume(&transaction, &self.scope, LinkPurpose::Reset, hash, now_ms).await?;
        let Some(link) = link else { return Ok(false) };
        let id = AccountId(link.account_id);
        let sql = "UPDATE accounts SET password_hash = $3, verified_at = coalesce(verified_at, $4)
             WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL AND erased_at IS NULL";
        let values = [password_hash.into(), now_ms.into()];
        if run(&transaction, &self.scope, sql, id, values).await? == 0 {
            return Ok(false);
        }
        self.end_sessions(&transaction, id).await?;
        end_links(&transaction, &self.scope, id).await?;
        mails::enqueue(&transaction, &self.scope, id, notice).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Uses up a link that confirms a new address, and writes a mail to the old one. Links to the old address are refused
    /// from then on. An account that had the new address and never confirmed it goes. Returns false if it is none any more, or the address is another account's by now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn change_address(
        &self,
        hash: TokenHash,
        notice: &NewMail,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let purpose = LinkPurpose::Address;
        let link = consume(&transaction, &self.scope, purpose, hash, now_ms).await?;
        let Some(LinkRow {
            account_id,
            mail: Some(mail),
        }) = link
        else {
            return Ok(false);
        };
        let id = AccountId(account_id);
        if !self.lock(&transaction, id).await? {
            return Ok(false);
        }
        unconfirmed::displace(&transaction, &self.scope, &mail).await?;
        let sql = "UPDATE accounts SET mail = $3, verified_at = $4 WHERE tenant_id = $1 AND id = $2
             AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.tenant_id = $1 AND a.mail = $3)";
        let values = [mail.into(), now_ms.into()];
        match run(&transaction, &self.scope, sql, id, values).await {
            Ok(1) => {}
            Ok(_) | Err(StoreError::Conflict { .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        end_links(&transaction, &self.scope, id).await?;
        mails::enqueue(&transaction, &self.scope, id, notice).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Makes a link in the place of an older one of its purpose.
pub(super) async fn replace(
    transaction: &Transaction,
    scope: &Scope,
    id: AccountId,
    link: &NewLink,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM account_links WHERE tenant_id = $1 AND account_id = $2 AND purpose = $3";
    run(transaction, scope, sql, id, [link.purpose.name().into()]).await?;
    let sql =
        "INSERT INTO account_links (tenant_id, account_id, token_hash, purpose, mail, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)";
    let mail = link.mail.as_ref().map(|mail| mail.as_str().to_owned());
    let values = [
        link.hash.0.to_vec().into(),
        link.purpose.name().into(),
        mail.into(),
        link.expires_at_ms.into(),
    ];
    run(transaction, scope, sql, id, values).await?;
    Ok(())
}

pub(super) async fn consume(
    transaction: &Transaction,
    scope: &Scope,
    purpose: LinkPurpose,
    hash: TokenHash,
    now_ms: i64,
) -> Result<Option<LinkRow>, StoreError> {
    first(
        transaction,
        statement(scope, CONSUME, purpose, hash, now_ms),
    )
    .await
}

fn statement(
    scope: &Scope,
    sql: &str,
    purpose: LinkPurpose,
    hash: TokenHash,
    now_ms: i64,
) -> sea_orm::Statement {
    let values = [
        scope.tenant.0.into(),
        hash.0.to_vec().into(),
        purpose.name().into(),
        now_ms.into(),
    ];
    scope.store.backend().statement(sql, values)
}

pub(crate) const OF_LINK: &str = "SELECT account_id, mail FROM account_links
     WHERE tenant_id = $1 AND token_hash = $2 AND purpose = $3 AND expires_at > $4";

const CONSUME: &str = "DELETE FROM account_links
     WHERE tenant_id = $1 AND token_hash = $2 AND purpose = $3 AND expires_at > $4
     RETURNING account_id, mail";

/// Deletes links that nobody can use any more.
pub(super) async fn prune(
    transaction: &Transaction,
    backend: crate::Backend,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let statement = backend.statement(PRUNE, [now_ms.into()]);
    execute(transaction, statement).await
}

pub(crate) const PRUNE: &str = "DELETE FROM account_links WHERE expires_at <= $1";
