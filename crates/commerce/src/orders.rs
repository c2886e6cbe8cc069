//! Acts of people on orders that are placed. Each is one transaction with its history, journals and events.

use serde_json::json;
use souk_domain::{
    OrderId, SellerId, TenantId,
    ordering::{
        CancelScope, FrozenAmounts, FrozenOrder, LineFacts, OrderEvent, OrderFacts, OrderPosition,
        OrderStep, PromotionBearer, RefundRequest, Taken, Units, journals,
    },
};
use souk_store::{
    LockedGroup, NewEvent, NewFulfilment, NewOrderStep, Order, OrderGroup, Units as StockUnits,
};

use crate::{error::CommerceError, service::CommerceService};

/// Goods that are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parcel {
    /// Units of lines; all that are left if none are named.
    pub units: Vec<Units>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Number of the parcel.
    pub tracking: Option<String>,
    /// Page that follows the parcel.
    pub tracking_url: Option<String>,
}

/// Act on an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderAction {
    /// Cancels all of it, or units that were not sent.
    Cancel(CancelScope),
    /// Sends goods.
    Fulfil(Parcel),
    /// Says that a parcel has arrived.
    Deliver {
        /// Parcel.
        fulfilment: i64,
    },
    /// Gives money back.
    Refund(RefundRequest),
    /// Takes goods back, and gives their money back.
    Return {
        /// Units.
        units: Vec<Units>,
        /// True if they can be sold again.
        restock: bool,
    },
    /// Withdraws from the contract: the customer's right.
    Withdraw {
        /// Units; all if none are named.
        units: Vec<Units>,
    },
}

impl CommerceService {
    /// Does something with an order.
    ///
    /// # Errors
    /// If there is no such order of this seller, its state does not allow it, or the database fails.
    pub async fn act(
        &self,
        tenant: TenantId,
        (id, seller): (OrderId, Option<SellerId>),
        action: OrderAction,
        (actor, reason): (&str, Option<&str>),
        now_ms: i64,
    ) -> Result<OrderGroup, CommerceError> {
        let scope = self.store.scope(tenant);
        let group = scope.order_group_of_order(id).await?;
        let group = group.ok_or(CommerceError::NotFound("order"))?;
        let mut locked = scope.lock_order_group(group).await?;
        let order = found(&locked, id)?;
        if seller.is_some_and(|seller| seller != order.seller) {
            return Err(CommerceError::NotFound("order"));
        }
        if order.placed_at_ms.is_none() {
            return Err(CommerceError::NotPlaced);
        }
        let by = By {
            actor,
            reason,
            now_ms,
            // Who gives it bears it: a seller's people give the seller's money.
            bearer: match seller {
                Some(_) => PromotionBearer::Seller,
                None => PromotionBearer::Marketplace,
            },
        };
        match action {
            OrderAction::Cancel(cancelled) => {
                let before = found(&locked, id)?.facts.clone();
                let event = take(&mut locked, id, &OrderStep::Cancel(cancelled), by).await?;
                let after = &found(&locked, id)?.facts;
                let waived = before.due() - after.due();
                let lines = units_since(&before, after, |line| line.cancelled);
                let about = json!({"lines": lines, "waived": waived});
                tell(&mut locked, id, event, about, by)?;
                give_back_due(&mut locked, id, by).await?;
            }
            OrderAction::Fulfil(parcel) => fulfil(&mut locked, id, parcel, by).await?,
            OrderAction::Deliver { fulfilment } => {
                let parcels = scope.fulfilments(group).await?;
                let parcel = parcels
                    .into_iter()
                    .find(|it| it.id == fulfilment && it.order_id == id.0);
                let parcel = parcel.ok_or(CommerceError::NotFound("parcel"))?;
                locked.deliver_fulfilment(id, fulfilment, now_ms).await?;
                let units: Vec<Units> =
                    serde_json::from_str(&parcel.lines).map_err(souk_store::StoreError::from)?;
                let deliver = OrderStep::Deliver {
                    units,
                    at_ms: now_ms,
                };
                let event = take(&mut locked, id, &deliver, by).await?;
                tell(&mut locked, id, event, json!({"parcel": fulfilment}), by)?;
            }
            OrderAction::Refund(request) => give_back(&mut locked, id, request, by).await?,
            OrderAction::Return { units, restock } => {
                let lines = units.clone();
                let before = found(&locked, id)?.facts.due();
                let step = OrderStep::Return { units, restock };
                let event = take(&mut locked, id, &step, by).await?;
                let waived = before - found(&locked, id)?.facts.due();
                let about = json!({"lines": lines, "waived": waived});
                tell(&mut locked, id, event, about, by)?;
                give_back_due(&mut locked, id, by).await?;
            }
            OrderAction::Withdraw { units } => {
                let units = match units.is_empty() {
                    true => all_units(&found(&locked, id)?.facts, |line| {
                        line.fulfilled - line.withdrawn - line.returned
                    }),
                    false => units,
                };
                let lines = units.clone();
                let before = found(&locked, id)?.facts.due();
                let step = OrderStep::Withdraw {
                    units,
                    period: self.options.withdrawal,
                    at_ms: now_ms,
                };
                let event = take(&mut locked, id, &step, by).await?;
                let waived = before - found(&locked, id)?.facts.due();
                let about = json!({"lines": lines, "waived": waived});
                tell(&mut locked, id, event, about, by)?;
            }
        }
        let group = locked.commit().await?;
        self.send_refunds(tenant, &group, now_ms).await;
        Ok(group)
    }
}

/// Actor, reason and time of an act.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) actor: &'a str,
    pub(crate) reason: Option<&'a str>,
    pub(crate) now_ms: i64,
    /// Bearer of goodwill.
    pub(crate) bearer: PromotionBearer,
}

fn found(locked: &LockedGroup, id: OrderId) -> Result<&Order, CommerceError> {
    let mut orders = locked.group.orders.iter();
    let order = orders.find(|order| order.id == id);
    order.ok_or(CommerceError::NotFound("order"))
}

/// Returns the units of each line by a count, where it is above zero.
fn all_units(facts: &OrderFacts, count: impl Fn(&LineFacts) -> i64) -> Vec<Units> {
    let units = facts.lines.iter().map(|line| Units {
        line: line.line,
        units: count(line),
    });
    units.filter(|units| units.units > 0).collect()
}

async fn fulfil(
    locked: &mut LockedGroup,
    id: OrderId,
    parcel: Parcel,
    by: By<'_>,
) -> Result<(), CommerceError> {
    let units = match parcel.units.is_empty() {
        true => all_units(&found(locked, id)?.facts, |line| {
            line.ordered - line.cancelled - line.fulfilled
        }),
        false => parcel.units,
    };
    let event = take(locked, id, &OrderStep::Fulfil(units.clone()), by).await?;
    let new = NewFulfilment {
        order: id,
        lines: serde_json::to_string(&units).map_err(souk_store::StoreError::from)?,
        carrier: parcel.carrier.as_deref(),
        tracking: parcel.tracking.as_deref(),
        tracking_url: parcel.tracking_url.as_deref(),
        at_ms: by.now_ms,
    };
    let parcel = locked.add_fulfilment(&new).await?;
    tell(locked, id, event, json!({"parcel": parcel}), by)
}

/// Gives back what is owed for goods that were cancelled or came back.
async fn give_back_due(
    locked: &mut LockedGroup,
    id: OrderId,
    by: By<'_>,
) -> Result<(), CommerceError> {
    let due = found(locked, id)?.facts.refund_due();
    match due.total() {
        0 => Ok(()),
        _ => give_back(locked, id, due, by).await,
    }
}

async fn give_back(
    locked: &mut LockedGroup,
    id: OrderId,
    request: RefundRequest,
    by: By<'_>,
) -> Result<(), CommerceError> {
    let event = take(locked, id, &OrderStep::Refund(request.clone()), by).await?;
    let why = (by.actor, by.reason.unwrap_or(""));
    let amount = request.total();
    let refund = locked
        .add_refund(id, amount, &request, why, by.now_ms)
        .await?;
    let about = json!({"refund": refund.0, "amount": amount});
    tell(locked, id, event, about, by)?;
    if request.goodwill > 0 {
        let seller = found(locked, id)?.seller;
        let journal = journals::goodwill(seller, by.bearer, request.goodwill)?;
        let cause = format!("refund:{refund}:goodwill");
        locked
            .add_journal(&journal, &cause, Some(id), by.now_ms)
            .await?;
    }
    Ok(())
}

/// Takes a step, and writes all that follows from it but its event.
async fn take(
    locked: &mut LockedGroup,
    id: OrderId,
    step: &OrderStep,
    by: By<'_>,
) -> Result<OrderEvent, CommerceError> {
    let order = found(locked, id)?;
    let Taken {
        facts,
        event,
        restock,
    } = order.facts.take(step)?;
    let (frozen, seller) = (frozen(order), order.seller);
    let before = OrderPosition::of(&order.facts, &frozen)?;
    let journals = OrderPosition::of(&facts, &frozen)?.journals_since(&before, seller)?;
    let restock = stock_units(order, &restock);
    let is_unsent = matches!(step, OrderStep::Cancel(_));
    locked.save_order(id, &facts, by.now_ms).await?;
    let step = locked
        .add_step(&NewOrderStep {
            order: Some(id),
            step: event.as_str(),
            actor: by.actor,
            reason: by.reason,
            detail: None,
            at_ms: by.now_ms,
        })
        .await?;
    for journal in &journals {
        let cause = format!("step:{step}:{}", journal.kind().as_str());
        locked
            .add_journal(journal, &cause, Some(id), by.now_ms)
            .await?;
    }
    match is_unsent {
        true => locked.restock_unsent(&restock).await?,
        false => locked.restock(&restock).await?,
    }
    Ok(event)
}

/// Has the event of a step written, with what it is about.
fn tell(
    locked: &mut LockedGroup,
    id: OrderId,
    event: OrderEvent,
    about: serde_json::Value,
    by: By<'_>,
) -> Result<(), CommerceError> {
    let order = found(locked, id)?;
    let mut data = json!({"order": id.0, "seller": order.seller.0, "currency": order.currency});
    if let (Some(data), serde_json::Value::Object(about)) = (data.as_object_mut(), about) {
        data.extend(about);
        data.extend(by.reason.map(|reason| ("reason".to_owned(), reason.into())));
    }
    locked.tell(NewEvent {
        kind: event.as_str(),
        subject: format!("orders/{id}"),
        data: data.to_string(),
        actor: by.actor.to_owned(),
        at_ms: by.now_ms,
    });
    Ok(())
}

/// Returns the units of each line that were added to a count since.
fn units_since(
    before: &OrderFacts,
    after: &OrderFacts,
    count: impl Fn(&LineFacts) -> i64,
) -> Vec<Units> {
    let lines = before.lines.iter().zip(&after.lines);
    let units = lines.map(|(before, after)| Units {
        line: after.line,
        units: count(after) - count(before),
    });
    units.filter(|units| units.units > 0).collect()
}

/// Amounts that were frozen when the order was placed, in the order of its facts' lines.
fn frozen(order: &Order) -> FrozenOrder {
    let lines = order.facts.lines.iter().map(|facts| {
        let line = order.lines.iter().find(|line| line.id == facts.line);
        line.map_or_else(FrozenAmounts::default, |line| FrozenAmounts {
            gross: line.gross,
            tax: line.tax,
            commission: line.commission.amount,
            subsidy: line.subsidy,
        })
    });
    let delivery = order.delivery.as_ref();
    FrozenOrder {
        seller: order.seller,
        lines: lines.collect(),
        delivery: delivery.map_or_else(FrozenAmounts::default, |delivery| FrozenAmounts {
            gross: delivery.amount.gross,
            tax: delivery.amount.tax,
            commission: 0,
            subsidy: delivery.subsidy,
        }),
    }
}

fn stock_units(order: &Order, units: &[Units]) -> Vec<StockUnits> {
    let units = units.iter().filter_map(|units| {
        let line = order.lines.iter().find(|line| line.id == units.line)?;
        Some(StockUnits {
            offer: line.offer,
            quantity: units.units,
        })
    });
    units.collect()
}
