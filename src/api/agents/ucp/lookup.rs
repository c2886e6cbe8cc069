//! `lookup_catalog` and `get_product`: products by identifier.

use std::collections::BTreeSet;

use bytes::Bytes;
use serde_json::Value;
use souk_domain::{ProductId, VariantId};
use souk_store::ProductKey;

use super::asking::{Asking, Opened};
use super::categories::Categories;
use super::filters::AskedFilters;
use super::ids::{self, Id, MAX_ID_BYTES};
use super::message::{Message, quoted};
use super::narrowing::Narrowing;
use super::presenting::featured;
use super::refused::Refused;
use super::wire::{Input, LOOKUP, LookupAnswer, Product};
use crate::error::ApiError;

/// Most identifiers of a request.
const MAX_IDS: usize = 50;
/// Identifier that leads to this very variant.
const EXACT: &str = "exact";
/// Identifier that leads to a product, for which this variant stands.
const FEATURED: &str = "featured";

/// Answers a look-up of several identifiers.
///
/// # Errors
/// If the request is malformed, or the database fails.
pub(crate) async fn lookup(
    asking: &Asking,
    request: &poem::Request,
    asked: &Value,
) -> Result<Bytes, Refused> {
    let Opened {
        root,
        filters,
        messages,
        ..
    } = asking.open(asked, &["ids"])?;
    let given = match root.get("ids") {
        Some(Value::Array(ids)) if ids.len() > MAX_IDS => {
            return Err(Refused::Request {
                code: "request_too_large",
                path: root.path("ids"),
                content: format!("holds at most {MAX_IDS} identifiers"),
            });
        }
        Some(Value::Array(_)) => root.texts("ids", MAX_IDS)?,
        _ => {
            return Err(Refused::invalid(
                root.path("ids"),
                "must be a list of texts",
            ));
        }
    };
    if given.is_empty() {
        let content = "must hold at least one identifier";
        return Err(Refused::invalid(root.path("ids"), content));
    }
    let mut ids: Vec<String> = Vec::new();
    for id in given {
        if id.len() > MAX_ID_BYTES {
            let content = format!("holds identifiers of at most {MAX_ID_BYTES} bytes");
            return Err(Refused::invalid(root.path("ids"), content));
        }
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    let loading = asking.clone();
    let load = async move { Box::pin(answer(&loading, &ids, &filters, messages)).await };
    Ok(asking.answered(request, "lookup", asked, load).await?)
}

async fn answer(
    asking: &Asking,
    ids: &[String],
    filters: &AskedFilters,
    mut messages: Vec<Message>,
) -> Result<Value, ApiError> {
    // One that is not there may be there after the next change.
    asking.call.tags.add([souk_cache::Tag::Search]);
    let found = Found::of(asking, ids).await?;
    let narrowing = narrowing(asking, filters, &mut messages).await?;
    let presenting = asking.presenting(true);
    let mut answered: BTreeSet<&str> = BTreeSet::new();
    let mut filtered: BTreeSet<&str> = BTreeSet::new();
    let mut products = Vec::new();
    let wanted: Vec<ProductId> = found.products();
    for mut record in asking.products(&wanted).await? {
        let own: Vec<&(String, ProductId, Option<VariantId>)> =
            found.inputs_of(record.id).collect();
        let whole = presenting.product(&record);
        let narrowed = narrowing
            .narrow(&mut record)
            .then(|| presenting.product(&record))
            .flatten();
        let Some(mut whole) = whole else { continue };
        if let Some(mut product) = narrowed {
            answered.extend(correlate(&mut product, &own));
            if !product.variants.is_empty() {
                products.push(product);
            }
        }
        let all = correlate(&mut whole, &own);
        filtered.extend(all.into_iter().filter(|id| !answered.contains(id)));
    }
    let first = |product: &Product| {
        let inputs = product.variants.iter().flat_map(|variant| &variant.inputs);
        let places = inputs.filter_map(|input| ids.iter().position(|id| *id == input.id));
        places.min()
    };
    products.sort_by_key(first);
    for id in ids {
        if filtered.contains(id.as_str()) {
            messages.push(Message::info("filtered_out", None, quoted(id)));
        } else if !answered.contains(id.as_str()) {
            messages.push(Message::info("not_found", None, quoted(id)));
        }
    }
    let answer = LookupAnswer {
        ucp: asking.meta(LOOKUP),
        products,
        messages,
    };
    serde_json::to_value(answer).map_err(ApiError::internal)
}

/// Leaves the variants that identifiers lead to, each with these identifiers, and returns those that do.
fn correlate<'a>(
    product: &mut Product,
    inputs: &[&'a (String, ProductId, Option<VariantId>)],
) -> Vec<&'a str> {
    let Some(standing) = featured(product) else {
        return Vec::new();
    };
    let mut answered = Vec::new();
    for (id, _, variant) in inputs {
        let (place, matched) = match variant {
            None => (Some(standing), FEATURED),
            Some(variant) => {
                let variant = ids::variant(*variant);
                let mut own = product.variants.iter();
                (own.position(|own| own.id == variant), EXACT)
            }
        };
        if let Some(place) = place {
            answered.push(id.as_str());
            product.variants[place].inputs.push(Input {
                id: id.clone(),
                matched,
            });
        }
    }
    product
        .variants
        .retain(|variant| !variant.inputs.is_empty());
    answered
}

/// Products and variants that identifiers lead to, whether shoppers may see them or not.
pub(super) struct Found(Vec<(String, ProductId, Option<VariantId>)>);

impl Found {
    /// Looks identifiers up.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn of(asking: &Asking, ids: &[String]) -> Result<Self, ApiError> {
        let call = &asking.call;
        let products = call.app.store.scope(call.tenant.id).products();
        let variants: Vec<VariantId> = ids
            .iter()
            .filter_map(|id| match Id::parse(id) {
                Id::Variant(variant) => Some(variant),
                _ => None,
            })
            .collect();
        let owners = products.of_variants(&variants).await?;
        let mut found = Vec::new();
        for id in ids {
            let place = match Id::parse(id) {
                Id::Product(product) => Some((product, None)),
                Id::Variant(variant) => owners
                    .get(&variant)
                    .map(|product| (*product, Some(variant))),
                Id::Handle(slug) => {
                    let product = products.get(&ProductKey::Slug(slug)).await?;
                    product.map(|product| (product.id, None))
                }
            };
            found.extend(place.map(|(product, variant)| (id.clone(), product, variant)));
        }
        Ok(Self(found))
    }

    /// Returns each product once.
    pub(super) fn products(&self) -> Vec<ProductId> {
        let products: BTreeSet<ProductId> = self.0.iter().map(|(_, id, _)| *id).collect();
        products.into_iter().collect()
    }

    /// Returns the first variant that was named.
    pub(super) fn variant(&self) -> Option<VariantId> {
        self.0.iter().find_map(|(_, _, variant)| *variant)
    }

    fn inputs_of(
        &self,
        product: ProductId,
    ) -> impl Iterator<Item = &(String, ProductId, Option<VariantId>)> {
        self.0.iter().filter(move |(_, own, _)| *own == product)
    }
}

/// Reads what filters need to be applied to records.
pub(super) async fn narrowing(
    asking: &Asking,
    filters: &AskedFilters,
    messages: &mut Vec<Message>,
) -> Result<Narrowing, ApiError> {
    let call = &asking.call;
    let resolved = filters.resolved(call, messages).await?;
    let categories = match resolved.category.is_empty() {
        true => Categories::default(),
        false => Categories::load(&call.app.store, call.tenant.id).await?,
    };
    Ok(Narrowing::new(
        resolved,
        categories,
        filters.is_impossible(),
    ))
}
