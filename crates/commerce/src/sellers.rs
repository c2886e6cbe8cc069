//! Sellers as partners: applications, what they have to show, and decisions on them.

use serde_json::json;
use souk_domain::{
    SellerId, TenantId,
    sellers::{ChecklistItem, PayoutAccount, SellerDecision, SellerStatus, TraderDetails, missing},
};
use souk_store::{LockedSeller, NewEvent, NewSeller, SellerProfile};

use crate::{error::CommerceError, service::CommerceService};

/// Most sellers that one account applies with.
const APPLICATIONS_PER_ACCOUNT: u64 = 5;

/// Papers that a seller sends with an application, or hands in later.
#[derive(Debug, Clone, Default)]
pub struct SellerPapers {
    /// Details of the trader.
    pub trader: Option<TraderDetails>,
    /// Bank account.
    pub payout_account: Option<PayoutAccount>,
    /// True if the terms of the marketplace are accepted.
    pub accepts_terms: bool,
}

impl CommerceService {
    /// Applies as a seller. The account becomes the seller's owner; nothing is sold before the marketplace approves.
    ///
    /// # Errors
    /// If a value cannot be taken, the slug is taken, or the account has applied too often.
    pub async fn apply_as_seller(
        &self,
        tenant: TenantId,
        new: &NewSeller,
        papers: SellerPapers,
        (actor, now_ms): (&str, i64),
    ) -> Result<SellerProfile, CommerceError> {
        let profiles = self.store.scope(tenant).seller_profiles();
        if profiles.applications(new.account).await? >= APPLICATIONS_PER_ACCOUNT {
            return Err(CommerceError::TooManyApplications);
        }
        let mut locked = profiles.apply(new, now_ms).await?;
        hand_in(&mut locked, papers, now_ms).await?;
        tell(&mut locked, "seller.applied", (actor, now_ms));
        Ok(locked.commit().await?)
    }

    /// Takes what a seller hands in. One that was rejected has applied again with it.
    ///
    /// # Errors
    /// If there is no such seller, or the database fails.
    pub async fn hand_in(
        &self,
        tenant: TenantId,
        seller: SellerId,
        papers: SellerPapers,
        (actor, now_ms): (&str, i64),
    ) -> Result<SellerProfile, CommerceError> {
        let profiles = self.store.scope(tenant).seller_profiles();
        let mut locked = profiles.lock(seller, now_ms).await?;
        let account = locked.profile.payout_account.clone();
        hand_in(&mut locked, papers, now_ms).await?;
        // Its owners are told, since somebody else may have changed it.
        if account.is_some() && account != locked.profile.payout_account {
            let kind = "seller.payout_account_changed";
            tell(&mut locked, kind, (actor, now_ms));
        }
        if let Ok(applied) = locked.profile.status.after(SellerDecision::ApplyAgain) {
            let why = (actor, None);
            locked.set_status(applied, why, now_ms).await?;
            tell(&mut locked, "seller.applied", (actor, now_ms));
        }
        Ok(locked.commit().await?)
    }

    /// Decides on a seller. A suspended one's goods leave sale with it, and come back unharmed.
    ///
    /// # Errors
    /// If the seller's standing does not allow it, something of the checklist is missing, or the database fails.
    pub async fn decide_on_seller(
        &self,
        tenant: TenantId,
        seller: SellerId,
        decision: SellerDecision,
        (actor, reason): (&str, Option<&str>),
        now_ms: i64,
    ) -> Result<SellerProfile, CommerceError> {
        let profiles = self.store.scope(tenant).seller_profiles();
        let mut locked = profiles.lock(seller, now_ms).await?;
        let status = locked.profile.status.after(decision)?;
        // A seller that the marketplace made itself needs no papers to come back.
        if decision == SellerDecision::Approve {
            let missing = missing_papers(&locked.profile);
            if !missing.is_empty() {
                return Err(CommerceError::ChecklistIncomplete(missing));
            }
        }
        locked.set_status(status, (actor, reason), now_ms).await?;
        tell(&mut locked, decision.event(), (actor, now_ms));
        Ok(locked.commit().await?)
    }
}

/// Returns what a seller still has to show.
#[must_use]
pub fn missing_papers(profile: &SellerProfile) -> Vec<ChecklistItem> {
    missing(
        profile.trader.as_ref(),
        profile.payout_account.as_ref(),
        profile.terms_accepted_at_ms,
    )
}

async fn hand_in(
    locked: &mut LockedSeller,
    papers: SellerPapers,
    now_ms: i64,
) -> Result<(), CommerceError> {
    if let Some(trader) = papers.trader {
        locked.set_trader(trader, now_ms).await?;
    }
    if let Some(account) = papers.payout_account {
        locked.set_payout_account(account, now_ms).await?;
    }
    if papers.accepts_terms && locked.profile.terms_accepted_at_ms.is_none() {
        locked.accept_terms(now_ms).await?;
    }
    Ok(())
}

fn tell(locked: &mut LockedSeller, kind: &'static str, (actor, now_ms): (&str, i64)) {
    let SellerProfile {
        seller,
        slug,
        name,
        status,
        reason,
        ..
    } = &locked.profile;
    let status: SellerStatus = *status;
    let event = NewEvent {
        kind,
        subject: format!("sellers/{seller}"),
        data: json!({
            "seller": seller.0, "slug": slug, "name": name, "status": status.as_str(), "reason": reason,
        })
        .to_string(),
        actor: actor.to_owned(),
        at_ms: now_ms,
    };
    locked.tell(event);
}
