//! Fragments of SQLite's dialect and of its full-text language, FTS5.

pub(crate) const PLACEHOLDER: char = '?';
pub(crate) const LIST: (&str, &str) = (" IN (SELECT value FROM json_each(", "))");
pub(crate) const ATTRIBUTE_VALUES: &str = "search_attributes";
pub(crate) const PRODUCTS: &str = " FROM products p WHERE ";
pub(crate) const LEAST: &str = "min";
pub(crate) const GREATEST: &str = "max";
pub(crate) const RATING_COUNT: &str = "p.rating_count";
pub(crate) const FIRST_IMAGE: &str = "coalesce(p.images ->> '$[0].url', p.images ->> '$[0]')";
/// Text that stands for the first image of product `p`.
pub(crate) const FIRST_IMAGE_ALT: &str = "p.images ->> '$[0].alt'";
pub(crate) const COUNTED_COLUMNS: &str = "SELECT p.id, p.category_id, p.fandom_id, p.brand, p.seller_id, p.price_min, p.price_max, p.rating, p.available_count, coalesce(p.offer_count, p.variant_count) AS variant_count, ";
pub(crate) const EVALUATED_ONCE: &str = "";
pub(crate) const ANY: &str = " OR ";
pub(crate) const ALL: &str = " AND ";
pub(crate) const PREFIX: &str = " *";

/// Returns a query for words that follow each other.
pub(crate) fn phrase(words: &[String]) -> String {
    quoted(&words.join(" "))
}

/// Quotes a word.
pub(crate) fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}
