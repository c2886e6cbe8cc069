//! Feeds of the live catalogue, written page by page in the form that another system fetches.

use std::io::{self, Write};

use souk_domain::ProductStatus;
use souk_store::{Store, Tenant};

use super::feed_items::FeedShop;
use super::google::FeedWriter;
use super::omissions::Omissions;
use super::openai::{OpenAiTerms, RowWriter};
use super::pages::{PageError, Reach, each_page};

/// Form of a feed.
#[derive(Debug, Clone)]
pub enum FeedForm {
    /// RSS for Google Merchant Center.
    Google,
    /// Flat rows of JSON for OpenAI.
    OpenAi(OpenAiTerms),
}

/// Writes the feed of a tenant page by page, and returns what it was written to; `flushed` is called after each page,
/// and ends the feed by an error.
///
/// # Errors
/// If the products cannot be read or written.
pub async fn write_feed<W: Write>(
    form: &FeedForm,
    store: &Store,
    tenant: &Tenant,
    shop: FeedShop,
    now_ms: i64,
    target: W,
    mut flushed: impl FnMut(&mut W) -> io::Result<()>,
) -> Result<W, PageError> {
    let mut feed = match form {
        FeedForm::Google => Feed::Google(Box::new(FeedWriter::begin(target, shop, now_ms)?)),
        FeedForm::OpenAi(terms) => {
            let rows = RowWriter::new(target, shop, terms.clone(), now_ms);
            Feed::OpenAi(Box::new(rows))
        }
    };
    let mut omissions = Omissions::new();
    each_page(
        &store.scope(tenant.id),
        Some(ProductStatus::Active),
        Reach::Public,
        |page, paths, _| {
            for record in &page {
                let path = paths.of_product(record);
                match &mut feed {
                    Feed::Google(feed) => feed.write(record, path, &mut omissions)?,
                    Feed::OpenAi(feed) => feed.write(record, path, &mut omissions)?,
                };
            }
            match &mut feed {
                Feed::Google(feed) => flushed(feed.target()),
                Feed::OpenAi(feed) => flushed(feed.target()),
            }
        },
    )
    .await?;
    match feed {
        Feed::Google(feed) => Ok(feed.finish()?),
        Feed::OpenAi(feed) => Ok(feed.finish()),
    }
}

/// Writer of one of the forms.
enum Feed<W: Write> {
    Google(Box<FeedWriter<W>>),
    OpenAi(Box<RowWriter<W>>),
}
