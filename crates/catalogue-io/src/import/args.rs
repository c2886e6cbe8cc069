//! The options of `souk import`.

use std::path::PathBuf;

use clap::Args;
use souk_domain::{Currency, parse_slug};

use super::fields::{self, MappedColumn};
use super::format::{self, Format};
use super::price::PriceUnit;

/// Import products from a JSON Lines, CSV or TSV file, packed with gzip or not
///
/// Products are created, or updated where their external id is known. A row with a fault is reported with its line
/// and skipped. An interrupted import can be run again. Columns that are no field become attributes: the prefixes
/// attr_t_, attr_n_ and attr_b_ are dropped, underscores become spaces. In CSV files, adjoining rows of one id are
/// variants of one product, and columns that begin with option_ set them apart. What products refer to (category,
/// fandom, seller) is created where it is missing; categories may be paths such as `Clothing > T-Shirts`.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The file, or `-` for standard input
    pub file: PathBuf,
    /// Format of the file; by default its name says, or else its beginning
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Character between the columns of a CSV file (`tab` for a tab); found in the header by default
    #[arg(long, value_parser = format::parse_delimiter)]
    pub delimiter: Option<u8>,
    /// Read a field from this column, such as `brand=maker`; may be given many times
    ///
    /// Fields: external_id, title, description, brand, status, slug, category, category_path, fandom, seller, price,
    /// currency, sku, gtin, stock, images, rating, rating_count, popularity, created_at, and those of an export.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = fields::parse_mapped)]
    pub mapped: Vec<MappedColumn>,
    /// Leave this column out; may be given many times
    #[arg(long = "ignore", value_name = "COLUMN")]
    pub ignored: Vec<String>,
    /// Unit of prices; by default major if one of the first 1,000 has decimals, else minor
    ///
    /// Columns called price_minor or price_cents, and the prices of `variants`, are minor units in any case.
    #[arg(long, value_enum)]
    pub price_unit: Option<PriceUnit>,
    /// Currency of rows that name none; by default the marketplace's own
    #[arg(long, value_name = "CODE", value_parser = parse_currency)]
    pub default_currency: Option<Currency>,
    /// Stock of rows that give none, also where the product exists already
    #[arg(long, value_name = "UNITS", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    pub default_stock: i64,
    /// Slug of the seller of rows that name none; by default the marketplace's first
    #[arg(long, value_name = "SLUG", value_parser = parse_seller)]
    pub seller: Option<String>,
    /// Stop at the first row with a fault; the rows before it stay imported
    #[arg(long)]
    pub strict: bool,
    /// Write every fault to this CSV file: line, id, field, reason
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
}

impl ImportArgs {
    /// An import of a file with every default.
    pub fn of(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            format: None,
            delimiter: None,
            mapped: Vec::new(),
            ignored: Vec::new(),
            price_unit: None,
            default_currency: None,
            default_stock: 0,
            seller: None,
            strict: false,
            errors: None,
        }
    }
}

fn parse_currency(code: &str) -> Result<Currency, String> {
    Currency::from_code(&code.to_uppercase())
        .ok_or_else(|| "is no code of ISO 4217 such as EUR".to_owned())
}

fn parse_seller(slug: &str) -> Result<String, String> {
    parse_slug(slug)
        .map(str::to_owned)
        .map_err(|error| error.to_string())
}
