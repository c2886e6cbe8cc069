//! The options of `souk export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use souk_domain::{Currency, ProductStatus};

use super::shop_url::ShopUrl;

/// A format that can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// JSON Lines: a product a line, with all there is to it.
    Jsonl,
    /// Comma-separated values: a line a variant, those of a product adjoining.
    Csv,
}

/// A system whose form products are exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportTarget {
    /// Product CSV of Shopify: a line a variant, and one for each further image.
    Shopify,
    /// Product CSV of WooCommerce: simple products, and variable ones with their variations.
    Woocommerce,
    /// Feed of Google Merchant Center: RSS 2.0 with an item for each variant that is for sale.
    Google,
}

/// Export the catalogue as JSON Lines or CSV, or in the form of another system
///
/// `souk import` reads JSON Lines and CSV back without a change, also into another installation. In CSV there is a
/// line for each variant, which repeats what belongs to the product; prices are minor units, and attributes and options
/// are JSON objects within their columns. With --to, the file has the form of another system; what that form cannot
/// hold is counted at the end.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The file to write, or `-` for standard output
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// Format; by default the file's name says, and standard output gets JSON Lines
    #[arg(long, value_enum, conflicts_with = "target")]
    pub format: Option<ExportFormat>,
    /// Write what this system takes: shopify, woocommerce or google
    #[arg(long = "to", value_enum, value_name = "SYSTEM")]
    pub target: Option<ExportTarget>,
    /// Public URL of the shop, such as https://shop.example; needed for google, and for images without a host
    ///
    /// Products are linked as URL/products/SLUG, or wherever the URL has {slug}: https://shop.example/p/{slug}.html.
    /// {tenant} stands for the marketplace's name in `souk tenant list`.
    #[arg(long, value_name = "URL", value_parser = ShopUrl::parse)]
    pub shop_url: Option<ShopUrl>,
    /// Currency of a Shopify or WooCommerce export, which can have one only; by default the marketplace's own
    #[arg(long, value_name = "CODE", value_parser = parse_currency, requires = "target")]
    pub currency: Option<Currency>,
    /// Pack with gzip; also done where the file's name ends in .gz
    #[arg(long)]
    pub gzip: bool,
    /// Only products of this status: draft, active, unlisted or archived
    #[arg(long)]
    pub status: Option<ProductStatus>,
    /// Base URL of images without a host; by default the shop's.
    #[arg(skip)]
    pub image_base: Option<String>,
}

impl ExportArgs {
    /// An export to a file with every default.
    pub fn to(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            format: None,
            target: None,
            shop_url: None,
            currency: None,
            gzip: false,
            status: None,
            image_base: None,
        }
    }

    fn name(&self) -> String {
        self.file.to_string_lossy().to_lowercase()
    }

    pub(super) fn compressed(&self) -> bool {
        self.gzip || self.name().ends_with(".gz")
    }

    pub(super) fn chosen_format(&self) -> ExportFormat {
        let name = self.name();
        let is_csv = name.strip_suffix(".gz").unwrap_or(&name).ends_with(".csv");
        self.format.unwrap_or(if is_csv {
            ExportFormat::Csv
        } else {
            ExportFormat::Jsonl
        })
    }
}

fn parse_currency(code: &str) -> Result<Currency, String> {
    Currency::from_code(&code.to_uppercase())
        .ok_or_else(|| "is no code of ISO 4217 such as EUR".to_owned())
}
