//! Report of an import: faults, losses and counts.

use std::fmt;
use std::io::{self, Write};

use souk_domain::InvalidField;

use super::losses::Losses;

/// A row that was not imported, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The line its row begins on, from 1.
    pub line: u64,
    /// The row's own id, if it was readable.
    pub external_id: Option<String>,
    /// The field at fault; none if the row as a whole is.
    pub field: Option<String>,
    /// Fault of the row.
    pub reason: String,
}

impl RowFault {
    /// A fault of a row as a whole.
    pub(super) fn of_row(line: u64, reason: impl Into<String>) -> Self {
        Self {
            line,
            external_id: None,
            field: None,
            reason: reason.into(),
        }
    }

    /// A fault of one field.
    pub(super) fn of_field(line: u64, external_id: Option<&str>, invalid: InvalidField) -> Self {
        Self {
            line,
            external_id: external_id.map(str::to_owned),
            field: Some(invalid.field.into_owned()),
            reason: invalid.message,
        }
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(id) = &self.external_id {
            write!(f, " (id {id})")?;
        }
        match &self.field {
            Some(field) => write!(f, ": {field}: {}", self.reason),
            None => write!(f, ": {}", self.reason),
        }
    }
}

/// Header of the faults of an import as CSV.
pub const FAULT_COLUMNS: [&str; 4] = ["line", "id", "field", "reason"];

/// Writer of skipped rows as CSV: line, id, field, reason.
pub struct FaultWriter<W: Write>(csv::Writer<W>);

impl<W: Write> FaultWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(target: W) -> Result<Self, csv::Error> {
        let mut writer = csv::Writer::from_writer(target);
        writer.write_record(FAULT_COLUMNS)?;
        Ok(Self(writer))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, fault: &RowFault) -> Result<(), csv::Error> {
        let line = fault.line.to_string();
        let id = fault.external_id.as_deref().unwrap_or_default();
        let field = fault.field.as_deref().unwrap_or_default();
        self.0.write_record([&line, id, field, &fault.reason])
    }

    /// Writes out all that waits in memory.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Summary of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// True if nothing was to be written.
    pub dry_run: bool,
    /// Products that the file no longer has, archived by `--replace-seller`.
    pub archived: u64,
    /// Rows read, faulty ones included.
    pub read: u64,
    /// Products that are new.
    pub created: u64,
    /// Products that were there and have changed.
    pub updated: u64,
    /// Products that were there just so.
    pub unchanged: u64,
    /// Rows with faults.
    pub skipped: u64,
    /// Rows that were a further variant of the product above.
    pub variants: u64,
    /// Omissions from imported rows.
    pub losses: Losses,
}

impl fmt::Display for ImportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            dry_run,
            archived,
            read,
            created,
            updated,
            unchanged,
            skipped,
            variants,
            losses,
        } = self;
        if *dry_run {
            write!(
                f,
                "{read} rows read, {skipped} with faults; nothing was written"
            )?;
            if *archived > 0 {
                write!(f, "; {archived} products would be archived")?;
            }
            for (loss, count) in losses {
                write!(f, "\n{count} {loss}")?;
            }
            return Ok(());
        }
        write!(
            f,
            "{read} rows read: {created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped"
        )?;
        if *variants > 0 {
            write!(f, ", {variants} further variants")?;
        }
        if *archived > 0 {
            write!(f, ", {archived} archived")?;
        }
        for (loss, count) in losses {
            write!(f, "\n{count} {loss}")?;
        }
        Ok(())
    }
}
