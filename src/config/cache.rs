//! Options of the cache.

use std::time::Duration;

use souk_cache::{CacheOptions, Kind, Lifetimes};
use souk_config::CacheConfig;

/// Conversion of the `cache` section.
pub trait CacheSection {
    /// Returns the cache's options.
    fn options(&self) -> CacheOptions;
}

impl CacheSection for CacheConfig {
    fn options(&self) -> CacheOptions {
        let lifetimes = Lifetimes::new(|kind| {
            Duration::from_secs(match kind {
                Kind::Product => self.product_ttl_secs,
                Kind::Listing => self.listing_ttl_secs,
                Kind::Search => self.search_ttl_secs,
                Kind::Facets => self.facets_ttl_secs,
                Kind::Suggestions => self.suggestions_ttl_secs,
                Kind::Categories => self.categories_ttl_secs,
                Kind::Seller => self.seller_ttl_secs,
            })
        });
        CacheOptions {
            enabled: self.enabled,
            process_bytes: self.process_mb << 20,
            lifetimes,
            stale_if_error: Duration::from_secs(self.stale_if_error_secs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetime_of_each_kind_is_that_of_its_setting() {
        let config = CacheConfig {
            search_ttl_secs: 7,
            ..CacheConfig::default()
        };
        let lifetimes = config.options().lifetimes;
        assert_eq!(lifetimes.of(Kind::Search), Duration::from_secs(7));
        assert_eq!(lifetimes.of(Kind::Product), Duration::from_secs(300));
        assert_eq!(lifetimes.of(Kind::Suggestions), Duration::from_secs(120));
    }
}
