//! Kinds of rows: what a row adds to its product.

use super::columns::Columns;
use crate::import::profile::fields::Field;
use crate::import::profile::known::Profile;

/// Kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum Kind {
    /// A product that is sold in its variants only.
    Parent,
    /// A product, and its variant if no other row is one.
    Product,
    Variant,
    Image,
    /// Changes the prices of variants by their options.
    Rule,
    Skip,
}

/// Finds the kind of a row by its type's word.
pub(in crate::import) fn kind(profile: &Profile, columns: &Columns) -> Kind {
    if columns.get(Field::SkippedIf).is_some() {
        return Kind::Skip;
    }
    let text = columns
        .text(Field::RowType)
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let known = profile.row_types.get(&text).or_else(|| {
        text.split(',')
            .find_map(|word| profile.row_types.get(word.trim()))
    });
    match known.map(String::as_str) {
        Some("parent") => Kind::Parent,
        Some("variant") => Kind::Variant,
        Some("image") => Kind::Image,
        Some("rule") => Kind::Rule,
        Some("skip") => Kind::Skip,
        _ => Kind::Product,
    }
}

/// A row of a product, sorted out.
#[derive(Debug)]
pub(in crate::import) struct Part {
    pub line: u64,
    pub bytes: usize,
    /// Number of the file that it is from.
    pub file: usize,
    pub kind: Kind,
    pub columns: Columns,
}
