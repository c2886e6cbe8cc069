//! Parameters of one search, as objects or as text, with null for what is absent.

use serde_json::{Map, Value};
use souk_domain::{InvalidField, MAX_PER_PAGE, Sort};

use super::filters::{Clause, clauses};
use crate::error::ApiError;

/// Name of the index; orders are its replicas.
pub(crate) const INDEX: &str = "products";
const DEFAULT_HITS: u32 = 20;
/// Most values of a facet.
const MAX_FACET_VALUES: usize = 1_000;
const DEFAULT_FACET_VALUES: usize = 100;
/// Parameters that narrow or move the result, and that Souk has no counterpart of: to ignore them would be a wrong answer.
const REFUSED: [&str; 6] = [
    "offset",
    "length",
    "insideBoundingBox",
    "insidePolygon",
    "aroundLatLng",
    "disjunctiveFacets",
];

/// Parameters by name; none of them is null.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    /// Reads a request: its fields, and those in `params`, which is text of a form.
    ///
    /// # Errors
    /// If it is no object, or has a parameter that cannot be obeyed.
    pub(crate) fn read(request: Value) -> Result<Self, InvalidField> {
        let Value::Object(mut given) = request else {
            return Err(InvalidField::new("requests", "holds objects"));
        };
        match given.remove("params") {
            Some(Value::String(form)) => {
                for (name, value) in form_urlencoded::parse(form.as_bytes()) {
                    let value = match value.chars().next() {
                        Some('[' | '{') => serde_json::from_str(&value).ok(),
                        _ => None,
                    }
                    .unwrap_or_else(|| Value::String(value.into_owned()));
                    given.entry(name).or_insert(value);
                }
            }
            Some(Value::Object(more)) => given.extend(more),
            _ => {}
        }
        given.retain(|_, value| !value.is_null());
        let is_empty = |value: &Value| match value {
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        for name in REFUSED {
            if given.get(name).is_some_and(|value| !is_empty(value)) {
                return Err(InvalidField::new(name, "is not supported here"));
            }
        }
        Ok(Self(given))
    }

    /// Returns them with what identifies the shopper taken out, for the key of the cache.
    pub(crate) fn shared(&self) -> Map<String, Value> {
        let mut shared = self.0.clone();
        for personal in ["userToken", "analyticsTags", "analytics", "clickAnalytics"] {
            shared.remove(personal);
        }
        shared
    }

    /// Returns the parameter as text.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&str>, InvalidField> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(InvalidField::new(name, "is a text")),
        }
    }

    /// Returns the parameter as a whole number.
    pub(crate) fn whole(&self, name: &'static str) -> Result<Option<u32>, InvalidField> {
        let number = match self.0.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text.parse::<f64>().ok(),
            Some(value) => value.as_f64(),
        };
        let whole = number.filter(|number| number.fract() == 0.0 && (0.0..=4e9).contains(number));
        match whole {
            Some(number) => Ok(Some(number as u32)),
            None => Err(InvalidField::new(name, "is a whole number from 0")),
        }
    }

    /// Returns true if the parameter is false.
    pub(crate) fn is_false(&self, name: &str) -> bool {
        self.flag(name) == Some(false)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns the parameter as a list; a text is one of its names, or several with commas between.
    pub(crate) fn list(&self, name: &'static str) -> Result<Option<Vec<String>>, InvalidField> {
        let wrong = || InvalidField::new(name, "is a list of texts");
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => {
                let names = text.split(',').map(str::trim);
                Ok(Some(
                    names
                        .filter(|name| !name.is_empty())
                        .map(str::to_owned)
                        .collect(),
                ))
            }
            Some(Value::Array(list)) => {
                let names = list.iter().map(|name| name.as_str().map(str::to_owned));
                names.collect::<Option<_>>().map(Some).ok_or_else(wrong)
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Returns the four kinds of filters together.
    pub(crate) fn clauses(&self) -> Result<Vec<Clause>, InvalidField> {
        let given = |name: &str| self.0.get(name);
        clauses(
            given("facetFilters"),
            given("numericFilters"),
            given("tagFilters"),
            self.text("filters")?,
        )
    }

    /// Returns the page, from 0, and the number of hits.
    pub(crate) fn page(&self) -> Result<(u32, u32), InvalidField> {
        let hits = self.whole("hitsPerPage")?.unwrap_or(DEFAULT_HITS);
        Ok((self.whole("page")?.unwrap_or(0), hits.min(MAX_PER_PAGE)))
    }

    /// Returns the most values that a facet lists.
    pub(crate) fn facet_values(&self) -> Result<usize, InvalidField> {
        let given = self.whole("maxValuesPerFacet")?;
        Ok(given
            .map_or(DEFAULT_FACET_VALUES, |given| given as usize)
            .min(MAX_FACET_VALUES))
    }
}

/// Returns the order that an index stands for.
///
/// # Errors
/// If there is no such index.
pub(crate) fn order(index: &str) -> Result<Sort, ApiError> {
    if index == INDEX {
        return Ok(Sort::Relevance);
    }
    let order = index
        .strip_prefix(INDEX)
        .and_then(|rest| rest.strip_prefix('_'));
    let order = order.and_then(|order| order.parse::<Sort>().ok());
    order.ok_or(ApiError::NotFound(
        "index; there are products and products_price_asc, _price_desc, _newest, _rating, _popular",
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_says_the_same_as_fields() {
        let form = json!({"indexName": "products", "params":
            "query=red%20mug&facets=%5B%22brand%22%5D&hitsPerPage=7&clickAnalytics=true&facetFilters=%5B%5B%22brand%3AA%22%5D%5D"});
        let fields = json!({"indexName": "products", "query": "red mug", "facets": ["brand"], "hitsPerPage": 7,
            "clickAnalytics": true, "facetFilters": [["brand:A"]], "page": null});
        let read = |value| Parameters::read(value).unwrap();
        for one in [read(form), read(fields)] {
            assert_eq!(one.text("query").unwrap(), Some("red mug"));
            assert_eq!(one.list("facets").unwrap(), Some(vec!["brand".to_owned()]));
            assert_eq!(one.page().unwrap(), (0, 7));
            assert!(!one.is_false("clickAnalytics"));
            assert_eq!(one.clauses().unwrap().len(), 1);
        }
    }

    #[test]
    fn parameter_that_would_answer_wrongly_is_refused() {
        assert!(Parameters::read(json!({"offset": 5})).is_err());
        assert!(Parameters::read(json!({"insideBoundingBox": "", "aroundLatLng": null})).is_ok());
        assert!(Parameters::read(json!([])).is_err());
        assert_eq!(order("products_price_asc").unwrap(), Sort::PriceAsc);
        assert!(order("products_cheapest").is_err() && order("other").is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(form in ".*") {
            let read = Parameters::read(json!({"params": form}));
            let _ = read.map(|read| (read.page(), read.clauses(), read.facet_values()));
        }
    }
}
