//! Sales: a lower price between two dates.

use souk_domain::Money;

use crate::import::imported::Sale;
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;
use crate::import::read::columns::Columns;
use crate::import::read::{dates, value};

/// Reads the sale of a row. A sale with a date that cannot be read is none: nobody knows when it ends.
pub(super) fn sale(price: Money, columns: &Columns, losses: &mut Losses) -> Option<Sale> {
    let Some((from_ms, to_ms)) = time(columns) else {
        lose(losses, Loss::SaleUnread, 1);
        return None;
    };
    Some(Sale {
        price,
        from_ms,
        to_ms,
    })
}

/// Beginning and end of a sale; each is open if the row gives none. None if a date cannot be read.
fn time(columns: &Columns) -> Option<(Option<i64>, Option<i64>)> {
    let (mut from_ms, mut to_ms) = (None, None);
    if let Some(given) = columns.get(Field::SaleDates) {
        let (from, to) = dates::span(&value::text(given)?)?;
        (from_ms, to_ms) = (Some(from), Some(to));
    }
    // Databases write 0000-00-00 for no date.
    let is_none = |text: &str| text.trim_start().starts_with("0000");
    if let Some(given) = columns.get(Field::SaleFrom)
        && !is_none(&value::text(given)?)
    {
        from_ms = Some(dates::time_ms(given, false)?);
    }
    if let Some(given) = columns.get(Field::SaleTo) {
        let text = value::text(given)?;
        if !is_none(&text) {
            to_ms = Some(dates::end_ms(&text)?);
        }
    }
    Some((from_ms, to_ms))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};
    use souk_domain::Currency;

    use super::*;
    use crate::import::profile::known::named;
    use crate::import::profile::mapping::Mapping;
    use crate::import::syntax::row::Row;

    fn read(given: Value) -> (Option<Sale>, Losses) {
        let mut mapping = Mapping::new(named("generic").unwrap(), &[], &[]);
        let row = Row {
            line: 1,
            bytes: 1,
            columns: given
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (Arc::from(name.as_str()), value.clone()))
                .collect(),
        };
        let columns = Columns::of(row, &mut mapping, false);
        let mut losses = Losses::new();
        let price = Money::new(500, Currency::EUR);
        (sale(price, &columns, &mut losses), losses)
    }

    #[test]
    fn sale_with_an_unreadable_date_is_not_taken() {
        for given in [
            json!({"sale_to": "soon"}),
            json!({"sale_to": {"date": "2025-11-30"}}),
            json!({"sale_to": "2025-13-40"}),
            json!({"sale_from": "soon", "sale_to": "2025-11-30"}),
            json!({"sale_from": "-9223372036854775808"}),
        ] {
            let (sale, losses) = read(given.clone());
            assert_eq!(sale, None, "{given}");
            assert_eq!(losses[&Loss::SaleUnread], 1, "{given}");
        }
    }

    #[test]
    fn sale_without_dates_or_with_readable_ones_is_taken() {
        let day = 1_717_113_600_000;
        for (given, to_ms) in [
            (json!({}), None),
            (json!({"sale_to": "0000-00-00"}), None),
            (json!({"sale_to": "2024-05-31"}), Some(day + 86_400_000)),
            (json!({"sale_to": "2024-05-31 00:00:00"}), Some(day)),
            (json!({"sale_to": 1_717_113_600}), Some(day)),
        ] {
            let (sale, losses) = read(given.clone());
            assert_eq!(sale.unwrap().to_ms, to_ms, "{given}");
            assert!(losses.is_empty(), "{given}");
        }
    }
}
