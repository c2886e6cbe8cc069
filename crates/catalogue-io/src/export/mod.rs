//! `souk export`: the catalogue as JSON Lines or CSV, in a form that `souk import` reads back without a change, or in
//! the form of another system.

mod args;
mod axes;
mod csv_rows;
mod feed_items;
mod feeds;
mod google;
mod omissions;
mod openai;
mod own;
mod pages;
mod shop;
mod shop_url;
mod shopify;
mod values;
mod woocommerce;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use souk_store::{ProductRecord, Store, StoreError, Tenant};

use crate::output_file::OutputFile;
use crate::progress::{Progress, Unit};
use csv_rows::CsvWriter;
use google::FeedWriter;
use omissions::omit;
use own::exported;
use pages::{CategoryPaths, Reach, each_page};
use shop::Shop;
use shopify::ShopifyWriter;
use woocommerce::WooWriter;

pub use args::{ExportArgs, ExportFormat, ExportTarget};
pub use feed_items::FeedShop;
pub use feeds::{FeedForm, write_feed};
pub use omissions::{Omission, Omissions};
pub use openai::{OPENAI_EDITIONS, OpenAiEdition, OpenAiTerms};
pub use pages::PageError;
pub use shop_url::{BadShopUrl, ImageBase, ShopLinks, ShopUrl};

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
    /// A feed has links into the shop, whose URL is not given.
    #[error(
        "a feed for google links to the pages of the shop: say where it is with --shop-url https://shop.example"
    )]
    NoShopUrl,
}

/// Summary of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportSummary {
    /// Products written.
    pub products: u64,
    /// Values that the form could not hold.
    pub omissions: Omissions,
}

impl fmt::Display for ExportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} products exported", self.products)?;
        for (omission, count) in &self.omissions {
            write!(f, "\n{count} {omission}")?;
        }
        Ok(())
    }
}

/// Exports a tenant's catalogue with progress on standard error, and says how many products it wrote.
///
/// # Errors
/// If the database or the file fails. That nobody reads standard output any more is no error.
pub async fn run(
    args: &ExportArgs,
    store: &Store,
    tenant: &Tenant,
) -> Result<ExportSummary, ExportError> {
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
) -> Result<ExportSummary, ExportError> {
    if args.target == Some(ExportTarget::Google) && args.shop_url.is_none() {
        return Err(ExportError::NoShopUrl);
    }
    let failed = |source| ExportError::Write {
        path: args.file.clone(),
        source,
    };
    let file = OutputFile::open(&args.file, args.compressed()).map_err(failed)?;
    let mut writer = Writer::begin(args, tenant, file).map_err(failed)?;
    let mut summary = ExportSummary::default();
    let scope = store.scope(tenant.id);
    let reach = match args.target {
        None => Reach::Own,
        Some(_) => Reach::Public,
    };
    let done = each_page(&scope, args.status, reach, |page, paths, stripped| {
        omit(&mut summary.omissions, Omission::Internal, stripped);
        for record in page {
            let written = writer.write(record, paths, &mut summary.omissions)?;
            summary.products += u64::from(written);
        }
        progress.set(summary.products);
        Ok(())
    });
    match done.await {
        Ok(()) => writer.finish().map_err(failed)?,
        Err(PageError::Read(error)) => return Err(error.into()),
        Err(PageError::Write(error)) => {
            let is_unread =
                args.file.as_os_str() == "-" && error.kind() == io::ErrorKind::BrokenPipe;
            if !is_unread {
                return Err(failed(error));
            }
        }
    }
    Ok(summary)
}

/// Writes products in one of the forms.
enum Writer {
    Jsonl(OutputFile),
    Csv(Box<CsvWriter>),
    Shopify(Box<ShopifyWriter>),
    Woo(Box<WooWriter>),
    Google(Box<FeedWriter<OutputFile>>),
}

impl Writer {
    fn begin(args: &ExportArgs, tenant: &Tenant, file: OutputFile) -> io::Result<Self> {
        let links = args.shop_url.as_ref().map(|url| url.links(&tenant.slug));
        let images = ImageBase::new(args.image_base.as_deref(), links.as_ref());
        let currency = args.currency.unwrap_or(tenant.currency);
        Ok(match (args.target, args.chosen_format()) {
            (Some(ExportTarget::Shopify), _) => {
                let shop = Shop { currency, images };
                Self::Shopify(Box::new(ShopifyWriter::begin(file, shop)?))
            }
            (Some(ExportTarget::Woocommerce), _) => {
                let shop = Shop { currency, images };
                Self::Woo(Box::new(WooWriter::begin(file, shop)?))
            }
            (Some(ExportTarget::Google), _) => {
                let links = links.ok_or(io::ErrorKind::InvalidInput)?;
                let shop = FeedShop {
                    name: tenant.name.clone(),
                    links,
                    images,
                };
                Self::Google(Box::new(FeedWriter::begin(file, shop, now_ms())?))
            }
            (None, ExportFormat::Jsonl) => Self::Jsonl(file),
            (None, ExportFormat::Csv) => {
                let mut writer = CsvWriter::new(file);
                writer.header()?;
                Self::Csv(Box::new(writer))
            }
        })
    }

    /// Writes a product, unless the form has no place for it; answers whether it did.
    fn write(
        &mut self,
        record: ProductRecord,
        paths: &CategoryPaths,
        omissions: &mut Omissions,
    ) -> io::Result<bool> {
        let path = paths.of_product(&record);
        match self {
            Self::Jsonl(file) => {
                serde_json::to_writer(&mut *file, &exported(record, paths))?;
                io::Write::write_all(file, b"\n")?;
            }
            Self::Csv(writer) => writer.write(&exported(record, paths))?,
            Self::Shopify(writer) => return writer.write(&record, path, omissions),
            Self::Woo(writer) => return writer.write(&record, path, omissions),
            Self::Google(writer) => return writer.write(&record, path, omissions),
        }
        Ok(true)
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Jsonl(file) => file.finish(),
            Self::Csv(writer) => writer.finish(),
            Self::Shopify(writer) => writer.finish(),
            Self::Woo(writer) => writer.finish(),
            Self::Google(writer) => writer.finish()?.finish(),
        }
    }
}

/// Now, in milliseconds since 1970 UTC.
fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_millis() as i64)
}
