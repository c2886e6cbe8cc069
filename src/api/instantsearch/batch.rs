//! Searches of one call that are answered together.
//!
//! Front ends ask for the counts of a refined facet by the same search once more, without that refinement. Souk counts so by
//! itself, so that one search of the engine answers them all.

use std::collections::BTreeSet;

use souk_domain::{FacetName, Sort};

use super::attributes::{Attribute, Family};
use super::meaning::{Meaning, Refinement};
use super::names::CategoryTree;

/// A search of a call.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Typed text.
    pub(crate) text: Option<String>,
    /// Order of the hits.
    pub(crate) sort: Sort,
    /// Filters.
    pub(crate) meaning: Meaning,
    /// Attributes to count.
    pub(crate) facets: Vec<String>,
    /// Most hits.
    pub(crate) hits: u32,
}

/// Searches that one search of the engine answers.
#[derive(Debug, PartialEq)]
pub(crate) struct Shared {
    /// Place of the search that is asked of the engine.
    pub(crate) main: usize,
    /// Places of those that are answered along, each with the family that it leaves out.
    pub(crate) along: Vec<(usize, Family)>,
}

/// Returns the searches of the engine that a call needs.
pub(crate) fn shared(asked: &[Asked], tree: Option<&CategoryTree>) -> Vec<Shared> {
    let mut plans: Vec<Shared> = Vec::new();
    for (place, search) in asked.iter().enumerate() {
        let family = |plan: &Shared| search.left_out_of(&asked[plan.main], tree);
        let found = plans
            .iter_mut()
            .find_map(|plan| Some((family(plan)?, plan)));
        match found {
            Some((family, plan)) => plan.along.push((place, family)),
            None => plans.push(Shared {
                main: place,
                along: Vec::new(),
            }),
        }
    }
    plans
}

impl Asked {
    /// Returns the families of the attributes to count.
    pub(crate) fn families(&self) -> BTreeSet<Family> {
        let attributes = self.facets.iter().filter_map(|name| Attribute::read(name));
        attributes
            .filter_map(|attribute| attribute.family())
            .collect()
    }

    /// Returns the facets to count.
    pub(crate) fn facet_names(&self) -> BTreeSet<FacetName> {
        if self.counts_all() {
            return FacetName::ALL.into();
        }
        self.families().iter().map(Family::facet).collect()
    }

    /// Returns true if everything there is to count is asked for.
    pub(crate) fn counts_all(&self) -> bool {
        self.facets.iter().any(|name| name == "*")
    }

    /// Returns the family that this search counts and whose refinement it leaves out of another search. None if it differs
    /// in anything else, or shows hits.
    fn left_out_of(&self, main: &Self, tree: Option<&CategoryTree>) -> Option<Family> {
        if self.hits > 0 || self.text != main.text || self.sort != main.sort || self.counts_all() {
            return None;
        }
        let families = self.families();
        let mut names = families.iter();
        let (family, None) = (names.next()?, names.next()) else {
            return None;
        };
        let (own, theirs) = (&self.meaning, &main.meaning);
        let is_possible = !own.impossible && !theirs.impossible;
        let rest = |meaning: &Meaning| {
            let mut rest = meaning.clone();
            rest.refinements.remove(family);
            rest
        };
        let refined = theirs.refinements.get(family)?;
        let is_single = refined.passing.len() == 1 && refined.excluded.is_empty();
        let is_wider = match own.refinements.get(family) {
            None => true,
            Some(wider) => is_above(wider, refined, tree?),
        };
        let fits = is_possible && is_single && is_wider && rest(own) == rest(theirs);
        fits.then(|| family.clone())
    }
}

/// Reports whether a refinement to categories takes in those of another.
fn is_above(wider: &Refinement, refined: &Refinement, tree: &CategoryTree) -> bool {
    let ([wider], [refined]) = (&wider.passing[..], &refined.passing[..]) else {
        return false;
    };
    let slugs = &refined.category;
    !wider.category.is_empty()
        && !slugs.is_empty()
        && slugs
            .iter()
            .all(|slug| tree.is_within(slug, &wider.category))
}
