//! Consequences of a payment's state: a purchase is placed, its money is booked, or it ends.

use serde_json::json;
use souk_domain::{
    OrderGroupId, OrderId, TenantId,
    ordering::{GroupPayment, OrderEvent, PaymentState, PaymentTerms, ProviderEvent, journals},
};
use souk_store::{LockedGroup, NewEvent, NewOrderStep, Order, OrderGroup};

use crate::{
    error::CommerceError,
    payments::{PaymentAction, ProviderAnswer},
    service::CommerceService,
};

/// Name of a provider in histories.
const PROVIDER: &str = "payment-provider";

impl CommerceService {
    /// Writes what a provider answered, and does what follows from it.
    pub(crate) async fn apply_answer(
        &self,
        tenant: TenantId,
        group: OrderGroupId,
        answer: ProviderAnswer,
        now_ms: i64,
    ) -> Result<OrderGroup, CommerceError> {
        let locked = self.store.scope(tenant).lock_order_group(group).await?;
        let (reference, action) = (Some(answer.reference.as_str()), answer.action);
        self.apply_events(locked, &answer.events, (reference, action), now_ms)
            .await
    }

    /// Writes what is known of a payment, and does what follows from it. Events may come twice, late and in any order.
    pub(crate) async fn apply_events(
        &self,
        mut locked: LockedGroup,
        events: &[ProviderEvent],
        (reference, action): (Option<&str>, Option<PaymentAction>),
        now_ms: i64,
    ) -> Result<OrderGroup, CommerceError> {
        let mut facts = locked.group.payment.facts.clone();
        let was = facts.state();
        for event in events {
            facts.apply(event);
        }
        if facts.state() == PaymentState::Failed && was != PaymentState::Failed {
            // Whoever pays at this moment sees it in the answer.
            tell_failed(&mut locked, reference.is_some(), now_ms);
        }
        let action = action.map(|action| serde_json::to_string(&action));
        let action = action.transpose().map_err(souk_store::StoreError::from)?;
        locked
            .save_payment(&facts, reference, action.as_deref(), now_ms)
            .await?;
        settle(&mut locked, now_ms).await?;
        Ok(locked.commit().await?)
    }
}

/// Brings a group up to date with its payment.
async fn settle(locked: &mut LockedGroup, now_ms: i64) -> Result<(), CommerceError> {
    let payment = locked.group.group_payment();
    if is_secured(payment) && locked.group.placed_at_ms.is_none() {
        if locked.group.ended_at_ms.is_some() && !is_held_again(locked).await? {
            return refuse_late_money(locked, payment, now_ms).await;
        }
        place(locked, now_ms).await?;
    }
    book_money(locked, payment, now_ms).await?;
    tell_orders(locked, payment, now_ms).await?;
    if payment.state == PaymentState::Cancelled && locked.group.expires_at_ms.is_some() {
        locked.end("payment_cancelled", now_ms).await?;
        step(locked, None, "checkout.ended", now_ms).await?;
        tell_ended(locked, PROVIDER, now_ms);
    }
    Ok(())
}

/// Tells that the payment of a purchase has failed.
fn tell_failed(locked: &mut LockedGroup, is_attended: bool, now_ms: i64) {
    let group = &locked.group;
    let data = json!({
        "purchase": group.id.0,
        "amount": group.totals.gross,
        "currency": group.currency,
        "is_attended": is_attended,
    });
    let event = NewEvent {
        kind: "payment.failed",
        subject: format!("purchases/{}", group.id),
        data: data.to_string(),
        actor: PROVIDER.to_owned(),
        at_ms: now_ms,
    };
    locked.tell(event);
}

/// Tells that a purchase has ended without being paid.
pub(crate) fn tell_ended(locked: &mut LockedGroup, actor: &str, now_ms: i64) {
    let group = &locked.group;
    let event = NewEvent {
        kind: "purchase.ended",
        subject: format!("purchases/{}", group.id),
        data: json!({"purchase": group.id.0, "reason": group.end_reason}).to_string(),
        actor: actor.to_owned(),
        at_ms: now_ms,
    };
    locked.tell(event);
}

/// Reports whether goods may be sold on the word of this payment.
fn is_secured(payment: GroupPayment) -> bool {
    match payment.terms {
        PaymentTerms::BeforeFulfilment => payment.state == PaymentState::Captured,
        PaymentTerms::AfterFulfilment => matches!(
            payment.state,
            PaymentState::Authorised | PaymentState::Captured
        ),
    }
}

/// Holds the units of a group that ended once more, if they are still there. One that had a promotion stays ended: its use may be
/// somebody else's by now.
async fn is_held_again(locked: &mut LockedGroup) -> Result<bool, CommerceError> {
    if !locked.group.promotions.is_empty() {
        return Ok(false);
    }
    Ok(locked.hold_again().await?.is_ok())
}

async fn place(locked: &mut LockedGroup, now_ms: i64) -> Result<(), CommerceError> {
    locked.place(now_ms).await?;
    step(locked, None, "checkout.placed", now_ms).await?;
    let ids: Vec<OrderId> = locked.group.orders.iter().map(|order| order.id).collect();
    for id in ids {
        let order = order(locked, id)?;
        let data = json!({
            "order": order.id.0,
            "seller": order.seller.0,
            "total": order.totals.gross,
            "currency": order.currency,
        });
        let event = NewEvent {
            kind: "order.placed",
            subject: format!("orders/{id}"),
            data: data.to_string(),
            actor: PROVIDER.to_owned(),
            at_ms: now_ms,
        };
        locked.tell(event);
        step(locked, Some(id), "order.placed", now_ms).await?;
    }
    Ok(())
}

/// Books money that came, once for each amount.
async fn book_money(
    locked: &mut LockedGroup,
    payment: GroupPayment,
    now_ms: i64,
) -> Result<(), CommerceError> {
    if payment.captured > 0 {
        let journal = journals::payment_captured(payment.captured)?;
        let cause = format!("payment:{}:captured", locked.payment());
        locked.add_journal(&journal, &cause, None, now_ms).await?;
    }
    Ok(())
}

/// Tells each order of the state of its payment.
async fn tell_orders(
    locked: &mut LockedGroup,
    payment: GroupPayment,
    now_ms: i64,
) -> Result<(), CommerceError> {
    let ids: Vec<OrderId> = locked.group.orders.iter().map(|order| order.id).collect();
    for id in ids {
        let (mut facts, seller) = {
            let order = order(locked, id)?;
            (order.facts.clone(), order.seller)
        };
        let was = facts.payment.state;
        if (facts.payment, was) == (payment, payment.state) {
            continue;
        }
        facts.payment = payment;
        locked.save_order(id, &facts, now_ms).await?;
        if payment.state == PaymentState::Captured && was != PaymentState::Captured {
            let name = OrderEvent::Paid.as_str();
            let event = NewEvent {
                kind: name,
                subject: format!("orders/{id}"),
                data: json!({"order": id.0, "seller": seller.0}).to_string(),
                actor: PROVIDER.to_owned(),
                at_ms: now_ms,
            };
            locked.tell(event);
            step(locked, Some(id), name, now_ms).await?;
        }
    }
    Ok(())
}

/// Takes money that came when the goods were sold to others: it is booked, and goes back.
async fn refuse_late_money(
    locked: &mut LockedGroup,
    payment: GroupPayment,
    now_ms: i64,
) -> Result<(), CommerceError> {
    book_money(locked, payment, now_ms).await?;
    if locked.group.payment.facts.refundable() > 0
        && let Some(first) = locked.group.orders.first().map(|order| order.id)
    {
        let amount = locked.group.payment.facts.refundable();
        let cause = format!("payment:{}:late", locked.payment());
        let journal = journals::refund_before_earning(amount)?;
        let is_new = locked
            .add_journal(&journal, &cause, Some(first), now_ms)
            .await?;
        if !is_new {
            // It is on its way back already.
            return Ok(());
        }
        let why = (PROVIDER, "paid after the goods were sold to others");
        let parts = souk_domain::ordering::RefundRequest::default();
        locked
            .add_refund(first, amount, &parts, why, now_ms)
            .await?;
        step(locked, None, "payment.late", now_ms).await?;
    }
    Ok(())
}

fn order(locked: &LockedGroup, id: OrderId) -> Result<&Order, CommerceError> {
    let mut orders = locked.group.orders.iter();
    let order = orders.find(|order| order.id == id);
    order.ok_or(CommerceError::NotFound("order"))
}

async fn step(
    locked: &mut LockedGroup,
    order: Option<OrderId>,
    name: &str,
    now_ms: i64,
) -> Result<(), CommerceError> {
    let step = NewOrderStep {
        order,
        step: name,
        actor: PROVIDER,
        reason: None,
        detail: None,
        at_ms: now_ms,
    };
    locked.add_step(&step).await?;
    Ok(())
}
