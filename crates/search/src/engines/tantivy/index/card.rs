//! Cards: displayed fields of a hit in a compact binary encoding.

use souk_domain::{
    Currency, Highlights, Hit, Label, PriceRange, ProductDocument, ProductId, VariantDocument,
};

use super::card_variants;

/// Stored prefix of a description, in bytes; excerpts are cut from it.
const DESCRIPTION_BYTES: usize = 4_000;

/// Stands for an absent price.
const NO_PRICE: i64 = -1;

/// Encodes the card of a document.
pub(crate) fn encode(document: &ProductDocument) -> Vec<u8> {
    let mut card = Vec::with_capacity(256 + document.description.len().min(DESCRIPTION_BYTES));
    for number in [
        document.id.0,
        document.price.min,
        document.price.max,
        document.list_price.unwrap_or(NO_PRICE),
        document.stock,
        i64::from(document.available),
        document.created_at_ms,
    ] {
        card.extend_from_slice(&number.to_le_bytes());
    }
    let variants = u32::try_from(document.variant_count()).unwrap_or(u32::MAX);
    let leading = VariantDocument::leading(&document.variants);
    let seller = leading
        .as_ref()
        .and_then(|offers| offers.leading().seller.as_ref());
    card.extend_from_slice(&document.rating.unwrap_or(f32::NAN).to_le_bytes());
    card.extend_from_slice(&document.rating_count.to_le_bytes());
    card.extend_from_slice(&variants.to_le_bytes());
    put(&mut card, Some(document.price.currency.code()));
    put(&mut card, Some(&document.slug));
    put(&mut card, Some(&document.title));
    put(&mut card, document.brand.as_deref());
    put(&mut card, document.image.as_deref());
    put_label(&mut card, document.categories.last());
    put_label(&mut card, document.fandom.as_ref());
    put_label(&mut card, Some(seller.unwrap_or(&document.seller)));
    let cut = document.description.floor_char_boundary(DESCRIPTION_BYTES);
    put(&mut card, Some(&document.description[..cut]));
    // Last, since cards of older indexes end before it.
    let lowest = document.lowest_price_30d.unwrap_or(NO_PRICE);
    card.extend_from_slice(&lowest.to_le_bytes());
    put(&mut card, document.image_alt.as_deref());
    card_variants::put(&mut card, document, leading.as_ref());
    card
}

/// Appends the length plus one, or zero for an absent text, then the text.
fn put(card: &mut Vec<u8>, text: Option<&str>) {
    let length = text.map_or(0, |text| text.len() as u32 + 1);
    card.extend_from_slice(&length.to_le_bytes());
    card.extend_from_slice(text.unwrap_or_default().as_bytes());
}

fn put_label(card: &mut Vec<u8>, label: Option<&Label>) {
    put(card, label.map(|label| label.slug.as_str()));
    put(card, label.map(|label| label.name.as_str()));
}

/// Card that was read.
pub(crate) struct Card<'c> {
    /// Hit without highlights and score, for all variants of the product.
    pub(crate) hit: Hit,
    /// Stored description.
    pub(crate) description: &'c str,
    /// Encoded variants, see [`card_variants::decode`].
    pub(crate) variants: &'c [u8],
}

/// Decodes a card. Returns `None` if the bytes are not one.
pub(crate) fn decode(card: &[u8]) -> Option<Card<'_>> {
    let mut rest = card;
    let id = ProductId(take_i64(&mut rest)?);
    let (min, max) = (take_i64(&mut rest)?, take_i64(&mut rest)?);
    let list_price = take_i64(&mut rest)?;
    let stock = take_i64(&mut rest)?;
    let available = take_i64(&mut rest)? != 0;
    let created_at_ms = take_i64(&mut rest)?;
    let rating = f32::from_le_bytes(take(&mut rest)?);
    let rating_count = u32::from_le_bytes(take(&mut rest)?);
    let variants = u32::from_le_bytes(take(&mut rest)?);
    let currency = Currency::from_code(take_text(&mut rest)??)?;
    let mut hit = Hit {
        id,
        slug: take_text(&mut rest)??.to_owned(),
        title: take_text(&mut rest)??.to_owned(),
        brand: take_text(&mut rest)?.map(str::to_owned),
        image: take_text(&mut rest)?.map(str::to_owned),
        image_alt: None,
        price: PriceRange { min, max, currency },
        list_price: (list_price != NO_PRICE).then_some(list_price),
        lowest_price_30d: None,
        stock,
        available,
        variant: None,
        rating: (!rating.is_nan()).then_some(rating),
        rating_count,
        category: take_label(&mut rest)?,
        fandom: take_label(&mut rest)?,
        seller: take_label(&mut rest)??,
        created_at_ms,
        variants,
        highlights: Highlights::default(),
        score: None,
    };
    let description = take_text(&mut rest)??;
    hit.lowest_price_30d = take_i64(&mut rest).filter(|&price| price != NO_PRICE);
    hit.image_alt = take_text(&mut rest).flatten().map(str::to_owned);
    let variants = rest;
    hit.variant = card_variants::leading(variants);
    Some(Card {
        hit,
        description,
        variants,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*bytes)
}

fn take_i64(rest: &mut &[u8]) -> Option<i64> {
    take(rest).map(i64::from_le_bytes)
}

/// The outer option is none for bytes that are no card, the inner one for a text that is not there.
#[allow(clippy::option_option)]
fn take_text<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a str>> {
    let Some(length) = u32::from_le_bytes(take(rest)?).checked_sub(1) else {
        return Some(None);
    };
    let (text, after) = rest.split_at_checked(length as usize)?;
    *rest = after;
    std::str::from_utf8(text).ok().map(Some)
}

#[allow(clippy::option_option)]
fn take_label(rest: &mut &[u8]) -> Option<Option<Label>> {
    let (slug, name) = (take_text(rest)?, take_text(rest)?);
    Some(slug.zip(name).map(|(slug, name)| Label::new(slug, name)))
}
