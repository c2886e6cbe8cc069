//! Images as admins send them: an address, or an object.

use std::{borrow::Cow, fmt, iter};

use poem_openapi::{
    Object,
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;
use souk_domain::Image;

/// An image of a product: an object, or its address alone.
#[derive(Debug, Clone)]
pub enum ImageBody {
    /// An image with what there is to say about it.
    Image(WholeImage),
    /// Address alone.
    Url(String),
}

/// An image with what there is to say about it.
#[derive(Debug, Clone, Object, Deserialize)]
pub struct WholeImage {
    /// Address: http(s), or an absolute path.
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub url: String,
    /// Text that stands for the image where it is not seen.
    #[oai(nullable, validator(max_length = 500))]
    pub alt: Option<String>,
    /// SKUs of the variants that it shows; none if it shows them all.
    #[oai(nullable, validator(max_items = 500))]
    pub variants: Option<Vec<String>>,
}

// Not derived, because a derived union is an object at any rate.
impl Type for ImageBody {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "ImageBody".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference("ImageBody".to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>("ImageBody".to_owned(), |registry| {
            WholeImage::register(registry);
            let address = MetaSchema {
                description: Some("Address alone: http(s), or an absolute path."),
                min_length: Some(1),
                max_length: Some(2_000),
                ..MetaSchema::new("string")
            };
            MetaSchema {
                description: Some("An image of a product: an object, or its address alone."),
                any_of: vec![
                    WholeImage::schema_ref(),
                    MetaSchemaRef::Inline(Box::new(address)),
                ],
                ..MetaSchema::ANY
            }
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(iter::once(self))
    }
}

impl ToJSON for ImageBody {
    fn to_json(&self) -> Option<Value> {
        match self {
            Self::Url(url) => url.to_json(),
            Self::Image(image) => image.to_json(),
        }
    }
}

impl ParseFromJSON for ImageBody {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::String(url)) => Ok(Self::Url(url)),
            other => WholeImage::parse_from_json(other)
                .map(Self::Image)
                .map_err(ParseError::propagate),
        }
    }
}

struct ImageVisitor;

impl<'de> Visitor<'de> for ImageVisitor {
    type Value = ImageBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address or an object")
    }

    fn visit_str<E: de::Error>(self, url: &str) -> Result<ImageBody, E> {
        Ok(ImageBody::Url(url.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<ImageBody, A::Error> {
        WholeImage::deserialize(MapAccessDeserializer::new(members)).map(ImageBody::Image)
    }
}

impl<'de> Deserialize<'de> for ImageBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ImageVisitor)
    }
}

impl From<ImageBody> for Image {
    fn from(body: ImageBody) -> Self {
        match body {
            ImageBody::Url(url) => url.into(),
            ImageBody::Image(WholeImage { url, alt, variants }) => Self {
                url,
                alt,
                variants: variants.unwrap_or_default(),
            },
        }
    }
}
