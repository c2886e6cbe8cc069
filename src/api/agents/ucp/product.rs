//! `get_product`: one product, and the choice among its options.

use bytes::Bytes;
use serde_json::Value;
use souk_domain::same_value;

use super::asking::{Asking, Opened};
use super::filters::AskedFilters;
use super::ids::MAX_ID_BYTES;
use super::lookup::{Found, narrowing};
use super::message::{Message, quoted};
use super::options::{has_all, relaxed, signal};
use super::presenting::{lead_with, lead_with_featured};
use super::reading::Part;
use super::refused::Refused;
use super::wire::{LOOKUP, Product, ProductAnswer, SelectedOption};
use crate::error::ApiError;

/// Fields of its own.
const KNOWN: [&str; 3] = ["id", "selected", "preferences"];
/// Most options of a selection.
const MAX_OPTIONS: usize = 50;
/// Most variants of an answer.
const MAX_VARIANTS: usize = 100;

/// A request as it was read.
struct Wanted {
    id: String,
    selected: Vec<SelectedOption>,
    preferences: Vec<String>,
    filters: AskedFilters,
    messages: Vec<Message>,
}

/// Answers a request for one product.
///
/// # Errors
/// If the request is malformed, nothing has the identifier, or the database fails.
pub(crate) async fn product(
    asking: &Asking,
    request: &poem::Request,
    asked: &Value,
) -> Result<Bytes, Refused> {
    let wanted = read(asking, asked)?;
    let id = wanted.id.clone();
    let loading = asking.clone();
    let load = async move { Box::pin(answer(&loading, wanted)).await };
    match asking.answered(request, "product", asked, load).await {
        Ok(body) => Ok(body),
        Err(error) if matches!(error.problem().code, crate::error::ErrorCode::NotFound) => {
            Err(Refused::NotFound(quoted(&id)))
        }
        Err(error) => Err(Refused::Api(error)),
    }
}

fn read(asking: &Asking, asked: &Value) -> Result<Wanted, Refused> {
    let Opened {
        root,
        filters,
        messages,
        ..
    } = asking.open(asked, &KNOWN)?;
    let id = root.text("id")?.filter(|id| !id.is_empty());
    let id = id.filter(|id| id.len() <= MAX_ID_BYTES).ok_or_else(|| {
        let content = format!("is required: an identifier of at most {MAX_ID_BYTES} bytes");
        Refused::invalid(root.path("id"), content)
    })?;
    let preferences = root.texts("preferences", MAX_OPTIONS)?;
    Ok(Wanted {
        id: id.to_owned(),
        selected: selected(&root)?,
        preferences: preferences.into_iter().map(str::to_owned).collect(),
        filters,
        messages,
    })
}

/// Reads a selection: each option at most once.
fn selected(root: &Part<'_>) -> Result<Vec<SelectedOption>, Refused> {
    let refused = |content: &str| Refused::invalid(root.path("selected"), content);
    let given = match root.get("selected") {
        None => return Ok(Vec::new()),
        Some(Value::Array(given)) if given.len() <= MAX_OPTIONS => given,
        Some(_) => return Err(refused("must be a list of options")),
    };
    let mut selected: Vec<SelectedOption> = Vec::new();
    for option in given {
        let text = |name: &str| option[name].as_str().map(str::to_owned);
        let (Some(name), Some(label)) = (text("name"), text("label")) else {
            return Err(refused("holds options with a `name` and a `label`"));
        };
        if selected.iter().any(|known| same_value(&known.name, &name)) {
            return Err(refused("names an option twice"));
        }
        selected.push(SelectedOption { name, label });
    }
    Ok(selected)
}

async fn answer(asking: &Asking, wanted: Wanted) -> Result<Value, ApiError> {
    let Wanted {
        id,
        selected,
        preferences,
        filters,
        mut messages,
    } = wanted;
    let missing = ApiError::NotFound("product");
    let found = Found::of(asking, &[id]).await?;
    let records = asking.products(&found.products()).await?;
    let Some(mut record) = records.into_iter().next() else {
        return Err(missing);
    };
    let narrowing = narrowing(asking, &filters, &mut messages).await?;
    if !narrowing.narrow(&mut record) {
        return Err(missing);
    }
    let Some(mut product) = asking.presenting(false).product(&record) else {
        return Err(missing);
    };
    if let Some(variant) = found.variant() {
        let own = super::ids::variant(variant);
        if !product.variants.iter().any(|variant| variant.id == own) {
            return Err(missing);
        }
        lead_with(&mut product, variant);
        choose(&mut product, None, &[]);
    } else {
        lead_with_featured(&mut product);
        let preferences: Vec<&str> = preferences.iter().map(String::as_str).collect();
        let asked = (!selected.is_empty()).then_some(selected);
        let asked_for = asked.as_ref().map_or(0, Vec::len);
        let kept = choose(&mut product, asked, &preferences);
        if asked_for > kept {
            let path = "$.selected".to_owned();
            let content =
                "no variant has all that was selected; `product.selected` says what was kept";
            messages.push(Message::info("selection_relaxed", path, content));
        }
    }
    product.variants.truncate(MAX_VARIANTS);
    let answer = ProductAnswer {
        ucp: asking.meta(LOOKUP),
        product,
        messages,
    };
    serde_json::to_value(answer).map_err(ApiError::internal)
}

/// Leaves the variants of a selection, of the first one's options without any, and returns its size.
fn choose(
    product: &mut Product,
    asked: Option<Vec<SelectedOption>>,
    preferences: &[&str],
) -> usize {
    let first = || product.variants.first().map(|first| first.options.clone());
    let selected = match asked {
        Some(asked) => relaxed(product, asked, preferences),
        None => first().unwrap_or_default(),
    };
    signal(product, &selected);
    product
        .variants
        .retain(|variant| has_all(variant, &selected));
    let kept = selected.len();
    if !product.options.is_empty() {
        product.selected = Some(selected);
    }
    kept
}
