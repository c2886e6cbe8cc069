//! An order group that nobody else changes until a transaction ends, and the changes that can be made to it.
//!
//! Rules are not here: callers decide by the domain's, and say what is to be written.

use sea_orm::{FromQueryResult, Value};
use souk_domain::{
    OrderGroupId, OrderId, PaymentId, RefundId,
    ordering::{Journal, OrderFacts, Payment, RefundRequest},
};

use super::{
    ledger,
    names::name_of,
    order_group::OrderGroup,
    stock::{self, OfferKey, Shortage, Taken, Units},
};
use crate::{
    Scope, StoreError, Transaction,
    backend::{CountRow, IdRow, all, execute, first},
    events::{self, NewEvent},
};

/// An order group within a transaction. Nothing of it is written unless it is committed.
#[derive(Debug)]
pub struct LockedGroup {
    scope: Scope,
    transaction: Transaction,
    /// The group as it was when it was locked.
    pub group: OrderGroup,
    events: Vec<NewEvent>,
    is_placed: bool,
}

/// A step of an order group or one of its orders, for its history.
#[derive(Debug, Clone)]
pub struct NewOrderStep<'a> {
    /// Order; none if the step is the whole group's.
    pub order: Option<OrderId>,
    /// Name, such as `order.fulfilled`.
    pub step: &'a str,
    /// Name of who took it, as in the audit log.
    pub actor: &'a str,
    /// Reason that was given.
    pub reason: Option<&'a str>,
    /// Units and amounts, as JSON.
    pub detail: Option<String>,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Goods that were sent.
#[derive(Debug, Clone)]
pub struct NewFulfilment<'a> {
    /// Order.
    pub order: OrderId,
    /// Lines and their units, as JSON.
    pub lines: String,
    /// Carrier.
    pub carrier: Option<&'a str>,
    /// Number of the parcel.
    pub tracking: Option<&'a str>,
    /// Page that follows the parcel.
    pub tracking_url: Option<&'a str>,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

#[derive(FromQueryResult)]
struct ReservationRow {
    variant_id: i64,
    offer_id: i64,
    quantity: i64,
}

pub(crate) const HELD: &str = "SELECT variant_id, offer_id, taken AS quantity FROM reservations WHERE group_id = $1 AND state = 'held' ORDER BY variant_id, offer_id";
pub(crate) const RELEASED: &str = "SELECT variant_id, offer_id, quantity FROM reservations WHERE group_id = $1 AND state = 'released' ORDER BY variant_id, offer_id";

impl Scope {
    /// Locks an order group until the transaction ends.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn lock_order_group(&self, id: OrderGroupId) -> Result<LockedGroup, StoreError> {
        let transaction = self.store.begin().await?;
        let backend = self.store.backend();
        let sql = format!(
            "SELECT id FROM order_groups WHERE tenant_id = $1 AND id = $2{}",
            backend.for_update()
        );
        let statement = backend.statement(sql, [self.tenant.0.into(), id.0.into()]);
        if first::<IdRow>(&transaction, statement).await?.is_none() {
            return Err(StoreError::NotFound("order"));
        }
        let group = self.order_group_by(&transaction, id).await?;
        Ok(LockedGroup {
            scope: self.clone(),
            transaction,
            group,
            events: Vec::new(),
            is_placed: false,
        })
    }
}

impl LockedGroup {
    /// Writes what is known of the payment.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn save_payment(
        &mut self,
        facts: &Payment,
        reference: Option<&str>,
        action: Option<&str>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE payments SET facts = $2, state = $3, provider_ref = coalesce($4, provider_ref), action = $5,
                 updated_at = $6
             WHERE id = $1";
        let values = [
            self.group.payment.id.0.into(),
            serde_json::to_string(facts)?.into(),
            name_of(&facts.state())?.into(),
            reference.map(str::to_owned).into(),
            action.map(str::to_owned).into(),
            now_ms.into(),
        ];
        self.run(sql, values).await?;
        self.group.payment.facts = facts.clone();
        self.group.payment.action = action.map(str::to_owned);
        if let Some(reference) = reference {
            self.group.payment.reference = Some(reference.to_owned());
        }
        Ok(())
    }

    /// Writes what happened to an order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn save_order(
        &mut self,
        order: OrderId,
        facts: &OrderFacts,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE orders SET facts = $2, status = $3, payment_status = $4, fulfilment_status = $5, updated_at = $6
             WHERE id = $1";
        let values = [
            order.0.into(),
            serde_json::to_string(facts)?.into(),
            name_of(&facts.status())?.into(),
            name_of(&facts.payment_status())?.into(),
            name_of(&facts.fulfilment_status())?.into(),
            now_ms.into(),
        ];
        self.run(sql, values).await?;
        let mut orders = self.group.orders.iter_mut();
        if let Some(own) = orders.find(|own| own.id == order) {
            own.facts = facts.clone();
            own.updated_at_ms = now_ms;
        }
        Ok(())
    }

    /// Places the group: its units are sold, its cart goes, and it gets a number when it is committed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn place(&mut self, now_ms: i64) -> Result<(), StoreError> {
        let id = || self.group.id.0.into();
        let sql = "UPDATE reservations SET state = 'sold' WHERE group_id = $1 AND state = 'held'";
        self.run(sql, [id()]).await?;
        let sql = "UPDATE orders SET placed_at = $2, updated_at = $2 WHERE group_id = $1";
        self.run(sql, [id(), now_ms.into()]).await?;
        if let Some(cart) = self.group.cart {
            // What is saved for later stays, and what was put in since.
            let sql = "DELETE FROM cart_lines WHERE cart_id = $2 AND is_saved = 0 AND EXISTS (
                     SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.order_id
                     WHERE o.group_id = $1 AND l.variant_id = cart_lines.variant_id AND l.offer_id = cart_lines.offer_id)";
            self.run(sql, [id(), cart.0.into()]).await?;
        }
        self.group.placed_at_ms = Some(now_ms);
        self.group.expires_at_ms = None;
        for order in &mut self.group.orders {
            order.placed_at_ms = Some(now_ms);
        }
        self.is_placed = true;
        Ok(())
    }

    /// Ends the group without placing it: its units and uses of promotions are free again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end(&mut self, reason: &str, now_ms: i64) -> Result<(), StoreError> {
        let held = self.reservations(HELD).await?;
        let backend = self.scope.store.backend();
        stock::put_back(&self.transaction, backend, self.scope.tenant, &held).await?;
        let id = || self.group.id.0.into();
        let sql =
            "UPDATE reservations SET state = 'released' WHERE group_id = $1 AND state = 'held'";
        self.run(sql, [id()]).await?;
        let sql = "UPDATE promotions SET uses = uses - 1
             WHERE uses > 0 AND id IN (SELECT promotion_id FROM promotion_uses WHERE group_id = $1)";
        self.run(sql, [id()]).await?;
        let sql = "DELETE FROM promotion_uses WHERE group_id = $1";
        self.run(sql, [id()]).await?;
        let sql = "UPDATE order_groups SET expires_at = NULL, ended_at = $2, end_reason = $3 WHERE id = $1";
        self.run(sql, [id(), now_ms.into(), reason.into()]).await?;
        self.group.expires_at_ms = None;
        self.group.ended_at_ms = Some(now_ms);
        self.group.end_reason = Some(reason.to_owned());
        Ok(())
    }

    /// Holds the units of a group that ended once more, since its money has come after all.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hold_again(&mut self) -> Result<Result<(), Vec<Shortage>>, StoreError> {
        let released = self.reservations(RELEASED).await?;
        let backend = self.scope.store.backend();
        let held = stock::reserve(&self.transaction, backend, self.scope.tenant, &released).await?;
        let held = match held {
            Ok(held) => held,
            Err(short) => return Ok(Err(short)),
        };
        for Taken { units, taken } in held {
            let sql = "UPDATE reservations SET state = 'held', taken = $4
                 WHERE group_id = $1 AND variant_id = $2 AND offer_id = $3";
            let values = [
                self.group.id.0.into(),
                units.offer.variant.0.into(),
                units.offer.offer_row().into(),
                taken.into(),
            ];
            self.run(sql, values).await?;
        }
        self.group.ended_at_ms = None;
        self.group.end_reason = None;
        Ok(Ok(()))
    }

    /// Puts units back on sale.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn restock(&mut self, units: &[Units]) -> Result<(), StoreError> {
        let backend = self.scope.store.backend();
        stock::put_back(&self.transaction, backend, self.scope.tenant, units).await
    }

    /// Puts units back on sale that were not sent. Of goods on back-order no more come back than left the stock for the group.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn restock_unsent(&mut self, units: &[Units]) -> Result<(), StoreError> {
        let backend = self.scope.store.backend();
        let mut back = Vec::with_capacity(units.len());
        for units in units {
            let sql = format!(
                "SELECT taken AS count FROM reservations WHERE group_id = $1 AND variant_id = $2 AND offer_id = $3{}",
                backend.for_update()
            );
            let key = [
                self.group.id.0.into(),
                units.offer.variant.0.into(),
                units.offer.offer_row().into(),
            ];
            let statement = backend.statement(sql, key.clone());
            let row = first::<CountRow>(&self.transaction, statement).await?;
            let quantity = units.quantity.min(row.map_or(0, |row| row.count));
            let [group, variant, offer] = key;
            let sql = "UPDATE reservations SET taken = taken - $4 WHERE group_id = $1 AND variant_id = $2 AND offer_id = $3";
            self.run(sql, [group, variant, offer, quantity.into()])
                .await?;
            back.push(Units { quantity, ..*units });
        }
        self.restock(&back).await
    }

    /// Adds a journal, once for its cause. Does nothing if the cause has one, or nothing changes. Returns true if it is new.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_journal(
        &mut self,
        journal: &Journal,
        cause: &str,
        order: Option<OrderId>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let new = ledger::NewJournal {
            journal,
            cause,
            group: Some(self.group.id),
            order,
            currency: &self.group.currency,
            at_ms: now_ms,
        };
        ledger::add(&self.transaction, &self.scope, &new).await
    }

    /// Adds a refund that the provider has to be asked for.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_refund(
        &mut self,
        order: OrderId,
        amount: i64,
        parts: &RefundRequest,
        (actor, reason): (&str, &str),
        now_ms: i64,
    ) -> Result<RefundId, StoreError> {
        let sql = "INSERT INTO refunds (tenant_id, order_id, payment_id, amount, parts, reason, actor, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
        let values: [Value; 8] = [
            self.scope.tenant.0.into(),
            order.0.into(),
            self.group.payment.id.0.into(),
            amount.into(),
            serde_json::to_string(parts)?.into(),
            reason.into(),
            actor.into(),
            now_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<IdRow>(&self.transaction, statement).await?;
        Ok(RefundId(row.ok_or(StoreError::NotFound("order"))?.id))
    }

    /// Adds goods that were sent.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_fulfilment(&mut self, new: &NewFulfilment<'_>) -> Result<i64, StoreError> {
        let sql = "INSERT INTO fulfilments (tenant_id, order_id, lines, carrier, tracking, tracking_url, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
        let values: [Value; 7] = [
            self.scope.tenant.0.into(),
            new.order.0.into(),
            new.lines.as_str().into(),
            new.carrier.map(str::to_owned).into(),
            new.tracking.map(str::to_owned).into(),
            new.tracking_url.map(str::to_owned).into(),
            new.at_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<IdRow>(&self.transaction, statement).await?;
        Ok(row.ok_or(StoreError::NotFound("order"))?.id)
    }

    /// Notes that goods which were sent have arrived.
    ///
    /// # Errors
    /// If there are none of this id, or the database fails.
    pub async fn deliver_fulfilment(
        &mut self,
        order: OrderId,
        fulfilment: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE fulfilments SET delivered_at = $3 WHERE order_id = $1 AND id = $2 AND delivered_at IS NULL";
        let values = [order.0.into(), fulfilment.into(), now_ms.into()];
        match self.run(sql, values).await? {
            0 => Err(StoreError::NotFound("parcel on its way")),
            _ => Ok(()),
        }
    }

    /// Adds a step to the history, and returns its id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_step(&mut self, new: &NewOrderStep<'_>) -> Result<i64, StoreError> {
        let sql = "INSERT INTO order_steps (tenant_id, group_id, order_id, step, actor, reason, detail, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
        let values: [Value; 8] = [
            self.scope.tenant.0.into(),
            self.group.id.0.into(),
            new.order.map(|order| order.0).into(),
            new.step.into(),
            new.actor.into(),
            new.reason.map(str::to_owned).into(),
            new.detail.clone().into(),
            new.at_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<IdRow>(&self.transaction, statement).await?;
        Ok(row.ok_or(StoreError::NotFound("order"))?.id)
    }

    /// Has an event written when the group is committed.
    pub fn tell(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Commits all that was written. The number of a group that was placed and those of events are given last.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn commit(mut self) -> Result<OrderGroup, StoreError> {
        let taken = i64::from(self.is_placed);
        if taken > 0 || !self.events.is_empty() {
            let number =
                events::number(&self.transaction, &self.scope, taken, &self.events).await?;
            if self.is_placed {
                let sql = "UPDATE order_groups SET number = $2, placed_at = $3, expires_at = NULL, ended_at = NULL, end_reason = NULL
                     WHERE id = $1";
                let placed_at = self.group.placed_at_ms.unwrap_or_default();
                let values = [self.group.id.0.into(), number.into(), placed_at.into()];
                self.run(sql, values).await?;
                self.group.number = Some(number);
                for order in &mut self.group.orders {
                    order.number = Some(number);
                }
            }
        }
        self.transaction.commit().await?;
        Ok(self.group)
    }

    /// Returns the payment.
    pub fn payment(&self) -> PaymentId {
        self.group.payment.id
    }

    async fn reservations(&self, sql: &str) -> Result<Vec<Units>, StoreError> {
        let backend = self.scope.store.backend();
        let statement = backend.statement(sql, [self.group.id.0.into()]);
        let rows = all::<ReservationRow>(&self.transaction, statement).await?;
        let units = rows.into_iter().map(|row| Units {
            offer: OfferKey::of_row(row.variant_id, row.offer_id),
            quantity: row.quantity,
        });
        Ok(units.collect())
    }

    async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<u64, StoreError> {
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&self.transaction, statement).await
    }
}
