//! The preview of an import: what was recognised, how each column is understood, and the first products.

use std::fmt::Write;

use souk_domain::{Money, ProductStatus};

use super::keep::Kept;
use super::profile::fields::Use;
use super::read::assemble::FileReading;
use super::reading::Description;

const MOST_COLUMNS: usize = 60;
const MOST_LEFT_OUT: usize = 40;
const MOST_CHARS: usize = 60;

/// Describes a file and the use of its columns.
pub(super) fn describe(description: &Description, file: &FileReading) -> String {
    let mut text = String::new();
    let how = match (description.told, description.anchors.as_slice()) {
        (true, _) => " (as told)".to_owned(),
        (false, []) => String::new(),
        (false, anchors) => format!(" (by {})", anchors.join(", ")),
    };
    let packing = match description.packing.as_slice() {
        [] => String::new(),
        packing => format!("{}, ", packing.join(", ")),
    };
    let _ = writeln!(
        text,
        "Read as {}{how}: {packing}{}, {}",
        description.profile.title, description.syntax, description.encoding
    );
    let seen = file.mapping.seen();
    let mut columns: Vec<String> = Vec::new();
    let (mut private, mut technical, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
    for (name, column_use) in &seen {
        match &**column_use {
            Use::Private => private.push(&**name),
            Use::Technical => technical.push(&**name),
            Use::Ignored if !name.trim().is_empty() => ignored.push(&**name),
            Use::Ignored => {}
            other => {
                let mark = file
                    .facts
                    .describe(name)
                    .map(|mark| format!(" ({mark})"))
                    .unwrap_or_default();
                columns.push(format!("  {name}: {}{mark}", describe_use(other)));
            }
        }
    }
    let more = columns.len().saturating_sub(MOST_COLUMNS);
    columns.truncate(MOST_COLUMNS);
    for column in columns {
        let _ = writeln!(text, "{column}");
    }
    if more > 0 {
        let _ = writeln!(text, "  and {more} more");
    }
    for (label, names) in [
        ("Left out, since never public", private),
        ("Left out, since of use to the other system only", technical),
        ("Left out, as told", ignored),
    ] {
        if !names.is_empty() {
            let more = names.len().saturating_sub(MOST_LEFT_OUT);
            let shown: Vec<&str> = names.into_iter().take(MOST_LEFT_OUT).collect();
            let rest = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let _ = writeln!(text, "{label}: {}{rest}", shown.join(", "));
        }
    }
    text.trim_end().to_owned()
}

/// Describes a product as it will be.
pub(super) fn product(kept: &Kept) -> String {
    let product = &kept.product;
    let prices = || product.variants.iter().map(|variant| variant.price);
    let money = |minor: i64| Money::new(minor, product.currency).to_string();
    let price = match (prices().min(), prices().max()) {
        _ if kept
            .silent
            .prices
            .iter()
            .all(|price| price.loss().is_some()) =>
        {
            "no price".to_owned()
        }
        (Some(least), Some(most)) if least != most => {
            format!("{} to {}", money(least), money(most))
        }
        (Some(price), _) => money(price),
        _ => "no price".to_owned(),
    };
    let stock: i64 = product.variants.iter().map(|variant| variant.stock).sum();
    let mut facts = vec![price, format!("stock {stock}")];
    if product.variants.len() > 1
        || product
            .variants
            .iter()
            .any(|variant| !variant.options.is_empty())
    {
        let first = product.variants.first().map(|variant| {
            let options: Vec<String> = variant
                .options
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            options.join(", ")
        });
        let options = first
            .filter(|options| !options.is_empty())
            .map(|options| format!(" ({options} ...)"));
        facts.push(format!(
            "{} variants{}",
            product.variants.len(),
            options.unwrap_or_default()
        ));
    }
    facts.push(format!("{} images", product.images.len()));
    if let Some(brand) = &product.brand {
        facts.push(format!("brand {brand}"));
    }
    if !kept.category.is_empty() {
        let names: Vec<&str> = kept
            .category
            .iter()
            .map(|step| step.name.as_str())
            .collect();
        facts.push(names.join(" > "));
    }
    if product.status != ProductStatus::Active {
        facts.push(product.status.to_string());
    }
    format!(
        "  {} ({}): {}",
        shortened(&product.title),
        product.external_id,
        facts.join("; ")
    )
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Says how a column is understood, for people.
fn describe_use(column_use: &Use) -> String {
    match column_use {
        Use::Fields(fields) => {
            let names: Vec<&str> = fields.iter().map(|(field, _)| field.name()).collect();
            names.join(", ")
        }
        Use::Attribute(name, _) => format!("attribute {name}"),
        Use::Option(name, true) => format!("option {name}"),
        Use::Option(name, false) => format!("option {name}, where variants differ"),
        Use::OptionName(number) => format!("name of option {number}"),
        Use::OptionValue(number) => format!("value of option {number}"),
        Use::AttributeName(number) => format!("name of attribute {number}"),
        Use::AttributeValue(number) => format!("values of attribute {number}"),
        Use::Ignored | Use::Private | Use::Technical => "left out".to_owned(),
    }
}
