//! Meaning of filters in Souk's own terms.

mod numbers;

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    AttributeDefinitions, Conditions, Currency, FacetName, Filters, InvalidField, PriceFilter,
    ProductId,
};

use self::numbers::Span;
use super::attributes::{Attribute, Family};
use super::filters::{Clause, Literal, Wanted};
use super::names::Names;

/// Slug that nothing has.
const NOWHERE: &str = "?";

/// Refinements and conditions of one request.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Meaning {
    /// Selected values, by family.
    pub(crate) refinements: BTreeMap<Family, Refinement>,
    /// Filters whose products are left out.
    pub(crate) excluded: Vec<Filters>,
    /// Products that are left out.
    pub(crate) without: BTreeSet<ProductId>,
    /// True if nothing can meet all of it.
    pub(crate) impossible: bool,
}

/// Selected values of a family.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Refinement {
    /// Each of them has to be passed; each speaks of this family only.
    pub(crate) passing: Vec<Filters>,
    /// None of them may be passed.
    pub(crate) excluded: Vec<Filters>,
}

/// Names and definitions of a shop, by which filters are understood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shop<'a> {
    /// Display names.
    pub(crate) names: &'a Names,
    /// Definitions of attributes.
    pub(crate) definitions: &'a AttributeDefinitions,
    /// Currency of prices.
    pub(crate) currency: Currency,
}

impl Meaning {
    /// Reads clauses that all have to hold.
    ///
    /// # Errors
    /// If an attribute does not exist, or Souk cannot express a clause.
    pub(crate) fn of(clauses: &[Clause], shop: Shop<'_>) -> Result<Self, InvalidField> {
        let mut meaning = Self::default();
        let mut spans: BTreeMap<Family, Span> = BTreeMap::new();
        for clause in clauses {
            meaning.add(clause, shop, &mut spans)?;
        }
        for (family, span) in spans {
            meaning.impossible |= span.is_empty();
            let refinement = span.refinement(&family, shop)?;
            meaning.refinements.insert(family, refinement);
        }
        Ok(meaning)
    }

    fn add(
        &mut self,
        clause: &Clause,
        shop: Shop<'_>,
        spans: &mut BTreeMap<Family, Span>,
    ) -> Result<(), InvalidField> {
        let attributes = clause.iter().map(attribute_of);
        let attributes = attributes.collect::<Result<Vec<_>, _>>()?;
        if clause.iter().all(|literal| literal.negated) && !clause.is_empty() {
            return self.exclude(clause, &attributes, shop);
        }
        let family = attributes.first().and_then(Attribute::family);
        let is_one = attributes
            .iter()
            .all(|attribute| attribute.family() == family);
        let Some(family) = family.filter(|_| is_one) else {
            return Err(inexpressible(
                "alternatives of different attributes, or of an `objectID`, are not taken",
            ));
        };
        if clause.iter().any(|literal| literal.negated) {
            return Err(inexpressible(
                "a negation beside other alternatives is not taken",
            ));
        }
        if family == Family::Facet(FacetName::Availability) {
            return self.require_stock(clause);
        }
        if numbers::is_numeric(&family, shop.definitions) {
            let alternatives = clause
                .iter()
                .map(|literal| numbers::span(&family, &literal.test, shop));
            let span = Span::union(alternatives.collect::<Result<_, _>>()?).ok_or_else(|| {
                inexpressible("alternatives of ranges with a gap between are not taken")
            })?;
            let every = numbers::every(&family);
            let known = spans.entry(family).or_insert(every);
            *known = known.and(span);
            return Ok(());
        }
        let mut filters = Filters::default();
        for (literal, attribute) in clause.iter().zip(&attributes) {
            accept(&mut filters, attribute, literal, shop)?;
        }
        let refinement = self.refinements.entry(family).or_default();
        if !refinement.passing.contains(&filters) {
            refinement.passing.push(filters);
        }
        Ok(())
    }

    /// In stock, or sold out in a variant; both as alternatives say nothing.
    fn require_stock(&mut self, clause: &Clause) -> Result<(), InvalidField> {
        let wanted = clause
            .iter()
            .map(flag)
            .collect::<Result<BTreeSet<_>, _>>()?;
        if wanted.len() > 1 {
            return Ok(());
        }
        let family = Family::Facet(FacetName::Availability);
        let refinement = self.refinements.entry(family).or_default();
        let filters = Filters {
            in_stock: wanted.first().copied(),
            ..Filters::default()
        };
        if !refinement.passing.contains(&filters) {
            refinement.passing.push(filters);
        }
        Ok(())
    }

    /// Not one, or not the other, is not both.
    fn exclude(
        &mut self,
        clause: &Clause,
        attributes: &[Attribute],
        shop: Shop<'_>,
    ) -> Result<(), InvalidField> {
        if clause.len() > 1 {
            let several =
                "`NOT` of conditions that all have to hold is not taken; `NOT a AND NOT b` is";
            return Err(inexpressible(several));
        }
        for (literal, attribute) in clause.iter().zip(attributes) {
            let Some(family) = attribute.family() else {
                let Wanted::Value(id) = &literal.test.wanted else {
                    return Err(inexpressible("an `objectID` is compared by a colon only"));
                };
                self.without.extend(id.parse::<ProductId>().ok());
                continue;
            };
            let mut filters = Filters::default();
            if family == Family::Facet(FacetName::Availability) {
                filters.in_stock = Some(flag(literal)?);
            } else if numbers::is_numeric(&family, shop.definitions) {
                let span =
                    numbers::span(&family, &literal.test, shop)?.and(numbers::every(&family));
                if span.is_empty() {
                    continue;
                }
                filters = span.excluded(&family)?;
            } else {
                accept(&mut filters, attribute, literal, shop)?;
            }
            if !self.excluded.contains(&filters) {
                self.excluded.push(filters);
            }
        }
        Ok(())
    }

    /// Writes it into a search. What is selected in the `disjunctive` families does not narrow their own counts.
    pub(crate) fn write(&self, disjunctive: &BTreeSet<Family>) -> (Filters, Conditions) {
        let mut filters = Filters::default();
        let mut conditions = Conditions {
            excluded: self.excluded.clone(),
            without: self.without.clone(),
            ..Conditions::default()
        };
        for (family, refinement) in &self.refinements {
            let mut passing = refinement.passing.iter();
            // Ranges of attributes are filters only.
            let has_range = refinement.passing.iter().any(|own| !own.ranges.is_empty());
            if (disjunctive.contains(family) || has_range)
                && let Some(first) = passing.next()
            {
                merge(&mut filters, first);
            }
            conditions.passing.extend(passing.cloned());
            conditions
                .excluded
                .extend(refinement.excluded.iter().cloned());
        }
        (filters, conditions)
    }
}

fn attribute_of(literal: &Literal) -> Result<Attribute, InvalidField> {
    let name = &literal.test.attribute;
    Attribute::read(name).ok_or_else(|| {
        let message = format!(
            "name `{name}`, which nothing is filtered by; there are brand, categories.lvl0 (and so on), category_slug, \
             fandom, fandom_slug, in_stock, price, rating, seller, seller_slug, _tags and attributes.NAME"
        );
        InvalidField::new("filters", message)
    })
}

fn inexpressible(what: &str) -> InvalidField {
    InvalidField::new("filters", format!("cannot be answered exactly: {what}"))
}

/// Adds a value to those accepted.
fn accept(
    filters: &mut Filters,
    attribute: &Attribute,
    literal: &Literal,
    shop: Shop<'_>,
) -> Result<(), InvalidField> {
    let Wanted::Value(value) = &literal.test.wanted else {
        let message = format!(
            "compare `{}` with a number, but its values are texts",
            literal.test.attribute
        );
        return Err(InvalidField::new("filters", message));
    };
    let known = |slugs: BTreeSet<String>| match slugs.is_empty() {
        true => [NOWHERE.to_owned()].into(),
        false => slugs,
    };
    let names = shop.names;
    match attribute {
        Attribute::CategoryLevel(_) => filters
            .category
            .extend(known(names.slugs(attribute, value))),
        Attribute::CategorySlug => drop(filters.category.insert(value.clone())),
        Attribute::Brand => drop(filters.brand.insert(value.clone())),
        Attribute::Fandom => filters.fandom.extend(known(names.slugs(attribute, value))),
        Attribute::FandomSlug => drop(filters.fandom.insert(value.clone())),
        Attribute::Seller => filters.seller.extend(known(names.slugs(attribute, value))),
        Attribute::SellerSlug => drop(filters.seller.insert(value.clone())),
        Attribute::Named(name) => {
            if shop.definitions.is_internal(name) {
                // Answered as one that no product has.
                filters.brand.insert(NOWHERE.to_owned());
                return Ok(());
            }
            filters
                .attributes
                .entry(name.clone())
                .or_default()
                .insert(value.clone());
        }
        Attribute::Price | Attribute::Rating | Attribute::InStock | Attribute::ObjectId => {}
    }
    Ok(())
}

fn flag(literal: &Literal) -> Result<bool, InvalidField> {
    match &literal.test.wanted {
        Wanted::Value(value) if value == "true" => Ok(true),
        Wanted::Value(value) if value == "false" => Ok(false),
        Wanted::Number(super::filters::Comparison::Equal, number) if *number == 1.0 => Ok(true),
        Wanted::Number(super::filters::Comparison::Equal, number) if *number == 0.0 => Ok(false),
        _ => Err(InvalidField::new(
            "filters",
            "compare `in_stock`, which is true or false",
        )),
    }
}

/// Adds filters of another family.
fn merge(filters: &mut Filters, more: &Filters) {
    filters.category.extend(more.category.iter().cloned());
    filters.fandom.extend(more.fandom.iter().cloned());
    filters.brand.extend(more.brand.iter().cloned());
    filters.seller.extend(more.seller.iter().cloned());
    filters.attributes.extend(more.attributes.clone());
    filters.ranges.extend(more.ranges.clone());
    filters.in_stock = filters.in_stock.or(more.in_stock);
    filters.rating_min = filters.rating_min.or(more.rating_min);
    let price: Option<PriceFilter> = more.price;
    filters.price = filters.price.or(price);
}
