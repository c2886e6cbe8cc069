//! Facts about a whole file: the decimal mark of each column of amounts.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::import::profile::fields::{Field, Use};
use crate::import::profile::mapping::Mapping;
use crate::import::read::money::{Amount, Mark, Shape, decimals, named_currency};
use crate::import::read::value;
use crate::import::syntax::row::Row;
use souk_domain::Currency;

/// Decimal marks by column and currency.
#[derive(Debug, Clone, Default)]
pub(in crate::import) struct Facts {
    marks: HashMap<(Arc<str>, Option<Currency>), Evidence>,
}

#[derive(Debug, Clone, Default)]
struct Evidence {
    point: Option<String>,
    comma: Option<String>,
    /// Mark of amounts such as `4.500` in a currency of three decimals: likely, as long as nothing says otherwise.
    likely: Option<Mark>,
    /// An amount that either mark could be meant in, such as `1.299`.
    open: Option<String>,
}

impl Evidence {
    /// The decimal mark, if there is proof of one only.
    fn mark(&self) -> Option<Mark> {
        match (&self.point, &self.comma) {
            (Some(_), None) => Some(Mark::Point),
            (None, Some(_)) => Some(Mark::Comma),
            _ => None,
        }
    }
}

impl Facts {
    /// Learns from the amounts of a row. The default is the currency of amounts of which neither the row nor the
    /// column tells any.
    pub(in crate::import) fn learn(&mut self, row: &Row, mapping: &mut Mapping, default: Currency) {
        let default = row_currency(row, mapping).unwrap_or(default);
        for (name, value) in &row.columns {
            let Some(Value::String(text)) = value::single(value) else {
                continue;
            };
            let column_use = mapping.use_of(name);
            let is_money = matches!(&*column_use, Use::Fields(fields) if fields.iter().any(|(field, _)| field.is_money()));
            if !is_money {
                continue;
            }
            let Some(Ok(amount)) = Amount::of(text) else {
                continue;
            };
            let currency = amount.currency.or_else(|| named_currency(name));
            let digits = decimals(currency.unwrap_or(default));
            let evidence = self
                .marks
                .entry((name.clone(), amount.currency))
                .or_default();
            let place = match amount.shape() {
                Shape::Decimal(Mark::Point) => &mut evidence.point,
                Shape::Decimal(Mark::Comma) => &mut evidence.comma,
                // Its thousands have the other mark.
                Shape::Grouped(Mark::Point) => &mut evidence.comma,
                Shape::Grouped(Mark::Comma) => &mut evidence.point,
                // Without decimals they are thousands, whatever the mark is.
                Shape::Open(_) if digits == 0 => continue,
                Shape::Open(mark)
                    if digits == 3 && evidence.likely.is_none_or(|known| known == mark) =>
                {
                    evidence.likely = Some(mark);
                    continue;
                }
                Shape::Open(_) => &mut evidence.open,
                Shape::Whole => continue,
            };
            if place.is_none() {
                *place = Some(text.clone());
            }
        }
    }

    /// The decimal mark of a column in a currency, as far as its amounts tell; `coded` is the currency that the amount
    /// itself names.
    pub(in crate::import) fn mark(
        &self,
        column: &str,
        coded: Option<Currency>,
        currency: Currency,
    ) -> Option<Mark> {
        let evidence = self.marks.get(&(Arc::from(column), coded))?;
        let likely = evidence.likely.filter(|_| decimals(currency) == 3);
        evidence.mark().or(likely)
    }

    /// Columns that have both marks: amounts in them cannot be told apart.
    pub(in crate::import) fn mixed(&self) -> Vec<String> {
        let mut mixed: Vec<String> = self
            .marks
            .iter()
            .filter_map(|((column, _), evidence)| {
                let (point, comma) = (evidence.point.as_ref()?, evidence.comma.as_ref()?);
                Some(format!(
                    "column `{column}` has amounts with a decimal point (`{point}`) and with a decimal comma (`{comma}`)"
                ))
            })
            .collect();
        mixed.sort();
        mixed
    }

    /// Columns whose amounts may mean two things, each with such an amount.
    pub(in crate::import) fn unsure(&self) -> Vec<(String, String)> {
        let mut unsure: Vec<_> = self
            .marks
            .iter()
            .filter(|(_, evidence)| evidence.point.is_none() && evidence.comma.is_none())
            .filter_map(|((column, _), evidence)| {
                Some((column.to_string(), evidence.open.clone()?))
            })
            .collect();
        unsure.sort();
        unsure
    }

    /// Says the decimal mark of a column, for people.
    pub(in crate::import) fn describe(&self, column: &str) -> Option<&'static str> {
        let mut marks: Vec<Option<Mark>> = self
            .marks
            .iter()
            .filter(|((name, _), _)| &**name == column)
            .map(|(_, evidence)| evidence.mark().or(evidence.likely))
            .collect();
        marks.dedup();
        match marks.as_slice() {
            [Some(Mark::Point)] => Some("decimal point"),
            [Some(Mark::Comma)] => Some("decimal comma"),
            _ => None,
        }
    }
}

/// Currency that a row names in a column of its own.
fn row_currency(row: &Row, mapping: &mut Mapping) -> Option<Currency> {
    row.columns.iter().find_map(|(name, value)| {
        let is_currency = matches!(
            &*mapping.use_of(name),
            Use::Fields(fields) if fields.iter().any(|(field, _)| *field == Field::Currency)
        );
        let code = value::text(value).filter(|_| is_currency)?;
        Currency::from_code(&code.trim().to_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::import::profile::known::named;

    fn facts(rows: &[Value]) -> Facts {
        let mut mapping = Mapping::new(named("generic").unwrap(), &[], &[]);
        let mut facts = Facts::default();
        for row in rows {
            let columns = row.as_object().unwrap().iter();
            let row = Row {
                line: 1,
                bytes: 1,
                columns: columns
                    .map(|(name, value)| (Arc::from(name.as_str()), value.clone()))
                    .collect(),
            };
            facts.learn(&row, &mut mapping, Currency::EUR);
        }
        facts
    }

    #[test]
    fn mark_of_a_row_in_dinars_is_no_doubt() {
        let found = facts(&[json!({"price": "4.500", "currency": "KWD"})]);
        assert!(found.unsure().is_empty());
        let mark = |currency| found.mark("price", None, currency);
        assert_eq!(mark(Currency::KWD), Some(Mark::Point));
        assert_eq!(mark(Currency::EUR), None);
    }

    #[test]
    fn mark_of_a_row_in_yen_is_no_doubt() {
        let found = facts(&[json!({"price": "1,299", "currency": "jpy"})]);
        assert!(found.unsure().is_empty());
        assert_eq!(found.mark("price", None, Currency::EUR), None);
    }

    #[test]
    fn mark_in_dinars_and_in_euros_is_asked_for_the_euros() {
        let found = facts(&[
            json!({"price": "4.500", "currency": "KWD"}),
            json!({"price": "1.299", "currency": "EUR"}),
        ]);
        assert_eq!(found.unsure(), [("price".into(), "1.299".into())]);
    }

    #[test]
    fn text_in_a_list_tells_the_mark_and_a_number_does_not() {
        let found = facts(&[json!({"price": ["12,50"]}), json!({"price": [1.299]})]);
        assert_eq!(found.mark("price", None, Currency::EUR), Some(Mark::Comma));
        assert!(found.mixed().is_empty());
    }
}
