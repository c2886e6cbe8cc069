//! Report of an import: faults, losses and counts.

use std::collections::BTreeMap;
use std::fmt;

use souk_domain::InvalidField;

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

/// A value that was left out of a row that was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// An attribute's value is longer than a value may be.
    LongValue,
    /// An attribute has more values than it may have.
    ManyValues,
    /// An attribute's name is longer than a name may be.
    LongName,
    /// A product has more attributes than it may have.
    ManyAttributes,
    /// An image is not an http(s) address or an absolute path.
    ImageAddress,
    /// A product has more images than it may have.
    ManyImages,
    /// No stock was given, so the default was taken.
    DefaultStock,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LongValue => "attribute values left out: longer than 500 characters",
            Self::ManyValues => "attribute values left out: more than 200 of one attribute",
            Self::LongName => "attributes left out: name longer than 200 characters",
            Self::ManyAttributes => "attributes left out: more than 1,000 of one product",
            Self::ImageAddress => {
                "images left out: neither an http(s) address nor an absolute path"
            }
            Self::ManyImages => "images left out: more than 50 of one product",
            Self::DefaultStock => "products without a stock: took --default-stock",
        })
    }
}

/// Number of omissions, by reason.
pub type Losses = BTreeMap<Loss, u64>;

/// Summary of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
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
            read,
            created,
            updated,
            unchanged,
            skipped,
            variants,
            losses,
        } = self;
        write!(
            f,
            "{read} rows read: {created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped"
        )?;
        if *variants > 0 {
            write!(f, ", {variants} further variants")?;
        }
        for (loss, count) in losses {
            write!(f, "\n{count} {loss}")?;
        }
        Ok(())
    }
}
