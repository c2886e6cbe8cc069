//! Images of products on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::Image;

/// An image of a product.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "Image", skip_serializing_if_is_none)]
pub struct ImageView {
    /// Address.
    pub url: String,
    /// Text that stands for the image where it is not seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// SKUs of the variants that it shows; absent if it shows them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variants: Option<Vec<String>>,
}

impl From<Image> for ImageView {
    fn from(image: Image) -> Self {
        Self {
            url: image.url,
            alt: image.alt,
            variants: Some(image.variants).filter(|variants| !variants.is_empty()),
        }
    }
}
