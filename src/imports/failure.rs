//! Reasons of failed imports, in words for admins: without paths, and without options of the command line.

use std::io;

use souk_catalogue_io::import::ImportError;
use souk_telemetry::chain;

/// Describes an error.
pub fn message(error: &ImportError) -> String {
    match error {
        ImportError::Open { source, .. } => format!("the file cannot be opened: {}", plain(source)),
        ImportError::Read { source, .. } => {
            format!("the file cannot be read to its end: {}", plain(source))
        }
        ImportError::Header { reason, .. } => reason.clone(),
        ImportError::SameFault {
            rows,
            reason,
            looks_like,
            ..
        } => {
            let looks_like = looks_like.split(". See with --dry-run").next();
            let looks_like = looks_like.filter(|text| !text.starts_with("See with --dry-run"));
            match looks_like {
                Some(text) => format!("the same fault on {rows} rows in a row: {reason}. {text}"),
                None => format!("the same fault on {rows} rows in a row: {reason}"),
            }
        }
        ImportError::Unsure(doubt) => {
            format!("not sure what is meant: {doubt}; set `price_unit`, or accept doubts")
        }
        ImportError::Errors { source, .. } => {
            tracing::error!(
                error = chain(source),
                "faults of an import cannot be written"
            );
            "its faults cannot be written to the disk".to_owned()
        }
        ImportError::Store {
            first,
            last,
            source,
        } => {
            tracing::error!(
                error = chain(source),
                "products of an import cannot be written"
            );
            format!("the products of lines {first} to {last} cannot be written: {source}")
        }
        ImportError::Catalogue(source) => {
            tracing::error!(error = chain(source), "an import cannot read the catalogue");
            format!("the catalogue cannot be read: {source}")
        }
        ImportError::Reader => {
            tracing::error!("the thread that reads an import's file broke down");
            "the file cannot be read".to_owned()
        }
        ImportError::Declined | ImportError::Cancelled | ImportError::Strict(_) => {
            error.to_string()
        }
    }
}

/// Reasons that are about the file's content are told; others may hold details of this host.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => {
            error.to_string()
        }
        kind => kind.to_string(),
    }
}
