//! Parameter types of search.

use poem_openapi::registry::MetaSchema;
use serde_json::json;
use souk_domain::{Cursor, FacetName, MAX_PER_PAGE, MAX_QUERY_CHARS, Sort};

use super::{
    MAX_NAME_CHARS, Parameter, integer, one_of, parameters, read_integer, read_name, read_text,
    string,
};
use crate::http::VisitorId;

/// Highest page number: deeper pages need a cursor, whatever their size.
const MAX_PAGE: i64 = 10_001;
const MAX_SUGGESTIONS: i64 = 20;
const MAX_SIMILAR: i64 = 50;

parameters! {
    /// Search text.
    SearchText(String);
    /// Text of a partly typed query.
    TypedText(String);
    /// Text to find among a facet's values.
    Needle(String);
    /// Visitor id.
    VisitorIdParameter(VisitorId);
    /// Number of suggestions.
    SuggestionLimit(usize);
    /// Number of similar products.
    SimilarLimit(usize);
    /// A place in an ordered result.
    CursorText(Cursor);
    /// An order of hits.
    SortOrder(Sort);
    /// A facet to count, or `none` for none at all.
    FacetChoice(Option<FacetName>);
    /// A facet whose values can be searched, with the name of the attribute if it is of one.
    ValueFacet((FacetName, Option<String>));
    /// A page number, from 1.
    PageNumber(u32);
    /// Hits per page.
    PerPage(u32);
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

impl Parameter for VisitorIdParameter {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[!-~]+$".to_owned()),
            min_length: Some(VisitorId::MIN_CHARS),
            ..string(VisitorId::MAX_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let id = VisitorId::parse(text);
        id.map(Self).map_err(|error| error.to_string())
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

/// Prefix of an attribute's name where a facet is named.
const OF_ATTRIBUTE: &str = "attr:";

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
        let names: Vec<_> = Self::ALL.iter().map(|facet| facet.as_str()).collect();
        MetaSchema {
            pattern: Some(format!(
                "^({}|{OF_ATTRIBUTE}.{{1,{MAX_NAME_CHARS}}})$",
                names.join("|")
            )),
            min_length: None,
            max_length: None,
            ..string(0)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        if let Some(attribute) = text.strip_prefix(OF_ATTRIBUTE) {
            let attribute = read_name(attribute, MAX_NAME_CHARS)?;
            return Ok(Self((FacetName::Attributes, Some(attribute))));
        }
        let facet = text.parse()?;
        if Self::ALL.contains(&facet) {
            Ok(Self((facet, None)))
        } else {
            Err(format!(
                "`{text}` is a facet of numbers: it has no values to search"
            ))
        }
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
