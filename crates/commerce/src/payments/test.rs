//! Payments for tests and demos: no money moves, and the card decides what happens.

use async_trait::async_trait;
use souk_domain::ordering::{PaymentTerms, ProviderEvent, ProviderEventKind, RefundState};

use super::{
    PaymentAction, PaymentProvider, PaymentRequest, ProviderAnswer, ProviderError, ProviderRefund,
};

/// Code that confirms a payment of [`CONFIRMED`].
pub(crate) const CODE: &str = "000000";
/// Card that pays at once.
const SUCCEEDS: &str = "test_succeeds";
/// Card that is declined.
const DECLINED: &str = "test_declined";
/// Card whose payments have to be confirmed.
const CONFIRMED: &str = "test_confirm";
/// Card whose payments are reported later, by an event.
const LATE: &str = "test_late";

/// Provider of payments that move no money.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestProvider;

fn event(at_ms: i64, kind: ProviderEventKind) -> ProviderEvent {
    ProviderEvent { at_ms, kind }
}

#[async_trait]
impl PaymentProvider for TestProvider {
    fn name(&self) -> &'static str {
        "test"
    }

    fn terms(&self) -> PaymentTerms {
        PaymentTerms::BeforeFulfilment
    }

    async fn begin(&self, request: PaymentRequest<'_>) -> Result<ProviderAnswer, ProviderError> {
        let at = request.now_ms;
        let (kind, action) = match request.method.unwrap_or(SUCCEEDS) {
            SUCCEEDS => {
                let amount = request.amount;
                (ProviderEventKind::Captured { amount }, None)
            }
            DECLINED => {
                let reason = "card_declined".to_owned();
                (ProviderEventKind::Failed { reason }, None)
            }
            CONFIRMED => (
                ProviderEventKind::RequiresConfirmation,
                Some(PaymentAction::Confirm),
            ),
            LATE => (ProviderEventKind::Created, None),
            other => {
                let cards = [SUCCEEDS, DECLINED, CONFIRMED, LATE].join(", ");
                let message = format!("there is no test card `{other}`; there are: {cards}");
                return Err(ProviderError::Refused(message));
            }
        };
        Ok(ProviderAnswer {
            reference: format!("test-{}", request.payment),
            events: vec![event(at, kind)],
            action,
        })
    }

    async fn cancel(
        &self,
        _reference: &str,
        now_ms: i64,
    ) -> Result<Vec<ProviderEvent>, ProviderError> {
        Ok(vec![event(now_ms, ProviderEventKind::Cancelled)])
    }

    async fn refund(
        &self,
        refund: ProviderRefund<'_>,
    ) -> Result<Vec<ProviderEvent>, ProviderError> {
        let kind = ProviderEventKind::Refund {
            reference: format!("test-refund-{}", refund.refund),
            amount: refund.amount,
            state: RefundState::Succeeded,
        };
        Ok(vec![event(refund.now_ms, kind)])
    }

    async fn confirm(
        &self,
        _reference: &str,
        code: &str,
        amount: i64,
        now_ms: i64,
    ) -> Result<Vec<ProviderEvent>, ProviderError> {
        let kind = match code {
            CODE => ProviderEventKind::Captured { amount },
            _ => ProviderEventKind::Failed {
                reason: "wrong_code".to_owned(),
            },
        };
        Ok(vec![event(now_ms, kind)])
    }
}
