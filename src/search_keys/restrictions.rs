//! Restrictions of a search key, as its signer writes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use souk_domain::{Filters, PriceFilter};

/// Most values of one filter.
const MOST_VALUES: usize = 50;
/// Most origins.
const MOST_ORIGINS: usize = 20;
/// Longest name of a user, in bytes.
const MAX_USER_BYTES: usize = 128;
/// Highest quota, in requests a minute.
const MAX_PER_MINUTE: u32 = 100_000;

/// Restrictions of a search key. A field that is not known is a fault: it would not be enforced.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Restrictions {
    /// Filters that every product has to pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<EnforcedFilters>,
    /// End, in seconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// Most requests a minute of one user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Name of the user whose requests are counted together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Origins whose pages may send the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
}

/// Filters by the names that parameters of a search have.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnforcedFilters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fandom: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) brand: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seller: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attr: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) price_min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) price_max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rating_min: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) in_stock: Option<bool>,
}

/// One value, or several alternatives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Values {
    One(String),
    Several(Vec<String>),
}

impl From<Vec<String>> for Values {
    fn from(values: Vec<String>) -> Self {
        Self::Several(values)
    }
}

impl Restrictions {
    /// Reads restrictions and checks them.
    ///
    /// # Errors
    /// What is wrong, in words for the signer.
    pub fn read(json: &[u8]) -> Result<Self, String> {
        let shape: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        check_object("restrictions", &shape)?;
        if let Some(filters) = shape.get("filters") {
            check_object("filters", filters)?;
        }
        let read: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        read.check()?;
        Ok(read)
    }

    /// Checks what the types do not hold.
    ///
    /// # Errors
    /// What is wrong, in words for the signer.
    pub fn check(&self) -> Result<(), String> {
        if let Some(filters) = &self.filters {
            filters.read()?;
        }
        let quota = self.per_minute;
        if quota.is_some_and(|quota| !(1..=MAX_PER_MINUTE).contains(&quota)) {
            return Err(format!("`per_minute` is from 1 to {MAX_PER_MINUTE}"));
        }
        let user = self.user.as_deref();
        if user.is_some_and(|user| !(1..=MAX_USER_BYTES).contains(&user.len())) {
            return Err(format!("`user` has 1 to {MAX_USER_BYTES} bytes"));
        }
        let origins = self.origins.as_deref();
        if origins.is_some_and(|origins| !(1..=MOST_ORIGINS).contains(&origins.len())) {
            return Err(format!("`origins` has 1 to {MOST_ORIGINS} entries"));
        }
        let is_origin = |text: &String| {
            let host = text.strip_prefix("https://");
            let host = host.or_else(|| text.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' ']))
        };
        if !origins.unwrap_or_default().iter().all(is_origin) {
            return Err("`origins` are such as `https://shop.example`".to_owned());
        }
        Ok(())
    }
}

/// Checks that JSON is an object without nulls. A list or a null would be read as no restriction, where its signer means that
/// nothing passes.
fn check_object(name: &str, json: &Value) -> Result<(), String> {
    let Value::Object(fields) = json else {
        return Err(format!("`{name}` has to be an object"));
    };
    match fields.iter().find(|(_, value)| value.is_null()) {
        Some((field, _)) => Err(format!("`{field}` is null")),
        None => Ok(()),
    }
}

impl EnforcedFilters {
    /// Returns the filters of a search; none if nothing is filtered.
    ///
    /// # Errors
    /// What is wrong, in words for the signer.
    pub(crate) fn read(&self) -> Result<Option<Filters>, String> {
        let set = |name: &str, values: &Option<Values>| {
            let values = values.as_ref().map(|values| values.read(name));
            Ok::<_, String>(values.transpose()?.unwrap_or_default())
        };
        let mut filters = Filters {
            category: set("category", &self.category)?.into_iter().collect(),
            fandom: set("fandom", &self.fandom)?.into_iter().collect(),
            brand: set("brand", &self.brand)?.into_iter().collect(),
            seller: set("seller", &self.seller)?.into_iter().collect(),
            in_stock: self.in_stock,
            ..Filters::default()
        };
        for choice in set("attr", &self.attr)? {
            let (name, value) = choice
                .split_once(':')
                .filter(|(name, value)| !name.is_empty() && !value.is_empty())
                .ok_or("`attr` is a name and a value, such as `color:red`")?;
            let values = filters.attributes.entry(name.to_owned()).or_default();
            values.insert(value.to_owned());
        }
        if self.price_min.is_some() || self.price_max.is_some() {
            filters.price = Some(PriceFilter {
                min: self.price_min,
                max: self.price_max,
            });
        }
        if let Some(rating) = self.rating_min {
            if !(1.0..=5.0).contains(&rating) {
                return Err("`rating_min` is from 1 to 5".to_owned());
            }
            filters.rating_min = Some(rating);
        }
        filters.tidy();
        Ok((filters != Filters::default()).then_some(filters))
    }
}

impl Values {
    /// Returns the values. None at all would be no filter, where its signer means that nothing passes.
    fn read(&self, name: &str) -> Result<Vec<String>, String> {
        let values = match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        };
        if !(1..=MOST_VALUES).contains(&values.len()) || values.iter().any(String::is_empty) {
            return Err(format!(
                "`{name}` has 1 to {MOST_VALUES} values, none of them empty"
            ));
        }
        Ok(values.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Restrictions, String> {
        Restrictions::read(json.as_bytes())
    }

    #[test]
    fn filters_are_those_of_a_search() {
        let json = r#"{"filters": {"brand": "Acme", "category": ["mugs", "cups"], "attr": ["color:red", "ratio:16:9"],
            "price_max": 2000, "in_stock": true, "rating_min": 4.5}}"#;
        let filters = read(json)
            .unwrap()
            .filters
            .unwrap()
            .read()
            .unwrap()
            .unwrap();
        assert_eq!(filters.brand, ["Acme".to_owned()].into());
        assert_eq!(filters.category.len(), 2);
        assert_eq!(
            filters.values_of("ratio"),
            Some(&["16:9".to_owned()].into())
        );
        let price = filters.price.unwrap();
        assert_eq!((price.min, price.max), (None, Some(2_000)));
        assert_eq!(
            (filters.in_stock, filters.rating_min),
            (Some(true), Some(4.5))
        );
        assert_eq!(read("{}").unwrap(), Restrictions::default());
        let none = read(r#"{"filters": {}}"#).unwrap().filters.unwrap();
        assert_eq!(none.read(), Ok(None));
    }

    #[test]
    fn restriction_that_could_not_be_enforced_is_refused() {
        for json in [
            "",
            "[]",
            "null",
            r#"{"filter": {"brand": "Acme"}}"#,
            r#"{"filters": {"brands": "Acme"}}"#,
            r#"{"filters": []}"#,
            r#"{"filters": null}"#,
            r#"{"filters": {"brand": null}}"#,
            r#"{"expires": null}"#,
            r#"{"filters": {"brand": "A"}, "filters": {}}"#,
            r#"{"filters": {"brand": []}}"#,
            r#"{"filters": {"brand": [""]}}"#,
            r#"{"filters": {"brand": 7}}"#,
            r#"{"filters": {"attr": "red"}}"#,
            r#"{"filters": {"attr": ":red"}}"#,
            r#"{"filters": {"attr_min": "weight:2"}}"#,
            r#"{"filters": {"rating_min": 6}}"#,
            r#"{"filters": {"price_max": "cheap"}}"#,
            r#"{"per_minute": 0}"#,
            r#"{"expires": "tomorrow"}"#,
            r#"{"user": ""}"#,
            r#"{"origins": []}"#,
            r#"{"origins": ["shop.example"]}"#,
            r#"{"origins": ["https://shop.example/"]}"#,
            r#"{"origins": ["https://*"]}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
