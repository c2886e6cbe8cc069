//! The parameter types themselves, by what they are about.

mod admin;
mod catalogue;
mod imports;
mod live;
mod search;
mod security;

use poem_openapi::registry::MetaSchema;
use serde_json::Value;

pub use self::{
    admin::{
        ActorName, AnsweringVersion, CachePattern, CacheTag, Day, NoteText, ReportOrder, RowId,
        StopWord,
    },
    catalogue::{
        AttributeChoice, AttributeLimit, AttributeName, BrandName, ExternalIdText, Flag,
        LanguageTag, MinorUnits, ProductRef, RatingLimit, Reference, ReferenceKind, ReviewSort,
        ReviewState, SlugText, StarRating, StatusName,
    },
    imports::{CurrencyCode, ImportFileName, ImportProfile, PriceUnitName, StockUnits},
    live::{EventPosition, WatchedIds},
    search::{
        CursorText, FacetChoice, Needle, PageNumber, PerPage, SearchText, SimilarLimit, SortOrder,
        SuggestionLimit, TypedText, ValueFacet, VisitorIdParameter,
    },
    security::{ApiKeyId, AuditName, Moment},
};

/// Longest brand or attribute name.
const MAX_NAME_CHARS: usize = 200;

/// A parameter: what the specification says of it, and how its text is read.
pub(super) trait Parameter: Sized {
    /// Returns the schema, with limits and example.
    fn schema() -> MetaSchema;

    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, in words for the caller.
    fn read(text: &str) -> Result<Self, String>;
}

/// Lets poem-openapi take a [`Parameter`] from a query or path, and clap from a command line.
macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name(pub $inner);

        impl poem_openapi::types::Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                poem_openapi::registry::MetaSchemaRef::Inline(Box::new(<Self as $crate::api::params::types::Parameter>::schema()))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                <Self as $crate::api::params::types::Parameter>::read(text)
            }
        }

        impl poem_openapi::types::ParseFromParameter for $name {
            fn parse_from_parameter(text: &str) -> poem_openapi::types::ParseResult<Self> {
                text.parse::<Self>().map_err(poem_openapi::types::ParseError::custom)
            }

            fn parse_from_parameters<I, A>(texts: I) -> poem_openapi::types::ParseResult<Self>
            where
                I: IntoIterator<Item = A>,
                A: AsRef<str>,
            {
                let mut texts = texts.into_iter();
                match (texts.next(), texts.next()) {
                    (Some(text), None) => Self::parse_from_parameter(text.as_ref()),
                    (Some(_), Some(_)) => Err(poem_openapi::types::ParseError::custom("is given more than once")),
                    (None, _) => Err(poem_openapi::types::ParseError::custom("is required")),
                }
            }
        }
    )+};
}

use parameters;

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

#[cfg(test)]
mod tests {
    use poem_openapi::types::ParseFromParameter;
    use souk_domain::Sort;

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
    fn language_tag_has_parts_of_letters_and_digits() {
        for tag in ["en", "pt-BR", "zh-Hant-TW", "de-1996"] {
            assert!(LanguageTag::read(tag).is_ok(), "{tag}");
        }
        for tag in ["", "e", "english", "en-", "en_GB", "12", "en-ümlaut", "a-b"] {
            assert!(LanguageTag::read(tag).is_err(), "{tag}");
        }
    }

    #[test]
    fn a_single_parameter_is_given_once() {
        let twice = PerPage::parse_from_parameters(["1", "2"]).unwrap_err();
        assert!(twice.into_message().contains("more than once"));
    }
}
