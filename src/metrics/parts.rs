//! Metrics read from the state: cache, rate limits, breaker, permits.

use std::fmt;

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry::Registry};
use souk_cache::{CacheStats, Kind};
use souk_search_service::{BreakerState, Pool};
use souk_telemetry::Sheet;

use crate::{http::RateLimits, state::AppState};

struct StateCollector {
    app: AppState,
    limits: RateLimits,
}

/// Registers the metrics.
pub(super) fn register(app: &AppState, limits: &RateLimits, registry: &mut Registry) {
    registry.register_collector(Box::new(StateCollector {
        app: app.clone(),
        limits: limits.clone(),
    }));
}

impl fmt::Debug for StateCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateCollector").finish_non_exhaustive()
    }
}

impl Collector for StateCollector {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut sheet = Sheet::from(encoder);
        self.write_cache(&mut sheet)?;
        self.write_limits(&mut sheet)?;
        self.write_refused_keys(&mut sheet)?;
        self.write_live(&mut sheet)?;
        self.write_database(&mut sheet)?;
        self.write_search(&mut sheet)
    }
}

/// Metric of [`CacheStats`]: name, help and value.
type CacheMetric = (&'static str, &'static str, fn(&CacheStats) -> u64);

/// Counters of a cache.
const CACHE_COUNTERS: [CacheMetric; 7] = [
    (
        "cache_hits",
        "Answers out of this process's cache.",
        |stats| stats.hits,
    ),
    (
        "cache_stale",
        "Answers out of this process's cache that were renewed meanwhile.",
        |stats| stats.stale,
    ),
    (
        "cache_stale_if_error",
        "Old responses that were served because what loads newer ones was away.",
        |stats| stats.stale_if_error,
    ),
    (
        "cache_misses",
        "Answers that this process's cache did not have.",
        |stats| stats.misses,
    ),
    (
        "cache_shared_hits",
        "Answers that were found in Redis.",
        |stats| stats.shared_hits,
    ),
    (
        "cache_loads",
        "Answers that database or index were asked for.",
        |stats| stats.loads,
    ),
    (
        "cache_evictions",
        "Answers that were thrown out for room.",
        |stats| stats.evictions,
    ),
];

const CACHE_LEVELS: [CacheMetric; 2] = [
    (
        "cache_entries",
        "Answers that this process's cache holds.",
        |stats| stats.entries,
    ),
    ("cache_bytes", "Memory that they take at most.", |stats| {
        stats.bytes
    }),
];

type Labels = &'static [(&'static str, &'static str)];

/// Returns 1 for the current state of a breaker and 0 for the others.
fn breaker_states(now: BreakerState) -> [(Labels, u64); 3] {
    let states: [(Labels, BreakerState); 3] = [
        (&[("state", "closed")], BreakerState::Closed),
        (&[("state", "half_open")], BreakerState::HalfOpen),
        (&[("state", "open")], BreakerState::Open),
    ];
    states.map(|(labels, state)| (labels, u64::from(state == now)))
}

impl StateCollector {
    fn write_cache(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let stats = Kind::ALL.map(|kind| ([("cache", kind.name())], self.app.cache.stats(kind)));
        let values = |metric: fn(&CacheStats) -> u64| {
            let values = stats.iter();
            values.map(move |(labels, stats)| (&labels[..], metric(stats)))
        };
        for (name, help, metric) in CACHE_COUNTERS {
            sheet.counters(name, help, values(metric))?;
        }
        for (name, help, metric) in CACHE_LEVELS {
            sheet.gauges(name, help, values(metric))?;
        }
        if let Some(behind) = self.app.cache.freshness_lag() {
            sheet.gauge(
                "cache_watermark_age_seconds",
                "How far behind the proof is that this process heard of every change; absent without proof.",
                behind.as_secs_f64(),
            )?;
        }
        Ok(())
    }

    fn write_limits(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let counts = self.limits.counts();
        let labels: Vec<_> = counts
            .iter()
            .map(|count| {
                let of = |decision| [("policy", count.policy), ("decision", decision)];
                (of("allowed"), of("refused"))
            })
            .collect();
        let values = counts
            .iter()
            .zip(&labels)
            .flat_map(|(count, (allowed, refused))| {
                [(&allowed[..], count.allowed), (&refused[..], count.refused)]
            });
        sheet.counters(
            "rate_limit_decisions",
            "Requests that were counted against a quota, by whether they were within it.",
            values,
        )
    }

    fn write_refused_keys(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        sheet.counter(
            "refused_keys",
            "Admin keys and API keys that were refused.",
            self.app.refused_keys.count(),
        )
    }

    fn write_live(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        sheet.gauge(
            "live_connections",
            "Open connections for live updates.",
            self.app.live.connections().open() as f64,
        )
    }

    fn write_database(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let Some(now) = self.app.store.breaker() else {
            return Ok(());
        };
        sheet.gauges(
            "database_breaker_state",
            "1 for the state that the breaker before the database is in.",
            breaker_states(now),
        )?;
        sheet.counter(
            "database_breaker_openings",
            "Times that the breaker before the database opened, failed probes not counted.",
            self.app.store.breaker_openings(),
        )
    }

    fn write_search(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let search = self.app.search.gateway();
        sheet.gauges(
            "search_breaker_state",
            "1 for the state that the breaker before the search engine is in.",
            breaker_states(search.breaker()),
        )?;
        sheet.counter(
            "search_breaker_openings",
            "How often the breaker before the search engine opened, failed probes not counted.",
            search.breaker_openings(),
        )?;
        let pools = Pool::ALL.map(|pool| ([("place", pool.name())], search.pool_usage(pool)));
        sheet.gauges(
            "search_permits_in_use",
            "Searches that are being answered: any, those that the engine works on, and those that the database answers in its place.",
            pools.each_ref().map(|(labels, usage)| (&labels[..], usage.used as u64)),
        )?;
        sheet.gauges(
            "search_permits",
            "How many there may be at a time.",
            pools
                .each_ref()
                .map(|(labels, usage)| (&labels[..], usage.limit as u64)),
        )
    }
}
