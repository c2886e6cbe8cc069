//! Payouts: what sellers can be paid, and what becomes of it.

use serde_json::json;
use souk_domain::{
    PayoutId, SellerId, TenantId,
    ordering::journals,
    sellers::{Payable, PayoutState, PayoutStep, payable},
};
use souk_store::{LockedPayout, NewEvent, Payout, SellerDue};

use crate::{error::CommerceError, service::CommerceService};

/// Sellers that are looked at at once when all of them are paid.
const SELLERS_AT_ONCE: u32 = 200;
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3_600_000;

/// Amounts of a seller in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerBalance {
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amounts.
    pub amounts: Payable,
}

/// Step of a payout with what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutAction {
    /// Was transferred, with the bank's reference.
    Paid(String),
    /// Came back, with the reason.
    Returned(String),
    /// Is called off, with the reason.
    Cancelled(String),
}

impl CommerceService {
    /// Returns what a seller is owed, holds back and can be paid, by currency.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn seller_balances(
        &self,
        tenant: TenantId,
        seller: SellerId,
        now_ms: i64,
    ) -> Result<Vec<SellerBalance>, CommerceError> {
        let payouts = self.store.scope(tenant).payouts();
        let due = payouts.due(seller, self.reserve_since(now_ms)).await?;
        Ok(due.iter().map(balance_of).collect())
    }

    /// Makes a payout to a seller: of an amount, or of all that can be paid. The ledger has it at once.
    ///
    /// # Errors
    /// If there is no bank account, less can be paid, or the database fails.
    pub async fn make_payout(
        &self,
        tenant: TenantId,
        seller: SellerId,
        (currency, amount): (&str, Option<i64>),
        (actor, now_ms): (&str, i64),
    ) -> Result<Payout, CommerceError> {
        let scope = self.store.scope(tenant);
        let profile = scope.seller_profiles().get(seller).await?;
        let profile = profile.ok_or(CommerceError::NotFound("seller"))?;
        let account = profile
            .payout_account
            .ok_or(CommerceError::NoPayoutAccount)?;
        let since = self.reserve_since(now_ms);
        let open = scope.payouts().open(seller, since).await?;
        let due = open.due.iter().find(|due| due.currency == currency);
        let most = due.map_or(0, |due| balance_of(due).amounts.payable);
        let amount = amount.unwrap_or(most);
        if amount <= 0 || amount > most {
            return Err(CommerceError::NotPayable { amount, most });
        }
        let journal = journals::payout(seller, amount)?;
        let sum = (currency, amount);
        let mut made = open.make(sum, &account, &journal, (actor, now_ms)).await?;
        tell(&mut made, "payout.created", (actor, now_ms));
        Ok(made.commit().await?)
    }

    /// Makes a payout of all that can be paid to each seller with a bank account, in one currency.
    ///
    /// # Errors
    /// If the database fails; the payouts that were made before stay.
    pub async fn make_due_payouts(
        &self,
        tenant: TenantId,
        currency: &str,
        (actor, now_ms): (&str, i64),
    ) -> Result<Vec<Payout>, CommerceError> {
        let scope = self.store.scope(tenant);
        let (mut made, mut after) = (Vec::new(), None);
        loop {
            let sellers = scope.payouts().sellers(after, SELLERS_AT_ONCE).await?;
            let Some(last) = sellers.last() else {
                return Ok(made);
            };
            after = Some(*last);
            for seller in sellers {
                let sum = (currency, None);
                let payout = self.make_payout(tenant, seller, sum, (actor, now_ms));
                match payout.await {
                    Ok(payout) => made.push(payout),
                    // Nothing is due, or nobody said where to.
                    Err(CommerceError::NotPayable { .. } | CommerceError::NoPayoutAccount) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Notes what became of a payout. What came back or was called off is owed to the seller again.
    ///
    /// # Errors
    /// If there is none, its state does not allow it, or the database fails.
    pub async fn act_on_payout(
        &self,
        tenant: TenantId,
        id: PayoutId,
        action: PayoutAction,
        (actor, now_ms): (&str, i64),
    ) -> Result<Payout, CommerceError> {
        let mut locked = self.store.scope(tenant).payouts().lock(id).await?;
        let (step, kind) = match &action {
            PayoutAction::Paid(_) => (PayoutStep::Pay, "payout.paid"),
            PayoutAction::Returned(_) => (PayoutStep::Return, "payout.returned"),
            PayoutAction::Cancelled(_) => (PayoutStep::Cancel, "payout.cancelled"),
        };
        let state: PayoutState = locked.payout.state.after(step)?;
        match action {
            PayoutAction::Paid(reference) => locked.set_paid(&reference, now_ms).await?,
            PayoutAction::Returned(reason) | PayoutAction::Cancelled(reason) => {
                let (seller, amount) = (locked.payout.seller, locked.payout.amount);
                let journal = journals::payout_returned(seller, amount)?;
                locked.set_ended(state, &reason, &journal, now_ms).await?;
            }
        }
        tell(&mut locked, kind, (actor, now_ms));
        Ok(locked.commit().await?)
    }

    /// Returns the time since which what was sent may still come back.
    fn reserve_since(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(i64::from(self.options.payout_reserve_days) * DAY_MS)
    }
}

fn balance_of(due: &SellerDue) -> SellerBalance {
    SellerBalance {
        currency: due.currency.clone(),
        amounts: payable(due.balance, &due.recent, due.movable),
    }
}

fn tell(locked: &mut LockedPayout, kind: &'static str, (actor, now_ms): (&str, i64)) {
    let payout = &locked.payout;
    let event = NewEvent {
        kind,
        subject: format!("payouts/{}", payout.id),
        data: json!({
            "payout": payout.id.0,
            "seller": payout.seller.0,
            "amount": payout.amount,
            "currency": payout.currency,
            "state": payout.state.as_str(),
        })
        .to_string(),
        actor: actor.to_owned(),
        at_ms: now_ms,
    };
    locked.tell(event);
}
