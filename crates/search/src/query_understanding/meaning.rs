//! Meanings of a phrase: facet values, with the evidence for each.

use std::mem::discriminant;

use serde::Serialize;
use souk_domain::Filters;

use crate::settings::QueryUnderstanding;

/// A value of a facet, as one would select it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetChoice {
    /// Slug of a category; its descendants are included.
    Category(String),
    /// Slug of a fandom.
    Fandom(String),
    /// A brand, as displayed.
    Brand(String),
    /// Name and value of an attribute.
    Attribute(String, String),
}

impl FacetChoice {
    /// The filters that let through what has this value.
    pub fn filters(&self) -> Filters {
        let mut filters = Filters::default();
        self.select_in(&mut filters);
        filters
    }

    /// Selects it besides what is selected of its facet.
    fn select_in(&self, filters: &mut Filters) {
        match self {
            Self::Category(slug) => filters.category.insert(slug.clone()),
            Self::Fandom(slug) => filters.fandom.insert(slug.clone()),
            Self::Brand(brand) => filters.brand.insert(brand.clone()),
            Self::Attribute(name, value) => {
                let values = filters.attributes.entry(name.clone()).or_default();
                values.insert(value.clone())
            }
        };
    }

    /// The filters that let through what has any of these values; none if there are no such filters, since values of
    /// different facets add up.
    pub(super) fn any<'a>(values: impl IntoIterator<Item = &'a Self>) -> Option<Filters> {
        let mut values = values.into_iter();
        let first = values.next()?;
        let mut filters = first.filters();
        for value in values {
            if !value.is_alternative_to(first) {
                return None;
            }
            value.select_in(&mut filters);
        }
        Some(filters)
    }

    fn is_alternative_to(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Attribute(name, _), Self::Attribute(other, _)) => name == other,
            _ => discriminant(self) == discriminant(other),
        }
    }
}

/// A value that a phrase may mean, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meaning {
    /// The value.
    pub value: FacetChoice,
    /// Of the products with the phrase in their titles, the share that has the value; 1 if no title has the phrase.
    pub share: f32,
    /// Of the products with the value, the share with the phrase in their titles.
    pub coverage: f32,
    /// Number of products with the value.
    pub support: u32,
    /// True if the phrase is the name of the value.
    pub named: bool,
}

impl Meaning {
    /// Returns the agreement of phrase and value: the harmonic mean of both shares.
    pub fn agreement(&self) -> f32 {
        let sum = self.share + self.coverage;
        if sum == 0.0 {
            return 0.0;
        }
        2.0 * self.share * self.coverage / sum
    }

    /// Whether it counts under these settings. A value's own name needs less to speak for it: half of the titles that
    /// say `laptop` may well be those of bags.
    pub fn counts(&self, settings: &QueryUnderstanding) -> bool {
        if self.named {
            return self.share >= settings.share_of_named;
        }
        self.share >= settings.share && self.coverage >= settings.coverage
    }
}

/// Phrase of a text that was understood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Understood {
    /// The phrase, by its words' stems.
    pub phrase: String,
    /// Meaning of the phrase.
    pub meaning: Meaning,
}
