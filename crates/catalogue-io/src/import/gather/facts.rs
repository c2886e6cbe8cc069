//! Facts about a whole file: the decimal mark of each column of amounts.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::import::profile::fields::Use;
use crate::import::profile::mapping::Mapping;
use crate::import::read::money::{Amount, Mark, Shape, decimals};
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
    /// An amount that either mark could be meant in, such as `1.299`.
    open: Option<String>,
}

impl Facts {
    /// Learns from the amounts of a row.
    pub(in crate::import) fn learn(&mut self, row: &Row, mapping: &mut Mapping, default: Currency) {
        for (name, value) in &row.columns {
            let Value::String(text) = value else {
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
            let three = decimals(amount.currency.unwrap_or(default)) == 3;
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
                Shape::Open(mark) if three => match mark {
                    Mark::Point => &mut evidence.point,
                    Mark::Comma => &mut evidence.comma,
                },
                Shape::Open(_) => &mut evidence.open,
                Shape::Whole => continue,
            };
            if place.is_none() {
                *place = Some(text.clone());
            }
        }
    }

    /// The decimal mark of a column, as far as its amounts tell.
    pub(in crate::import) fn mark(&self, column: &str, currency: Option<Currency>) -> Option<Mark> {
        let evidence = self.marks.get(&(Arc::from(column), currency))?;
        match (&evidence.point, &evidence.comma) {
            (Some(_), None) => Some(Mark::Point),
            (None, Some(_)) => Some(Mark::Comma),
            _ => None,
        }
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
            .keys()
            .filter(|(name, _)| &**name == column)
            .map(|(name, currency)| self.mark(name, *currency))
            .collect();
        marks.dedup();
        match marks.as_slice() {
            [Some(Mark::Point)] => Some("decimal point"),
            [Some(Mark::Comma)] => Some("decimal comma"),
            _ => None,
        }
    }
}
