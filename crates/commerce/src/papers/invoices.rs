//! Figures of invoices: what was frozen with the order, less what was cancelled before the invoice was issued.

use souk_domain::ordering::{
    AmountOverflow, FrozenAmounts, OrderFacts, RefundRequest, refund_parts, share_so_far,
};
use souk_papers::{CreditNote, Invoice, PaperLine, Party, Sums, TaxSum};
use souk_store::{
    CreditNoteRecord, Fulfilment, InvoiceRecord, Order, OrderGroup, OrderLine, Refund,
};

use super::values::{
    address_lines, is_tax_included, options_text, order_number, prefixed, trader_lines,
};

/// Order with what an invoice of it is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invoiced<'a> {
    pub(super) shop: &'a str,
    pub(super) group: &'a OrderGroup,
    pub(super) order: &'a Order,
    pub(super) record: &'a InvoiceRecord,
    pub(super) parcels: &'a [Fulfilment],
    pub(super) refunds: &'a [Refund],
    pub(super) notes: &'a [CreditNoteRecord],
}

/// Amount on an invoice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Billed {
    net: i64,
    tax: i64,
    gross: i64,
}

impl Billed {
    /// Returns what is left of an amount after a part was cancelled.
    fn left_of(gross: i64, tax: i64, waived: i64) -> Result<Self, AmountOverflow> {
        let left = gross - waived;
        let tax = match (waived, gross) {
            (0, _) => tax,
            (_, 0) => 0,
            _ => share_so_far(tax, left, gross)?,
        };
        Ok(Self {
            net: left - tax,
            tax,
            gross: left,
        })
    }

    /// Returns the amount in the prices that were shown.
    fn shown(self, tax_included: bool) -> i64 {
        match tax_included {
            true => self.gross,
            false => self.net,
        }
    }
}

impl Invoiced<'_> {
    /// Makes the invoice.
    pub(super) fn invoice(self) -> Result<Invoice, AmountOverflow> {
        let (group, order, issued) = (self.group, self.order, &self.record.facts);
        let tax_included = is_tax_included(group);
        let (mut lines, mut taxes, mut sums) = (Vec::new(), Vec::new(), Sums::default());
        for line in &order.lines {
            let (cancelled, waived) = cancelled(issued, line);
            let units = line.quantity - cancelled;
            if units == 0 {
                continue;
            }
            let billed = Billed::left_of(line.gross, line.tax, waived)?;
            let (goods, total) = (line.unit_price * units, billed.shown(tax_included));
            add(&mut sums, billed);
            sums.goods += goods;
            sums.discount += goods - total;
            taxes.push((line.tax_ppm, billed.net, billed.tax));
            lines.push(PaperLine {
                title: line.title.clone(),
                options: options_text(line),
                sku: line.sku.clone(),
                units,
                unit_price: line.unit_price,
                discount: goods - total,
                tax_ppm: line.tax_ppm,
                total,
            });
        }
        let mut delivery = None;
        if let Some(chosen) = &order.delivery {
            let amount = &chosen.amount;
            let billed = Billed::left_of(amount.gross, amount.tax, issued.delivery.waived)?;
            let total = billed.shown(tax_included);
            add(&mut sums, billed);
            sums.delivery += chosen.price;
            sums.delivery_discount += chosen.price - total;
            taxes.push((chosen.tax_ppm, billed.net, billed.tax));
            delivery = Some(PaperLine {
                title: chosen.name.clone(),
                units: 1,
                unit_price: chosen.price,
                discount: chosen.price - total,
                tax_ppm: chosen.tax_ppm,
                total,
                ..PaperLine::default()
            });
        }
        let mail = Some(group.mail.clone()).filter(|mail| !mail.is_empty());
        let waived = issued.due() - order.facts.due();
        let paid = order.facts.captured();
        let own = self.parcels.iter().filter(|it| it.order_id == order.id.0);
        Ok(Invoice {
            shop: self.shop.to_owned(),
            number: prefixed("INV-", self.record.number),
            order: order_number(order),
            currency: order.currency.clone(),
            tax_included,
            issued_at_ms: self.record.issued_at_ms,
            ordered_at_ms: order.placed_at_ms.unwrap_or(group.created_at_ms),
            supplied_at_ms: own.map(|parcel| parcel.created_at_ms).min(),
            seller: match &self.record.trader {
                Some(trader) => Party {
                    lines: trader_lines(trader),
                    mail: Some(trader.mail.clone()),
                },
                None => Party {
                    lines: vec![order.seller_name.clone()],
                    mail: None,
                },
            },
            customer: Party {
                lines: address_lines(&group.billing_address),
                mail,
            },
            lines,
            delivery,
            sums,
            taxes: TaxSum::by_rate(taxes),
            waived,
            paid,
            refunded: order.facts.refunded(),
            due: sums.total - waived - paid,
            credit_notes: self.credit_notes()?,
        })
    }

    /// Makes the credit notes, by the order of the refunds.
    fn credit_notes(self) -> Result<Vec<CreditNote>, AmountOverflow> {
        let issued = &self.record.facts;
        // Taxes of partial refunds are differences of what was refunded so far, so that they add up.
        let mut so_far: Vec<i64> = self.order.lines.iter().map(|_| 0).collect();
        for (so_far, line) in so_far.iter_mut().zip(&self.order.lines) {
            *so_far = cancelled(issued, line).1;
        }
        let mut delivery_so_far = issued.delivery.waived;
        let mut notes = Vec::new();
        let own = self.refunds.iter().filter(|it| it.order == self.order.id);
        for refund in own {
            let Some(note) = self.notes.iter().find(|note| note.refund == refund.id) else {
                continue;
            };
            let RefundRequest {
                lines,
                delivery,
                goodwill,
            } = &refund.parts;
            let (mut tax, mut named) = (0, Vec::with_capacity(lines.len()));
            for &(id, amount) in lines {
                let at = self.order.lines.iter().position(|line| line.id == id);
                let Some(at) = at else { continue };
                let line = &self.order.lines[at];
                tax += tax_of((line.gross, line.tax), so_far[at], amount)?;
                so_far[at] += amount;
                named.push((line.title.clone(), amount));
            }
            if let Some(chosen) = &self.order.delivery {
                let frozen = (chosen.amount.gross, chosen.amount.tax);
                tax += tax_of(frozen, delivery_so_far, *delivery)?;
                delivery_so_far += delivery;
            }
            notes.push(CreditNote {
                number: prefixed("CN-", note.number),
                issued_at_ms: note.issued_at_ms,
                reason: Some(refund.reason.clone()).filter(|reason| !reason.is_empty()),
                lines: named,
                delivery: *delivery,
                goodwill: *goodwill,
                total: refund.amount,
                tax,
            });
        }
        Ok(notes)
    }
}

fn add(sums: &mut Sums, billed: Billed) {
    sums.net += billed.net;
    sums.tax += billed.tax;
    sums.total += billed.gross;
}

/// Returns the tax within a refund of a part of an amount, after an earlier part.
fn tax_of((gross, tax): (i64, i64), before: i64, part: i64) -> Result<i64, AmountOverflow> {
    if part == 0 || gross == 0 {
        return Ok(0);
    }
    let frozen = FrozenAmounts {
        gross,
        tax,
        ..FrozenAmounts::default()
    };
    Ok(refund_parts(&frozen, gross, before, part)?.tax)
}

/// Returns the units of a line that were cancelled, and the part of its price that went with them.
fn cancelled(facts: &OrderFacts, line: &OrderLine) -> (i64, i64) {
    let own = facts.lines.iter().find(|facts| facts.line == line.id);
    own.map_or((0, 0), |facts| (facts.cancelled, facts.waived))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_left_after_a_cancellation_has_its_share_of_the_tax() {
        let of = |waived| Billed::left_of(3_570, 570, waived).unwrap();
        let billed = |net, tax| Billed {
            net,
            tax,
            gross: net + tax,
        };
        assert_eq!(of(0), billed(3_000, 570));
        assert_eq!(of(1_190), billed(2_000, 380));
        assert_eq!(of(3_570), billed(0, 0));
        assert_eq!(of(1_190).shown(true), 2_380);
        assert_eq!(of(1_190).shown(false), 2_000);
        assert_eq!(Billed::left_of(0, 0, 0).unwrap(), Billed::default());
        assert!(Billed::left_of(100, 16, 101).is_err());
    }

    #[test]
    fn taxes_of_partial_refunds_add_up_to_the_tax_of_the_line() {
        let frozen = (1_000, 160);
        let taxes = [(0, 333), (333, 333), (666, 334)]
            .map(|(before, part)| tax_of(frozen, before, part).unwrap());
        assert_eq!(taxes.iter().sum::<i64>(), 160, "{taxes:?}");
        assert_eq!(tax_of((0, 0), 0, 5).unwrap(), 0);
        assert!(tax_of(frozen, 900, 101).is_err());
    }
}
