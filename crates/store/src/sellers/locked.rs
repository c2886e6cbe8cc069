//! A seller that nobody else changes until a transaction ends, and the changes that can be made to it.
//!
//! Rules are not here: callers decide by the domain's, and say what is to be written.

use sea_orm::Value;
use serde::Serialize;
use souk_domain::{
    SellerId,
    sellers::{PayoutAccount, SellerStatus, TraderDetails},
};
use souk_identity::Role;

use super::profiles::{NewSeller, SellerProfile, SellerProfiles};
use crate::{
    NamedEntityInput, NewEvent, Scope, StoreError, Transaction,
    backend::{IdRow, execute, first},
    events,
    identity::{Membership, audit::note, memberships},
};

/// A seller within a transaction. Nothing of it is written unless it is committed.
#[derive(Debug)]
pub struct LockedSeller {
    /// Profile, with the changes that were made.
    pub profile: SellerProfile,
    scope: Scope,
    transaction: Transaction,
    events: Vec<NewEvent>,
}

impl SellerProfiles {
    /// Makes a closed seller, which has applied, with its owner. It is written when it is committed.
    ///
    /// # Errors
    /// If a value cannot be taken, the slug is taken, or the database fails.
    pub async fn apply(&self, new: &NewSeller, now_ms: i64) -> Result<LockedSeller, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let input = NamedEntityInput {
            slug: new.slug.clone(),
            name: new.name.clone(),
            description: new.description.clone(),
            closed: Some(true),
        };
        let sellers = self.scope.sellers();
        let record = sellers.create_in(&transaction, input).await?;
        let sql = "INSERT INTO seller_profiles (seller_id, tenant_id, closed_as, applied_by, created_at, updated_at)
             VALUES ($1, $2, 'applied', $3, $4, $4)";
        let values = [
            record.id.into(),
            self.scope.tenant.0.into(),
            new.account.0.into(),
            now_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        let owner = Membership {
            role: Role::SellerOwner,
            seller: Some(SellerId(record.id)),
        };
        memberships::grant(&transaction, &self.scope, new.account, owner, now_ms).await?;
        self.read_locked(transaction, SellerId(record.id)).await
    }

    /// Locks a seller to change its profile. One that has none gets it.
    ///
    /// # Errors
    /// If there is no such seller, or the database fails.
    pub async fn lock(&self, seller: SellerId, now_ms: i64) -> Result<LockedSeller, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let backend = self.scope.store.backend();
        let ids = || [self.scope.tenant.0.into(), seller.0.into()];
        let lock = backend.for_update();
        let sql = format!("SELECT id FROM sellers WHERE tenant_id = $1 AND id = $2{lock}");
        let found = first::<IdRow>(&transaction, backend.statement(sql, ids()));
        if found.await?.is_none() {
            return Err(StoreError::NotFound("seller"));
        }
        let sql = "INSERT INTO seller_profiles (tenant_id, seller_id, created_at, updated_at)
             VALUES ($1, $2, $3, $3) ON CONFLICT (seller_id) DO NOTHING";
        let values = ids().into_iter().chain([now_ms.into()]);
        execute(&transaction, backend.statement(sql, values)).await?;
        self.read_locked(transaction, seller).await
    }

    async fn read_locked(
        &self,
        transaction: Transaction,
        seller: SellerId,
    ) -> Result<LockedSeller, StoreError> {
        let profile = self.read(&transaction, seller).await?;
        Ok(LockedSeller {
            profile: profile.ok_or(StoreError::NotFound("seller"))?,
            scope: self.scope.clone(),
            transaction,
            events: Vec::new(),
        })
    }
}

impl LockedSeller {
    /// Writes the standing: its goods leave sale or come back with it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_status(
        &mut self,
        status: SellerStatus,
        (actor, reason): (&str, Option<&str>),
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let closed_as = (!status.sells()).then(|| status.as_str());
        let sql = "UPDATE seller_profiles SET closed_as = $3, reason = $4, decided_by = $5, decided_at = $6, updated_at = $6
             WHERE tenant_id = $1 AND seller_id = $2";
        let values: [Value; 4] = [
            closed_as.map(str::to_owned).into(),
            reason.map(str::to_owned).into(),
            actor.into(),
            now_ms.into(),
        ];
        self.run(sql, values).await?;
        if status.sells() != self.profile.status.sells() {
            let closed_at = (!status.sells()).then_some(now_ms);
            let sql = "UPDATE sellers SET closed_at = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2";
            let values: [Value; 2] = [closed_at.into(), now_ms.into()];
            self.run(sql, values).await?;
        }
        self.profile.status = status;
        self.profile.reason = reason.map(str::to_owned);
        self.profile.decided_by = Some(actor.to_owned());
        self.profile.decided_at_ms = Some(now_ms);
        Ok(())
    }

    /// Writes the details of the trader.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_trader(
        &mut self,
        trader: TraderDetails,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.set_json("trader", &trader, now_ms).await?;
        self.profile.trader = Some(trader);
        Ok(())
    }

    /// Writes the bank account for payouts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_payout_account(
        &mut self,
        account: PayoutAccount,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.set_json("payout_account", &account, now_ms).await?;
        self.profile.payout_account = Some(account);
        Ok(())
    }

    /// Notes that the terms were accepted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn accept_terms(&mut self, now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE seller_profiles SET terms_accepted_at = $3, updated_at = $3
             WHERE tenant_id = $1 AND seller_id = $2";
        self.run(sql, [now_ms.into()]).await?;
        self.profile.terms_accepted_at_ms = Some(now_ms);
        Ok(())
    }

    /// Has an event written when the seller is committed.
    pub fn tell(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Commits all that was written.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn commit(self) -> Result<SellerProfile, StoreError> {
        note::target(|| format!("sellers/{}", self.profile.seller));
        if !self.events.is_empty() {
            events::write(&self.transaction, &self.scope, &self.events).await?;
        }
        self.transaction.commit().await?;
        Ok(self.profile)
    }

    async fn set_json(
        &self,
        column: &'static str,
        value: &impl Serialize,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE seller_profiles SET {column} = $3, updated_at = $4 WHERE tenant_id = $1 AND seller_id = $2"
        );
        let json = serde_json::to_string(value)?;
        self.run(&sql, [json.into(), now_ms.into()]).await
    }

    async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<(), StoreError> {
        let ids = [self.scope.tenant.0.into(), self.profile.seller.0.into()];
        let values = ids.into_iter().chain(values);
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&self.transaction, statement).await?;
        Ok(())
    }
}
