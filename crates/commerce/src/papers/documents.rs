//! Invoices and packing slips when they are asked for.

use souk_domain::{
    OrderId,
    ordering::{LineFacts, Units},
};
use souk_papers::{Document, PackingSlip};
use souk_store::{Order, OrderGroup, StoreError, Tenant};

use super::{
    invoices::Invoiced,
    values::{address_lines, named, order_number},
};
use crate::{error::CommerceError, service::CommerceService};

impl CommerceService {
    /// Writes the invoices of a purchase, each on a page of its own, or that of one of its orders.
    ///
    /// # Errors
    /// If none was issued yet, or the database fails.
    pub async fn invoice_document(
        &self,
        tenant: &Tenant,
        group: &OrderGroup,
        only: Option<OrderId>,
    ) -> Result<Document, CommerceError> {
        let scope = self.store.scope(tenant.id);
        let records = scope.invoices(group.id).await?;
        let notes = scope.credit_notes(group.id).await?;
        let refunds = scope.refunds(group.id).await?;
        let parcels = scope.fulfilments(group.id).await?;
        let mut invoices = Vec::new();
        for order in &group.orders {
            let record = records.iter().find(|record| record.order == order.id);
            let Some(record) = record.filter(|_| only.is_none_or(|only| only == order.id)) else {
                continue;
            };
            let invoiced = Invoiced {
                shop: &tenant.name,
                group,
                order,
                record,
                parcels: &parcels,
                refunds: &refunds,
                notes: &notes,
            };
            invoices.push(invoiced.invoice()?);
        }
        if invoices.is_empty() {
            return Err(CommerceError::NotFound("invoice"));
        }
        Ok(Document::invoices(&group.language, &invoices)?)
    }

    /// Writes the packing slip of a parcel, or of what is still to be sent.
    ///
    /// # Errors
    /// If there is no such parcel, nothing is to be sent, or the database fails.
    pub async fn packing_slip_document(
        &self,
        tenant: &Tenant,
        group: &OrderGroup,
        order: &Order,
        parcel: Option<i64>,
    ) -> Result<Document, CommerceError> {
        let mut slip = PackingSlip {
            shop: tenant.name.clone(),
            order: order_number(order),
            seller: order.seller_name.clone(),
            ordered_at_ms: order.placed_at_ms.unwrap_or(group.created_at_ms),
            delivery_address: address_lines(&group.delivery_address),
            delivery_method: order.delivery.as_ref().map(|it| it.name.clone()),
            note: group.note.clone(),
            ..PackingSlip::default()
        };
        let units = match parcel {
            Some(id) => {
                let parcels = self.store.scope(tenant.id).fulfilments(group.id).await?;
                let mut parcels = parcels.into_iter();
                let parcel = parcels.find(|it| it.id == id && it.order_id == order.id.0);
                let parcel = parcel.ok_or(CommerceError::NotFound("parcel"))?;
                slip.carrier = parcel.carrier;
                slip.tracking = parcel.tracking;
                slip.sent_at_ms = Some(parcel.created_at_ms);
                serde_json::from_str(&parcel.lines).map_err(StoreError::from)?
            }
            None => unsent(&order.facts.lines),
        };
        if units.is_empty() {
            return Err(CommerceError::NotFound("unit that is to be sent"));
        }
        slip.units = named(order, &units);
        Ok(Document::packing_slip(&group.language, &slip)?)
    }
}

/// Returns the units that are still to be sent.
fn unsent(lines: &[LineFacts]) -> Vec<Units> {
    let units = lines.iter().map(|line| Units {
        line: line.line,
        units: line.ordered - line.cancelled - line.fulfilled,
    });
    units.filter(|units| units.units > 0).collect()
}
