//! The sink of events that adds up sales by day and product.

use std::collections::BTreeMap;

use serde::Deserialize;
use souk_domain::{OrderId, TenantId};
use souk_store::{Event, EventBatch, Order, SalesDay, Sink, SoldProduct};

use crate::{error::CommerceError, service::CommerceService};

/// Events that are read at once.
const AT_ONCE: u32 = 200;
const DAY_MS: i64 = 86_400_000;

/// Data of an event, as far as sums need it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Facts {
    order: Option<OrderId>,
    currency: String,
    /// Amount of a refund.
    amount: i64,
    /// Amount that was cancelled before it was paid.
    waived: i64,
}

/// Sums of a batch.
#[derive(Debug, Default)]
struct Sales {
    days: BTreeMap<(i64, String), SalesDay>,
    products: BTreeMap<(i64, String, i64), SoldProduct>,
}

impl CommerceService {
    /// Adds up a tenant's next events, in one transaction with how far it has read. False if there were none, or another process
    /// has them.
    ///
    /// # Errors
    /// If the database fails; then the events are read again.
    pub async fn add_up_sales(&self, tenant: TenantId) -> Result<bool, CommerceError> {
        let events = self.store.scope(tenant).events();
        let Some(batch) = events.claim(Sink::Reports, AT_ONCE).await? else {
            return Ok(false);
        };
        let mut sales = Sales::default();
        for event in &batch.events {
            let Ok(facts) = serde_json::from_str::<Facts>(&event.data) else {
                tracing::warn!(
                    number = event.number,
                    kind = event.kind,
                    "event not added up"
                );
                continue;
            };
            match event.kind.as_str() {
                "order.placed" => {
                    if let Some(order) = ordered(&batch, facts.order).await? {
                        sales.placed(event, &order);
                    }
                }
                "order.cancelled"
                | "order.partly_cancelled"
                | "order.returned"
                | "order.withdrawn"
                    if facts.waived > 0 =>
                {
                    sales.day(event, &facts.currency).cancelled += facts.waived;
                }
                // Events of former versions do not say what they are about.
                "order.refunded" | "order.partly_refunded" if facts.amount > 0 => {
                    let day = sales.day(event, &facts.currency);
                    day.refunds += 1;
                    day.refunded += facts.amount;
                }
                _ => {}
            }
        }
        let days: Vec<_> = sales.days.into_values().collect();
        let products: Vec<_> = sales.products.into_values().collect();
        batch.add_sales(&days, &products).await?;
        batch.finish().await?;
        Ok(true)
    }
}

/// Returns an order with its lines; none if there is no such order.
async fn ordered(batch: &EventBatch, id: Option<OrderId>) -> Result<Option<Order>, CommerceError> {
    let Some(id) = id else { return Ok(None) };
    let Some(group) = batch.scope().order_group_of_order(id).await? else {
        return Ok(None);
    };
    let group = batch.scope().order_group(group).await?;
    Ok(group.orders.into_iter().find(|order| order.id == id))
}

impl Sales {
    fn day(&mut self, event: &Event, currency: &str) -> &mut SalesDay {
        let day = event.at_ms.div_euclid(DAY_MS);
        let sums = self.days.entry((day, currency.to_owned()));
        sums.or_insert_with(|| SalesDay {
            day,
            currency: currency.to_owned(),
            ..SalesDay::default()
        })
    }

    fn placed(&mut self, event: &Event, order: &Order) {
        let currency = &order.currency;
        let day = self.day(event, currency);
        day.orders += 1;
        day.units += order.lines.iter().map(|line| line.quantity).sum::<i64>();
        day.revenue += order.totals.gross;
        let day = day.day;
        for line in &order.lines {
            let key = (day, currency.clone(), line.product.0);
            let sold = self.products.entry(key).or_insert_with(|| SoldProduct {
                day,
                currency: currency.clone(),
                product_id: line.product.0,
                title: line.title.clone(),
                units: 0,
                revenue: 0,
            });
            sold.title.clone_from(&line.title);
            sold.units += line.quantity;
            sold.revenue += line.gross;
        }
    }
}
