//! Checks that several parts of a configuration share, and how a field is named from the outside in.

use std::collections::BTreeSet;

use souk_domain::{
    AttributeFilter, Filters, InvalidField, MAX_KEY_CHARS, MAX_PRICE, MAX_VALUE_CHARS, parse_slug,
};

use super::{MAX_PHRASE_CHARS, MAX_PHRASE_WORDS, MAX_PHRASES};
use crate::query::analysis::word_places;

/// Most values of one filter.
const MAX_FILTER_VALUES: usize = 50;

/// An error in one of a list.
pub(super) fn at(list: &str, place: usize, error: InvalidField) -> InvalidField {
    error.within(&format!("{list}[{place}]"))
}

pub(super) fn check_count(list: &str, count: usize, most: usize) -> Result<(), InvalidField> {
    if count <= most {
        return Ok(());
    }
    let message = format!("are at most {most}");
    Err(InvalidField::new(list.to_owned(), message))
}

pub(super) fn check_id(id: &str) -> Result<(), InvalidField> {
    match parse_slug(id) {
        Ok(_) => Ok(()),
        Err(error) => Err(InvalidField::new("id", error.to_string())),
    }
}

pub(super) fn check_phrases(list: &str, phrases: &[String]) -> Result<(), InvalidField> {
    check_count(list, phrases.len(), MAX_PHRASES)?;
    for (place, phrase) in phrases.iter().enumerate() {
        check_phrase(phrase).map_err(|error| at(list, place, error))?;
    }
    Ok(())
}

pub(super) fn check_phrase(phrase: &str) -> Result<(), InvalidField> {
    let words = word_places(phrase).count();
    let all_words = phrase
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .count();
    if words < all_words {
        // It would be left out, and the phrase be found where nobody meant it to be.
        return Err(InvalidField::new("", "has a word of more than 63 bytes"));
    }
    let is_good = (1..=MAX_PHRASE_WORDS).contains(&words)
        && phrase.chars().count() <= MAX_PHRASE_CHARS
        && !phrase.contains('\0');
    if is_good {
        return Ok(());
    }
    let message =
        format!("has one to {MAX_PHRASE_WORDS} words and at most {MAX_PHRASE_CHARS} characters");
    Err(InvalidField::new("", message))
}

/// Checks filters that have to narrow something.
///
/// # Errors
/// Names the first that is out of its range; or if there are none.
pub fn check_filters(filters: &Filters) -> Result<(), InvalidField> {
    if *filters == Filters::default() {
        return Err(InvalidField::new("", "names no filter"));
    }
    for (name, slugs) in [
        ("category", &filters.category),
        ("fandom", &filters.fandom),
        ("seller", &filters.seller),
    ] {
        check_values(name, slugs, |slug| parse_slug(slug).is_ok(), "is no slug")?;
    }
    check_values(
        "brand",
        &filters.brand,
        |brand| is_name(brand, MAX_KEY_CHARS),
        "is no brand: that has 1 to 200 characters",
    )?;
    check_attributes(&filters.attributes)?;
    if !filters.ranges.is_empty() {
        return Err(InvalidField::new("ranges", "must be absent in a rule"));
    }
    check_numbers(filters)
}

fn check_numbers(filters: &Filters) -> Result<(), InvalidField> {
    if let Some(price) = filters.price {
        let message = format!(
            "has `min`, `max` or both, from 0 to {MAX_PRICE}, and `min` is not above `max`"
        );
        let is_good = (price.min.is_some() || price.max.is_some())
            && [price.min, price.max]
                .into_iter()
                .flatten()
                .all(|limit| (0..=MAX_PRICE).contains(&limit))
            && price.min.zip(price.max).is_none_or(|(min, max)| min <= max);
        if !is_good {
            return Err(InvalidField::new("price", message));
        }
    }
    let rating = filters.rating_min;
    if rating.is_some_and(|rating| !(1.0..=5.0).contains(&rating)) {
        return Err(InvalidField::new("rating_min", "lies between 1 and 5"));
    }
    Ok(())
}

fn check_attributes(attributes: &AttributeFilter) -> Result<(), InvalidField> {
    check_count("attributes", attributes.len(), MAX_FILTER_VALUES)?;
    for (name, values) in attributes {
        let in_attributes = |message: &str| InvalidField::new("attributes", message);
        if !is_name(name, MAX_KEY_CHARS) || name.contains(':') {
            return Err(in_attributes("a name has 1 to 200 characters and no colon"));
        }
        if values.is_empty() {
            return Err(in_attributes("a name comes with a value"));
        }
        let is_value = |value: &str| is_name(value, MAX_VALUE_CHARS);
        check_values(
            name,
            values,
            is_value,
            "is no value: that has 1 to 500 characters",
        )
        .map_err(|error| error.within("attributes"))?;
    }
    Ok(())
}

fn check_values(
    name: &str,
    values: &BTreeSet<String>,
    is_good: impl Fn(&str) -> bool,
    otherwise: &'static str,
) -> Result<(), InvalidField> {
    check_count(name, values.len(), MAX_FILTER_VALUES)?;
    // A set has no places to name.
    match values.iter().find(|value| !is_good(value)) {
        Some(value) => {
            let message = format!("`{value}` {otherwise}");
            Err(InvalidField::new(name.to_owned(), message))
        }
        None => Ok(()),
    }
}

/// Returns true if a text is a valid name of at most the given number of characters.
pub(super) fn is_name(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count()) && !text.contains('\0')
}
