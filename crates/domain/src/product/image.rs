//! Images of a product, and the variants that they show.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize, Serializer};

use crate::InvalidField;

/// Most images of a product.
pub const MAX_IMAGES: usize = 50;
/// Most characters of the text that stands for an image.
pub const MAX_ALT_CHARS: usize = 500;
/// Most characters of an image's address.
const MAX_URL_CHARS: usize = 2_000;

/// An image of a product. Written as its address alone where that is all there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Given")]
pub struct Image {
    /// Address: http(s), or an absolute path.
    pub url: String,
    /// Text that stands for the image where it is not seen.
    pub alt: Option<String>,
    /// Stock keeping units of the variants that it shows; empty if it shows them all.
    pub variants: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Url(String),
    Image {
        url: String,
        #[serde(default)]
        alt: Option<String>,
        #[serde(default)]
        variants: Vec<String>,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alt: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    variants: &'a [String],
}

impl Image {
    /// Reports whether its address is all there is to say.
    pub fn is_plain(&self) -> bool {
        self.alt.is_none() && self.variants.is_empty()
    }

    /// Reports whether it names a variant by its SKU.
    pub fn names_variant(&self, sku: &str) -> bool {
        self.variants.iter().any(|named| named == sku)
    }

    /// Takes away variants that the product does not have.
    pub fn keep_variants(&mut self, has: impl Fn(&str) -> bool) {
        self.variants.retain(|sku| has(sku));
    }

    /// Trims it and refuses what cannot be stored; `skus` are those of the product's variants.
    ///
    /// # Errors
    /// Naming the field at fault, such as `images[2].alt`.
    pub(super) fn check(
        &mut self,
        index: usize,
        skus: &BTreeSet<String>,
    ) -> Result<(), InvalidField> {
        let of_url = match self.is_plain() {
            true => format!("images[{index}]"),
            false => format!("images[{index}].url"),
        };
        if self.url.chars().count() > MAX_URL_CHARS {
            let message = format!("has at most {MAX_URL_CHARS} characters");
            return Err(InvalidField::new(of_url, message));
        }
        let addressed = ["https://", "http://", "/"]
            .iter()
            .any(|start| self.url.starts_with(start));
        if !addressed
            || self
                .url
                .chars()
                .any(|c| c.is_whitespace() || c.is_control())
        {
            let message = "is an http(s) address or an absolute path";
            return Err(InvalidField::new(of_url, message));
        }
        if let Some(alt) = self.alt.take() {
            let alt = alt.trim();
            let field = || format!("images[{index}].alt");
            if alt.contains('\0') {
                return Err(InvalidField::new(field(), "holds a zero byte"));
            }
            if alt.chars().count() > MAX_ALT_CHARS {
                let message = format!("has at most {MAX_ALT_CHARS} characters");
                return Err(InvalidField::new(field(), message));
            }
            self.alt = Some(alt.to_owned()).filter(|alt| !alt.is_empty());
        }
        let mut shown = Vec::new();
        for (place, sku) in self.variants.iter().enumerate() {
            let sku = sku.trim();
            if !skus.contains(sku) {
                let field = format!("images[{index}].variants[{place}]");
                let message = "is the SKU of one of the product's variants";
                return Err(InvalidField::new(field, message));
            }
            if shown.iter().all(|known| known != sku) {
                shown.push(sku.to_owned());
            }
        }
        self.variants = shown;
        Ok(())
    }
}

impl From<String> for Image {
    fn from(url: String) -> Self {
        Self {
            url,
            ..Self::default()
        }
    }
}

impl From<&str> for Image {
    fn from(url: &str) -> Self {
        url.to_owned().into()
    }
}

impl From<Given> for Image {
    fn from(given: Given) -> Self {
        match given {
            Given::Url(url) => url.into(),
            Given::Image { url, alt, variants } => Self { url, alt, variants },
        }
    }
}

impl Serialize for Image {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_plain() {
            return serializer.serialize_str(&self.url);
        }
        let written = Written {
            url: &self.url,
            alt: self.alt.as_deref(),
            variants: &self.variants,
        };
        written.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(mut image: Image) -> Result<Image, String> {
        let skus = BTreeSet::from(["S".to_owned(), "M".to_owned()]);
        match image.check(2, &skus) {
            Ok(()) => Ok(image),
            Err(invalid) => Err(invalid.field.into_owned()),
        }
    }

    #[test]
    fn image_is_written_as_short_as_it_is() {
        let full = Image {
            alt: Some("A mug".into()),
            variants: vec!["S".into()],
            ..Image::from("/a.png")
        };
        for (image, json) in [
            (Image::from("/a.png"), r#""/a.png""#),
            (full, r#"{"url":"/a.png","alt":"A mug","variants":["S"]}"#),
        ] {
            assert_eq!(serde_json::to_string(&image).unwrap(), json);
            assert_eq!(serde_json::from_str::<Image>(json).unwrap(), image);
        }
        let object = serde_json::from_str::<Image>(r#"{"url": "/a.png"}"#);
        assert_eq!(object.unwrap(), Image::from("/a.png"));
    }

    #[test]
    fn each_fault_of_an_image_names_its_field() {
        let image = |url: &str, alt: &str, variants: &[&str]| Image {
            alt: Some(alt.to_owned()),
            variants: variants.iter().map(|sku| (*sku).to_owned()).collect(),
            ..Image::from(url)
        };
        let long = "ä".repeat(MAX_ALT_CHARS);
        for (given, fault) in [
            (Image::from("a.png"), "images[2]"),
            (image("a.png", "x", &[]), "images[2].url"),
            (image("/a png", "x", &[]), "images[2].url"),
            (image("/a.png", &format!("{long}a"), &[]), "images[2].alt"),
            (image("/a.png", "a\0", &[]), "images[2].alt"),
            (image("/a.png", "x", &["S", "XL"]), "images[2].variants[1]"),
        ] {
            assert_eq!(checked(given).unwrap_err(), fault);
        }
        assert_eq!(
            checked(image("/a.png", &long, &[])).unwrap().alt,
            Some(long)
        );
        let tidied = checked(image("/a.png", "  ", &["M", " S", "M"])).unwrap();
        assert_eq!(
            (tidied.alt, tidied.variants.join(" ")),
            (None, "M S".into())
        );
    }
}
