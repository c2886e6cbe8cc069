//! What is done to a search besides matching its words: by the rules of the shop's people, and by what a query means.
//!
//! It is part of the plan, so that every engine does it alike, and it changes without a reindex.

use std::collections::BTreeSet;

use souk_domain::{Filters, ProductId};

/// Lowest factor of a [`Boost`].
pub const MIN_FACTOR: f32 = 0.05;
/// Highest factor of a [`Boost`].
pub const MAX_FACTOR: f32 = 20.0;
/// Most products that are pinned.
pub const MAX_PINNED: usize = 50;

/// Everything that steers one search.
///
/// What is hidden is neither hit nor counted, even if it is pinned. `only` narrows like a filter, but is nobody's
/// selection: it narrows all facets. Pins and boosts order hits where the order is by relevance, or by popularity without
/// text; they change no other order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steering {
    /// These come first, in this order, whatever the words say, as long as they pass the filters.
    pub pinned: Vec<ProductId>,
    /// Not found at all.
    pub hidden: Vec<Chosen>,
    /// Nothing else is found: each of them has to hold.
    pub only: Vec<Filters>,
    /// What counts more, or less, than its words say. Factors of several that choose a product are multiplied.
    pub boosts: Vec<Boost>,
}

/// Some products.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// These.
    Products(BTreeSet<ProductId>),
    /// All that pass these filters.
    Matching(Filters),
}

/// What some products' scores are multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub struct Boost {
    /// Which products.
    pub chosen: Chosen,
    /// By what: [`MIN_FACTOR`] to [`MAX_FACTOR`]; less than 1 buries.
    pub factor: f32,
}

impl Steering {
    /// Whether it does nothing.
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }
}
