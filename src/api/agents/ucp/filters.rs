//! Filters of a request, as Souk's own.

use std::collections::BTreeSet;

use serde_json::Value;
use souk_domain::{Currency, Filters, PriceFilter};
use souk_store::StoreError;

use super::categories::Categories;
use super::context::Context;
use super::message::{Message, quoted};
use super::reading::{Part, texts};
use super::refused::Refused;
use crate::api::call::Call;

/// Filters that are known: those of the protocol, then Souk's own.
const KNOWN: [&str; 8] = [
    "categories",
    "price",
    "availability",
    "brand",
    "seller",
    "fandom",
    "rating_min",
    "attributes",
];
/// Most values of a filter.
const MAX_VALUES: usize = 100;
/// Most attributes that are filtered by.
const MAX_ATTRIBUTES: usize = 50;

/// Filters as they were read; categories, sellers and fandoms are slugs or names.
#[derive(Debug, Clone, Default)]
pub(crate) struct AskedFilters {
    own: Filters,
    /// True if nothing can pass.
    is_impossible: bool,
}

impl AskedFilters {
    /// Reads the filters of a request.
    ///
    /// # Errors
    /// If one of them is malformed.
    pub(crate) fn read(
        request: &Part<'_>,
        context: &Context,
        currency: Currency,
        messages: &mut Vec<Message>,
    ) -> Result<Self, Refused> {
        let given = request.part("filters")?;
        given.pass_over(&KNOWN, "filter_ignored", messages);
        let set = |name| -> Result<BTreeSet<String>, Refused> {
            let values = given.texts(name, MAX_VALUES)?;
            Ok(values.into_iter().map(str::to_owned).collect())
        };
        let mut own = Filters {
            category: set("categories")?,
            brand: set("brand")?,
            seller: set("seller")?,
            fandom: set("fandom")?,
            price: price(&given.part("price")?, context, currency, messages)?,
            rating_min: rating(&given)?,
            ..Filters::default()
        };
        let attributes = given.part("attributes")?;
        if attributes.names().count() > MAX_ATTRIBUTES {
            let message = format!("must name at most {MAX_ATTRIBUTES} attributes");
            return Err(Refused::invalid(given.path("attributes"), message));
        }
        for name in attributes.names() {
            let values = attributes.texts(name, MAX_VALUES)?;
            let values = values.into_iter().map(str::to_owned);
            own.attributes.insert(name.to_owned(), values.collect());
        }
        let mut filters = Self {
            own,
            is_impossible: false,
        };
        filters.read_availability(&given, messages)?;
        Ok(filters)
    }

    /// Statuses that Souk tells apart: what can be bought, and what cannot.
    fn read_availability(
        &mut self,
        given: &Part<'_>,
        messages: &mut Vec<Message>,
    ) -> Result<(), Refused> {
        let Some(value) = given.get("availability") else {
            return Ok(());
        };
        let path = given.path("availability");
        let statuses = texts(value, MAX_VALUES)
            .ok_or_else(|| Refused::invalid(path.clone(), "must be a list of statuses"))?;
        let has = |known: &[&str]| statuses.iter().any(|status| known.contains(status));
        let (available, sold_out) = (has(&["in_stock", "backorder"]), has(&["out_of_stock"]));
        match (available, sold_out) {
            (true, true) => {}
            (true, false) => self.own.in_stock = Some(true),
            (false, true) => self.own.in_stock = Some(false),
            // Statuses that no product has.
            (false, false) => self.is_impossible = !statuses.is_empty(),
        }
        if available && has(&["in_stock"]) != has(&["backorder"]) {
            let content = "`in_stock` and `backorder` are filtered as one: what can be bought";
            messages.push(Message::info("availability_grouped", path, content));
        }
        Ok(())
    }

    /// Reports whether nothing can pass.
    pub(crate) fn is_impossible(&self) -> bool {
        self.is_impossible
    }

    /// Returns the filters as they were read.
    pub(crate) fn own(&self) -> &Filters {
        &self.own
    }

    /// Puts slugs in the place of names, and tells of categories that do not exist.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(crate) async fn resolved(
        &self,
        call: &Call,
        messages: &mut Vec<Message>,
    ) -> Result<Filters, StoreError> {
        let mut filters = self.own.clone();
        let scope = call.app.store.scope(call.tenant.id);
        if !filters.category.is_empty() {
            let categories = Categories::load(&call.app.store, call.tenant.id).await?;
            let mut slugs = BTreeSet::new();
            for value in std::mem::take(&mut filters.category) {
                let found = categories.slugs(&value);
                if found.is_empty() {
                    let path = "$.filters.categories".to_owned();
                    let content = format!("there is no category `{}`", quoted(&value));
                    messages.push(Message::warning("unknown_category", path, content));
                    slugs.insert(value);
                } else {
                    slugs.extend(found);
                }
            }
            filters.category = slugs;
        }
        for name in self.own.seller.iter() {
            filters.seller.extend(scope.sellers().slugs_of(name).await?);
        }
        for name in self.own.fandom.iter() {
            filters.fandom.extend(scope.fandoms().slugs_of(name).await?);
        }
        Ok(filters)
    }
}

/// Reads a price filter, which is in the currency of the context.
fn price(
    given: &Part<'_>,
    context: &Context,
    currency: Currency,
    messages: &mut Vec<Message>,
) -> Result<Option<PriceFilter>, Refused> {
    given.pass_over(&["min", "max"], "filter_ignored", messages);
    let (min, max) = (given.whole("min", 0)?, given.whole("max", 0)?);
    if min.is_none() && max.is_none() {
        return Ok(None);
    }
    let own = currency.code();
    let path = || "$.filters.price".to_owned();
    match context.currency.as_deref() {
        Some(asked) if asked != own => {
            let content = format!(
                "limits in {asked} were passed over: prices are in {own}, give limits in it"
            );
            messages.push(Message::warning("price_filter_ignored", path(), content));
            Ok(None)
        }
        Some(_) => Ok(Some(PriceFilter { min, max })),
        None => {
            let content = format!("limits without `context.currency` were read as {own}");
            messages.push(Message::info("price_filter_currency", path(), content));
            Ok(Some(PriceFilter { min, max }))
        }
    }
}

fn rating(given: &Part<'_>) -> Result<Option<f32>, Refused> {
    let Some(value) = given.get("rating_min") else {
        return Ok(None);
    };
    let number = value.as_f64().filter(|number| (1.0..=5.0).contains(number));
    let number = number.ok_or_else(|| {
        Refused::invalid(given.path("rating_min"), "must be a number from 1 to 5")
    })?;
    Ok(Some(number as f32))
}

/// Reports whether a request names an input: a filter or a text.
pub(crate) fn has_value(value: Option<&Value>) -> bool {
    value.is_some_and(|value| match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    })
}
