//! The parameter types themselves.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromParameter, ParseResult, Type},
};
use serde_json::{Value, json};
use souk_domain::{
    Cursor, FacetName, MAX_PER_PAGE, MAX_PRICE, MAX_QUERY_CHARS, ProductStatus, Sort, parse_slug,
};
use souk_search::rewriting::config::check_stop_word;
use souk_store::QueryOrder;

use super::CalendarDay;
use crate::http::SessionId;

/// Longest slug.
const MAX_SLUG_CHARS: usize = 120;
const SLUG_PATTERN: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
/// Longest brand or attribute name.
const MAX_NAME_CHARS: usize = 200;
/// Longest attribute value.
const MAX_VALUE_CHARS: usize = 500;
/// Highest page number: deeper pages need a cursor, whatever their size.
const MAX_PAGE: i64 = 10_001;
/// Longest name in the cache, and more than that.
const MAX_CACHE_NAME_CHARS: usize = 64;
const CACHE_PATTERN: &str = "^[a-z0-9:*?]+$";
const MAX_SUGGESTIONS: i64 = 20;
const MAX_SIMILAR: i64 = 50;
/// Longest name of whoever changes something.
const MAX_ACTOR_CHARS: usize = 100;
/// Longest reason for a change.
const MAX_NOTE_CHARS: usize = 500;
/// Longest stop word.
const MAX_STOP_WORD_CHARS: usize = 63;
/// Highest id: what every JSON reader holds exactly.
const MAX_ID: i64 = (1 << 53) - 1;

/// A parameter: what the specification says of it, and how its text is read.
pub(super) trait Parameter: Sized {
    /// Its schema, limits and example included.
    fn schema() -> MetaSchema;

    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, in words for the caller.
    fn read(text: &str) -> Result<Self, String>;
}

/// Lets poem-openapi take a [`Parameter`] from a query or path.
macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name(pub $inner);

        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(<Self as Parameter>::schema()))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ParseFromParameter for $name {
            fn parse_from_parameter(text: &str) -> ParseResult<Self> {
                <Self as Parameter>::read(text).map_err(ParseError::custom)
            }

            fn parse_from_parameters<I, A>(texts: I) -> ParseResult<Self>
            where
                I: IntoIterator<Item = A>,
                A: AsRef<str>,
            {
                let mut texts = texts.into_iter();
                match (texts.next(), texts.next()) {
                    (Some(text), None) => Self::parse_from_parameter(text.as_ref()),
                    (Some(_), Some(_)) => Err(ParseError::custom("is given more than once")),
                    (None, _) => Err(ParseError::custom("is required")),
                }
            }
        }
    )+};
}

parameters! {
    /// What someone searches for.
    SearchText(String);
    /// What someone is typing.
    TypedText(String);
    /// What a facet's values are searched for.
    Needle(String);
    /// What a client calls a session.
    SessionName(SessionId);
    /// What an answer in the cache was made from.
    CacheTag(souk_cache::Tag);
    /// Names of answers in the cache.
    CachePattern(String);
    /// A slug of a category, fandom, seller.
    SlugText(String);
    /// A brand as displayed.
    BrandName(String);
    /// An attribute's name.
    AttributeName(String);
    /// An attribute's name and one of its values.
    AttributeChoice((String, String));
    /// An amount in minor units.
    MinorUnits(i64);
    /// A lowest rating.
    RatingLimit(f32);
    /// True or false.
    Flag(bool);
    /// A page number, from 1.
    PageNumber(u32);
    /// How many hits a page holds.
    PerPage(u32);
    /// How many suggestions.
    SuggestionLimit(usize);
    /// How many similar products.
    SimilarLimit(usize);
    /// A place in an ordered result.
    CursorText(Cursor);
    /// An order of hits.
    SortOrder(Sort);
    /// A facet to count, or `none` for none at all.
    FacetChoice(Option<FacetName>);
    /// A facet whose values can be searched.
    ValueFacet(FacetName);
    /// A product's status.
    StatusName(ProductStatus);
    /// A product by id or slug.
    ProductRef(String);
    /// A row's id.
    RowId(i64);
    /// Fandoms or sellers.
    ReferenceKind(Reference);
    /// Who changes something.
    ActorName(String);
    /// Why somebody changes something.
    NoteText(String);
    /// A word that is not searched for.
    StopWord(String);
    /// A day of the calendar.
    Day(CalendarDay);
    /// What queries are ordered by in a report.
    ReportOrder(QueryOrder);
}

/// The kinds of reference data that share their shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// What products are about.
    Fandoms,
    /// Who sells them.
    Sellers,
}

impl Reference {
    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fandoms => "fandoms",
            Self::Sellers => "sellers",
        }
    }
}

// Documentation pages fill their forms with examples, all at once: only what makes sense together has one.

fn string(longest: usize) -> MetaSchema {
    MetaSchema {
        min_length: Some(1),
        max_length: Some(longest),
        ..MetaSchema::new("string")
    }
}

fn integer(lowest: i64, highest: i64) -> MetaSchema {
    #[allow(clippy::cast_precision_loss)]
    MetaSchema {
        minimum: Some(lowest as f64),
        maximum: Some(highest as f64),
        ..MetaSchema::new_with_format("integer", "int64")
    }
}

fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> MetaSchema {
    MetaSchema {
        enum_items: names.into_iter().map(Value::from).collect(),
        ..MetaSchema::new("string")
    }
}

fn read_text(text: &str, longest: usize) -> Result<String, String> {
    if text.chars().count() > longest {
        return Err(format!("has at most {longest} characters"));
    }
    Ok(text.to_owned())
}

fn read_name(text: &str, longest: usize) -> Result<String, String> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    read_text(text, longest)
}

fn read_integer(text: &str, lowest: i64, highest: i64) -> Result<i64, String> {
    text.parse()
        .ok()
        .filter(|number| (lowest..=highest).contains(number))
        .ok_or_else(|| format!("is a whole number from {lowest} to {highest}"))
}

impl Parameter for SearchText {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: None,
            example: Some(json!("dragon mug")),
            ..string(MAX_QUERY_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        read_text(text, MAX_QUERY_CHARS).map(Self)
    }
}

impl Parameter for TypedText {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: None,
            example: Some(json!("dra")),
            ..string(MAX_QUERY_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        read_text(text, MAX_QUERY_CHARS).map(Self)
    }
}

impl Parameter for Needle {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: None,
            ..string(MAX_NAME_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        read_text(text, MAX_NAME_CHARS).map(Self)
    }
}

impl Parameter for SessionName {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[!-~]+$".to_owned()),
            min_length: Some(SessionId::MIN_CHARS),
            ..string(SessionId::MAX_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let id = SessionId::parse(text);
        id.map(Self).map_err(|error| error.to_string())
    }
}

impl Parameter for CacheTag {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(
                "^(all|search|categories|fandoms|(product|category|fandom|seller):[1-9][0-9]{0,17})$"
                    .to_owned(),
            ),
            ..string(MAX_CACHE_NAME_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let tag = text.parse::<souk_cache::Tag>();
        tag.map(Self).map_err(|error| error.to_string())
    }
}

impl Parameter for CachePattern {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(CACHE_PATTERN.to_owned()),
            ..string(MAX_CACHE_NAME_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":*?".contains(&byte);
        if text.is_empty() || text.len() > MAX_CACHE_NAME_CHARS || !text.bytes().all(plain) {
            return Err("is no pattern such as `search:*`".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Parameter for SlugText {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(SLUG_PATTERN.to_owned()),
            ..string(MAX_SLUG_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        parse_slug(text)
            .map(|slug| Self(slug.to_owned()))
            .map_err(|error| error.to_string())
    }
}

impl Parameter for BrandName {
    fn schema() -> MetaSchema {
        string(MAX_NAME_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text, MAX_NAME_CHARS).map(Self)
    }
}

impl Parameter for AttributeName {
    fn schema() -> MetaSchema {
        string(MAX_NAME_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text, MAX_NAME_CHARS).map(Self)
    }
}

impl Parameter for AttributeChoice {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(format!(
                "^[^:]{{1,{MAX_NAME_CHARS}}}:[\\s\\S]{{1,{MAX_VALUE_CHARS}}}$"
            )),
            min_length: None,
            max_length: None,
            ..string(0)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once(':')
            .filter(|(name, value)| !name.is_empty() && !value.is_empty())
            .ok_or("is a name and a value with a colon between, such as `color:red`")?;
        Ok(Self((
            read_name(name, MAX_NAME_CHARS)?,
            read_name(value, MAX_VALUE_CHARS)?,
        )))
    }
}

impl Parameter for MinorUnits {
    fn schema() -> MetaSchema {
        integer(0, MAX_PRICE)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 0, MAX_PRICE).map(Self)
    }
}

impl Parameter for RatingLimit {
    fn schema() -> MetaSchema {
        MetaSchema {
            minimum: Some(1.0),
            maximum: Some(5.0),
            ..MetaSchema::new("number")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .ok()
            .filter(|rating| (1.0..=5.0).contains(rating))
            .map(Self)
            .ok_or_else(|| "is a number from 1 to 5".to_owned())
    }
}

impl Parameter for Flag {
    fn schema() -> MetaSchema {
        MetaSchema::new("boolean")
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| "is `true` or `false`".to_owned())
    }
}

impl Parameter for PageNumber {
    fn schema() -> MetaSchema {
        integer(1, MAX_PAGE)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 1, MAX_PAGE).map(|page| Self(page as u32))
    }
}

impl Parameter for PerPage {
    fn schema() -> MetaSchema {
        integer(1, i64::from(MAX_PER_PAGE))
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 1, i64::from(MAX_PER_PAGE)).map(|size| Self(size as u32))
    }
}

impl Parameter for SuggestionLimit {
    fn schema() -> MetaSchema {
        integer(1, MAX_SUGGESTIONS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 1, MAX_SUGGESTIONS).map(|limit| Self(limit as usize))
    }
}

impl Parameter for SimilarLimit {
    fn schema() -> MetaSchema {
        integer(1, MAX_SIMILAR)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 1, MAX_SIMILAR).map(|limit| Self(limit as usize))
    }
}

impl Parameter for CursorText {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[A-Za-z0-9_-]{23}$".to_owned()),
            min_length: None,
            max_length: None,
            ..string(0)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|error: souk_domain::CursorError| error.to_string())
    }
}

impl Parameter for SortOrder {
    fn schema() -> MetaSchema {
        one_of(Sort::ALL.iter().map(|sort| sort.as_str()))
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

impl Parameter for FacetChoice {
    fn schema() -> MetaSchema {
        let names = FacetName::ALL.iter().map(|facet| facet.as_str());
        one_of(names.chain(["none"]))
    }

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self(None)),
            name => name.parse().map(|facet| Self(Some(facet))),
        }
    }
}

impl ValueFacet {
    const ALL: [FacetName; 6] = [
        FacetName::Category,
        FacetName::Fandom,
        FacetName::Brand,
        FacetName::Seller,
        FacetName::Availability,
        FacetName::Attributes,
    ];
}

impl Parameter for ValueFacet {
    fn schema() -> MetaSchema {
        one_of(Self::ALL.iter().map(|facet| facet.as_str()))
    }

    fn read(text: &str) -> Result<Self, String> {
        let facet = text.parse()?;
        if Self::ALL.contains(&facet) {
            Ok(Self(facet))
        } else {
            Err(format!(
                "`{text}` is a facet of numbers: it has no values to search"
            ))
        }
    }
}

impl Parameter for StatusName {
    fn schema() -> MetaSchema {
        one_of(["draft", "active", "archived"])
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

impl Parameter for ProductRef {
    fn schema() -> MetaSchema {
        string(MAX_SLUG_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }
}

impl Parameter for RowId {
    fn schema() -> MetaSchema {
        integer(1, MAX_ID)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 1, MAX_ID).map(Self)
    }
}

impl Parameter for Day {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "date")
    }

    fn read(text: &str) -> Result<Self, String> {
        let day = CalendarDay::read(text).map(Self);
        day.ok_or_else(|| "is a day such as `2026-01-31`".to_owned())
    }
}

/// What queries are ordered by in a report, by its name.
const REPORT_ORDERS: [(&str, QueryOrder); 4] = [
    ("searches", QueryOrder::Searches),
    ("clicks", QueryOrder::Clicks),
    ("purchases", QueryOrder::Purchases),
    ("revenue", QueryOrder::Revenue),
];

impl Parameter for ReportOrder {
    fn schema() -> MetaSchema {
        one_of(REPORT_ORDERS.map(|(name, _)| name))
    }

    fn read(text: &str) -> Result<Self, String> {
        let order = REPORT_ORDERS.into_iter().find(|(name, _)| *name == text);
        let names = REPORT_ORDERS.map(|(name, _)| name).join(", ");
        order
            .map(|(_, order)| Self(order))
            .ok_or_else(|| format!("is one of: {names}"))
    }
}

impl Parameter for ReferenceKind {
    fn schema() -> MetaSchema {
        one_of(["fandoms", "sellers"])
    }

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "fandoms" => Ok(Self(Reference::Fandoms)),
            "sellers" => Ok(Self(Reference::Sellers)),
            _ => Err("is `fandoms` or `sellers`".to_owned()),
        }
    }
}

impl Parameter for ActorName {
    fn schema() -> MetaSchema {
        string(MAX_ACTOR_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text.trim(), MAX_ACTOR_CHARS).map(Self)
    }
}

impl Parameter for NoteText {
    fn schema() -> MetaSchema {
        string(MAX_NOTE_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text, MAX_NOTE_CHARS).map(Self)
    }
}

impl Parameter for StopWord {
    fn schema() -> MetaSchema {
        string(MAX_STOP_WORD_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        check_stop_word(text).map_err(|error| error.message)?;
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_takes_what_it_describes() {
        assert!(SearchText::read("").is_ok() && SearchText::read(&"é".repeat(400)).is_ok());
        assert!(SlugText::read("dragon-mugs").is_ok() && SlugText::read("Dragon").is_err());
        assert!(MinorUnits::read("0").is_ok() && MinorUnits::read("1000000000000").is_ok());
        assert!(RatingLimit::read("4.5").is_ok() && Flag::read("false").is_ok());
        assert!(PerPage::read("100").is_ok() && PerPage::read("101").is_err());
        assert!(CursorText::read("aQAAAAAAAAHNAAAAAAAAACo").is_ok());
        assert!(ValueFacet::read("brand").is_ok() && ValueFacet::read("price").is_err());
        for schema in [
            SortOrder::schema(),
            FacetChoice::schema(),
            StatusName::schema(),
        ] {
            assert!(!schema.enum_items.is_empty());
        }
        for sort in Sort::ALL {
            assert!(SortOrder::read(sort.as_str()).is_ok());
        }
        assert!(FacetChoice::read("none").is_ok() && FacetChoice::read("any").is_err());
    }

    #[test]
    fn numbers_are_only_taken_in_range() {
        for text in ["", "-1", "1e3", "1.5", " 1", "NaN", "99999999999999999999"] {
            assert!(MinorUnits::read(text).is_err(), "{text}");
        }
        for text in ["", "0.99", "5.01", "NaN", "inf", "-inf"] {
            assert!(RatingLimit::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_attributes_value_may_hold_colons_but_not_its_name() {
        let AttributeChoice((name, value)) = AttributeChoice::read("ratio:16:9").unwrap();
        assert_eq!((name.as_str(), value.as_str()), ("ratio", "16:9"));
        for text in ["", "color", ":red", "color:"] {
            assert!(AttributeChoice::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_single_parameter_is_given_once() {
        let twice = PerPage::parse_from_parameters(["1", "2"]).unwrap_err();
        assert!(twice.into_message().contains("more than once"));
    }
}
