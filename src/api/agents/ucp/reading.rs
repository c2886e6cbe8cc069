//! Parts of a request, read with the path that they have in it.

use serde_json::{Map, Value};

use super::message::{Message, quoted};
use super::refused::Refused;
use crate::http::nearest;

/// Object of a request, and its path.
#[derive(Debug, Clone)]
pub(crate) struct Part<'a> {
    fields: Option<&'a Map<String, Value>>,
    path: String,
}

impl<'a> Part<'a> {
    /// Reads a whole request.
    ///
    /// # Errors
    /// If it is no object.
    pub(crate) fn root(request: &'a Value) -> Result<Self, Refused> {
        Self::of(Some(request), "$".to_owned())
    }

    fn of(value: Option<&'a Value>, path: String) -> Result<Self, Refused> {
        match value {
            None | Some(Value::Null) => Ok(Self { fields: None, path }),
            Some(Value::Object(fields)) => Ok(Self {
                fields: Some(fields),
                path,
            }),
            Some(_) => Err(Refused::invalid(path, "must be an object")),
        }
    }

    /// Reads an object inside of this one; an absent one has no fields.
    ///
    /// # Errors
    /// If it is no object.
    pub(crate) fn part(&self, name: &str) -> Result<Self, Refused> {
        Self::of(self.get(name), self.path(name))
    }

    /// Returns a field that is there and not null.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields?.get(name).filter(|value| !value.is_null())
    }

    /// Returns the path of a field.
    pub(crate) fn path(&self, name: &str) -> String {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match name.bytes().all(is_plain) {
            true => format!("{}.{name}", self.path),
            false => format!("{}['{}']", self.path, name.replace('\'', "\\'")),
        }
    }

    /// Reports whether it has a field.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_none_or(Map::is_empty)
    }

    /// Returns the names of its fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.fields
            .into_iter()
            .flat_map(|fields| fields.keys().map(String::as_str))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// If it is none.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refused::invalid(self.path(name), "must be text")),
        }
    }

    /// Reads a whole number from `least`.
    ///
    /// # Errors
    /// If it is none.
    pub(crate) fn whole(&self, name: &str, least: i64) -> Result<Option<i64>, Refused> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value.as_i64().filter(|number| *number >= least);
        number.map(Some).ok_or_else(|| {
            Refused::invalid(
                self.path(name),
                format!("must be a whole number from {least}"),
            )
        })
    }

    /// Reads a list of texts; a single text is a list of one.
    ///
    /// # Errors
    /// If it holds anything else, or more than `most`.
    pub(crate) fn texts(&self, name: &str, most: usize) -> Result<Vec<&'a str>, Refused> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        texts(value, most).ok_or_else(|| {
            let message = format!("must be a list of at most {most} texts");
            Refused::invalid(self.path(name), message)
        })
    }

    /// Tells of fields that are not known here, and so are passed over.
    pub(crate) fn pass_over(
        &self,
        known: &[&str],
        code: &'static str,
        messages: &mut Vec<Message>,
    ) {
        for name in self.names().filter(|name| !known.contains(name)) {
            let mut content = format!("`{}` is not known here and was passed over", quoted(name));
            if let Some(nearest) = nearest(name, known.iter().copied()) {
                content += &format!("; did you mean `{nearest}`?");
            }
            messages.push(Message::warning(code, self.path(&quoted(name)), content));
        }
    }
}

/// Reads a list of at most `most` texts; a single text is a list of one.
pub(crate) fn texts(value: &Value, most: usize) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(values) if values.len() <= most => values.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_know_their_path() {
        let request = json!({"filters": {"price": {"min": -1}, "a b": 1}, "query": 7});
        let root = Part::root(&request).unwrap();
        let price = root.part("filters").unwrap().part("price").unwrap();
        for (refused, expected) in [
            (price.whole("min", 0).err(), "$.filters.price.min"),
            (root.text("query").err(), "$.query"),
            (root.part("query").err(), "$.query"),
        ] {
            let Some(Refused::Request { path, .. }) = refused else {
                panic!("{expected} was taken");
            };
            assert_eq!(path, expected);
        }
        assert_eq!(
            root.part("filters").unwrap().path("a b"),
            "$.filters['a b']"
        );
    }

    #[test]
    fn unknown_field_is_told_with_the_nearest_known_one() {
        let request = json!({"filtres": {}});
        let mut messages = Vec::new();
        let root = Part::root(&request).unwrap();
        root.pass_over(&["filters", "query"], "ignored", &mut messages);
        let told = serde_json::to_value(&messages).unwrap();
        assert_eq!(told[0]["path"], "$.filtres");
        let content = told[0]["content"].as_str().unwrap();
        assert!(content.contains("did you mean `filters`?"), "{content}");
    }
}
