//! Rows of products as a batch is given them, once what they refer to is resolved.

use souk_domain::{InvalidField, KeptParts, ProductInput};

use super::{
    further_offers::OfferChanges,
    matching::Existing,
    places::{NewPlace, PlaceKind},
    resolve::ResolvedIds,
    rows::{ProductRow, Totals, VariantRow},
    slugs::SlugRequest,
};
use crate::backend::now_ms;

/// Requests the given slug, else the current one, else a generated one.
pub(super) fn slug_request(input: &ProductInput, existing: Option<&Existing>) -> SlugRequest {
    let kept = || existing.map(|product| product.slug.clone());
    match input.slug.clone().or_else(kept) {
        Some(slug) => SlugRequest::Exact(slug),
        None => SlugRequest::generated(&input.title, &input.external_id),
    }
}

/// A row that lacks only its slug.
pub(super) fn row<'i>(
    input: &'i ProductInput,
    existing: Option<&Existing>,
    ids: &ResolvedIds,
) -> Result<ProductRow<'i>, InvalidField> {
    let kept = existing.map_or(KeptParts::default(), |product| product.kept);
    Ok(ProductRow {
        id: existing.map(|product| product.id),
        external_id: &input.external_id,
        slug: String::new(),
        title: &input.title,
        description: &input.description,
        brand: input.brand.as_deref(),
        status: input.status.as_str(),
        category_id: ids.category(input)?,
        fandom_id: ids.fandom(input)?,
        seller_id: ids.seller(input, existing.map(|product| product.seller_id))?,
        attributes: (!kept.attributes).then_some(&input.attributes),
        tags: &input.tags,
        images: (!kept.images).then_some(&input.images),
        currency: input.currency.code(),
        rating_count: input.ratings.map(|ratings| ratings.count),
        rating_sum: input.ratings.map(|ratings| ratings.sum),
        popularity: input.popularity,
        created_at: input.created_at_ms,
        totals: Totals::of(&input.variants, now_ms()),
        further_categories: ids.further_categories(input)?,
        further_fandoms: ids.further_fandoms(input)?,
        offers: OfferChanges::default(),
    })
}

pub(super) fn new_places<'r>(
    product_id: i64,
    row: &'r ProductRow<'_>,
    kind: PlaceKind,
) -> impl Iterator<Item = NewPlace> + use<'r> {
    let ids = match kind {
        PlaceKind::Category => &row.further_categories,
        PlaceKind::Fandom => &row.further_fandoms,
    };
    ids.iter().enumerate().map(move |(position, id)| NewPlace {
        product_id,
        id: *id,
        position,
    })
}

pub(super) fn variant_rows(
    input: &ProductInput,
    product_id: i64,
) -> impl Iterator<Item = VariantRow<'_>> {
    input
        .variants
        .iter()
        .enumerate()
        .map(move |(position, variant)| VariantRow {
            product_id,
            sku: &variant.sku,
            gtin: variant.gtin.as_deref(),
            options: &variant.options,
            price: variant.price,
            list_price: variant.list_price,
            sale_from: variant.sale_from_ms,
            sale_until: variant.sale_until_ms,
            stock: variant.stock,
            stock_policy: variant.stock_policy.as_str(),
            condition: variant.condition.as_str(),
            weight_g: variant.measures.weight_g,
            length_mm: variant.measures.length_mm,
            width_mm: variant.measures.width_mm,
            height_mm: variant.measures.height_mm,
            position,
        })
}
