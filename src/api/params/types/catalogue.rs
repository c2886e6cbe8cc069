//! Parameter types of the catalogue.

use poem_openapi::registry::MetaSchema;
use souk_domain::{
    MAX_KEY_CHARS, MAX_PRICE, ProductStatus, parse_slug,
    reviews::{ReviewStatus, UnknownReviewStatus},
};
use souk_store::ReviewOrder;

use super::{
    MAX_NAME_CHARS, Parameter, integer, one_of, parameters, read_integer, read_name, string,
};

/// Longest slug.
const MAX_SLUG_CHARS: usize = 120;
const SLUG_PATTERN: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
/// Longest limit on an attribute's numbers.
const MAX_LIMIT_CHARS: usize = 50;
/// Longest attribute value.
const MAX_VALUE_CHARS: usize = 500;

parameters! {
    /// A slug of a category, fandom, seller.
    SlugText(String);
    /// A product's external id.
    ExternalIdText(String);
    /// A brand as displayed.
    BrandName(String);
    /// An attribute's name.
    AttributeName(String);
    /// An attribute's name and one of its values.
    AttributeChoice((String, String));
    /// An attribute's name and a limit on its numbers.
    AttributeLimit((String, String));
    /// Language tag.
    LanguageTag(String);
    /// An amount in minor units.
    MinorUnits(i64);
    /// A lowest rating.
    RatingLimit(f32);
    /// True or false.
    Flag(bool);
    /// A product's status.
    StatusName(ProductStatus);
    /// A product by id or slug.
    ProductRef(String);
    /// An order of reviews.
    ReviewSort(ReviewOrder);
    /// A rating of a review.
    StarRating(u8);
    /// A state of reviews.
    ReviewState(ReviewStatus);
    /// Fandoms or sellers.
    ReferenceKind(Reference);
}

/// The kinds of reference data that share their shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Fandom of products.
    Fandoms,
    /// Seller of products.
    Sellers,
}

impl Reference {
    /// Slug in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fandoms => "fandoms",
            Self::Sellers => "sellers",
        }
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

impl Parameter for ExternalIdText {
    fn schema() -> MetaSchema {
        string(MAX_KEY_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text, MAX_KEY_CHARS).map(Self)
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

impl Parameter for AttributeLimit {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(format!(
                "^[^:]{{1,{MAX_NAME_CHARS}}}:[\\s\\S]{{1,{MAX_LIMIT_CHARS}}}$"
            )),
            min_length: None,
            max_length: None,
            ..string(0)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let (name, limit) = text
            .split_once(':')
            .filter(|(name, limit)| !name.is_empty() && !limit.is_empty())
            .ok_or(
                "must be a name and a number or date with a colon between, such as `weight:2.5`",
            )?;
        Ok(Self((
            read_name(name, MAX_NAME_CHARS)?,
            read_name(limit, MAX_LIMIT_CHARS)?,
        )))
    }
}

impl Parameter for LanguageTag {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$".to_owned()),
            min_length: None,
            max_length: None,
            ..string(0)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let mut parts = text.split('-');
        let language = parts.next().unwrap_or_default();
        let is_tag = (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.clone().count() <= 4
            && parts.all(|part| {
                (1..=8).contains(&part.len())
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        match is_tag {
            true => Ok(Self(text.to_owned())),
            false => Err("must be a language tag, such as `en` or `pt-BR`".to_owned()),
        }
    }
}

impl Parameter for MinorUnits {
    fn schema() -> MetaSchema {
        integer(0, MAX_PRICE)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 0, MAX_PRICE)
            .map(Self)
            .map_err(|message| {
                if text.contains(['.', ',']) {
                    format!("{message}, in minor units of the currency: 1999 for 19.99")
                } else {
                    message
                }
            })
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
        // As clients write them: PHP sends 1 and 0, Python True and False.
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Self(true)),
            "false" | "0" => Ok(Self(false)),
            _ => Err("is `true` or `false`".to_owned()),
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

impl Parameter for ReviewSort {
    fn schema() -> MetaSchema {
        one_of(["newest", "helpful", "highest", "lowest"])
    }

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "newest" => Ok(Self(ReviewOrder::Newest)),
            "helpful" => Ok(Self(ReviewOrder::Helpful)),
            "highest" => Ok(Self(ReviewOrder::Highest)),
            "lowest" => Ok(Self(ReviewOrder::Lowest)),
            _ => Err("is `newest`, `helpful`, `highest` or `lowest`".to_owned()),
        }
    }
}

impl Parameter for StarRating {
    fn schema() -> MetaSchema {
        integer(1, 5)
    }

    fn read(text: &str) -> Result<Self, String> {
        let stars = read_integer(text, 1, 5)?;
        u8::try_from(stars)
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

impl Parameter for ReviewState {
    fn schema() -> MetaSchema {
        one_of(ReviewStatus::ALL.map(ReviewStatus::as_str))
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|error: UnknownReviewStatus| error.to_string())
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
