//! Papers of purchases: mails to customers, invoices and packing slips, and sums of sales.
//!
//! Mails and sums are written by sinks of events, in the transaction that notes how far they have read: once for each event,
//! whatever process is killed. Documents are made when they are asked for, of figures that were frozen.

mod documents;
mod invoices;
mod letters;
mod mails;
mod sales;
mod seller_mails;
mod values;
mod worker;
