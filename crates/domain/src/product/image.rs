//! Images of a product, and the variants that they show.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use crate::{InvalidField, text::tidied};

/// Most images of a product.
pub const MAX_IMAGES: usize = 50;
/// Most characters of the text that stands for an image.
pub const MAX_ALT_CHARS: usize = 500;
/// Most characters of an image's address.
const MAX_URL_CHARS: usize = 2_000;
/// Stands for the shop's own host while a path is read.
const ANY_HOST: &str = "http://host.invalid/";

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
        let invalid = |message: String| InvalidField::new(of_url.clone(), message);
        let is_long = |url: &str| url.chars().count() > MAX_URL_CHARS;
        let too_long = || invalid(format!("has at most {MAX_URL_CHARS} characters"));
        if is_long(&self.url) {
            return Err(too_long());
        }
        self.url = serialized(&self.url).ok_or_else(|| {
            let message =
                "is an http(s) address without a user, or a path that begins with one `/`";
            invalid(message.to_owned())
        })?;
        if is_long(&self.url) {
            return Err(too_long());
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
            let sku = tidied(sku);
            if !skus.contains(&sku) {
                let field = format!("images[{index}].variants[{place}]");
                let message = "is the SKU of one of the product's variants";
                return Err(InvalidField::new(field, message));
            }
            if shown.iter().all(|known| *known != sku) {
                shown.push(sku);
            }
        }
        self.variants = shown;
        Ok(())
    }
}

/// Returns an address of an image as browsers write it; `None` if it is none, is too long, or leads elsewhere than it seems
/// to.
pub fn image_url(address: &str) -> Option<String> {
    let is_short = |url: &str| url.chars().count() <= MAX_URL_CHARS;
    let url = Some(address)
        .filter(|url| is_short(url))
        .and_then(serialized);
    url.filter(|url| is_short(url))
}

fn serialized(address: &str) -> Option<String> {
    // Browsers take a backslash for a slash.
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
    if address.chars().any(is_odd) {
        return None;
    }
    if !address.starts_with('/') {
        let url = Url::parse(address).ok()?;
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_open = url.username().is_empty() && url.password().is_none();
        return (is_web && is_open && url.has_host()).then(|| url.into());
    }
    // Two slashes begin the name of another host.
    if address.starts_with("//") {
        return None;
    }
    let base = Url::parse(ANY_HOST).ok()?;
    let url = base.join(address).ok()?;
    let path = String::from(url).strip_prefix(ANY_HOST)?.to_owned();
    (!path.starts_with('/')).then(|| format!("/{path}"))
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
    fn address_is_kept_as_browsers_write_it() {
        for (given, kept) in [
            ("/a.png?v=1#x", Some("/a.png?v=1#x")),
            ("/büch\"er<.png", Some("/b%C3%BCch%22er%3C.png")),
            ("/a/../b%20c.png", Some("/b%20c.png")),
            ("https://Host.example", Some("https://host.example/")),
            (
                "http://h.example:8080/a'b.png",
                Some("http://h.example:8080/a'b.png"),
            ),
            ("//other.example/a.png", None),
            ("/.//other.example/a.png", None),
            ("/x/..//other.example/a.png", None),
            ("/\\other.example/a.png", None),
            ("https://user:password@h.example/a.png", None),
            ("https://user@h.example/a.png", None),
            ("javascript:x", None),
            ("data:,x", None),
            ("ftp://h.example/a.png", None),
            ("https://", None),
            ("a.png", None),
        ] {
            let serialized = serialized(given);
            assert_eq!(serialized.as_deref(), kept, "{given}");
            // What is kept is kept again.
            let again = serialized.as_deref().and_then(super::serialized);
            assert_eq!(again.as_deref(), kept, "{given}");
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
