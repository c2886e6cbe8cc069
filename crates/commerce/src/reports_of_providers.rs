//! Reports of providers, and of staff in the place of one: kept first, then applied once, in any order.

use souk_domain::{
    OrderGroupId, TenantId,
    ordering::{PaymentState, ProviderEvent, ProviderEventKind},
};
use souk_store::OrderGroup;

use crate::{error::CommerceError, service::CommerceService};

/// Report of a provider about a payment.
#[derive(Debug, Clone)]
pub struct ProviderReport {
    /// Name of the provider.
    pub provider: String,
    /// Id of the report: one that comes twice is applied once.
    pub id: String,
    /// Reference of the payment.
    pub reference: String,
    /// Event.
    pub event: ProviderEvent,
}

impl CommerceService {
    /// Applies a report of a provider.
    ///
    /// # Errors
    /// If there is no such payment, or the database fails. It can be sent again then.
    pub async fn apply_report(
        &self,
        tenant: TenantId,
        report: &ProviderReport,
        now_ms: i64,
    ) -> Result<(), CommerceError> {
        let scope = self.store.scope(tenant);
        let key = (report.provider.as_str(), report.id.as_str());
        let payload = serde_json::to_string(&report.event).map_err(souk_store::StoreError::from)?;
        // A report that was kept and not applied, since the process died, is applied when it comes again.
        scope.keep_payment_event(key, &payload, now_ms).await?;
        let group = scope
            .order_group_of_reference(&report.provider, &report.reference)
            .await?;
        let Some(group) = group else {
            scope
                .payment_event_applied(key, "unknown payment", now_ms)
                .await?;
            return Err(CommerceError::NotFound("payment"));
        };
        let locked = scope.lock_order_group(group).await?;
        let events = std::slice::from_ref(&report.event);
        let group = self
            .apply_events(locked, events, (None, None), now_ms)
            .await?;
        scope.payment_event_applied(key, "applied", now_ms).await?;
        self.send_refunds(tenant, &group, now_ms).await;
        Ok(())
    }

    /// Confirms a payment in the place of the customer's bank, where the provider is one of tests.
    ///
    /// # Errors
    /// If nothing is to be confirmed, the provider refuses, or the database fails.
    pub async fn confirm_payment(
        &self,
        tenant: TenantId,
        group: OrderGroupId,
        code: &str,
        now_ms: i64,
    ) -> Result<OrderGroup, CommerceError> {
        let scope = self.store.scope(tenant);
        let group = scope.order_group(group).await?;
        if group.payment.facts.state() != PaymentState::RequiresConfirmation {
            return Err(CommerceError::Paid);
        }
        let reference = group.payment.reference.as_deref().unwrap_or_default();
        let provider = self.provider(&group.payment.provider)?;
        let events = provider
            .confirm(reference, code, group.totals.gross, now_ms)
            .await?;
        let locked = scope.lock_order_group(group.id).await?;
        self.apply_events(locked, &events, (Some(reference), None), now_ms)
            .await
    }

    /// Says that the money of a payment by hand has come.
    ///
    /// # Errors
    /// If it has come before or goes by another provider, or the database fails.
    pub async fn money_came(
        &self,
        tenant: TenantId,
        group: OrderGroupId,
        now_ms: i64,
    ) -> Result<OrderGroup, CommerceError> {
        let scope = self.store.scope(tenant);
        let locked = scope.lock_order_group(group).await?;
        let payment = &locked.group.payment;
        if payment.provider != "manual" {
            let message = "only a payment by hand is confirmed by hand";
            let refused = crate::payments::ProviderError::Refused(message.to_owned());
            return Err(refused.into());
        }
        if payment.facts.state() == PaymentState::Captured {
            return Err(CommerceError::Paid);
        }
        let due = locked.group.orders.iter().map(|order| order.facts.due());
        let event = ProviderEvent {
            at_ms: now_ms,
            kind: ProviderEventKind::Captured { amount: due.sum() },
        };
        self.apply_events(locked, &[event], (None, None), now_ms)
            .await
    }
}
