//! Roles of accounts.

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::{AccountId, InvalidField, SellerId};
use souk_identity::Role;

use super::{accounts::Accounts, last_owner};
use crate::{Scope, StoreError, Transaction, backend::all, identity::writing::run};

/// Role of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The role.
    pub role: Role,
    /// Seller that it is limited to.
    pub seller: Option<SellerId>,
}

#[derive(FromQueryResult)]
struct MembershipRow {
    role: String,
    seller_id: Option<i64>,
}

impl Accounts {
    /// Returns the roles of an account.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn memberships(&self, id: AccountId) -> Result<Vec<Membership>, StoreError> {
        of(self.scope.store.connection(), &self.scope, id).await
    }

    /// Gives an account a role. One that may do more than shop ends its sessions: those of staff and of sellers are shorter.
    ///
    /// # Errors
    /// If a seller's role names no seller, or another role does; or if there is no such account or seller.
    pub async fn grant(
        &self,
        id: AccountId,
        membership: Membership,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        if grant(&transaction, &self.scope, id, membership, now_ms).await?
            && membership.role != Role::Customer
        {
            self.end_sessions(&transaction, id).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Takes a role from an account; false if it has none such.
    ///
    /// # Errors
    /// If it is the last owner of the tenant.
    pub async fn take(&self, id: AccountId, membership: Membership) -> Result<bool, StoreError> {
        let transaction = self.scope.store.begin().await?;
        if membership.role == Role::Owner {
            last_owner::keep_another(&transaction, &self.scope, id).await?;
        }
        let sql = "DELETE FROM memberships
             WHERE tenant_id = $1 AND account_id = $2 AND role = $3 AND coalesce(seller_id, 0) = $4";
        let seller = membership.seller.map_or(0, |seller| seller.0);
        let values = [membership.role.name().into(), seller.into()];
        let taken = run(&transaction, &self.scope, sql, id, values).await?;
        transaction.commit().await?;
        Ok(taken > 0)
    }
}

/// Gives an account a role; false if it has it.
pub(crate) async fn grant(
    transaction: &Transaction,
    scope: &Scope,
    id: AccountId,
    membership: Membership,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let Membership { role, seller } = membership;
    if role.is_of_seller() != seller.is_some() {
        let message = "must name a seller exactly if it is a seller's role";
        return Err(InvalidField::new("role", message).into());
    }
    let sql = "INSERT INTO memberships (tenant_id, account_id, role, seller_id, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let seller = seller.map(|seller| seller.0);
    let values = [role.name().into(), seller.into(), now_ms.into()];
    Ok(run(transaction, scope, sql, id, values).await? > 0)
}

pub(super) async fn of(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: AccountId,
) -> Result<Vec<Membership>, StoreError> {
    let values = [scope.tenant.0.into(), id.0.into()];
    let statement = scope.store.backend().statement(OF_ACCOUNT, values);
    let rows = all::<MembershipRow>(connection, statement).await?;
    // A role that a later version knows permits nothing here.
    let known = rows.into_iter().filter_map(|row| {
        Some(Membership {
            role: row.role.parse().ok()?,
            seller: row.seller_id.map(SellerId),
        })
    });
    Ok(known.collect())
}

pub(crate) const OF_ACCOUNT: &str =
    "SELECT role, seller_id FROM memberships WHERE tenant_id = $1 AND account_id = $2 ORDER BY id";
