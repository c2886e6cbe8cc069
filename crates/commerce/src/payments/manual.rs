//! Payment by invoice or on delivery: staff say when the money has come.

use async_trait::async_trait;
use souk_domain::ordering::{PaymentTerms, ProviderEvent, ProviderEventKind, RefundState};

use super::{
    PaymentAction, PaymentProvider, PaymentRequest, ProviderAnswer, ProviderError, ProviderRefund,
};

/// Provider of payments that are made by hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct ManualProvider;

#[async_trait]
impl PaymentProvider for ManualProvider {
    fn name(&self) -> &'static str {
        "manual"
    }

    fn terms(&self) -> PaymentTerms {
        PaymentTerms::AfterFulfilment
    }

    async fn begin(&self, request: PaymentRequest<'_>) -> Result<ProviderAnswer, ProviderError> {
        Ok(ProviderAnswer {
            reference: format!("manual-{}", request.payment),
            events: vec![ProviderEvent {
                at_ms: request.now_ms,
                kind: ProviderEventKind::Authorised,
            }],
            action: Some(PaymentAction::Transfer),
        })
    }

    async fn cancel(
        &self,
        _reference: &str,
        now_ms: i64,
    ) -> Result<Vec<ProviderEvent>, ProviderError> {
        Ok(vec![ProviderEvent {
            at_ms: now_ms,
            kind: ProviderEventKind::Cancelled,
        }])
    }

    /// Takes the word of whoever asks: the money goes back by hand.
    async fn refund(
        &self,
        refund: ProviderRefund<'_>,
    ) -> Result<Vec<ProviderEvent>, ProviderError> {
        Ok(vec![ProviderEvent {
            at_ms: refund.now_ms,
            kind: ProviderEventKind::Refund {
                reference: format!("manual-refund-{}", refund.refund),
                amount: refund.amount,
                state: RefundState::Succeeded,
            },
        }])
    }
}
