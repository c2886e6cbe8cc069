//! Filters that some facet looks past.

use std::collections::BTreeSet;

use souk_domain::FacetName;

use super::{
    filters::{Clause, Narrowed},
    statement::Sql,
};

/// More filters than a mask has bits narrow every facet.
const MASK_BITS: usize = 60;

/// What the counts are of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Counted {
    /// The total and facets.
    Facets(BTreeSet<FacetName>),
    /// All values of one attribute.
    Attribute(String),
}

impl Counted {
    pub(super) fn has(&self, facet: FacetName) -> bool {
        matches!(self, Self::Facets(facets) if facets.contains(&facet))
    }

    /// Whether anything but the total is counted.
    pub(super) fn counts_any(&self) -> bool {
        !matches!(self, Self::Facets(facets) if facets.is_empty())
    }

    /// Whether any attribute's values are counted.
    pub(super) fn counts_attributes(&self) -> bool {
        matches!(self, Self::Attribute(_)) || self.has(FacetName::Attributes)
    }

    fn looks_past(&self, narrowed: &Narrowed) -> bool {
        match (self, narrowed) {
            (Self::Facets(facets), Narrowed::Facet(facet)) => facets.contains(facet),
            (Self::Facets(facets), Narrowed::Attribute(_)) => {
                facets.contains(&FacetName::Attributes)
            }
            (Self::Attribute(counted), Narrowed::Attribute(name)) => counted == name,
            (Self::Attribute(_), Narrowed::Facet(_)) => false,
        }
    }
}

/// A plan's filters by whether some facet looks past them.
pub(super) struct Soft<'a> {
    /// Those that one does, by bit.
    pub(super) clauses: Vec<&'a Clause<'a>>,
    /// Those that narrow everything.
    pub(super) hard: Vec<&'a Clause<'a>>,
}

impl<'a> Soft<'a> {
    pub(super) fn new(clauses: &'a [Clause<'a>], counted: &Counted) -> Self {
        let (mut soft, mut hard): (Vec<_>, Vec<_>) = clauses
            .iter()
            .partition(|clause| counted.looks_past(&clause.narrowed));
        hard.extend(soft.drain(soft.len().min(MASK_BITS)..));
        Self {
            clauses: soft,
            hard,
        }
    }

    /// The place of a facet's own filter, if it has one.
    pub(super) fn place(&self, narrowed: &Narrowed) -> Option<usize> {
        let mut clauses = self.clauses.iter();
        clauses.position(|clause| clause.narrowed == *narrowed)
    }

    /// The attributes that have a filter of their own, with its place.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (usize, &str)> {
        let clauses = self.clauses.iter().enumerate();
        clauses.filter_map(|(place, clause)| match &clause.narrowed {
            Narrowed::Attribute(name) => Some((place, name.as_str())),
            Narrowed::Facet(_) => None,
        })
    }

    /// All filters but the one at a place.
    pub(super) fn without(&self, place: Option<usize>) -> Vec<&'a Clause<'a>> {
        let soft = self.clauses.iter().enumerate();
        let soft = soft.filter(|(own, _)| Some(*own) != place);
        let soft = soft.map(|(_, clause)| *clause);
        soft.chain(self.hard.iter().copied()).collect()
    }

    /// Appends which of them product `p` fails, as the sum of their bits.
    pub(super) fn write_mask(&self, sql: &mut Sql) {
        sql.push("CAST(0 AS bigint)");
        for (place, clause) in self.clauses.iter().enumerate() {
            sql.push(" + CASE WHEN ");
            clause.write(sql);
            sql.push(&format!(" THEN 0 ELSE {} END", bit(place)));
        }
    }
}

/// The bit of the filter at a place.
pub(super) fn bit(place: usize) -> i64 {
    1 << place
}
