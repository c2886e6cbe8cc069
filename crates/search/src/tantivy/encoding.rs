//! How labels and attributes are written into fast fields, and read back.

use souk_domain::Label;

use super::schema::SEPARATOR;

/// Stands between the categories of a path.
const STEP: char = '\u{1e}';

/// A slug and the name it goes by.
pub(super) fn label(label: &Label) -> String {
    format!("{}{SEPARATOR}{}", label.slug, plain(&label.name))
}

/// Categories, root first.
pub(super) fn path(categories: &[Label]) -> String {
    let steps: Vec<String> = categories.iter().map(label).collect();
    steps.join("\u{1e}")
}

/// An attribute's name and one value of it.
pub(super) fn attribute(name: &str, value: &str) -> String {
    format!("{}{SEPARATOR}{value}", plain(name))
}

/// Both parts of a label or attribute.
pub(super) fn parts(encoded: &str) -> (&str, &str) {
    encoded.split_once(SEPARATOR).unwrap_or((encoded, encoded))
}

/// The labels of a path, root first.
pub(super) fn steps(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.split(STEP).map(parts)
}

/// The text without what we use to separate: nobody types these characters on purpose.
pub(super) fn plain(text: &str) -> String {
    text.replace([SEPARATOR, STEP], " ")
}
