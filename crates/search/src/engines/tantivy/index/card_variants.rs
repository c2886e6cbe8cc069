//! Variants at the end of a card: the leading one first, for hits that show no other, then the rest.

use std::collections::BTreeMap;

use souk_domain::{
    BuyBox, BuyBoxReason, Condition, HitVariant, Label, ProductDocument, VariantDocument, VariantId,
};

use crate::variants::stored::StoredVariants;

/// Appends the variants of a document to its card.
pub(super) fn put(card: &mut Vec<u8>, document: &ProductDocument, leading: Option<&BuyBox<'_>>) {
    let variants = &document.variants;
    let Some(offers) = leading else {
        return;
    };
    let leading = offers.leading();
    put_variant(card, leading, offers.reason);
    if variants.len() == 1 {
        return;
    }
    let is_leading = |variant: &VariantDocument| std::ptr::eq(variant, leading);
    let place = variants.iter().position(is_leading).unwrap_or(0);
    put_number(card, place as u64);
    put_number(card, variants.len() as u64 - 1);
    for other in variants.iter().filter(|variant| !is_leading(variant)) {
        put_variant(card, other, None);
    }

    for (name, values) in document.common_values_of_options() {
        put_text(card, name);
        put_number(card, values.len() as u64);
        values.into_iter().for_each(|value| put_text(card, value));
    }
}

/// Decodes the leading variant, if there is one.
pub(super) fn leading(variants: &[u8]) -> Option<HitVariant> {
    let mut rest = variants;
    let (leading, reason) = take_variant(&mut rest)?;
    Some(HitVariant {
        reason,
        ..leading.into()
    })
}

/// Decodes the variants of a product with several. Returns `None` for one variant, of which the hit shows all.
pub(crate) fn decode(variants: &[u8]) -> Option<StoredVariants> {
    let mut rest = variants;
    let (leading, _) = take_variant(&mut rest)?;
    let place = take_number(&mut rest)? as usize;
    let others = take_number(&mut rest)?;
    let mut variants = Vec::new();
    for _ in 0..others {
        variants.push(take_variant(&mut rest)?.0);
    }
    variants.insert(place.min(variants.len()), leading);
    let mut common = BTreeMap::new();
    while !rest.is_empty() {
        let name = take_text(&mut rest)?;
        let mut values = Vec::new();
        for _ in 0..take_number(&mut rest)? {
            values.push(take_text(&mut rest)?.to_owned());
        }
        common.insert(name.to_owned(), values);
    }
    Some(StoredVariants::new(variants, common))
}

fn put_variant(card: &mut Vec<u8>, variant: &VariantDocument, reason: Option<BuyBoxReason>) {
    put_number(card, zigzag(variant.id.0));
    put_number(
        card,
        zigzag(variant.price) << 1 | u64::from(variant.available),
    );
    put_number(card, zigzag(variant.stock));
    for price in [variant.list_price, variant.lowest_price_30d] {
        put_number(card, price.map_or(0, |price| zigzag(price).wrapping_add(1)));
    }
    put_text(card, &variant.sku);
    for text in [&variant.image, &variant.image_alt] {
        put_number(card, u64::from(text.is_some()));
        if let Some(text) = text {
            put_text(card, text);
        }
    }
    let has_terms = variant.seller.is_some() || !variant.condition.is_new() || reason.is_some();
    put_number(
        card,
        (variant.options.len() as u64) << 1 | u64::from(has_terms),
    );
    for (name, value) in &variant.options {
        put_text(card, name);
        put_text(card, value);
    }
    if has_terms {
        put_number(card, place(&Condition::ALL, &variant.condition));
        put_number(
            card,
            reason.map_or(0, |reason| place(&REASONS, &reason) + 1),
        );
        put_number(card, u64::from(variant.seller.is_some()));
        if let Some(seller) = &variant.seller {
            put_text(card, &seller.slug);
            put_text(card, &seller.name);
        }
    }
}

/// Reasons by the numbers that stand for them.
const REASONS: [BuyBoxReason; 4] = [
    BuyBoxReason::InStock,
    BuyBoxReason::LowestPrice,
    BuyBoxReason::Condition,
    BuyBoxReason::Older,
];

fn place<T: PartialEq>(all: &[T], own: &T) -> u64 {
    all.iter().position(|other| other == own).unwrap_or(0) as u64
}

fn take_variant(rest: &mut &[u8]) -> Option<(VariantDocument, Option<BuyBoxReason>)> {
    let id = VariantId(unzigzag(take_number(rest)?));
    let offer = take_number(rest)?;
    let stock = unzigzag(take_number(rest)?);
    let list_price = take_number(rest)?.checked_sub(1).map(unzigzag);
    let lowest_price_30d = take_number(rest)?.checked_sub(1).map(unzigzag);
    let sku = take_text(rest)?.to_owned();
    let mut texts = [None, None];
    for text in &mut texts {
        if take_number(rest)? != 0 {
            *text = Some(take_text(rest)?.to_owned());
        }
    }
    let [image, image_alt] = texts;
    let mut options = BTreeMap::new();
    let listed = take_number(rest)?;
    for _ in 0..listed >> 1 {
        let name = take_text(rest)?.to_owned();
        options.insert(name, take_text(rest)?.to_owned());
    }
    let (mut condition, mut reason, mut seller) = (Condition::New, None, None);
    if listed & 1 == 1 {
        condition = *Condition::ALL.get(take_number(rest)? as usize)?;
        reason = match take_number(rest)?.checked_sub(1) {
            Some(place) => Some(*REASONS.get(place as usize)?),
            None => None,
        };
        if take_number(rest)? != 0 {
            seller = Some(Label::new(take_text(rest)?, take_text(rest)?));
        }
    }
    let variant = VariantDocument {
        id,
        sku,
        options,
        numbers: BTreeMap::new(),
        price: unzigzag(offer >> 1),
        list_price,
        lowest_price_30d,
        stock,
        available: offer & 1 == 1,
        image,
        image_alt,
        seller,
        condition,
    };
    Some((variant, reason))
}

/// Appends seven bits a byte, the lowest first; the highest bit of a byte says that another follows.
fn put_number(card: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        card.push(number as u8 | 0x80);
        number >>= 7;
    }
    card.push(number as u8);
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn put_text(card: &mut Vec<u8>, text: &str) {
    put_number(card, text.len() as u64);
    card.extend_from_slice(text.as_bytes());
}

fn take_text<'c>(rest: &mut &'c [u8]) -> Option<&'c str> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok()
}

/// Maps numbers to natural ones, those near zero to small ones.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use souk_testkit::document;

    use super::*;

    fn shoe() -> ProductDocument {
        let mut shoe = document(1, "Shoe").build();
        let only = shoe.variants.remove(0);
        for (id, size, price, available) in [
            (1, Some("S"), 1_000, false),
            (-2, Some("M"), 0, true),
            (i64::MAX, None, 4_000, true),
        ] {
            let mut variant = only.clone();
            variant.id = VariantId(id);
            variant.sku = format!("SKU {id}");
            variant.options = size
                .map(|size| ("Size".to_owned(), size.to_owned()))
                .into_iter()
                .collect();
            (variant.price, variant.available) = (price, available);
            variant.stock = id.min(1_000);
            variant.list_price = available.then_some(price * 2);
            variant.lowest_price_30d = available.then_some(price);
            variant.image = available.then(|| "Ærø.jpg".repeat(40));
            variant.image_alt = (!available).then(String::new);
            shoe.variants.push(variant);
        }
        let sizes = ["L", "M", "S", "XL"].map(str::to_owned);
        shoe.attributes.insert("Size".to_owned(), sizes.into());
        shoe
    }

    fn encoded(document: &ProductDocument) -> Vec<u8> {
        let mut card = Vec::new();
        let leading = VariantDocument::leading(&document.variants);
        put(&mut card, document, leading.as_ref());
        card
    }

    #[test]
    fn variants_read_back() {
        let shoe = shoe();
        let card = encoded(&shoe);
        assert_eq!(decode(&card), Some(StoredVariants::of(&shoe)));
        let leading_one = HitVariant::from(&shoe.variants[1]);
        assert_eq!(leading(&card), Some(leading_one));
    }

    #[test]
    fn offers_of_several_sellers_read_back() {
        let mut shoe = shoe();
        for variant in &mut shoe.variants {
            variant.seller = Some(Label::new("own", "Own & Sons"));
        }
        let other = VariantDocument {
            seller: Some(Label::new("other", "Ötherß")),
            condition: Condition::Refurbished,
            price: 1,
            ..shoe.variants[1].clone()
        };
        shoe.variants.insert(2, other);
        let card = encoded(&shoe);
        assert_eq!(decode(&card), Some(StoredVariants::of(&shoe)));
        let leading_one = HitVariant {
            reason: Some(BuyBoxReason::LowestPrice),
            ..HitVariant::from(&shoe.variants[1])
        };
        assert_eq!(leading(&card), Some(leading_one));
    }

    #[test]
    fn one_variant_leads_alone() {
        let mut shoe = shoe();
        shoe.variants.truncate(1);
        let card = encoded(&shoe);
        let only = HitVariant::from(&shoe.variants[0]);
        assert_eq!((leading(&card), decode(&card)), (Some(only), None));
        shoe.variants.clear();
        let card = encoded(&shoe);
        assert_eq!((leading(&card), decode(&card)), (None, None));
    }

    #[test]
    fn cut_bytes_are_no_variants() {
        let card = encoded(&shoe());
        let whole = decode(&card);
        for length in 0..card.len() {
            assert_ne!(decode(&card[..length]), whole);
        }
    }
}
