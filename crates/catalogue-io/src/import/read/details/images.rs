//! Images of a product: addresses in every form, and the variants that they show.

use serde_json::Value;
use souk_domain::{InvalidField, image_url};

use crate::import::imported::Image;
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;
use crate::import::profile::known::Profile;
use crate::import::read::columns::Columns;
use crate::import::read::kinds::{Kind, Part};
use crate::import::read::own::exact_images;
use crate::import::read::value;

/// Members of an object that hold an image's address, the largest image first.
const ADDRESS_MEMBERS: &[&str] = &[
    "hi_res",
    "large",
    "src",
    "url",
    "original",
    "contentUrl",
    "content_url",
    "link",
    "href",
    "image",
    "path",
    "medium",
    "thumb",
];

/// Position that the file gives, and rank of the row.
type Place = (i64, u8);

/// Rank of images that only belong to a variant.
const LAST: u8 = 2;

/// Collects the images of a product's rows; `variants` holds the part of each variant.
///
/// # Errors
/// If a file of Souk's own lists something else.
pub(in crate::import) fn images(
    parts: &[Part],
    profiles: &[&Profile],
    variants: &[usize],
    losses: &mut Losses,
) -> Result<Vec<Image>, InvalidField> {
    let mut found: Vec<(Place, Image)> = Vec::new();
    let mut lost = 0;
    for (index, part) in parts.iter().enumerate() {
        let profile = profiles[part.file];
        let shown: Vec<usize> = variants
            .iter()
            .enumerate()
            .filter(|(_, of_part)| **of_part == index)
            .map(|(variant, _)| variant)
            .collect();
        let position = position(&part.columns);
        let mut alts = alts(&part.columns, profile).into_iter();
        if profile.exact {
            // Each row of the product repeats them.
            if let Some(given) = part.columns.get(Field::Images).filter(|_| found.is_empty()) {
                found.extend(exact_images(given)?.into_iter().map(exact));
            }
            continue;
        }
        let binds = profile.shared_title || part.kind == Kind::Variant;
        for taken in part.columns.all(Field::Images) {
            for text in addresses(&taken.value, profile) {
                let alt = alts.next().flatten();
                let place = (position.unwrap_or(i64::MAX), rank(part.kind));
                match address(&text, profile) {
                    // An image of a row that is a variant shows that one, if there are several.
                    Some(address) => add(
                        &mut found,
                        place,
                        address,
                        alt,
                        if binds { &shown } else { &[] },
                    ),
                    None => lost += 1,
                }
            }
        }
        for taken in part.columns.all(Field::VariantImage) {
            for text in addresses(&taken.value, profile) {
                match address(&text, profile) {
                    Some(address) => add(&mut found, (i64::MAX, LAST), address, None, &shown),
                    None => lost += 1,
                }
            }
        }
    }
    lose(losses, Loss::ImageAddress, lost);
    // Positions order what has one; the rest stays in the file's order.
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, image)| image).collect())
}

/// Texts of the images of a row in their order. A column of several images has one of several texts beside it.
fn alts(columns: &Columns, profile: &Profile) -> Vec<Option<String>> {
    let texts = columns.all(Field::ImageAlt);
    let texts: Vec<String> = texts
        .filter_map(|taken| value::text(&taken.value))
        .collect();
    let images = columns.all(Field::Images);
    let counts: Vec<usize> = images
        .map(|taken| addresses(&taken.value, profile).len())
        .collect();
    if texts.len() != counts.len() {
        return texts.into_iter().map(Some).collect();
    }
    let mut alts = Vec::new();
    for (text, count) in texts.into_iter().zip(counts) {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let end = alts.len() + count;
        if count > 1 && parts.len() == count {
            let given = |part: &&str| !part.is_empty();
            let parts = parts.into_iter();
            alts.extend(parts.map(|part| Some(part).filter(given).map(str::to_owned)));
        } else if count > 0 {
            alts.push(Some(text));
        }
        alts.resize(end, None);
    }
    alts
}

fn add(
    found: &mut Vec<(Place, Image)>,
    place: Place,
    address: String,
    alt: Option<String>,
    variants: &[usize],
) {
    if let Some((known_place, known)) = found.iter_mut().find(|(_, known)| known.address == address)
    {
        *known_place = (*known_place).min(place);
        known.alt = known.alt.take().or(alt);
        for variant in variants {
            if !known.variants.contains(variant) {
                known.variants.push(*variant);
            }
        }
        return;
    }
    let image = Image {
        address,
        alt,
        variants: variants.to_vec(),
        skus: Vec::new(),
    };
    found.push((place, image));
}

/// An image of Souk's own export, in its place.
fn exact(image: souk_domain::Image) -> (Place, Image) {
    let image = Image {
        address: image.url,
        alt: image.alt,
        variants: Vec::new(),
        skus: image.variants,
    };
    ((i64::MAX, 0), image)
}

/// Rank of a row's images: those of a product come before those of its variants.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Parent => 0,
        Kind::Variant => LAST,
        _ => 1,
    }
}

fn position(columns: &Columns) -> Option<i64> {
    columns.text(Field::ImagePosition)?.trim().parse().ok()
}

/// Texts of a value that may be addresses.
fn addresses(given: &Value, profile: &Profile) -> Vec<String> {
    match given {
        Value::Array(values) => values
            .iter()
            .flat_map(|value| addresses(value, profile))
            .collect(),
        Value::Object(members) => {
            let best = ADDRESS_MEMBERS
                .iter()
                .filter_map(|name| members.get(*name))
                .find(|value| !value::is_blank(value));
            best.map(|value| addresses(value, profile))
                .unwrap_or_default()
        }
        other => {
            let text = value::text(other).unwrap_or_default();
            parted(text.trim(), profile)
        }
    }
}

/// Addresses of a text, parted by blanks, or by marks behind which another one begins.
fn parted(text: &str, profile: &Profile) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let has_names = !profile.image_base.is_empty() && !text.contains("://");
    if has_names {
        return text
            .split([',', ';', '|', '\n'])
            .map(|piece| piece.trim().to_owned())
            .filter(|piece| !piece.is_empty())
            .collect();
    }
    for word in text.split_whitespace() {
        let mut rest = word;
        while let Some(at) = next_address(rest, profile.exact) {
            pieces.push(rest[..at].to_owned());
            rest = &rest[at + 1..];
        }
        pieces.push(rest.to_owned());
    }
    let pieces: Vec<String> = pieces
        .iter()
        .map(|piece| {
            if profile.exact {
                piece.as_str()
            } else {
                piece.trim_matches([',', ';', '|'])
            }
        })
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
        .collect();
    // Names with blanks in them are one text that is no address.
    match pieces
        .iter()
        .all(|piece| image_url(piece).is_some() || piece.contains("=http"))
        || pieces.len() < 2
    {
        true => pieces,
        false => vec![text.to_owned()],
    }
}

/// Place of a mark behind which another address begins.
fn next_address(text: &str, exact: bool) -> Option<usize> {
    if exact {
        return None;
    }
    text.char_indices()
        .filter(|(at, c)| *at > 0 && matches!(c, ',' | ';' | '|'))
        .map(|(at, _)| at)
        .find(|at| {
            let rest = &text[at + 1..];
            let named = rest.split_once('=').is_some_and(|(name, rest)| {
                !name.contains(['/', '?', '&']) && rest.starts_with("http")
            });
            rest.starts_with("http://")
                || rest.starts_with("https://")
                || rest.starts_with("//")
                || named
        })
}

/// The address of an image; none if the text cannot be one.
fn address(text: &str, profile: &Profile) -> Option<String> {
    // eBay writes the option before it: Red=https://...
    let text = match text.find("=http") {
        Some(at) if !text.starts_with("http") => &text[at + 1..],
        _ => text,
    };
    let address = if text.starts_with("//") {
        format!("https:{text}")
    } else if profile.image_base.is_empty() || text.contains("://") {
        text.to_owned()
    } else {
        format!(
            "{}/{}",
            profile.image_base.trim_end_matches('/'),
            text.trim_start_matches('/')
        )
    };
    image_url(&address)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::import::profile::known::{generic, named};

    fn found(profile: &Profile, given: &Value) -> Vec<String> {
        addresses(given, profile)
            .iter()
            .filter_map(|text| address(text, profile))
            .collect()
    }

    #[test]
    fn addresses_are_parted_in_every_form() {
        let two = ["https://a.example/1.jpg", "https://a.example/2.jpg"];
        for given in [
            json!("https://a.example/1.jpg,https://a.example/2.jpg"),
            json!("https://a.example/1.jpg, https://a.example/2.jpg"),
            json!("https://a.example/1.jpg;https://a.example/2.jpg"),
            json!("https://a.example/1.jpg|https://a.example/2.jpg"),
            json!("https://a.example/1.jpg\nhttps://a.example/2.jpg"),
            json!(["https://a.example/1.jpg", {"src": "https://a.example/2.jpg"}]),
            json!({"hi_res": ["https://a.example/1.jpg", null, "https://a.example/2.jpg"], "large": ["x"]}),
            json!("Red=https://a.example/1.jpg|Blue=//a.example/2.jpg")
                .as_str()
                .map(|text| json!(text.replace("Blue=//", "Blue=https://")))
                .unwrap(),
        ] {
            assert_eq!(found(&generic(), &given), two, "{given}");
        }
        let wix = named("wix_v1").unwrap();
        assert_eq!(
            found(&wix, &json!("a_1~mv2.jpg;a_2~mv2.jpg")),
            [
                "https://static.wixstatic.com/media/a_1~mv2.jpg",
                "https://static.wixstatic.com/media/a_2~mv2.jpg"
            ]
        );
        let magento = named("magento").unwrap();
        assert_eq!(
            found(&magento, &json!("/m/h/x.jpg")),
            ["/media/catalog/product/m/h/x.jpg"]
        );
        assert_eq!(
            found(&generic(), &json!("https://a.example/w_1,h_2/x.jpg")),
            ["https://a.example/w_1,h_2/x.jpg"]
        );
        assert!(found(&generic(), &json!("not an address")).is_empty());
    }
}
