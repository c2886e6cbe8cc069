//! People of a marketplace: listed with their roles, and invited.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Statement};
use souk_domain::{AccountId, InvalidField, SellerId};
use souk_identity::{Role, TokenHash};

use super::{
    accounts::{AccountRow, Accounts, COLUMNS, Credentials, checked_name},
    links::{self, LinkPurpose, NewLink},
    mails::{self, NewMail},
    memberships::{self, Membership},
    registration::{self, NewAccount},
    writing::{end_links, run},
};
use crate::{Account, Scope, StoreError, backend::all};

/// An account with its roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Roles of the account.
    pub memberships: Vec<Membership>,
}

/// Result of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invited {
    /// The account waits for its person to use the link.
    Pending(AccountId),
    /// The person has an account, which has the roles now. The link is not needed.
    Known(AccountId),
}

/// Result of the import of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportedAccount {
    /// Added.
    Added,
    /// Left as it is: its address is an account's already.
    Known,
}

impl Invited {
    /// Returns the account.
    pub fn id(self) -> AccountId {
        match self {
            Self::Pending(id) | Self::Known(id) => id,
        }
    }
}

#[derive(FromQueryResult)]
struct AccountIdRow {
    account_id: i64,
}

#[derive(FromQueryResult)]
struct RoleRow {
    account_id: i64,
    role: String,
    seller_id: Option<i64>,
}

impl Accounts {
    /// Returns up to `limit` people with ids above `after`, by rising id: all, or those who have a role.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn people(
        &self,
        after: Option<AccountId>,
        limit: u32,
        role: Option<Role>,
    ) -> Result<Vec<Person>, StoreError> {
        let connection = self.scope.store.connection();
        let statement = page_statement(&self.scope, after, limit, role);
        let rows = all::<AccountRow>(connection, statement).await?;
        let accounts = rows.into_iter().map(|row| Credentials::from(row).account);
        let accounts: Vec<_> = accounts.collect();
        let (Some(first), Some(last)) = (accounts.first(), accounts.last()) else {
            return Ok(Vec::new());
        };
        let statement = roles_statement(&self.scope, first.id, last.id);
        let mut roles: HashMap<i64, Vec<Membership>> = HashMap::new();
        for row in all::<RoleRow>(connection, statement).await? {
            let Ok(role) = row.role.parse() else { continue };
            let seller = row.seller_id.map(SellerId);
            let of_account = roles.entry(row.account_id).or_default();
            of_account.push(Membership { role, seller });
        }
        let person = |account: Account| Person {
            memberships: roles.remove(&account.id.0).unwrap_or_default(),
            account,
        };
        Ok(accounts.into_iter().map(person).collect())
    }

    /// Returns up to `limit` people with a role of a seller, by rising id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of_seller(&self, seller: SellerId, limit: u32) -> Result<Vec<Person>, StoreError> {
        let statement = seller_statement(&self.scope, seller, limit);
        let rows = all::<AccountIdRow>(self.scope.store.connection(), statement).await?;
        let mut people = Vec::with_capacity(rows.len());
        for row in rows {
            people.extend(self.person(AccountId(row.account_id)).await?);
        }
        Ok(people)
    }

    /// Returns somebody with their roles.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn person(&self, id: AccountId) -> Result<Option<Person>, StoreError> {
        let Some(Credentials { account, .. }) = self.get(id).await? else {
            return Ok(None);
        };
        if account.erased_at_ms.is_some() {
            return Ok(None);
        }
        let memberships = self.memberships(id).await?;
        Ok(Some(Person {
            account,
            memberships,
        }))
    }

    /// Gives somebody roles, and a link if they have yet to confirm their address. Writes the mail `pending` with the link,
    /// or `known` to those who can sign in.
    ///
    /// # Errors
    /// If the name or a role is invalid, or the account is disabled.
    pub async fn invite(
        &self,
        account: &NewAccount,
        link: &NewLink,
        (pending, known): (Option<&NewMail>, Option<&NewMail>),
    ) -> Result<Invited, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let there = match registration::insert(&transaction, &self.scope, account).await? {
            Some(added) => added,
            None => registration::lock_by_mail(&transaction, &self.scope, &account.mail).await?,
        };
        let id = there.id();
        if there.is_disabled() {
            let message = "is of an account that is disabled; enable it first";
            return Err(StoreError::conflict("mail", message));
        }
        for membership in &account.memberships {
            let at_ms = account.at_ms;
            memberships::grant(&transaction, &self.scope, id, *membership, at_ms).await?;
        }
        self.end_sessions(&transaction, id).await?;
        let (invited, mail) = match there.is_verified() {
            true => (Invited::Known(id), known),
            false => {
                links::replace(&transaction, &self.scope, id, link).await?;
                (Invited::Pending(id), pending)
            }
        };
        if let Some(mail) = mail {
            mails::enqueue(&transaction, &self.scope, id, mail).await?;
        }
        transaction.commit().await?;
        Ok(invited)
    }

    /// Adds the accounts of people who come from another system, as customers with a confirmed address. Returns for each whether
    /// it was added, was there already, or has a name that cannot be taken.
    ///
    /// # Errors
    /// If the database fails; nothing is added then.
    pub async fn import(
        &self,
        accounts: &[NewAccount],
    ) -> Result<Vec<Result<ImportedAccount, InvalidField>>, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let mut imported = Vec::with_capacity(accounts.len());
        for account in accounts {
            let added = match registration::insert(&transaction, &self.scope, account).await {
                Ok(added) => added,
                Err(StoreError::Invalid(invalid)) => {
                    imported.push(Err(invalid));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some(added) = added else {
                imported.push(Ok(ImportedAccount::Known));
                continue;
            };
            let (id, at_ms) = (added.id(), account.at_ms);
            let sql = "UPDATE accounts SET verified_at = $3 WHERE tenant_id = $1 AND id = $2";
            run(&transaction, &self.scope, sql, id, [at_ms.into()]).await?;
            for membership in &account.memberships {
                memberships::grant(&transaction, &self.scope, id, *membership, at_ms).await?;
            }
            imported.push(Ok(ImportedAccount::Added));
        }
        transaction.commit().await?;
        Ok(imported)
    }

    /// Uses up an invitation: its reader has the mailbox, so the address is confirmed. An empty name leaves that of the
    /// invitation. Returns false if it is none any more.
    ///
    /// # Errors
    /// If the name is invalid.
    pub async fn accept_invitation(
        &self,
        hash: TokenHash,
        (password_hash, name): (&str, &str),
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let name = checked_name(name)?;
        let transaction = self.scope.store.begin().await?;
        let purpose = LinkPurpose::Invitation;
        let link = links::consume(&transaction, &self.scope, purpose, hash, now_ms).await?;
        let Some(link) = link else { return Ok(false) };
        let id = AccountId(link.account_id);
        let sql = "UPDATE accounts SET password_hash = $3, verified_at = coalesce(verified_at, $4),
                 name = coalesce(nullif($5, ''), name)
             WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL AND erased_at IS NULL";
        let values = [password_hash.into(), now_ms.into(), name.into()];
        if run(&transaction, &self.scope, sql, id, values).await? == 0 {
            return Ok(false);
        }
        self.end_sessions(&transaction, id).await?;
        end_links(&transaction, &self.scope, id).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

pub(crate) fn page_statement(
    scope: &Scope,
    after: Option<AccountId>,
    limit: u32,
    role: Option<Role>,
) -> Statement {
    let has_role = match role {
        Some(_) => {
            "AND id IN (SELECT account_id FROM memberships WHERE tenant_id = $1 AND role = $4)"
        }
        None => "",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts
         WHERE tenant_id = $1 AND id > $2 AND erased_at IS NULL {has_role} ORDER BY id LIMIT $3"
    );
    let after = after.map_or(0, |after| after.0);
    let mut values = vec![scope.tenant.0.into(), after.into(), i64::from(limit).into()];
    values.extend(role.map(|role| role.name().into()));
    scope.store.backend().statement(sql, values)
}

pub(crate) fn seller_statement(scope: &Scope, seller: SellerId, limit: u32) -> Statement {
    let sql = "SELECT id AS account_id FROM accounts WHERE tenant_id = $1
           AND id IN (SELECT account_id FROM memberships WHERE tenant_id = $1 AND seller_id = $2)
         ORDER BY id LIMIT $3";
    let values = [
        scope.tenant.0.into(),
        seller.0.into(),
        i64::from(limit).into(),
    ];
    scope.store.backend().statement(sql, values)
}

pub(crate) fn roles_statement(scope: &Scope, first: AccountId, last: AccountId) -> Statement {
    let sql = "SELECT account_id, role, seller_id FROM memberships
         WHERE tenant_id = $1 AND account_id BETWEEN $2 AND $3 ORDER BY id";
    let values = [scope.tenant.0.into(), first.0.into(), last.0.into()];
    scope.store.backend().statement(sql, values)
}
