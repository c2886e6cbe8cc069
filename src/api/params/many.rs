//! Repeatable parameters.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromParameter, ParseResult, Type},
};

/// Most occurrences of a repeatable parameter.
const MOST: usize = 50;

/// A parameter that may be repeated: `brand=a&brand=b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Type> Type for Many<T> {
    const IS_REQUIRED: bool = false;
    type RawValueType = Self;
    type RawElementValueType = T::RawValueType;

    fn name() -> Cow<'static, str> {
        format!("list of {}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            items: Some(Box::new(T::schema_ref())),
            max_items: Some(MOST),
            ..MetaSchema::new("array")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(
        &'a self,
    ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        Box::new(self.0.iter().filter_map(T::as_raw_value))
    }
}

impl<T: ParseFromParameter> ParseFromParameter for Many<T> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        Self::parse_from_parameters([text])
    }

    fn parse_from_parameters<I, A>(texts: I) -> ParseResult<Self>
    where
        I: IntoIterator<Item = A>,
        A: AsRef<str>,
    {
        let values = texts
            .into_iter()
            .map(|text| T::parse_from_parameter(text.as_ref()))
            .collect::<Result<Vec<T>, ParseError<T>>>()
            .map_err(ParseError::propagate)?;
        if values.len() > MOST {
            let message = format!("is given more than {MOST} times");
            return Err(ParseError::custom(message));
        }
        Ok(Self(values))
    }
}
