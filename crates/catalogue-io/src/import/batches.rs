//! Rows put together for writing: a batch holds each product once.

use std::collections::{HashSet, VecDeque};
use std::io::{self, BufRead};

use serde_json::Value;

use super::convert::{Converter, Imported};
use super::fields::{Field, Use};
use super::price::PriceUnit;
use super::report::RowFault;
use super::rows::{Row, Rows};

/// Most products of a batch, and so of a transaction.
const MOST_PRODUCTS: usize = 1_000;
const MOST_FAULTS: usize = 1_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Prices to look ahead for one with a decimal part.
const LOOK_AHEAD_ROWS: usize = 1_000;
const LOOK_AHEAD_BYTES: usize = 4 * 1024 * 1024;

/// Outcome of some rows, in their order.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub products: Vec<Imported>,
    pub faults: Vec<RowFault>,
    /// Rows that it is made of.
    pub rows: u64,
    /// Rows that were a further variant of the product above.
    pub variants: u64,
}

/// Reads batches.
pub(super) struct Batches<R> {
    rows: Rows<R>,
    pub converter: Converter,
    /// True if adjoining rows of one id are variants of one product.
    rows_are_variants: bool,
    /// True if a batch ends at a fault.
    stop_at_fault: bool,
    ahead: VecDeque<Result<Row, RowFault>>,
    /// A product that did not fit into the batch before.
    carried: Option<Imported>,
    /// Fault or end at which the last batch ended.
    failure: Option<io::Error>,
}

impl<R: BufRead> Batches<R> {
    pub(super) fn new(rows: Rows<R>, converter: Converter, stop_at_fault: bool) -> Self {
        Self {
            rows_are_variants: matches!(rows, Rows::Csv(_)),
            rows,
            converter,
            stop_at_fault,
            ahead: VecDeque::new(),
            carried: None,
            failure: None,
        }
    }

    /// Finds out what unit the prices of the file are in: major if one of the first has a decimal part, else minor.
    pub(super) fn detect_price_unit(&mut self) -> io::Result<PriceUnit> {
        let mut bytes = 0;
        while self.ahead.len() < LOOK_AHEAD_ROWS && bytes < LOOK_AHEAD_BYTES {
            let Some(row) = self.rows.next()? else {
                break;
            };
            if let Ok(row) = &row {
                bytes += row.bytes;
                if self.has_major_price(row) {
                    self.converter.unit = PriceUnit::Major;
                }
            }
            self.ahead.push_back(row);
            if self.converter.unit == PriceUnit::Major {
                break;
            }
        }
        Ok(self.converter.unit)
    }

    fn has_major_price(&mut self, row: &Row) -> bool {
        let mapping = &mut self.converter.mapping;
        let mut is_price = |name| match &*mapping.use_of(name) {
            Use::Fields(fields) => fields.iter().any(|(field, _)| *field == Field::Price),
            _ => false,
        };
        let surely_major = |price: &Value| PriceUnit::is_surely_major(price);
        row.columns
            .iter()
            .any(|(name, value)| is_price(name) && surely_major(value))
    }

    /// The next batch; none at the end. A reading error comes after what was read before it.
    pub(super) fn next(&mut self) -> io::Result<Option<Batch>> {
        let mut batch = Batch::default();
        let mut ids = HashSet::new();
        let mut bytes = 0;
        if let Some(carried) = self.carried.take() {
            ids.insert(carried.product.external_id.clone());
            batch.rows += 1;
            batch.products.push(carried);
        }
        loop {
            let row = match self.next_row() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) if batch.rows == 0 => return Err(error),
                Err(error) => {
                    self.failure = Some(error);
                    break;
                }
            };
            let imported = match row.and_then(|row| self.converter.convert(row)) {
                Ok(imported) => imported,
                Err(fault) => {
                    batch.rows += 1;
                    batch.faults.push(fault);
                    if self.stop_at_fault {
                        break;
                    }
                    if batch.faults.len() == MOST_FAULTS {
                        // Its further variants may be yet to come.
                        self.carried = batch.products.pop();
                        batch.rows -= u64::from(self.carried.is_some());
                        break;
                    }
                    continue;
                }
            };
            bytes += imported.bytes;
            if self.rows_are_variants
                && batch
                    .products
                    .last()
                    .is_some_and(|last| continues(last, &imported))
            {
                if let Some(last) = batch.products.last_mut() {
                    last.product.variants.extend(imported.product.variants);
                }
                batch.rows += 1;
                batch.variants += 1;
                continue;
            }
            let full = batch.products.len() == MOST_PRODUCTS || bytes > MOST_BYTES;
            // Of two rows of one id the later wins, so the earlier has to be written before.
            if !batch.products.is_empty() && (full || ids.contains(&imported.product.external_id)) {
                self.carried = Some(imported);
                break;
            }
            ids.insert(imported.product.external_id.clone());
            batch.rows += 1;
            batch.products.push(imported);
        }
        Ok((batch.rows > 0).then_some(batch))
    }

    fn next_row(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        match self.ahead.pop_front() {
            Some(row) => Ok(Some(row)),
            None => self.rows.next(),
        }
    }
}

/// Reports whether a row is another variant of the product before it.
fn continues(last: &Imported, next: &Imported) -> bool {
    last.product.external_id == next.product.external_id
        && next.product.variants.iter().all(|variant| {
            last.product
                .variants
                .iter()
                .all(|known| known.sku != variant.sku)
        })
}
