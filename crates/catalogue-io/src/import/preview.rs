//! Preview of an import: what was recognised, how each column is understood, and the first products.

use std::fmt;

use souk_domain::{Currency, Money, ProductStatus};

use super::keep::Kept;
use super::profile::fields::Use;
use super::read::assemble::FileReading;
use super::reading::Description;

const MOST_COLUMNS: usize = 60;
const MOST_LEFT_OUT: usize = 40;
const MOST_CHARS: usize = 60;

/// Preview of an import, before anything is written.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPreview {
    /// The file, and the one given by `--with`.
    pub files: Vec<FilePreview>,
    /// Rows read so far.
    pub rows: u64,
    /// Products of those rows; unknown of Souk's own exports.
    pub products_total: Option<u64>,
    /// The first products as they will be.
    pub products: Vec<ProductPreview>,
    /// Products that the file no longer has, and that will be archived; unknown if the file was not read to its end.
    pub archived: Option<u64>,
    /// Doubt that only a person can settle.
    pub doubt: Option<String>,
}

/// Description of a file and of the use of its columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilePreview {
    /// Profile, as `--from` takes it.
    pub profile: String,
    /// Name of the profile for people.
    pub title: String,
    /// True if the profile was given.
    pub told: bool,
    /// Columns by which the profile was recognised.
    pub recognised_by: Vec<String>,
    /// Packing, from the outside in, such as `gzip`.
    pub packing: Vec<String>,
    /// Syntax, for people.
    pub syntax: String,
    /// Encoding, for people.
    pub encoding: String,
    /// Columns that are imported.
    pub columns: Vec<ColumnPreview>,
    /// Columns left out, since they are never public.
    pub private: Vec<String>,
    /// Columns left out, since they are of use to the other system only.
    pub technical: Vec<String>,
    /// Columns left out on demand.
    pub ignored: Vec<String>,
}

/// A column that is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPreview {
    /// Name in the file.
    pub name: String,
    /// Use, such as `title` or `option Size, where variants differ`.
    pub meaning: String,
    /// Reading of its amounts, such as the decimal mark.
    pub mark: Option<String>,
}

/// A product as it will be.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductPreview {
    /// Id within the file.
    pub external_id: String,
    /// Title.
    pub title: String,
    /// Status.
    pub status: ProductStatus,
    /// Currency of its prices.
    pub currency: Currency,
    /// Lowest and highest price in minor units; none if it has no price.
    pub price: Option<(i64, i64)>,
    /// Units of all variants.
    pub stock: i64,
    /// Number of variants.
    pub variants: usize,
    /// Options of the first variant.
    pub options: Vec<(String, String)>,
    /// Addresses of its images.
    pub images: Vec<String>,
    /// Brand.
    pub brand: Option<String>,
    /// Names of its categories, from the root.
    pub category: Vec<String>,
}

impl FilePreview {
    /// Describes a file and the use of its columns.
    pub(super) fn of(description: &Description, file: &FileReading) -> Self {
        let mut preview = Self {
            profile: description.profile.name.clone(),
            title: description.profile.title.clone(),
            told: description.told,
            recognised_by: description.anchors.clone(),
            packing: description.packing.clone(),
            syntax: description.syntax.clone(),
            encoding: description.encoding.clone(),
            columns: Vec::new(),
            private: Vec::new(),
            technical: Vec::new(),
            ignored: Vec::new(),
        };
        for (name, column_use) in file.mapping.seen() {
            let name = name.to_string();
            match &*column_use {
                Use::Private => preview.private.push(name),
                Use::Technical => preview.technical.push(name),
                Use::Ignored if name.trim().is_empty() => {}
                Use::Ignored => preview.ignored.push(name),
                other => preview.columns.push(ColumnPreview {
                    meaning: describe_use(other),
                    mark: file.facts.describe(&name).map(str::to_owned),
                    name,
                }),
            }
        }
        preview
    }
}

impl fmt::Display for FilePreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match (self.told, self.recognised_by.as_slice()) {
            (true, _) => " (as told)".to_owned(),
            (false, []) => String::new(),
            (false, anchors) => format!(" (by {})", anchors.join(", ")),
        };
        let packing = match self.packing.as_slice() {
            [] => String::new(),
            packing => format!("{}, ", packing.join(", ")),
        };
        write!(
            f,
            "Read as {}{how}: {packing}{}, {}",
            self.title, self.syntax, self.encoding
        )?;
        for ColumnPreview {
            name,
            meaning,
            mark,
        } in self.columns.iter().take(MOST_COLUMNS)
        {
            write!(f, "\n  {name}: {meaning}")?;
            if let Some(mark) = mark {
                write!(f, " ({mark})")?;
            }
        }
        let more = self.columns.len().saturating_sub(MOST_COLUMNS);
        if more > 0 {
            write!(f, "\n  and {more} more")?;
        }
        for (label, names) in [
            ("Left out, since never public", &self.private),
            (
                "Left out, since of use to the other system only",
                &self.technical,
            ),
            ("Left out, as told", &self.ignored),
        ] {
            if names.is_empty() {
                continue;
            }
            let shown = &names[..names.len().min(MOST_LEFT_OUT)];
            write!(f, "\n{label}: {}", shown.join(", "))?;
            let more = names.len() - shown.len();
            if more > 0 {
                write!(f, " and {more} more")?;
            }
        }
        Ok(())
    }
}

impl ProductPreview {
    /// Describes a product as it will be.
    pub(super) fn of(kept: &Kept) -> Self {
        let product = &kept.product;
        let prices = || product.variants.iter().map(|variant| variant.price);
        let has_price = !kept
            .silent
            .of_variants
            .iter()
            .all(|open| open.price.loss().is_some());
        let options = product.variants.first().map(|variant| {
            let options = variant.options.iter();
            options
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        });
        Self {
            external_id: product.external_id.clone(),
            title: product.title.clone(),
            status: product.status,
            currency: product.currency,
            price: prices().min().zip(prices().max()).filter(|_| has_price),
            stock: product.variants.iter().map(|variant| variant.stock).sum(),
            variants: product.variants.len(),
            options: options.unwrap_or_default(),
            images: product
                .images
                .iter()
                .map(|image| image.url.clone())
                .collect(),
            brand: product.brand.clone(),
            category: kept.category.iter().map(|step| step.name.clone()).collect(),
        }
    }
}

impl fmt::Display for ProductPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |minor: i64| Money::new(minor, self.currency).to_string();
        let price = match self.price {
            Some((least, most)) if least != most => {
                format!("{} to {}", money(least), money(most))
            }
            Some((price, _)) => money(price),
            None => "no price".to_owned(),
        };
        let mut facts = vec![price, format!("stock {}", self.stock)];
        if self.variants > 1 || !self.options.is_empty() {
            let options: Vec<String> = self
                .options
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            let options = match options.is_empty() {
                true => String::new(),
                false => format!(" ({} ...)", options.join(", ")),
            };
            facts.push(format!("{} variants{options}", self.variants));
        }
        facts.push(format!("{} images", self.images.len()));
        if let Some(brand) = &self.brand {
            facts.push(format!("brand {brand}"));
        }
        if !self.category.is_empty() {
            facts.push(self.category.join(" > "));
        }
        if self.status != ProductStatus::Active {
            facts.push(self.status.to_string());
        }
        write!(
            f,
            "  {} ({}): {}",
            shortened(&self.title),
            self.external_id,
            facts.join("; ")
        )
    }
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
