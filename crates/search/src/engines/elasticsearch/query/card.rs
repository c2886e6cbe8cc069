//! Fields of a hit, as the index stores them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use souk_domain::{
    Currency, Highlights, Hit, HitVariant, Label, PriceRange, ProductDocument, ProductId,
    VariantDocument,
};

/// Bytes of a description that are stored for excerpts.
const EXCERPT_BYTES: usize = 4_000;

/// A hit without highlights and score.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Card<'a> {
    id: i64,
    #[serde(borrow)]
    slug: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) title: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(crate) brand: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    image: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    image_alt: Option<Cow<'a, str>>,
    price_min: i64,
    price_max: i64,
    currency: Currency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list_price: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lowest_price_30d: Option<i64>,
    stock: i64,
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<f32>,
    rating_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<Cow<'a, Label>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fandom: Option<Cow<'a, Label>>,
    seller: Cow<'a, Label>,
    created_at_ms: i64,
    variants: u32,
    /// Leading variant of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leading: Option<HitVariant>,
}

impl<'a> Card<'a> {
    /// The card of a document.
    pub(crate) fn of(document: &'a ProductDocument) -> Self {
        let leading = VariantDocument::leading(&document.variants);
        let seller = leading
            .as_ref()
            .and_then(|offers| offers.leading().seller.as_ref());
        Self {
            id: document.id.0,
            slug: Cow::Borrowed(&document.slug),
            title: Cow::Borrowed(&document.title),
            brand: document.brand.as_deref().map(Cow::Borrowed),
            image: document.image.as_deref().map(Cow::Borrowed),
            image_alt: document.image_alt.as_deref().map(Cow::Borrowed),
            price_min: document.price.min,
            price_max: document.price.max,
            currency: document.price.currency,
            list_price: document.list_price,
            lowest_price_30d: document.lowest_price_30d,
            stock: document.stock,
            available: document.available,
            rating: document.rating,
            rating_count: document.rating_count,
            category: document.categories.last().map(Cow::Borrowed),
            fandom: document.fandom.as_ref().map(Cow::Borrowed),
            seller: Cow::Borrowed(seller.unwrap_or(&document.seller)),
            created_at_ms: document.created_at_ms,
            variants: u32::try_from(document.variant_count()).unwrap_or(u32::MAX),
            leading: leading.as_ref().map(HitVariant::from),
        }
    }

    /// The hit that it shows.
    pub(crate) fn into_hit(self) -> Hit {
        Hit {
            id: ProductId(self.id),
            slug: self.slug.into_owned(),
            title: self.title.into_owned(),
            brand: self.brand.map(Cow::into_owned),
            image: self.image.map(Cow::into_owned),
            image_alt: self.image_alt.map(Cow::into_owned),
            price: PriceRange {
                min: self.price_min,
                max: self.price_max,
                currency: self.currency,
            },
            list_price: self.list_price,
            lowest_price_30d: self.lowest_price_30d,
            stock: self.stock,
            available: self.available,
            variant: self.leading,
            rating: self.rating,
            rating_count: self.rating_count,
            category: self.category.map(Cow::into_owned),
            fandom: self.fandom.map(Cow::into_owned),
            seller: self.seller.into_owned(),
            created_at_ms: self.created_at_ms,
            variants: self.variants,
            highlights: Highlights::default(),
            score: None,
        }
    }
}

/// The part of a description that excerpts come from.
pub(crate) fn excerpt(document: &ProductDocument) -> &str {
    let cut = document.description.floor_char_boundary(EXCERPT_BYTES);
    &document.description[..cut]
}
