//! The options of `souk import`.

use std::path::PathBuf;

use clap::Args;
use encoding_rs::Encoding;
use souk_domain::{Currency, ProductStatus, parse_slug};

use super::format::Format;
use super::open::encoding;
use super::profile::fields::{self, MappedColumn};
use super::profile::known;
use super::read::money::PriceUnit;
use super::syntax::delimiters;

/// Import products from the file that a shop has
///
/// Takes the exports of Shopify, WooCommerce, Magento, PrestaShop, BigCommerce, Etsy, eBay, Amazon, Square, Wix,
/// Squarespace, Akeneo, Vendure, Medusa and Algolia, feeds for Google, Meta and Yandex, products of schema.org, Souk's
/// own exports, and any other table or list with a header: as CSV, TSV, JSON, JSON Lines, XML, XLSX or Parquet, packed
/// with gzip, zstd or ZIP. What the file is and how each column is understood is shown before anything is written;
/// --dry-run stops there. Products are created, or updated where their external id is known; a blank cell keeps what
/// is there. A row with a fault is reported with its line and skipped. An interrupted import can be run again.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The file, or `-` for standard input
    pub file: PathBuf,
    /// A second file of the same export, such as the combinations of PrestaShop or the models of Akeneo
    #[arg(long, value_name = "FILE")]
    pub with: Option<PathBuf>,
    /// The system that the file is from, such as shopify or woocommerce; found in the file by default
    #[arg(long, value_name = "PROFILE", value_parser = known::parse_name)]
    pub from: Option<String>,
    /// Show what would be imported, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Go on also where it is not sure what the file means
    #[arg(long, short)]
    pub yes: bool,
    /// Format of the file; by default its content says
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Encoding of the file, such as windows-1252 or shift_jis; found in the file by default
    #[arg(long, value_name = "LABEL", value_parser = encoding::parse_label)]
    pub encoding: Option<&'static Encoding>,
    /// Character between the columns of a table (`tab` for a tab); found in the file by default
    #[arg(long, value_parser = delimiters::parse)]
    pub delimiter: Option<u8>,
    /// Read a field from this column, such as `brand=maker`; may be given many times
    ///
    /// Fields: external_id, group, parent, title, description, brand, status, published, visible, slug, category,
    /// category_path, tags, fandom, seller, price, list_price, sale_price, currency, sku, gtin, stock, availability,
    /// images, rating, rating_count, popularity, created_at, and others that an unknown one lists.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = fields::parse_mapped)]
    pub mapped: Vec<MappedColumn>,
    /// Leave this column out; may be given many times
    #[arg(long = "ignore", value_name = "COLUMN")]
    pub ignored: Vec<String>,
    /// Unit of prices; by default major, such as 12.99
    ///
    /// Columns called price_minor or price_cents, and the prices of `variants`, are minor units in any case.
    #[arg(long, value_enum)]
    pub price_unit: Option<PriceUnit>,
    /// Currency of rows that name none; by default the marketplace's own
    #[arg(long, value_name = "CODE", value_parser = parse_currency)]
    pub default_currency: Option<Currency>,
    /// Stock of variants that give none, also where the product exists already; by default 0 for new ones
    #[arg(long, value_name = "UNITS", value_parser = clap::value_parser!(i64).range(0..))]
    pub default_stock: Option<i64>,
    /// Status of new products of which the file says nothing: draft, active or archived; active by default
    #[arg(long, value_name = "STATUS")]
    pub default_status: Option<ProductStatus>,
    /// Let a blank cell clear what is there
    #[arg(long)]
    pub clear_blank: bool,
    /// Slug of the seller of rows that name none; by default the marketplace's first
    #[arg(long, value_name = "SLUG", value_parser = parse_seller)]
    pub seller: Option<String>,
    /// Archive the products of this seller that the file no longer has, once all of it is imported
    ///
    /// The file is read twice, so it cannot be standard input. Rows that name no seller are of this one, unless --seller
    /// says otherwise. If more than half of the seller's products would be archived, it asks, or wants --yes.
    #[arg(long, value_name = "SLUG", value_parser = parse_seller)]
    pub replace_seller: Option<String>,
    /// Stop at the first row with a fault; the rows before it stay imported
    #[arg(long)]
    pub strict: bool,
    /// Write every fault to this CSV file: line, id, field, reason
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Number of rows after which reading ends, for a preview of a large file
    #[arg(skip)]
    pub max_rows: Option<u64>,
}

impl ImportArgs {
    /// An import of a file with every default.
    pub fn of(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            with: None,
            from: None,
            dry_run: false,
            yes: false,
            format: None,
            encoding: None,
            delimiter: None,
            mapped: Vec::new(),
            ignored: Vec::new(),
            price_unit: None,
            default_currency: None,
            default_stock: None,
            default_status: None,
            clear_blank: false,
            seller: None,
            replace_seller: None,
            strict: false,
            errors: None,
            max_rows: None,
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
