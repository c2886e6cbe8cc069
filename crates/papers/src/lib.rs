//! Mails about purchases, invoices and packing slips: what they say, in German and English, without any I/O.
//!
//! A mail is written once and read in two forms, plain text and HTML, which are made of the same content. A document is a page
//! fit for printing, without scripts. Figures come as minor units, and are written here in the form of the language.

mod documents;
mod engine;
mod locale;
mod mails;
mod values;

pub use documents::{CreditNote, Document, Invoice, PackingSlip, Party, TaxSum};
pub use engine::PaperError;
pub use locale::Locale;
pub use mails::{MailKind, PurchaseMail, WrittenMail};
pub use values::{NamedUnits, OrderPart, PaperLine, Sums};
