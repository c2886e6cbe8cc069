//! Filter parameters of searches.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    AttributeDefinition, AttributeDefinitions, AttributeFilter, Filters, InvalidField, NumberRange,
    PriceFilter,
};

use super::{
    AttributeChoice, AttributeLimit, BrandName, Flag, Many, MinorUnits, RatingLimit, SlugText,
};

/// The filters that all searches share, as they came in.
#[derive(Default)]
pub struct FilterParams {
    /// Category slugs.
    pub category: Many<SlugText>,
    /// Fandom slugs.
    pub fandom: Many<SlugText>,
    /// Brands.
    pub brand: Many<BrandName>,
    /// Seller slugs.
    pub seller: Many<SlugText>,
    /// Lowest price.
    pub price_min: Option<MinorUnits>,
    /// Highest price.
    pub price_max: Option<MinorUnits>,
    /// Lowest rating.
    pub rating_min: Option<RatingLimit>,
    /// In stock or not.
    pub in_stock: Option<Flag>,
    /// Attribute values.
    pub attr: Many<AttributeChoice>,
    /// Lowest numbers of attributes.
    pub attr_min: Many<AttributeLimit>,
    /// Highest numbers of attributes.
    pub attr_max: Many<AttributeLimit>,
}

impl FilterParams {
    /// Returns the filters of a tenant that defines its attributes so.
    ///
    /// # Errors
    /// If a limit is on an attribute that is not filtered by a range, is no number of it, or is given twice.
    pub fn filters(self, definitions: &AttributeDefinitions) -> Result<Filters, InvalidField> {
        let given = self;
        let mut ranges: BTreeMap<String, NumberRange> = BTreeMap::new();
        for AttributeLimit((name, limit)) in given.attr_min.0 {
            let read = AttributeDefinition::number;
            let limit = limit_of(definitions, "attr_min", (&name, &limit), read)?;
            put(&mut ranges.entry(name).or_default().min, "attr_min", limit)?;
        }
        for AttributeLimit((name, limit)) in given.attr_max.0 {
            let read = AttributeDefinition::upper_limit;
            let limit = limit_of(definitions, "attr_max", (&name, &limit), read)?;
            put(&mut ranges.entry(name).or_default().max, "attr_max", limit)?;
        }
        let (min, max) = (
            given.price_min.map(|price| price.0),
            given.price_max.map(|price| price.0),
        );
        let priced = min.is_some() || max.is_some();
        Ok(Filters {
            category: slugs(given.category),
            fandom: slugs(given.fandom),
            brand: given.brand.0.into_iter().map(|brand| brand.0).collect(),
            seller: slugs(given.seller),
            price: priced.then_some(PriceFilter { min, max }),
            rating_min: given.rating_min.map(|rating| rating.0),
            in_stock: given.in_stock.map(|flag| flag.0),
            attributes: attributes(given.attr),
            ranges,
        })
    }
}

/// The number that a limit stands for.
fn limit_of(
    definitions: &AttributeDefinitions,
    field: &'static str,
    (name, limit): (&str, &str),
    read: impl Fn(&AttributeDefinition, &str) -> Option<f64>,
) -> Result<f64, InvalidField> {
    // An internal attribute is answered as one that does not exist.
    let Some(definition) = definitions.get(name).filter(|range| range.is_range()) else {
        let message = format!("must name an attribute that is filtered by a range, not `{name}`");
        return Err(InvalidField::new(field, message));
    };
    read(definition, limit).ok_or_else(|| {
        let example = definition.written(0.0);
        let message =
            format!("must be a value of the attribute's type, such as `{name}:{example}`");
        InvalidField::new(field, message)
    })
}

fn put(place: &mut Option<f64>, field: &'static str, limit: f64) -> Result<(), InvalidField> {
    match place.replace(limit) {
        Some(_) => Err(InvalidField::new(
            field,
            "must be given once for an attribute",
        )),
        None => Ok(()),
    }
}

fn slugs(given: Many<SlugText>) -> BTreeSet<String> {
    given.0.into_iter().map(|slug| slug.0).collect()
}

fn attributes(given: Many<AttributeChoice>) -> AttributeFilter {
    let mut filter = AttributeFilter::new();
    for AttributeChoice((name, value)) in given.0 {
        filter.entry(name).or_default().insert(value);
    }
    filter
}
