//! Types described to OpenAPI by another type than the one serde reads.

use std::{borrow::Cow, fmt, marker::PhantomData};

use poem_openapi::{
    registry::{MetaSchemaRef, Registry},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

/// A `T` as serde reads and writes it, which the specification describes as a `Shape`: for what is the same document on
/// the wire, in a file and in the database. That the two agree is for a test to hold.
pub struct Described<Shape, T> {
    /// The value.
    pub content: T,
    shape: PhantomData<fn() -> Shape>,
}

impl<Shape, T> From<T> for Described<Shape, T> {
    fn from(content: T) -> Self {
        Self {
            content,
            shape: PhantomData,
        }
    }
}

impl<Shape, T: fmt::Debug> fmt::Debug for Described<Shape, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.content.fmt(f)
    }
}

impl<Shape, T: Serialize> Serialize for Described<Shape, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.content.serialize(serializer)
    }
}

impl<'de, Shape, T: Deserialize<'de>> Deserialize<'de> for Described<Shape, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

impl<Shape: Type, T: Send + Sync> Type for Described<Shape, T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        Shape::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        Shape::schema_ref()
    }

    fn register(registry: &mut Registry) {
        Shape::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<Shape: Type, T: Serialize + Send + Sync> ToJSON for Described<Shape, T> {
    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(&self.content).ok()
    }
}

impl<Shape: Type, T: DeserializeOwned + Send + Sync> ParseFromJSON for Described<Shape, T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let content: T =
            serde_json::from_value(value.unwrap_or_default()).map_err(ParseError::custom)?;
        Ok(content.into())
    }
}
