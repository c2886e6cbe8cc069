//! Values of papers from purchases and orders.

use souk_domain::{
    ordering::{OrderNumberFormat, PostalAddress, QuoteTotals, TaxPricing, Units},
    sellers::TraderDetails,
};
use souk_papers::{NamedUnits, OrderPart, PaperLine, Sums};
use souk_store::{Order, OrderGroup, OrderLine};

/// Writes the number of a purchase.
pub(super) fn number_text(number: i64) -> String {
    OrderNumberFormat::default().format(u64::try_from(number).unwrap_or_default())
}

/// Writes a number with a prefix of its own, such as `INV-000017`.
pub(super) fn prefixed(prefix: &str, number: i64) -> String {
    let format = OrderNumberFormat {
        prefix: prefix.to_owned(),
        ..OrderNumberFormat::default()
    };
    format.format(u64::try_from(number).unwrap_or_default())
}

/// Writes the number of an order; empty until it is placed.
pub(super) fn order_number(order: &Order) -> String {
    let number = order.number.map(number_text);
    number.map_or_else(String::new, |number| format!("{number}-{}", order.position))
}

/// Returns the lines of an address, the country at the end.
pub(super) fn address_lines(address: &PostalAddress) -> Vec<String> {
    let mut lines = address.lines();
    lines.retain(|line| !line.trim().is_empty());
    lines.push(address.country.name().to_uppercase());
    lines
}

/// Returns the lines of a trader: name, address, register and number for the tax on sales.
pub(super) fn trader_lines(trader: &TraderDetails) -> Vec<String> {
    let mut lines = vec![trader.legal_name.clone()];
    // Whoever is to be asked for, if it is somebody else.
    let address = address_lines(&trader.address).into_iter();
    lines.extend(address.filter(|line| *line != trader.legal_name));
    lines.extend(trader.register.clone());
    lines.extend(trader.vat_id.clone());
    lines
}

/// Writes the options of a line, such as `Colour: red, Size: M`.
pub(super) fn options_text(line: &OrderLine) -> String {
    let options = line.options.iter();
    let options = options.map(|(name, value)| format!("{name}: {value}"));
    options.collect::<Vec<_>>().join(", ")
}

pub(super) fn sums(totals: QuoteTotals) -> Sums {
    Sums {
        goods: totals.goods,
        discount: totals.discount,
        delivery: totals.delivery,
        delivery_discount: totals.delivery_discount,
        net: totals.net,
        tax: totals.tax,
        total: totals.gross,
    }
}

/// Returns an order as a part of its purchase.
pub(super) fn part(order: &Order) -> OrderPart {
    let lines = order.lines.iter().map(|line| PaperLine {
        title: line.title.clone(),
        options: options_text(line),
        sku: line.sku.clone(),
        units: line.quantity,
        unit_price: line.unit_price,
        discount: line.discount,
        tax_ppm: line.tax_ppm,
        total: line.goods - line.discount,
    });
    OrderPart {
        number: order_number(order),
        seller: order.seller_name.clone(),
        delivery_method: order.delivery.as_ref().map(|it| it.name.clone()),
        lines: lines.collect(),
    }
}

/// Returns units of lines with the names of their goods.
pub(super) fn named(order: &Order, units: &[Units]) -> Vec<NamedUnits> {
    let named = units.iter().filter_map(|units| {
        let line = order.lines.iter().find(|line| line.id == units.line)?;
        Some(NamedUnits {
            title: line.title.clone(),
            options: options_text(line),
            sku: line.sku.clone(),
            units: units.units,
        })
    });
    named.collect()
}

/// Reports whether the prices of a purchase had their tax within.
pub(super) fn is_tax_included(group: &OrderGroup) -> bool {
    group.tax_pricing == TaxPricing::Inclusive
}
