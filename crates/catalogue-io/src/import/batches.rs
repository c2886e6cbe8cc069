//! Products put together for writing: a batch holds each product once.

use std::collections::HashSet;
use std::io;

use super::gather::spool::{Place, Spool};
use super::keep::{Defaults, Kept, keep};
use super::reading::{Gathered, Products};
use super::report::RowFault;
use super::silence::settle;
use super::syntax::row::Row;

/// Most products of a batch, and so of a transaction.
const MOST_PRODUCTS: usize = 1_000;
const MOST_FAULTS: usize = 1_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Most bytes of the rows of one product, which are in memory together.
const MOST_PRODUCT_BYTES: usize = 64 * 1024 * 1024;

/// Outcome of some rows, in their order.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub products: Vec<Kept>,
    pub faults: Vec<RowFault>,
    /// Rows that it is made of.
    pub rows: u64,
    /// Rows that were a further variant of a product.
    pub variants: u64,
    /// Rows with faults beyond those that are kept.
    pub further_faults: u64,
}

/// Makes batches.
pub(super) struct Batches {
    pub gathered: Gathered,
    pub defaults: Defaults,
    /// True if a batch ends at a fault.
    stop_at_fault: bool,
    /// A product that did not fit into the batch before, with its counts.
    carried: Option<Next>,
    /// Fault or end at which the last batch ended.
    failure: Option<io::Error>,
}

/// Outcome of the rows of one product.
#[derive(Default)]
struct Next {
    product: Option<Kept>,
    faults: Vec<RowFault>,
    rows: u64,
    variants: u64,
    further_faults: u64,
}

impl Batches {
    pub(super) fn new(gathered: Gathered, defaults: Defaults, stop_at_fault: bool) -> Self {
        Self {
            gathered,
            defaults,
            stop_at_fault,
            carried: None,
            failure: None,
        }
    }

    /// The next batch; none at the end. A reading error comes after what was read before it.
    ///
    /// # Errors
    /// If the file or the rows laid aside cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Batch>> {
        let mut batch = Batch::default();
        let mut ids = HashSet::new();
        let mut bytes = 0;
        loop {
            let next = match self.carried.take() {
                Some(carried) => carried,
                None => match self.next_product() {
                    Ok(Some(next)) => next,
                    Ok(None) => break,
                    Err(error) if batch.rows == 0 => return Err(error),
                    Err(error) => {
                        self.failure = Some(error);
                        break;
                    }
                },
            };
            if let Some(kept) = &next.product {
                let full = batch.products.len() == MOST_PRODUCTS || bytes > MOST_BYTES;
                // Of two products of one id the later wins, so the earlier has to be written before.
                let again = ids.contains(&kept.product.external_id);
                if !batch.products.is_empty() && (full || again) {
                    self.carried = Some(next);
                    break;
                }
            }
            batch.rows += next.rows;
            batch.variants += next.variants;
            batch.further_faults += next.further_faults;
            if let Some(kept) = next.product {
                bytes += kept.bytes;
                ids.insert(kept.product.external_id.clone());
                batch.products.push(kept);
            }
            let faulty = !next.faults.is_empty();
            batch.faults.extend(next.faults);
            if faulty && (self.stop_at_fault || batch.faults.len() >= MOST_FAULTS) {
                break;
            }
        }
        let empty = batch.rows == 0 && batch.products.is_empty() && batch.faults.is_empty();
        Ok((!empty).then_some(batch))
    }

    /// The first products, as a preview: nothing is taken away by it.
    ///
    /// # Errors
    /// If the rows laid aside cannot be read.
    pub(super) fn preview(&mut self, most: usize) -> io::Result<Vec<Kept>> {
        let losses = self.gathered.assembler.losses.clone();
        let mut shown = Vec::new();
        let mut tried = 0;
        while shown.len() < most && tried < most * 4 {
            let rows = match &mut self.gathered.products {
                Products::Streamed(stream) => match stream.first().nth(tried) {
                    Some(row) => vec![(0, row.clone())],
                    None => break,
                },
                Products::Gathered { spool, groups } => match groups.get(tried) {
                    Some(places) if bytes_of(places) <= MOST_PRODUCT_BYTES => {
                        rows_of(spool, places)?
                    }
                    Some(_) => Vec::new(),
                    None => break,
                },
            };
            tried += 1;
            if rows.is_empty() {
                continue;
            }
            let assembled = self.gathered.assembler.assemble(rows);
            let kept = assembled
                .product
                .and_then(|product| keep(product, &self.defaults, &mut Default::default()).ok());
            shown.extend(kept.map(|mut kept| {
                settle(&mut kept, &mut Default::default());
                kept
            }));
        }
        self.gathered.assembler.losses = losses;
        self.gathered.assembler.made_ids.clear();
        Ok(shown)
    }

    fn next_product(&mut self) -> io::Result<Option<Next>> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        // All rows were read before: they count with the first product.
        let mut next = Next {
            rows: std::mem::take(&mut self.gathered.rows),
            further_faults: std::mem::take(&mut self.gathered.further_faults),
            ..Next::default()
        };
        let rows = match &mut self.gathered.products {
            Products::Streamed(stream) => {
                let Some(row) = stream.next()? else {
                    return Ok(None);
                };
                next.rows = 1;
                match row {
                    Ok(row) => vec![(0, row)],
                    Err(fault) => {
                        next.faults.push(fault);
                        return Ok(Some(next));
                    }
                }
            }
            Products::Gathered { spool, groups } => {
                let too_large = groups
                    .front()
                    .is_some_and(|places| bytes_of(places) > MOST_PRODUCT_BYTES);
                let rows = match groups.front() {
                    Some(places) if too_large => rows_of(spool, &places[..1])?,
                    Some(places) => rows_of(spool, places)?,
                    None => Vec::new(),
                };
                // Faults keep their place among the products.
                let line = rows.first().map(|(_, row)| row.line);
                let fault = self.gathered.faults.front().map(|fault| fault.line);
                match (line, fault) {
                    (None, None) => return Ok((next.rows > 0).then_some(next)),
                    (Some(line), Some(fault)) if fault < line => {
                        next.faults.extend(self.gathered.faults.pop_front());
                        return Ok(Some(next));
                    }
                    (None, Some(_)) => {
                        next.faults.extend(self.gathered.faults.pop_front());
                        return Ok(Some(next));
                    }
                    _ => {}
                }
                groups.pop_front();
                if too_large {
                    let reason = format!(
                        "its product has more than {} MiB of rows",
                        MOST_PRODUCT_BYTES / 1024 / 1024
                    );
                    next.faults
                        .push(RowFault::of_row(line.unwrap_or_default(), reason));
                    return Ok(Some(next));
                }
                rows
            }
        };
        let assembled = self.gathered.assembler.assemble(rows);
        next.variants = assembled.further_variants;
        next.faults = assembled.faults;
        if let Some(product) = assembled.product {
            let (line, id) = (product.line, product.id.clone());
            match keep(product, &self.defaults, &mut self.gathered.assembler.losses) {
                Ok(kept) => next.product = Some(kept),
                Err(invalid) => next
                    .faults
                    .push(RowFault::of_field(line, Some(&id), invalid)),
            }
        }
        Ok(Some(next))
    }
}

fn rows_of(spool: &mut Spool, places: &[Place]) -> io::Result<Vec<(u8, Row)>> {
    places.iter().map(|place| spool.get(*place)).collect()
}

fn bytes_of(places: &[Place]) -> usize {
    places.iter().map(|place| place.bytes()).sum()
}

/// Number of products still to come.
pub(super) fn products_left(products: &Products) -> Option<usize> {
    match products {
        Products::Streamed(_) => None,
        Products::Gathered { groups, .. } => Some(groups.len()),
    }
}
