//! `souk import`: products from the files that shops have into the catalogue.
//!
//! A thread opens the file, recognises its syntax and profile, and gathers the rows of each product, on disk beyond a
//! bound; only then is anything written. The same thread assembles products while the batches before are written. Every
//! batch is one transaction and every product is found again by its external id: an import that was interrupted is
//! simply run again. [`run`] is the command; [`import`] is the same for a caller with an observer of its own.

mod args;
mod batches;
mod error;
mod expand;
mod format;
mod gather;
mod imported;
mod keep;
mod kept_variants;
mod lanes;
mod losses;
mod observe;
mod open;
mod options;
mod preview;
mod profile;
mod read;
mod reading;
mod references;
mod replacing;
mod report;
mod run;
mod silence;
mod syntax;

pub use args::ImportArgs;
pub use error::ImportError;
pub use format::Format;
pub use losses::{Loss, Losses};
pub use observe::{ImportObserver, ImportPhase, ImportProgress, Pace};
pub use options::{ImportOptions, profile_names};
pub use preview::{ColumnPreview, FilePreview, ImportPreview, ProductPreview};
pub use profile::fields::MappedColumn;
pub use read::money::PriceUnit;
pub use report::{FAULT_COLUMNS, FaultWriter, ImportSummary, RowFault};
pub use run::{import, run};
