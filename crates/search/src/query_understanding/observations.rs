//! Observations made while training: words as they are written, and the phrases of titles.

use std::collections::HashMap;

use super::meaning::Meaning;

/// A word as it is written.
pub(super) struct Seen {
    pub(super) stem: String,
    pub(super) products: u32,
    /// The last product that it was seen in.
    pub(super) last: u32,
}

/// Observations of the titles of a catalogue.
pub(super) struct Titles<'a> {
    /// Phrases by the stems of their words.
    pub(super) phrases: &'a [String],
    /// The products with each, ascending.
    pub(super) products: &'a [Vec<u32>],
    /// Words as they are written.
    pub(super) surfaces: &'a HashMap<String, Seen>,
    /// Meanings by phrase.
    pub(super) meanings: &'a HashMap<String, Vec<Meaning>>,
}
