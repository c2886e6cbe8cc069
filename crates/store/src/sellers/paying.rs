//! Making a payout, and its further steps, each in one transaction with its journal and event.
//!
//! Rules are not here: callers decide by the domain's, and say what is to be written.

use sea_orm::Value;
use souk_domain::{
    PayoutId, SellerId,
    ordering::Journal,
    sellers::{PayoutAccount, PayoutState},
};

use super::payouts::{Payout, Payouts, SellerDue};
use crate::{
    NewEvent, Scope, StoreError, Transaction,
    backend::{IdRow, execute, first},
    events,
    identity::audit::note,
    ordering::ledger::{self, NewJournal},
};

/// Transaction in which nobody else makes a payout of the tenant.
#[derive(Debug)]
pub struct OpenPayout {
    /// What the seller is owed.
    pub due: Vec<SellerDue>,
    scope: Scope,
    transaction: Transaction,
    seller: SellerId,
}

/// A payout within a transaction. Nothing of it is written unless it is committed.
#[derive(Debug)]
pub struct LockedPayout {
    /// Payout, with the changes that were made.
    pub payout: Payout,
    scope: Scope,
    transaction: Transaction,
    events: Vec<NewEvent>,
}

impl Payouts {
    /// Begins a payout to a seller. Orders count as recent that were sent after `since_ms`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open(&self, seller: SellerId, since_ms: i64) -> Result<OpenPayout, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let due = self.due_in(&transaction, seller, since_ms).await?;
        Ok(OpenPayout {
            due,
            scope: self.scope.clone(),
            transaction,
            seller,
        })
    }

    /// Locks a payout.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn lock(&self, id: PayoutId) -> Result<LockedPayout, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let lock = match self.scope.store.backend() {
            crate::Backend::Postgres => " FOR UPDATE OF p",
            crate::Backend::Sqlite => "",
        };
        let payout = self.read(&transaction, id, lock).await?;
        Ok(LockedPayout {
            payout,
            scope: self.scope.clone(),
            transaction,
            events: Vec::new(),
        })
    }
}

impl OpenPayout {
    /// Writes the payout and its journal.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn make(
        self,
        (currency, amount): (&str, i64),
        account: &PayoutAccount,
        journal: &Journal,
        (actor, now_ms): (&str, i64),
    ) -> Result<LockedPayout, StoreError> {
        let sql = "INSERT INTO payouts (tenant_id, seller_id, currency, amount, state, payout_account, created_by, created_at)
             VALUES ($1, $2, $3, $4, 'created', $5, $6, $7) RETURNING id";
        let values: [Value; 7] = [
            self.scope.tenant.0.into(),
            self.seller.0.into(),
            currency.into(),
            amount.into(),
            serde_json::to_string(account)?.into(),
            actor.into(),
            now_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<IdRow>(&self.transaction, statement).await?;
        let id = PayoutId(row.ok_or(StoreError::NotFound("seller"))?.id);
        let payout = self.scope.payouts().read(&self.transaction, id, "").await?;
        let made = LockedPayout {
            payout,
            scope: self.scope,
            transaction: self.transaction,
            events: Vec::new(),
        };
        made.post("payout", journal, now_ms).await?;
        Ok(made)
    }
}

impl LockedPayout {
    /// Writes that it was transferred.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_paid(&mut self, reference: &str, now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE payouts SET state = 'paid', reference = $3, paid_at = $4 WHERE tenant_id = $1 AND id = $2";
        self.run(sql, [reference.into(), now_ms.into()]).await?;
        self.payout.state = PayoutState::Paid;
        self.payout.reference = Some(reference.to_owned());
        self.payout.paid_at_ms = Some(now_ms);
        Ok(())
    }

    /// Writes that it came back or was called off, with the journal that owes it to the seller again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_ended(
        &mut self,
        state: PayoutState,
        reason: &str,
        journal: &Journal,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE payouts SET state = $3, reason = $4, ended_at = $5 WHERE tenant_id = $1 AND id = $2";
        let values: [Value; 3] = [state.as_str().into(), reason.into(), now_ms.into()];
        self.run(sql, values).await?;
        self.post("payout_returned", journal, now_ms).await?;
        self.payout.state = state;
        self.payout.reason = Some(reason.to_owned());
        self.payout.ended_at_ms = Some(now_ms);
        Ok(())
    }

    /// Has an event written when the payout is committed.
    pub fn tell(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Commits all that was written.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn commit(self) -> Result<Payout, StoreError> {
        note::target(|| format!("payouts/{}", self.payout.id));
        if !self.events.is_empty() {
            events::write(&self.transaction, &self.scope, &self.events).await?;
        }
        self.transaction.commit().await?;
        Ok(self.payout)
    }

    async fn post(&self, cause: &str, journal: &Journal, now_ms: i64) -> Result<(), StoreError> {
        let cause = format!("{cause}:{}", self.payout.id);
        let new = NewJournal {
            journal,
            cause: &cause,
            group: None,
            order: None,
            currency: &self.payout.currency,
            at_ms: now_ms,
        };
        ledger::add(&self.transaction, &self.scope, &new).await?;
        Ok(())
    }

    async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<(), StoreError> {
        let ids = [self.scope.tenant.0.into(), self.payout.id.0.into()];
        let values = ids.into_iter().chain(values);
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&self.transaction, statement).await?;
        Ok(())
    }
}
