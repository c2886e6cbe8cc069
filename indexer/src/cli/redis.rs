use clap::Args;
use souk_redis::{Redis, RedisOptions};

/// The Redis server, if there is one. `souk serve` takes the same variables.
#[derive(Debug, Args)]
pub(super) struct RedisServer {
    /// Redis, in which the processes of the API share their cache
    #[arg(long, env = "REDIS_URL", hide_env_values = true, global = true)]
    redis_url: Option<String>,
    /// Prefix of all keys in Redis
    #[arg(long, env = "REDIS_PREFIX", default_value = "souk:", global = true)]
    redis_prefix: String,
}

impl RedisServer {
    /// Begins to connect; none without an address. An empty one counts as none.
    pub(super) fn open(&self) -> anyhow::Result<Option<Redis>> {
        let Some(url) = self.redis_url.as_ref().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let options = RedisOptions {
            prefix: self.redis_prefix.clone(),
            ..RedisOptions::new(url)
        };
        Ok(Some(Redis::open(&options)?))
    }
}
