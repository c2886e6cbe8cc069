//! Papers of purchases: numbers of invoices and credit notes, and sums of sales.

pub(crate) mod invoices;
pub(crate) mod sales;

pub use invoices::{CreditNoteRecord, InvoiceRecord};
pub use sales::{ProductSales, SalesDay, SoldProduct};
