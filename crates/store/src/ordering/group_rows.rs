//! Rows of order groups, orders and lines, and how they are read.

use sea_orm::FromQueryResult;
use souk_domain::{
    AccountId, CartId, OrderGroupId, OrderId, OrderLineId, PaymentId, ProductId, SellerId,
    ordering::QuoteTotals,
};
use souk_identity::TokenHash;

use super::{
    names::named,
    order_group::{Order, OrderGroup, OrderLine, StoredPayment},
    stock::OfferKey,
};
use crate::StoreError;

#[derive(FromQueryResult)]
pub(super) struct GroupRow {
    pub(super) id: i64,
    pub(super) number: Option<i64>,
    pub(super) token_hash: Vec<u8>,
    pub(super) account_id: Option<i64>,
    pub(super) mail: String,
    pub(super) language: String,
    pub(super) currency: String,
    pub(super) tax_pricing: String,
    pub(super) goods: i64,
    pub(super) discount: i64,
    pub(super) delivery: i64,
    pub(super) delivery_discount: i64,
    pub(super) net: i64,
    pub(super) tax: i64,
    pub(super) total: i64,
    pub(super) delivery_address: String,
    pub(super) billing_address: String,
    pub(super) note: Option<String>,
    pub(super) promotions: String,
    pub(super) cart_id: Option<i64>,
    pub(super) created_at: i64,
    pub(super) expires_at: Option<i64>,
    pub(super) placed_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
    pub(super) end_reason: Option<String>,
    pub(super) payment_id: i64,
    pub(super) provider: String,
    pub(super) provider_ref: Option<String>,
    pub(super) payment_facts: String,
    pub(super) action: Option<String>,
}

#[derive(FromQueryResult)]
pub(super) struct OrderRow {
    pub(super) id: i64,
    pub(super) group_id: i64,
    pub(super) number: Option<i64>,
    pub(super) position: i64,
    pub(super) seller_id: i64,
    pub(super) seller_name: String,
    pub(super) currency: String,
    pub(super) goods: i64,
    pub(super) discount: i64,
    pub(super) delivery: i64,
    pub(super) delivery_discount: i64,
    pub(super) net: i64,
    pub(super) tax: i64,
    pub(super) total: i64,
    pub(super) subsidy: i64,
    pub(super) commission: i64,
    pub(super) delivery_figures: Option<String>,
    pub(super) facts: String,
    pub(super) placed_at: Option<i64>,
    pub(super) updated_at: i64,
}

#[derive(FromQueryResult)]
pub(super) struct LineRow {
    pub(super) id: i64,
    pub(super) order_id: i64,
    pub(super) product_id: i64,
    pub(super) variant_id: i64,
    pub(super) offer_id: i64,
    pub(super) sku: String,
    pub(super) title: String,
    pub(super) options: String,
    pub(super) image: Option<String>,
    pub(super) note: Option<String>,
    pub(super) quantity: i64,
    pub(super) unit_price: i64,
    pub(super) goods: i64,
    pub(super) discount: i64,
    pub(super) net: i64,
    pub(super) tax: i64,
    pub(super) gross: i64,
    pub(super) tax_ppm: i64,
    pub(super) subsidy: i64,
    pub(super) commission_terms: String,
}

impl GroupRow {
    pub(super) fn read(self, orders: Vec<Order>) -> Result<OrderGroup, StoreError> {
        Ok(OrderGroup {
            id: OrderGroupId(self.id),
            number: self.number,
            token: TokenHash(self.token_hash.try_into().unwrap_or_default()),
            account: self.account_id.map(AccountId),
            mail: self.mail,
            language: self.language,
            currency: self.currency,
            tax_pricing: named(&self.tax_pricing)?,
            totals: QuoteTotals {
                goods: self.goods,
                discount: self.discount,
                delivery: self.delivery,
                delivery_discount: self.delivery_discount,
                net: self.net,
                tax: self.tax,
                gross: self.total,
            },
            delivery_address: serde_json::from_str(&self.delivery_address)?,
            billing_address: serde_json::from_str(&self.billing_address)?,
            note: self.note,
            promotions: serde_json::from_str(&self.promotions)?,
            cart: self.cart_id.map(CartId),
            created_at_ms: self.created_at,
            expires_at_ms: self.expires_at,
            placed_at_ms: self.placed_at,
            ended_at_ms: self.ended_at,
            end_reason: self.end_reason,
            payment: StoredPayment {
                id: PaymentId(self.payment_id),
                provider: self.provider,
                reference: self.provider_ref,
                facts: serde_json::from_str(&self.payment_facts)?,
                action: self.action,
            },
            orders,
        })
    }
}

impl OrderRow {
    pub(super) fn read(self, lines: Vec<OrderLine>) -> Result<Order, StoreError> {
        Ok(Order {
            id: OrderId(self.id),
            group: OrderGroupId(self.group_id),
            number: self.number,
            position: self.position,
            seller: SellerId(self.seller_id),
            seller_name: self.seller_name,
            currency: self.currency,
            totals: QuoteTotals {
                goods: self.goods,
                discount: self.discount,
                delivery: self.delivery,
                delivery_discount: self.delivery_discount,
                net: self.net,
                tax: self.tax,
                gross: self.total,
            },
            subsidy: self.subsidy,
            commission: self.commission,
            delivery: self
                .delivery_figures
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?,
            facts: serde_json::from_str(&self.facts)?,
            lines,
            placed_at_ms: self.placed_at,
            updated_at_ms: self.updated_at,
        })
    }
}

impl LineRow {
    pub(super) fn read(self) -> Result<OrderLine, StoreError> {
        Ok(OrderLine {
            id: OrderLineId(self.id),
            product: ProductId(self.product_id),
            offer: OfferKey::of_row(self.variant_id, self.offer_id),
            sku: self.sku,
            title: self.title,
            options: serde_json::from_str(&self.options)?,
            image: self.image,
            note: self.note,
            quantity: self.quantity,
            unit_price: self.unit_price,
            goods: self.goods,
            discount: self.discount,
            net: self.net,
            tax: self.tax,
            gross: self.gross,
            tax_ppm: self.tax_ppm,
            subsidy: self.subsidy,
            commission: serde_json::from_str(&self.commission_terms)?,
        })
    }
}
