//! `souk export`: the catalogue as JSON Lines or CSV, in a form that `souk import` reads back without a change.

mod csv_rows;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use souk_domain::{Label, ProductInput, ProductStatus, RatingTotals, VariantInput};
use souk_store::{ProductListing, ProductRecord, Store, StoreError, Tenant};

use crate::output_file::OutputFile;
use crate::progress::{Progress, Unit};
use csv_rows::CsvWriter;

const PAGE: u32 = 500;

/// A format that can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// JSON Lines: a product a line, with all there is to it.
    Jsonl,
    /// Comma-separated values: a line a variant, those of a product adjoining.
    Csv,
}

/// Export the catalogue as JSON Lines or CSV
///
/// `souk import` reads both back without a change, also into another installation. In CSV there is a line for each
/// variant, which repeats what belongs to the product; prices are minor units, and attributes and options are JSON
/// objects within their columns.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// The file to write, or `-` for standard output
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// Format; by default the file's name says, and standard output gets JSON Lines
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// Pack with gzip; also done where the file's name ends in .gz
    #[arg(long)]
    pub gzip: bool,
    /// Only products of this status: draft, active or archived
    #[arg(long)]
    pub status: Option<ProductStatus>,
}

impl ExportArgs {
    /// An export to a file with every default.
    pub fn to(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            format: None,
            gzip: false,
            status: None,
        }
    }

    fn name(&self) -> String {
        self.file.to_string_lossy().to_lowercase()
    }

    fn compressed(&self) -> bool {
        self.gzip || self.name().ends_with(".gz")
    }

    fn chosen_format(&self) -> ExportFormat {
        let name = self.name();
        let is_csv = name.strip_suffix(".gz").unwrap_or(&name).ends_with(".csv");
        self.format.unwrap_or(if is_csv {
            ExportFormat::Csv
        } else {
            ExportFormat::Jsonl
        })
    }
}

/// An export that did not reach its end. A file is put in its place only when it is whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Reason.
        source: io::Error,
    },
    /// The store failed.
    #[error("cannot read the catalogue")]
    Store(#[from] StoreError),
}

/// A product with the names of what it refers to, so that another installation can create them.
#[derive(Debug, Serialize)]
struct Exported {
    #[serde(flatten)]
    product: ProductInput,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    category_path: Vec<Label>,
    /// Each from the root.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further_category_paths: Vec<Vec<Label>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fandom_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further_fandom_labels: Vec<Label>,
    seller_name: String,
}

/// Exports a tenant's catalogue with progress on standard error, and says how many products it wrote.
///
/// # Errors
/// If the database or the file fails. That nobody reads standard output any more is no error.
pub async fn run(args: &ExportArgs, store: &Store, tenant: &Tenant) -> Result<u64, ExportError> {
    let progress = Progress::shown("Exporting", Unit::Items, None);
    let result = export(args, store, tenant, &progress).await;
    progress.finish();
    result
}

async fn export(
    args: &ExportArgs,
    store: &Store,
    tenant: &Tenant,
    progress: &Progress,
) -> Result<u64, ExportError> {
    let failed = |source| ExportError::Write {
        path: args.file.clone(),
        source,
    };
    let scope = store.scope(tenant.id);
    let paths = category_paths(scope.categories().list().await?);
    let mut writer = Writer::new(
        args.chosen_format(),
        OutputFile::open(&args.file, args.compressed()).map_err(failed)?,
    );
    writer.header().map_err(failed)?;
    let mut listing = ProductListing {
        status: args.status,
        limit: PAGE,
        ..ProductListing::default()
    };
    let mut count = 0;
    loop {
        let page = scope.products().list(&listing).await?;
        let Some(last) = page.last() else {
            break;
        };
        listing.after_id = Some(last.id);
        for record in page {
            match writer.write(&exported(record, &paths)) {
                Err(error)
                    if args.file.as_os_str() == "-"
                        && error.kind() == io::ErrorKind::BrokenPipe =>
                {
                    return Ok(count);
                }
                written => written.map_err(failed)?,
            }
            count += 1;
        }
        progress.set(count);
    }
    writer.finish().map_err(failed)?;
    Ok(count)
}

/// Each category's way from the root.
fn category_paths(categories: Vec<souk_store::CategoryRecord>) -> HashMap<String, Vec<Label>> {
    let by_slug: HashMap<&str, _> = categories
        .iter()
        .map(|category| (category.slug.as_str(), category))
        .collect();
    let path = |slug: &str| {
        let mut path = Vec::new();
        let mut next = by_slug.get(slug);
        while let Some(category) = next {
            path.push(Label::new(&category.slug, &category.name));
            next = category
                .parent
                .as_deref()
                .and_then(|parent| by_slug.get(parent));
        }
        path.reverse();
        path
    };
    by_slug
        .keys()
        .map(|slug| ((*slug).to_owned(), path(slug)))
        .collect()
}

fn exported(record: ProductRecord, paths: &HashMap<String, Vec<Label>>) -> Exported {
    let category = record.category.map(|category| category.slug);
    let category_path = category
        .as_deref()
        .and_then(|slug| paths.get(slug))
        .cloned()
        .unwrap_or_default();
    let path = |category: &Label| {
        let path = paths.get(&category.slug).cloned();
        path.unwrap_or_else(|| vec![category.clone()])
    };
    let further_category_paths = record.further_categories.iter().map(path).collect();
    let (fandom, fandom_name) = record
        .fandom
        .map(|fandom| (fandom.slug, fandom.name))
        .unzip();
    let variants = record
        .variants
        .into_iter()
        .map(|variant| VariantInput {
            sku: variant.sku,
            gtin: variant.gtin,
            options: variant.options,
            price: variant.prices.price,
            list_price: variant.prices.list_price,
            sale_from_ms: variant.prices.sale_from_ms,
            sale_until_ms: variant.prices.sale_until_ms,
            stock: variant.stock,
            stock_policy: variant.stock_policy,
        })
        .collect();
    let product = ProductInput {
        external_id: record.external_id,
        slug: Some(record.slug),
        title: record.title,
        description: record.description,
        brand: record.brand,
        status: record.status,
        category,
        further_categories: slugs(&record.further_categories),
        fandom,
        further_fandoms: slugs(&record.further_fandoms),
        seller: Some(record.seller.slug),
        attributes: record.attributes,
        tags: record.tags,
        images: record.images,
        currency: record.currency,
        variants,
        ratings: Some(RatingTotals {
            count: record.rating_count,
            sum: record.rating_sum,
        }),
        popularity: Some(record.popularity),
        created_at_ms: Some(record.created_at_ms),
    };
    Exported {
        product,
        category_path,
        further_category_paths,
        fandom_name,
        further_fandom_labels: record.further_fandoms,
        seller_name: record.seller.name,
    }
}

fn slugs(labels: &[Label]) -> Vec<String> {
    labels.iter().map(|label| label.slug.clone()).collect()
}

/// Writes products in one of the formats.
enum Writer {
    Jsonl(OutputFile),
    Csv(Box<CsvWriter>),
}

impl Writer {
    fn new(format: ExportFormat, file: OutputFile) -> Self {
        match format {
            ExportFormat::Jsonl => Self::Jsonl(file),
            ExportFormat::Csv => Self::Csv(Box::new(CsvWriter::new(file))),
        }
    }

    fn header(&mut self) -> io::Result<()> {
        match self {
            Self::Jsonl(_) => Ok(()),
            Self::Csv(writer) => writer.header(),
        }
    }

    fn write(&mut self, exported: &Exported) -> io::Result<()> {
        match self {
            Self::Jsonl(file) => {
                serde_json::to_writer(&mut *file, exported)?;
                io::Write::write_all(file, b"\n")
            }
            Self::Csv(writer) => writer.write(exported),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Jsonl(file) => file.finish(),
            Self::Csv(writer) => writer.finish(),
        }
    }
}
