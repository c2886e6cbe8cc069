//! Parts of request bodies that are JSON merge patches: what is left out stays, and null takes away.

use std::borrow::Cow;

use poem_openapi::{
    ApiRequest,
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{MaybeUndefined, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::Value;
use souk_domain::{Change, InvalidField};

use crate::http::{JsonBody, MergePatchBody};

/// A merge patch, under its own media type or as JSON.
#[derive(ApiRequest)]
pub enum PatchInput<T: Type + DeserializeOwned + 'static> {
    /// As JSON.
    Json(JsonBody<T>),
    /// Under its own media type.
    MergePatch(MergePatchBody<T>),
}

impl<T: Type + DeserializeOwned + 'static> PatchInput<T> {
    /// Returns the patch.
    pub fn into_body(self) -> T {
        match self {
            Self::Json(JsonBody(body)) | Self::MergePatch(MergePatchBody(body)) => body,
        }
    }
}

/// Value of a map that null takes out of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Nullable<T>(pub Option<T>);

/// Reads a property that may be left out but not be null. The field needs `#[serde(default)]`.
///
/// # Errors
/// If it is null, or no such value.
pub fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    match Option::deserialize(deserializer)? {
        Some(value) => Ok(Some(value)),
        None => Err(D::Error::custom("must not be null")),
    }
}

/// Returns the change that a property means.
pub fn change<T>(given: MaybeUndefined<T>) -> Change<T> {
    match given {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Remove,
        MaybeUndefined::Value(value) => Change::Set(value),
    }
}

/// Returns the new value of a property that is never absent.
///
/// # Errors
/// If it is null.
pub fn required<T>(
    field: &'static str,
    given: MaybeUndefined<T>,
) -> Result<Option<T>, InvalidField> {
    match given {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(InvalidField::new(field, "must not be null")),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

impl<T: Type> Type for Nullable<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = T::RawValueType;
    type RawElementValueType = T::RawElementValueType;

    fn name() -> Cow<'static, str> {
        format!("nullable_{}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        match T::schema_ref() {
            MetaSchemaRef::Inline(schema) => MetaSchemaRef::Inline(Box::new(MetaSchema {
                nullable: true,
                ..*schema
            })),
            reference @ MetaSchemaRef::Reference(_) => reference,
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.0.as_ref().and_then(T::as_raw_value)
    }

    fn raw_element_iter<'a>(
        &'a self,
    ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        match &self.0 {
            Some(value) => value.raw_element_iter(),
            None => Box::new(std::iter::empty()),
        }
    }
}

impl<T: ParseFromJSON> ParseFromJSON for Nullable<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = Option::<T>::parse_from_json(value);
        value
            .map(Self)
            .map_err(poem_openapi::types::ParseError::propagate)
    }
}

impl<T: ToJSON> ToJSON for Nullable<T> {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.to_json().unwrap_or_default())
    }
}
