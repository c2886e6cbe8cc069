//! Fragments of PostgreSQL's dialect and of its full-text language, `tsquery`.

pub(crate) const PLACEHOLDER: char = '$';
pub(crate) const LIST: (&str, &str) = (
    " = ANY (ARRAY(SELECT ENTRY FROM jsonb_array_elements_text(CAST(",
    " AS jsonb)) AS list (entry)))",
);
pub(crate) const ATTRIBUTE_VALUES: &str = "search_values";
pub(crate) const PRODUCTS: &str = " FROM search_products p WHERE ";
pub(crate) const LEAST: &str = "least";
pub(crate) const GREATEST: &str = "greatest";
/// `search_products` has no count of ratings.
pub(crate) const RATING_COUNT: &str = "(SELECT r.rating_count FROM products r WHERE r.id = p.id)";
pub(crate) const FIRST_IMAGE: &str = "coalesce(p.images -> 0 ->> 'url', p.images ->> 0)";
/// Text that stands for the first image of product `p`.
pub(crate) const FIRST_IMAGE_ALT: &str = "p.images -> 0 ->> 'alt'";
/// Columns packed by the migration.
pub(crate) const COUNTED_COLUMNS: &str = "SELECT p.id, p.packed, ";
/// Keeps the planner from inlining the subquery and evaluating its columns at each use.
pub(crate) const EVALUATED_ONCE: &str = " OFFSET 0";
pub(crate) const ANY: &str = " | ";
pub(crate) const ALL: &str = " & ";
pub(crate) const PREFIX: &str = ":*";

/// Returns a query for words that follow each other.
pub(crate) fn phrase(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    format!("({})", words.join(" <-> "))
}

/// Quotes a word. Words are letters and digits; quoted they are literal whatever the index takes for a letter.
pub(crate) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}
