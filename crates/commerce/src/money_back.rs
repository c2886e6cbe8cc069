//! Refunds that providers are asked for, once each: at once, and again while they are away.

use souk_domain::{RefundId, TenantId};
use souk_store::{OrderGroup, Refund};
use souk_telemetry::chain;

use crate::{error::CommerceError, payments::ProviderRefund, service::CommerceService};

impl CommerceService {
    /// Asks for the refunds of a group that wait. What fails is asked for again later.
    pub(crate) async fn send_refunds(&self, tenant: TenantId, group: &OrderGroup, now_ms: i64) {
        let refunds = match self.store.scope(tenant).refunds(group.id).await {
            Ok(refunds) => refunds,
            Err(error) => {
                tracing::warn!(error = chain(&error), "refunds not read");
                return;
            }
        };
        for refund in refunds.iter().filter(|it| it.sent_at_ms.is_none()) {
            if let Err(error) = self.send_refund(tenant, refund, now_ms).await {
                tracing::warn!(
                    refund = refund.id.0,
                    error = chain(&error),
                    "refund not taken on"
                );
            }
        }
    }

    /// Asks for all refunds that wait, and returns how many were taken on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn send_waiting_refunds(&self, now_ms: i64) -> Result<u64, CommerceError> {
        let (mut after, mut sent) = (RefundId(0), 0);
        loop {
            let waiting = self.store.unsent_refunds(after, 100).await?;
            let Some((_, last)) = waiting.last() else {
                return Ok(sent);
            };
            after = *last;
            for (tenant, id) in waiting {
                let refund = self.store.scope(tenant).refund(id).await?;
                match self.send_refund(tenant, &refund, now_ms).await {
                    Ok(()) => sent += 1,
                    Err(error) => {
                        tracing::warn!(refund = id.0, error = chain(&error), "refund not taken on");
                    }
                }
            }
        }
    }

    async fn send_refund(
        &self,
        tenant: TenantId,
        refund: &Refund,
        now_ms: i64,
    ) -> Result<(), CommerceError> {
        let scope = self.store.scope(tenant);
        let group = scope.order_group_of_payment(refund.payment).await?;
        let group = group.ok_or(CommerceError::NotFound("payment"))?;
        let group = scope.order_group(group).await?;
        let reference = group.payment.reference.as_deref();
        let asked = ProviderRefund {
            reference: reference.ok_or(CommerceError::NotFound("payment at the provider"))?,
            refund: refund.id,
            amount: refund.amount,
            currency: &group.currency,
            now_ms,
        };
        let events = self
            .provider(&group.payment.provider)?
            .refund(asked)
            .await?;
        let locked = scope.lock_order_group(group.id).await?;
        self.apply_events(locked, &events, (None, None), now_ms)
            .await?;
        Ok(scope.refund_sent(refund.id, now_ms).await?)
    }
}
