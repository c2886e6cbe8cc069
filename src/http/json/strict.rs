//! JSON whose objects are objects, with no fields but those that are known.
//!
//! A field that nobody reads would be dropped in silence: a misspelt `colour` would be a product without one.
//!
//! A structure that serde derives also reads itself from a list of its fields' values, in their order. Nobody means
//! that, and no specification describes it.

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Unexpected, Visitor,
        value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Value};

/// A value that is read as its kind says.
pub(super) struct Strict(pub(super) Value);

impl<'de> IntoDeserializer<'de, Error> for Strict {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Strict {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => {
                let mut values = SeqDeserializer::new(values.into_iter().map(Strict));
                let value = visitor.visit_seq(&mut values)?;
                values.end()?;
                Ok(value)
            }
            Value::Object(fields) => {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name, Strict(value)));
                let mut fields = MapDeserializer::new(fields);
                let value = visitor.visit_map(&mut fields)?;
                fields.end()?;
                Ok(value)
            }
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.0 {
            Value::Array(_) => return Err(Error::invalid_type(Unexpected::Seq, &"an object")),
            Value::Object(given) => {
                let unknown = given.keys().find(|name| !fields.contains(&name.as_str()));
                if let Some(unknown) = unknown {
                    return Err(Error::unknown_field(unknown, fields));
                }
            }
            _ => {}
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(fields) if fields.len() == 1 => {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name, Strict(value)));
                visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(fields)))
            }
            plain => plain.deserialize_enum(name, variants, visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Inner {
        from: Option<i64>,
        until: Option<i64>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        Any,
        Within(Inner),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        inner: Option<Inner>,
        ways: Vec<Way>,
        more: BTreeMap<String, Inner>,
    }

    fn read(value: Value) -> Result<Outer, Error> {
        Outer::deserialize(Strict(value))
    }

    #[test]
    fn objects_are_read_as_ever() {
        let value = json!({
            "inner": {"from": 1},
            "ways": ["any", {"within": {"until": 2}}],
            "more": {"a": {}},
        });
        let from = |from, until| Inner { from, until };
        let expected = Outer {
            inner: Some(from(Some(1), None)),
            ways: vec![Way::Any, Way::Within(from(None, Some(2)))],
            more: [("a".to_owned(), Inner::default())].into(),
        };
        assert_eq!(read(value).unwrap(), expected);
    }

    #[test]
    fn lists_are_no_objects_at_any_depth() {
        for value in [
            json!([null, [], {}]),
            json!({"inner": [1, 2], "ways": [], "more": {}}),
            json!({"ways": [{"within": [1, 2]}], "more": {}}),
            json!({"ways": [], "more": {"a": [1, 2]}}),
        ] {
            let error = read(value.clone()).unwrap_err().to_string();
            assert!(error.contains("expected an object"), "{value}: {error}");
        }
    }
}
