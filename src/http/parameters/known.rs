//! Query parameters by the names that their operation knows, however a client writes them.
//!
//! A parameter that nobody reads would be a filter that does not filter: the answer looks right and is not. Lists are taken in the
//! forms that HTTP clients send (`brand=a&brand=b`, `brand[]=a`, `brand[0]=a`), parameters of campaign links are dropped, and
//! any other name is refused with the nearest known one.

use std::sync::Arc;

use poem::{
    Endpoint, Middleware, Request, Result,
    http::uri::{PathAndQuery, Uri},
};
use souk_domain::InvalidField;

use super::nearest::{nearest, sorted_words};
use crate::{error::ApiError, http::RouteTable};

/// Parameters that links carry for others than the shop: campaigns, click ids, and what avoids caches.
const TRACKING: [&str; 26] = [
    "_",
    "_ga",
    "_gl",
    "_kx",
    "dclid",
    "epik",
    "fbclid",
    "gad_campaignid",
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "igshid",
    "irclickid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ref_src",
    "sccid",
    "srsltid",
    "ttclid",
    "twclid",
    "wbraid",
    "yclid",
];
/// Beginnings of such names.
const TRACKING_FAMILIES: [&str; 5] = ["utm_", "mtm_", "pk_", "hsa_", "_hs"];
/// Words of names that other APIs have for the same.
const ELSEWHERE: [(&str, &str); 11] = [
    ("keyword", "q"),
    ("query", "q"),
    ("search", "q"),
    ("term", "q"),
    ("count", "per_page"),
    ("limit", "per_page"),
    ("size", "per_page"),
    ("page size", "per_page"),
    ("hits page per", "per_page"),
    ("by order", "sort"),
    ("by sort", "sort"),
];
/// Most characters of a name that an error quotes.
const MAX_NAME_CHARS: usize = 60;

/// Has an operation see its own parameters alone, by their own names.
pub struct KnownParameters {
    /// The documented addresses.
    pub routes: Arc<RouteTable>,
}

impl<E: Endpoint> Middleware<E> for KnownParameters {
    type Output = Named<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Named {
            inner,
            routes: Arc::clone(&self.routes),
        }
    }
}

/// The address of a request as it was written, with what was dropped or renamed: a redirect keeps it.
#[derive(Debug, Clone)]
pub(in crate::http) struct AskedUri(Uri);

impl AskedUri {
    pub(in crate::http) fn of(request: &Request) -> &Uri {
        request
            .data::<Self>()
            .map_or(request.uri(), |asked| &asked.0)
    }
}

/// An endpoint behind its [`KnownParameters`].
pub struct Named<E> {
    inner: E,
    routes: Arc<RouteTable>,
}

impl<E: Endpoint> Endpoint for Named<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        let uri = request.uri();
        // Probes of health may carry what they like: they filter nothing.
        if uri.path().starts_with("/api/")
            && let Some(query) = uri.query()
            && let Some(known) = self.routes.query_parameters(request.method(), uri.path())
            && let Some(query) = by_known_names(query, known).map_err(ApiError::Parameter)?
        {
            let uri = with_query(uri, &query)?;
            let asked = std::mem::replace(request.uri_mut(), uri);
            request.set_data(AskedUri(asked));
        }
        self.inner.call(request).await
    }
}

/// Returns the query by the names of `known`; none if it is so already.
///
/// # Errors
/// If a name is not known.
fn by_known_names(query: &str, known: &[String]) -> Result<Option<String>, InvalidField> {
    let mut as_written = query
        .split('&')
        .map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    if as_written.all(|name| known.iter().any(|known| known == name)) {
        return Ok(None);
    }
    let mut named = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let base = base_of_list(&name);
        if known.iter().any(|known| known == base) {
            named.append_pair(base, &value);
        } else if !is_tracking(&name) {
            return Err(unknown(&name, &value, known));
        }
    }
    Ok(Some(named.finish()))
}

/// Returns `brand` for `brand[]` and `brand[12]`, and any other name as it is.
fn base_of_list(name: &str) -> &str {
    name.strip_suffix(']')
        .and_then(|name| name.rsplit_once('['))
        .filter(|(_, place)| place.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(name, |(base, _)| base)
}

fn is_tracking(name: &str) -> bool {
    TRACKING.contains(&name)
        || TRACKING_FAMILIES
            .iter()
            .any(|family| name.starts_with(family))
}

fn unknown(name: &str, value: &str, known: &[String]) -> InvalidField {
    let short: String = name.chars().take(MAX_NAME_CHARS).collect();
    let message = match (pair_in_brackets(name, known), meant(name, known)) {
        (Some((base, key)), _) => {
            let value: String = value.chars().take(MAX_NAME_CHARS).collect();
            format!("must be written `{base}={key}:{value}`")
        }
        (None, Some(nearest)) => {
            format!("is not a parameter of this operation; did you mean `{nearest}`?")
        }
        (None, None) if known.is_empty() => {
            "is not a parameter of this operation, which takes none".to_owned()
        }
        (None, None) => {
            let names: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
            format!(
                "is not a parameter of this operation, which takes {}",
                names.join(", ")
            )
        }
    };
    InvalidField::new(short, message)
}

/// Returns the known parameter that another name probably means.
fn meant<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let words = sorted_words(name);
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == words);
    let named_here = elsewhere.and_then(|(_, own)| known.iter().find(|known| known == own));
    named_here
        .map(String::as_str)
        .or_else(|| nearest(name, known.iter().map(String::as_str)))
}

/// Returns `attr` and `color` for `attr[color]`, whose values are written `attr=color:red`.
fn pair_in_brackets<'a>(name: &'a str, known: &[String]) -> Option<(&'a str, &'a str)> {
    let (base, key) = name
        .strip_suffix(']')
        .or_else(|| name.strip_suffix("][]"))?
        .split_once('[')?;
    let takes_pairs = base == "attr" || base.starts_with("attr_");
    let is_key = !key.is_empty() && key.chars().count() <= MAX_NAME_CHARS;
    (takes_pairs && is_key && known.iter().any(|known| known == base)).then_some((base, key))
}

fn with_query(uri: &Uri, query: &str) -> Result<Uri, ApiError> {
    let separator = if query.is_empty() { "" } else { "?" };
    let place = format!("{}{separator}{query}", uri.path());
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(place).map_err(ApiError::internal)?);
    Uri::from_parts(parts).map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        [
            "q",
            "category",
            "attr",
            "price_min",
            "price_max",
            "in_stock",
            "per_page",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn named(query: &str) -> String {
        let named = by_known_names(query, &known()).unwrap();
        named.unwrap_or_else(|| query.to_owned())
    }

    fn refused(query: &str) -> (String, String) {
        let fault = by_known_names(query, &known()).unwrap_err();
        (fault.field.into_owned(), fault.message)
    }

    #[test]
    fn lists_are_taken_in_every_form_that_clients_send() {
        for query in [
            "category=mugs&category=teapots",
            "category[]=mugs&category[]=teapots",
            "category%5B%5D=mugs&category%5B%5D=teapots",
            "category[0]=mugs&category[1]=teapots",
            "category=mugs&utm_source=mail&category[]=teapots&gclid=x&_=1764",
        ] {
            assert_eq!(named(query), "category=mugs&category=teapots", "{query}");
        }
    }

    #[test]
    fn query_by_known_names_is_left_as_it_stands() {
        for query in [
            "q=a+b%20c",
            "q=",
            "category=a&category=b&in_stock=true",
            "q",
        ] {
            assert_eq!(by_known_names(query, &known()).unwrap(), None, "{query}");
        }
        assert_eq!(named(""), "");
        assert_eq!(named("&&q=a%26b&"), "q=a%26b");
        assert_eq!(named("fbclid=1"), "");
    }

    #[test]
    fn unknown_name_is_refused_with_the_nearest() {
        for (query, nearest) in [
            ("priceMax=500", "price_max"),
            ("max_price=500", "price_max"),
            ("price[min]=500", "price_min"),
            ("CATEGORY=mugs", "category"),
            ("categories[]=mugs", "category"),
            ("inStock=1", "in_stock"),
            ("query=mug", "q"),
            ("limit=5", "per_page"),
        ] {
            let (field, message) = refused(query);
            assert!(query.starts_with(&field), "{query}: {field}");
            assert!(
                message.ends_with(&format!("did you mean `{nearest}`?")),
                "{query}: {message}"
            );
        }
        let (field, message) = refused("frobnicate=1");
        assert_eq!(field, "frobnicate");
        assert!(message.contains("which takes `q`, `category`"), "{message}");
    }

    #[test]
    fn attribute_in_brackets_is_told_how_it_is_written() {
        let (field, message) = refused("attr[color]=red");
        assert_eq!(
            (field.as_str(), message.as_str()),
            ("attr[color]", "must be written `attr=color:red`")
        );
    }

    #[test]
    fn rewritten_address_keeps_its_path() {
        let uri = Uri::from_static("/api/search?utm_source=x");
        assert_eq!(with_query(&uri, "").unwrap(), "/api/search");
        assert_eq!(with_query(&uri, "q=a").unwrap(), "/api/search?q=a");
    }
}
