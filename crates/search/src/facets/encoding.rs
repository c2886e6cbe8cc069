//! Encoding of labels and attributes as single strings, for fields that facets count.

use souk_domain::Label;

/// Stands between the two parts of a string.
pub(crate) const SEPARATOR: char = '\u{1f}';
/// Stands between the categories of a path.
const STEP: char = '\u{1e}';

/// A slug and the name it goes by.
pub(crate) fn label(label: &Label) -> String {
    format!("{}{SEPARATOR}{}", label.slug, plain(&label.name))
}

/// Categories, root first.
pub(crate) fn path(categories: &[Label]) -> String {
    let steps: Vec<String> = categories.iter().map(label).collect();
    steps.join("\u{1e}")
}

/// An attribute's name and one value of it.
pub(crate) fn attribute(name: &str, value: &str) -> String {
    format!("{}{SEPARATOR}{value}", plain(name))
}

/// Both parts of a label or attribute.
pub(crate) fn parts(encoded: &str) -> (&str, &str) {
    encoded.split_once(SEPARATOR).unwrap_or((encoded, encoded))
}

/// The labels of a path, root first.
pub(crate) fn steps(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.split(STEP).map(parts)
}

/// The text without what we use to separate: nobody types these characters on purpose.
pub(crate) fn plain(text: &str) -> String {
    text.replace([SEPARATOR, STEP], " ")
}
