//! Options of product feeds.

use souk_catalogue_io::export::{BadShopUrl, FeedForm, OpenAiTerms, ShopUrl};
use souk_config::Config;

use crate::feeds::{Feeds, LIFETIME};

/// An unusable setting of product feeds.
#[derive(Debug, thiserror::Error)]
pub enum BadFeed {
    /// The shop of the feed for Google.
    #[error("SOUK_FEED_GOOGLE_URL {0}")]
    Google(BadShopUrl),
    /// The shop of the feed for OpenAI.
    #[error("SOUK_FEED_OPENAI_URL {0}")]
    OpenAi(BadShopUrl),
    /// A country that is none.
    #[error(
        "{0} holds countries by two letters, such as DE; `SOUK_FEED_OPENAI_URL` needs the shop's"
    )]
    Country(&'static str),
}

/// Conversions of the `feed` section.
pub trait FeedSection {
    /// Returns the feeds for Google; `None` if there are none.
    ///
    /// # Errors
    /// If the shop's URL is invalid.
    fn google_feeds(&self) -> Result<Option<Feeds>, BadFeed>;

    /// Returns the feeds for OpenAI; `None` if there are none.
    ///
    /// # Errors
    /// If the shop's URL or a country is invalid.
    fn openai_feeds(&self) -> Result<Option<Feeds>, BadFeed>;

    /// Returns the shop that products lead to: that of a feed.
    ///
    /// # Errors
    /// If its URL is invalid.
    fn shop(&self) -> Result<Option<ShopUrl>, BadFeed>;
}

impl FeedSection for Config {
    fn google_feeds(&self) -> Result<Option<Feeds>, BadFeed> {
        let shop = url(&self.feed.google_url).map_err(BadFeed::Google)?;
        let feeds = |shop| Feeds::new(FeedForm::Google, shop, &self.cdn.url, LIFETIME);
        Ok(shop.map(feeds))
    }

    fn openai_feeds(&self) -> Result<Option<Feeds>, BadFeed> {
        let Some(shop) = url(&self.feed.openai_url).map_err(BadFeed::OpenAi)? else {
            return Ok(None);
        };
        let country = countries(
            "SOUK_FEED_OPENAI_STORE_COUNTRY",
            &self.feed.openai_store_country,
        )?;
        let [store_country] = country.as_slice() else {
            return Err(BadFeed::Country("SOUK_FEED_OPENAI_STORE_COUNTRY"));
        };
        let given = &self.feed.openai_target_countries;
        let mut target_countries = countries("SOUK_FEED_OPENAI_TARGET_COUNTRIES", given)?;
        if target_countries.is_empty() {
            target_countries.push(store_country.clone());
        }
        let policy = self.feed.openai_return_policy.trim();
        let terms = OpenAiTerms {
            store_country: store_country.clone(),
            target_countries,
            return_policy: (!policy.is_empty()).then(|| policy.to_owned()),
        };
        let form = FeedForm::OpenAi(terms);
        Ok(Some(Feeds::new(form, shop, &self.cdn.url, LIFETIME)))
    }

    fn shop(&self) -> Result<Option<ShopUrl>, BadFeed> {
        let openai = url(&self.feed.openai_url).map_err(BadFeed::OpenAi)?;
        let google = url(&self.feed.google_url).map_err(BadFeed::Google)?;
        Ok(openai.or(google))
    }
}

/// Reads a setting with the URL of a shop; none if it is empty.
pub(super) fn url(text: &str) -> Result<Option<ShopUrl>, BadShopUrl> {
    match text.is_empty() {
        true => Ok(None),
        false => ShopUrl::parse(text).map(Some),
    }
}

/// Reads countries, separated by commas.
fn countries(variable: &'static str, text: &str) -> Result<Vec<String>, BadFeed> {
    let country = |text: &str| {
        let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let code = is_code.then(|| text.to_ascii_uppercase());
        code.ok_or(BadFeed::Country(variable))
    };
    let parts = text.split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(country).collect()
}
