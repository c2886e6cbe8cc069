use std::fmt;

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry::Registry};
use souk_redis::Redis;
use souk_telemetry::Sheet;

/// Metric of the connection to Redis, in a process that was given one.
#[derive(Debug)]
pub struct RedisMetrics(Redis);

impl RedisMetrics {
    /// Has it told.
    pub fn register(redis: Redis, registry: &mut Registry) {
        registry.register_collector(Box::new(Self(redis)));
    }
}

impl Collector for RedisMetrics {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        Sheet::from(encoder).gauge(
            "redis_connected",
            "Whether there is a connection to Redis; absent where none was configured.",
            u64::from(self.0.is_connected()),
        )
    }
}
