//! Reviews of products. Ratings of published ones reach the product by trigger.
//!
//! Customers write them for what they bought (`authors`), staff decides on them (`moderation`), shoppers read and vote.
//! Locks are taken in this order: account, review, product, events.

mod authors;
pub(crate) mod erasure;
pub(crate) mod explain;
mod listing;
mod moderation;
mod purchases;
mod record;
mod settings;
mod staff;
mod telling;
mod votes;

pub use authors::{ReviewAuthor, WaitingReview};
pub use listing::{ReviewListing, ReviewOrder, ReviewPageStart};
pub use record::ReviewRecord;
pub use staff::ReviewInput;

use souk_domain::{AccountId, ReviewId};

use crate::{
    Scope, StoreError, Transaction,
    backend::{IdRow, first},
};

/// The reviews of a tenant's products.
#[derive(Debug, Clone)]
pub struct Reviews {
    scope: Scope,
}

impl Scope {
    /// Reviews of the tenant's products.
    pub fn reviews(&self) -> Reviews {
        Reviews {
            scope: self.clone(),
        }
    }
}

impl Reviews {
    /// Locks an account, so that its reviews and votes are written one after the other.
    ///
    /// # Errors
    /// If there is none, or it was erased.
    async fn lock_account(
        &self,
        transaction: &Transaction,
        account: AccountId,
    ) -> Result<(), StoreError> {
        let backend = self.scope.store.backend();
        let sql = format!(
            "SELECT id FROM accounts WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL{}",
            backend.for_update()
        );
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let row = first::<IdRow>(transaction, backend.statement(sql, values)).await?;
        row.map(|_| ()).ok_or(StoreError::NotFound("account"))
    }

    /// Locks a review and returns it.
    ///
    /// # Errors
    /// If there is none.
    async fn lock(
        &self,
        transaction: &Transaction,
        id: ReviewId,
    ) -> Result<ReviewRecord, StoreError> {
        let backend = self.scope.store.backend();
        let sql = format!("{}{}", record::get_sql(), backend.for_update());
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let found = record::find(transaction, backend.statement(sql, values)).await?;
        found.ok_or(StoreError::NotFound("review"))
    }

    /// Reads a review as the transaction has left it.
    async fn read(
        &self,
        transaction: &Transaction,
        id: ReviewId,
    ) -> Result<ReviewRecord, StoreError> {
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let statement = self
            .scope
            .store
            .backend()
            .statement(record::get_sql(), values);
        let found = record::find(transaction, statement).await?;
        found.ok_or(StoreError::NotFound("review"))
    }
}
