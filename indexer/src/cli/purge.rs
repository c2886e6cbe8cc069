use clap::Args;
use souk_cache::{PurgeOptions, Purger};

/// A CDN in front, if it is told of changes. `souk serve` takes the same variables.
#[derive(Debug, Args)]
pub(super) struct PurgedCdn {
    /// URL that purges the CDN
    #[arg(long, env = "CDN_PURGE_URL", hide_env_values = true, global = true)]
    cdn_purge_url: Option<String>,
    /// Bearer token for it
    #[arg(long, env = "CDN_PURGE_TOKEN", hide_env_values = true, global = true)]
    cdn_purge_token: Option<String>,
}

impl PurgedCdn {
    /// Purger of the CDN; `None` without a URL. An empty one counts as none.
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
