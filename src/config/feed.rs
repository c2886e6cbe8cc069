//! Options of product feeds.

use souk_catalogue_io::export::{BadShopUrl, ShopUrl};
use souk_config::Config;

use crate::feeds::{GoogleFeeds, LIFETIME};

/// An unusable setting of product feeds.
#[derive(Debug, thiserror::Error)]
#[error("SOUK_FEED_GOOGLE_URL {0}")]
pub struct BadFeed(#[from] BadShopUrl);

/// Conversions of the `feed` section.
pub trait FeedSection {
    /// Returns the feeds for Google; `None` if there are none.
    ///
    /// # Errors
    /// If the shop's URL is invalid.
    fn google_feeds(&self) -> Result<Option<GoogleFeeds>, BadFeed>;
}

impl FeedSection for Config {
    fn google_feeds(&self) -> Result<Option<GoogleFeeds>, BadFeed> {
        if self.feed.google_url.is_empty() {
            return Ok(None);
        }
        let shop_url = ShopUrl::parse(&self.feed.google_url)?;
        Ok(Some(GoogleFeeds::new(shop_url, &self.cdn.url, LIFETIME)))
    }
}
