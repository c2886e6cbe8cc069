//! Counts as rows of kind, value and number.

/// Row of a count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Count {
    /// Facet's name, or one of the constants of this module.
    pub(crate) kind: String,
    /// Value; of categories the ids that the same products have, separated by commas.
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) id: i64,
    pub(crate) count: i64,
    /// Number of all values of the facet, where only some are listed; 0 if all are.
    pub(crate) values: i64,
    /// Number of products that have the attribute; 0 in other kinds.
    pub(crate) products: i64,
}

/// The number of hits.
pub(crate) const TOTAL: &str = "total";

/// The lowest price as id, the highest as count.
pub(crate) const BOUNDS: &str = "bounds";

/// Products by place in the price ladder.
pub(crate) const BUCKET: &str = "bucket";

/// A value of the attribute that the label names, which is filtered by a range.
pub(crate) const RANGE: &str = "range";

/// A value of the attribute that the label names.
pub(crate) const ATTRIBUTE: &str = "attribute";
