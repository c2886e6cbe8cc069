//! Feed of orders: reads the events of tenants that somebody watches, and publishes them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use souk_domain::{OrderId, TenantId};
use souk_store::{Scope, StoreError};
use souk_telemetry::chain;
use tokio::time::{Instant, timeout};
use tracing::debug;

use super::{
    Parts,
    audience::Audience,
    event_frames::{OrderEvent, day_frame, low_stock_frame, order_events},
};

/// Events that are read at once.
const PAGE: u32 = 500;
/// Shortest time between two sums of a tenant's day.
const REVENUE_EVERY: Duration = Duration::from_secs(1);
/// Kind of the event by which units leave the stock for good.
const PLACED: &str = "order.placed";

/// Tenants whose revenue has changed, and when it was told last.
#[derive(Default)]
struct Revenues {
    changed: HashSet<TenantId>,
    told: HashMap<TenantId, Instant>,
}

/// Publishes events until it is cancelled.
pub(super) async fn run(parts: &Parts) {
    let mut readers = parts.orders.subscribers();
    let mut revenues = Revenues::default();
    loop {
        // Nobody asks while nobody watches. The hub outlives this, so that it cannot be gone.
        if readers.wait_for(|count| *count > 0).await.is_err() {
            return;
        }
        for (tenant, last) in parts.positions.all() {
            if let Err(error) = read(parts, tenant, last, &mut revenues).await {
                debug!(tenant = tenant.0, error = chain(&error), "events not read");
            }
        }
        revenues.tell(parts).await;
        // A signal that came meanwhile is remembered.
        let _ = timeout(parts.options.poll, parts.woken.notified()).await;
    }
}

/// Publishes the events of a tenant after a number.
async fn read(
    parts: &Parts,
    tenant: TenantId,
    mut last: i64,
    revenues: &mut Revenues,
) -> Result<(), StoreError> {
    let scope = parts.store.scope(tenant);
    loop {
        let page = scope.events().after(last, PAGE).await?;
        let Some(newest) = page.last().map(|event| event.number) else {
            return Ok(());
        };
        let events = order_events(&scope, &page).await?;
        for event in &events {
            publish(parts, tenant, event);
        }
        parts.positions.advance(tenant, last, newest);
        last = newest;
        if !events.is_empty() && parts.orders.is_watched(&(tenant, Audience::Staff)) {
            revenues.changed.insert(tenant);
            tell_low_stock(parts, &scope, &events).await?;
        }
        if page.len() < PAGE as usize {
            return Ok(());
        }
    }
}

fn publish(parts: &Parts, tenant: TenantId, event: &OrderEvent<'_>) {
    for audience in Audience::of(&event.owner) {
        let topic = (tenant, audience);
        if parts.orders.is_watched(&topic) {
            parts.orders.publish(&topic, &event.frame(audience));
        }
    }
}

/// Tells staff of variants of which few units are left after they were sold.
async fn tell_low_stock(
    parts: &Parts,
    scope: &Scope,
    events: &[OrderEvent<'_>],
) -> Result<(), StoreError> {
    let placed = events.iter().filter(|event| event.event.kind == PLACED);
    let orders: Vec<OrderId> = placed.map(|event| event.order).collect();
    let low = scope.low_stock_of(&orders, parts.options.low_stock).await?;
    for low in &low {
        let topic = (scope.tenant(), Audience::Staff);
        parts.orders.publish(&topic, &low_stock_frame(low));
    }
    Ok(())
}

impl Revenues {
    /// Tells staff of the day's revenue where it has changed, but not too often.
    async fn tell(&mut self, parts: &Parts) {
        let now = Instant::now();
        self.told.retain(|_, told| now - *told < REVENUE_EVERY);
        let due = self.changed.iter().filter(|it| !self.told.contains_key(it));
        let due: Vec<TenantId> = due.copied().collect();
        for tenant in due {
            self.changed.remove(&tenant);
            self.told.insert(tenant, now);
            let (day, since_ms) = today(Utc::now());
            let revenue = parts.store.scope(tenant).revenue_since(since_ms).await;
            match revenue {
                Ok(revenue) => {
                    let topic = (tenant, Audience::Staff);
                    parts.orders.publish(&topic, &day_frame(day, &revenue));
                }
                Err(error) => {
                    self.changed.insert(tenant);
                    debug!(tenant = tenant.0, error = chain(&error), "revenue not read");
                }
            }
        }
    }
}

/// Returns the day in UTC, and when it began in milliseconds since 1970.
pub fn today(now: DateTime<Utc>) -> (NaiveDate, i64) {
    let day = now.date_naive();
    let began = day.and_time(NaiveTime::MIN).and_utc();
    (day, began.timestamp_millis())
}
