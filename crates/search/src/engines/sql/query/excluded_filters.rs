//! Excluded filters: a facet excludes its own filter, so that other values can still be chosen.

use std::collections::BTreeSet;

use souk_domain::FacetName;

use super::filters::{Clause, FilterTarget};
use crate::engines::sql::statement::Sql;

/// Bits of a mask. Excluded filters beyond them narrow every facet.
const MASK_BITS: usize = 60;

/// Facets to count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CountedFacets {
    /// Total and facets.
    Facets(BTreeSet<FacetName>),
    /// All values of one attribute.
    Attribute(String),
}

impl CountedFacets {
    pub(crate) fn has(&self, facet: FacetName) -> bool {
        matches!(self, Self::Facets(facets) if facets.contains(&facet))
    }

    /// Returns true if anything but the total is counted.
    pub(crate) fn counts_any(&self) -> bool {
        !matches!(self, Self::Facets(facets) if facets.is_empty())
    }

    /// Returns true if values of an attribute are counted.
    pub(crate) fn counts_attributes(&self) -> bool {
        matches!(self, Self::Attribute(_)) || self.has(FacetName::Attributes)
    }

    fn excludes(&self, target: &FilterTarget) -> bool {
        match (self, target) {
            (Self::Facets(facets), FilterTarget::Facet(facet)) => facets.contains(facet),
            (Self::Facets(facets), FilterTarget::Attribute(_)) => {
                facets.contains(&FacetName::Attributes)
            }
            (Self::Attribute(counted), FilterTarget::Attribute(name)) => counted == name,
            (Self::Attribute(_), FilterTarget::Facet(_)) => false,
        }
    }
}

/// Filters of a plan, by whether a counted facet excludes them.
pub(crate) struct ExcludedFilters<'a> {
    /// Filters that a counted facet excludes, by bit of the mask.
    pub(crate) clauses: Vec<&'a Clause<'a>>,
    /// Filters that narrow everything.
    pub(crate) always: Vec<&'a Clause<'a>>,
}

impl<'a> ExcludedFilters<'a> {
    pub(crate) fn new(clauses: &'a [Clause<'a>], counted: &CountedFacets) -> Self {
        let (mut excluded, mut always): (Vec<_>, Vec<_>) = clauses
            .iter()
            .partition(|clause| counted.excludes(&clause.target));
        always.extend(excluded.drain(excluded.len().min(MASK_BITS)..));
        Self {
            clauses: excluded,
            always,
        }
    }

    /// Returns the place of a facet's own filter, if it has one.
    pub(crate) fn place(&self, target: &FilterTarget) -> Option<usize> {
        let mut clauses = self.clauses.iter();
        clauses.position(|clause| clause.target == *target)
    }

    /// Returns the attributes that have a filter of their own, with its place.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (usize, &str)> {
        let clauses = self.clauses.iter().enumerate();
        clauses.filter_map(|(place, clause)| match &clause.target {
            FilterTarget::Attribute(name) => Some((place, name.as_str())),
            FilterTarget::Facet(_) => None,
        })
    }

    /// Returns all filters but the one at a place.
    pub(crate) fn without(&self, place: Option<usize>) -> Vec<&'a Clause<'a>> {
        let excluded = self
            .clauses
            .iter()
            .enumerate()
            .filter(|(own, _)| Some(*own) != place);
        let excluded = excluded.map(|(_, clause)| *clause);
        excluded.chain(self.always.iter().copied()).collect()
    }

    /// Appends the mask of the excluded filters that product `p` fails.
    pub(crate) fn write_mask(&self, sql: &mut Sql) {
        sql.push("CAST(0 AS bigint)");
        for (place, clause) in self.clauses.iter().enumerate() {
            sql.push(" + CASE WHEN ");
            clause.write(sql);
            sql.push(&format!(" THEN 0 ELSE {} END", bit(place)));
        }
    }
}

/// Bit of the mask of a variant that fails a filter which narrows everything.
pub(crate) const ALWAYS: i64 = 1 << MASK_BITS;

/// Returns the mask bit of the filter at a place.
pub(crate) fn bit(place: usize) -> i64 {
    1 << place
}
