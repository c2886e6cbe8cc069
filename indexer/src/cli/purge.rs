use clap::Args;
use souk_cache::{PurgeOptions, Purger};

/// A CDN in front, if it is told of changes. `souk serve` takes the same variables.
#[derive(Debug, Args)]
pub(super) struct PurgedCdn {
    /// Where a CDN is told of changes
    #[arg(long, env = "CDN_PURGE_URL", hide_env_values = true, global = true)]
    cdn_purge_url: Option<String>,
    /// What that is authorised by
    #[arg(long, env = "CDN_PURGE_TOKEN", hide_env_values = true, global = true)]
    cdn_purge_token: Option<String>,
}

impl PurgedCdn {
    /// What tells the CDN of changes; none without an address. An empty one counts as none.
    pub(super) fn purger(&self) -> anyhow::Result<Option<Purger>> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        let Some(url) = given(&self.cdn_purge_url) else {
            return Ok(None);
        };
        let options = PurgeOptions {
            token: given(&self.cdn_purge_token).map(Into::into),
            ..PurgeOptions::new(url)
        };
        Ok(Some(Purger::start(options)?))
    }
}
