//! Checkout: one transaction that holds units, takes uses of promotions and writes the purchase, or says why not.

use sea_orm::{FromQueryResult, Value};
use serde::Serialize;
use souk_domain::{
    OrderGroupId, OrderLineId, PaymentId,
    ordering::{
        FulfilmentStatus, GroupPayment, LineFacts, OrderFacts, OrderStatus, Payment, PaymentState,
        PaymentStatus, QuotedLine, QuotedSeller, SellerDelivery,
    },
};

use super::{
    idempotency,
    names::{name_of, tax_pricing_name},
    new_group::{NewOrderGroup, OrderedGoods, PromotionUse, offer_of},
    stock::{self, OfferKey, Shortage, Taken, Units},
};
use crate::{
    Scope, StoreError, Transaction,
    backend::{CountRow, IdRow, Kind, execute, first, json},
};

/// Reason for which a purchase is not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckoutRefusal {
    /// There are fewer units than are wanted.
    Short(Vec<Shortage>),
    /// Offers have another price or seller than the purchase's figures, or are gone.
    Changed(Vec<OfferKey>),
    /// A promotion of this name or code has been used as often as it may be.
    UsedUp(String),
    /// Another attempt has taken the request over.
    TakenOver,
}

/// A purchase that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BegunCheckout {
    /// Order group.
    pub group: OrderGroupId,
    /// Its payment.
    pub payment: PaymentId,
}

#[derive(FromQueryResult)]
struct UsedRow {
    uses: i64,
}

#[derive(Serialize)]
struct ReservationRow {
    variant_id: i64,
    offer_id: i64,
    quantity: i64,
    taken: i64,
}

const RESERVATION_COLUMNS: [(&str, Kind); 4] = [
    ("variant_id", Kind::Integer),
    ("offer_id", Kind::Integer),
    ("quantity", Kind::Integer),
    ("taken", Kind::Integer),
];

pub(crate) const USES_OF_CUSTOMER: &str = "SELECT count(*) AS count FROM promotion_uses WHERE tenant_id = $3 AND promotion_id = $1 AND customer = $2";

impl NewOrderGroup {
    /// Units of each offer. Those of several lines of one offer are one sum, so that they are not checked one by one.
    fn units(&self) -> Vec<Units> {
        let mut units: Vec<Units> = Vec::new();
        for line in &self.quote.lines {
            let offer = offer_of(line);
            match units.iter_mut().find(|units| units.offer == offer) {
                Some(units) => units.quantity += line.quantity,
                None => units.push(Units {
                    offer,
                    quantity: line.quantity,
                }),
            }
        }
        units
    }
}

impl Scope {
    /// Begins a purchase: holds its units until it expires, counts its promotions and writes it with its orders and payment.
    /// Nothing is written if something is missing or has changed since its figures were computed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_checkout(
        &self,
        new: &NewOrderGroup,
    ) -> Result<Result<BegunCheckout, CheckoutRefusal>, StoreError> {
        let transaction = self.store.begin().await?;
        // Units first, locked in the order of their ids, then promotions in the order of theirs. What follows is this
        // purchase's own.
        let backend = self.store.backend();
        let units = new.units();
        let held = match stock::reserve(&transaction, backend, self.tenant, &units).await? {
            Ok(held) => held,
            Err(short) => return Ok(Err(CheckoutRefusal::Short(short))),
        };
        let changed = self.changed(&transaction, new).await?;
        if !changed.is_empty() {
            return Ok(Err(CheckoutRefusal::Changed(changed)));
        }
        let group = self.insert_group(&transaction, new).await?;
        if !idempotency::made(&transaction, self, &new.key, group).await? {
            return Ok(Err(CheckoutRefusal::TakenOver));
        }
        if let Some(used_up) = self.take_promotions(&transaction, new, group).await? {
            return Ok(Err(CheckoutRefusal::UsedUp(used_up)));
        }
        self.insert_reservations(&transaction, group, &held).await?;
        for (seller, position) in new.quote.sellers.iter().zip(1..) {
            self.insert_order(&transaction, new, (group, position), seller)
                .await?;
        }
        let payment = self.insert_payment(&transaction, new, group).await?;
        transaction.commit().await?;
        Ok(Ok(BegunCheckout { group, payment }))
    }

    /// Returns the offers that differ from the purchase's figures. Their rows are locked already.
    async fn changed(
        &self,
        transaction: &Transaction,
        new: &NewOrderGroup,
    ) -> Result<Vec<OfferKey>, StoreError> {
        let keys: Vec<OfferKey> = new.quote.lines.iter().map(offer_of).collect();
        let current = self.sellable_by(transaction, &keys, new.at_ms).await?;
        let differs = new.quote.lines.iter().filter(|line| {
            current.get(&offer_of(line)).is_none_or(|offer| {
                offer.price != line.unit_price
                    || offer.seller != line.seller
                    || offer.currency != new.quote.currency
            })
        });
        Ok(differs.map(offer_of).collect())
    }

    async fn insert_group(
        &self,
        transaction: &Transaction,
        new: &NewOrderGroup,
    ) -> Result<OrderGroupId, StoreError> {
        let sql = "INSERT INTO order_groups (tenant_id, token_hash, account_id, mail, language, currency, tax_pricing, goods,
                 discount, delivery, delivery_discount, net, tax, total, delivery_address, billing_address, note,
                 promotions, cart_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
             RETURNING id";
        let totals = new.quote.totals;
        let values: [Value; 21] = [
            self.tenant.0.into(),
            new.token.0.to_vec().into(),
            new.account.map(|account| account.0).into(),
            new.mail.as_str().into(),
            new.language.as_str().into(),
            new.quote.currency.code().into(),
            tax_pricing_name(new.quote.tax_pricing).into(),
            totals.goods.into(),
            totals.discount.into(),
            totals.delivery.into(),
            totals.delivery_discount.into(),
            totals.net.into(),
            totals.tax.into(),
            totals.gross.into(),
            serde_json::to_string(&new.delivery_address)?.into(),
            serde_json::to_string(&new.billing_address)?.into(),
            new.note.clone().into(),
            serde_json::to_string(&new.quote.applied)?.into(),
            new.cart.map(|cart| cart.0).into(),
            new.at_ms.into(),
            new.expires_at_ms.into(),
        ];
        Ok(OrderGroupId(self.inserted(transaction, sql, values).await?))
    }

    /// Counts one use of each promotion, unless that would be one too many: then says which has been used up.
    async fn take_promotions(
        &self,
        transaction: &Transaction,
        new: &NewOrderGroup,
        group: OrderGroupId,
    ) -> Result<Option<String>, StoreError> {
        let backend = self.store.backend();
        let mut promotions: Vec<_> = new.promotions.iter().collect();
        promotions.sort_by_key(|promotion| promotion.id);
        for promotion in promotions {
            // The update locks the row, so that the uses of one customer are counted by one purchase at a time.
            let sql = "UPDATE promotions SET uses = uses + 1 WHERE tenant_id = $1 AND id = $2 RETURNING uses";
            let values = [self.tenant.0.into(), promotion.id.0.into()];
            let row = first::<UsedRow>(transaction, backend.statement(sql, values)).await?;
            let is_left =
                row.is_some_and(|row| promotion.total.is_none_or(|most| row.uses <= most));
            if !is_left || self.has_used_up(transaction, new, promotion).await? {
                return Ok(Some(promotion.name.clone()));
            }
            let sql = "INSERT INTO promotion_uses (tenant_id, promotion_id, group_id, customer) VALUES ($1, $2, $3, $4)";
            let values = [
                self.tenant.0.into(),
                promotion.id.0.into(),
                group.0.into(),
                new.customer.as_str().into(),
            ];
            execute(transaction, backend.statement(sql, values)).await?;
        }
        Ok(None)
    }

    /// Reports whether the customer has used a promotion as often as one may.
    async fn has_used_up(
        &self,
        transaction: &Transaction,
        new: &NewOrderGroup,
        promotion: &PromotionUse,
    ) -> Result<bool, StoreError> {
        let Some(most) = promotion.per_customer else {
            return Ok(false);
        };
        let values = [
            promotion.id.0.into(),
            new.customer.as_str().into(),
            self.tenant.0.into(),
        ];
        let count = self.store.backend().statement(USES_OF_CUSTOMER, values);
        let used = first::<CountRow>(transaction, count).await?;
        Ok(used.is_some_and(|row| row.count >= most))
    }

    async fn insert_reservations(
        &self,
        transaction: &Transaction,
        group: OrderGroupId,
        held: &[Taken],
    ) -> Result<(), StoreError> {
        let backend = self.store.backend();
        let rows = held.iter().map(|held| ReservationRow {
            variant_id: held.units.offer.variant.0,
            offer_id: held.units.offer.offer_row(),
            quantity: held.units.quantity,
            taken: held.taken,
        });
        let rows = json(&rows.collect::<Vec<_>>())?;
        let sql = format!(
            "INSERT INTO reservations (group_id, variant_id, offer_id, quantity, taken, state)
             SELECT $2, r.variant_id, r.offer_id, r.quantity, r.taken, 'held' FROM {}",
            backend.record_set("$1", &RESERVATION_COLUMNS)
        );
        let statement = backend.statement(sql, [rows, group.0.into()]);
        execute(transaction, statement).await?;
        Ok(())
    }

    async fn insert_order(
        &self,
        transaction: &Transaction,
        new: &NewOrderGroup,
        (group, position): (OrderGroupId, i64),
        seller: &QuotedSeller,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO orders (tenant_id, group_id, position, seller_id, seller_name, currency, goods, discount,
                 delivery, delivery_discount, net, tax, total, subsidy, commission, delivery_figures, facts, status,
                 payment_status, fulfilment_status, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', $17, $18, $19, $20, $20)
             RETURNING id";
        let totals = seller.totals;
        let delivery = match &seller.delivery {
            SellerDelivery::Quoted(delivery) => Some(delivery),
            SellerDelivery::NotChosen | SellerDelivery::Unavailable { .. } => None,
        };
        let lines: Vec<(&QuotedLine, &OrderedGoods)> = new.lines_of(seller).collect();
        let seller_name = lines.first().map_or("", |(_, goods)| &goods.seller_name);
        let figures = delivery.map(serde_json::to_string).transpose()?;
        let values: [Value; 20] = [
            self.tenant.0.into(),
            group.0.into(),
            position.into(),
            seller.seller.0.into(),
            seller_name.into(),
            new.quote.currency.code().into(),
            totals.goods.into(),
            totals.discount.into(),
            totals.delivery.into(),
            totals.delivery_discount.into(),
            totals.net.into(),
            totals.tax.into(),
            totals.gross.into(),
            seller.subsidy.into(),
            seller.commission.into(),
            figures.into(),
            name_of(&OrderStatus::AwaitingPayment)?.into(),
            name_of(&PaymentStatus::Unpaid)?.into(),
            name_of(&FulfilmentStatus::Unfulfilled)?.into(),
            new.at_ms.into(),
        ];
        let order = self.inserted(transaction, sql, values).await?;
        let mut facts = Vec::with_capacity(lines.len());
        for (line, goods) in lines {
            let id = self.insert_line(transaction, order, line, goods).await?;
            facts.push(LineFacts::new(id, line.quantity, line.amount.gross));
        }
        let payment = GroupPayment {
            state: PaymentState::Created,
            terms: new.terms,
            captured: 0,
            overpaid_refunded: 0,
        };
        let delivery_gross = delivery.map_or(0, |delivery| delivery.amount.gross);
        let facts = OrderFacts::new(new.at_ms, payment, facts, delivery_gross);
        let sql = "UPDATE orders SET facts = $2 WHERE id = $1";
        let values = [order.into(), serde_json::to_string(&facts)?.into()];
        execute(transaction, self.store.backend().statement(sql, values)).await?;
        Ok(())
    }

    async fn insert_line(
        &self,
        transaction: &Transaction,
        order: i64,
        line: &QuotedLine,
        goods: &OrderedGoods,
    ) -> Result<OrderLineId, StoreError> {
        let sql = "INSERT INTO order_lines (order_id, product_id, variant_id, offer_id, sku, title, options, image, note,
                 quantity, unit_price, goods, discount, net, tax, gross, tax_ppm, subsidy, commission, commission_terms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             RETURNING id";
        let values: [Value; 20] = [
            order.into(),
            line.product.0.into(),
            line.variant.0.into(),
            offer_of(line).offer_row().into(),
            goods.sku.as_str().into(),
            goods.title.as_str().into(),
            serde_json::to_string(&goods.options)?.into(),
            goods.image.clone().into(),
            goods.note.clone().into(),
            line.quantity.into(),
            line.unit_price.into(),
            line.goods.into(),
            line.discount.into(),
            line.amount.net.into(),
            line.amount.tax.into(),
            line.amount.gross.into(),
            line.tax_ppm.into(),
            line.subsidy.into(),
            line.commission.amount.into(),
            serde_json::to_string(&line.commission)?.into(),
        ];
        Ok(OrderLineId(self.inserted(transaction, sql, values).await?))
    }

    async fn insert_payment(
        &self,
        transaction: &Transaction,
        new: &NewOrderGroup,
        group: OrderGroupId,
    ) -> Result<PaymentId, StoreError> {
        let sql = "INSERT INTO payments (tenant_id, group_id, provider, state, currency, amount, facts, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id";
        let amount = new.quote.totals.gross;
        let facts = Payment::new(amount);
        let values: [Value; 8] = [
            self.tenant.0.into(),
            group.0.into(),
            new.provider.as_str().into(),
            name_of(&facts.state())?.into(),
            new.quote.currency.code().into(),
            amount.into(),
            serde_json::to_string(&facts)?.into(),
            new.at_ms.into(),
        ];
        Ok(PaymentId(self.inserted(transaction, sql, values).await?))
    }

    /// Runs a statement that returns the id of a new row.
    async fn inserted<const N: usize>(
        &self,
        transaction: &Transaction,
        sql: &str,
        values: [Value; N],
    ) -> Result<i64, StoreError> {
        let statement = self.store.backend().statement(sql, values);
        let row = first::<IdRow>(transaction, statement).await?;
        Ok(row.ok_or(StoreError::NotFound("tenant"))?.id)
    }
}
