//! Measurements of a load test, whichever tool ran it.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The name of all requests together.
pub(crate) const ALL: &str = "all";

/// Measurements of a run.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Duration of the run.
    pub(crate) seconds: f64,
    pub(crate) requests: u64,
    pub(crate) failed: u64,
    /// All requests, then each kind by itself.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) limits: Vec<Limit>,
    /// Further measurements by name.
    pub(crate) figures: Vec<(String, f64)>,
}

/// Requests of one kind.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) count: u64,
    /// Shares of the requests, rising from 0 to 1, and the milliseconds that each was answered within.
    pub(crate) quantiles: Vec<(f64, f64)>,
}

/// Thresholds of the run.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Limit {
    pub(crate) what: String,
    pub(crate) met: bool,
}

impl Kind {
    /// Milliseconds that a share of the requests was answered within, between what is known.
    pub(crate) fn within_ms(&self, share: f64) -> f64 {
        let after = self.quantiles.partition_point(|(upto, _)| *upto < share);
        let (Some(&(high_share, high)), low) = (
            self.quantiles.get(after),
            after
                .checked_sub(1)
                .and_then(|before| self.quantiles.get(before)),
        ) else {
            return self.quantiles.last().map_or(f64::NAN, |(_, ms)| *ms);
        };
        let Some(&(low_share, low)) = low else {
            return high;
        };
        low + (high - low) * (share - low_share) / (high_share - low_share)
    }

    /// The share of the requests that was answered within so many milliseconds, between what is known.
    pub(crate) fn share_within(&self, ms: f64) -> f64 {
        let after = self.quantiles.partition_point(|(_, upto)| *upto <= ms);
        let (Some(&(high_share, high)), low) = (
            self.quantiles.get(after),
            after
                .checked_sub(1)
                .and_then(|before| self.quantiles.get(before)),
        ) else {
            return 1.0;
        };
        low.map_or(0.0, |&(low_share, low)| {
            low_share + (high_share - low_share) * (ms - low) / (high - low)
        })
    }
}

/// Reads a summary of k6.
pub(super) fn of_k6(summary: &Value) -> Result<Measured> {
    let metrics = summary["metrics"].as_object().context("no metrics")?;
    let value = |metric: &str, name: &str| metrics.get(metric)?["values"][name].as_f64();
    let mut kinds = Vec::new();
    kinds.extend(metrics.get("http_req_duration").map(|all| trend(ALL, all)));
    let limits = metrics.iter().flat_map(|(name, metric)| {
        let limits = metric["thresholds"].as_object().into_iter().flatten();
        limits.map(move |(limit, outcome)| Limit {
            what: format!("{name} {limit}"),
            met: outcome["ok"].as_bool().unwrap_or(false),
        })
    });
    let named = metrics.iter().filter_map(|(name, metric)| {
        let kind = name.strip_prefix("http_req_duration{kind:")?;
        Some(trend(kind.strip_suffix('}')?, metric))
    });
    kinds.extend(named.filter(|kind| kind.count > 0));
    let figures = [
        ("sessions", "iterations", "count"),
        (
            "sessions for which nobody was free",
            "dropped_iterations",
            "count",
        ),
        (
            "answered out of the cache, share",
            "souk_cache_hits",
            "rate",
        ),
        (
            "answered by the database in the index's place",
            "souk_degraded",
            "count",
        ),
        (
            "from a change to the search that finds it, median, ms",
            "souk_searchable",
            "med",
        ),
        (
            "from a change to the search that finds it, p95, ms",
            "souk_searchable",
            "p(95)",
        ),
        ("reindexes", "souk_reindex", "count"),
        ("a reindex, median, ms", "souk_reindex", "med"),
    ];
    Ok(Measured {
        seconds: summary["state"]["testRunDurationMs"]
            .as_f64()
            .context("no duration")?
            / 1_000.0,
        requests: value("http_reqs", "count").unwrap_or(0.0) as u64,
        failed: value("http_req_failed", "passes").unwrap_or(0.0) as u64,
        kinds,
        limits: limits.collect(),
        figures: figures
            .into_iter()
            .filter_map(|(told, metric, name)| Some((told.to_owned(), value(metric, name)?)))
            .collect(),
    })
}

/// Summary of one kind by k6: percentiles by names such as `p(95)`.
fn trend(name: &str, metric: &Value) -> Kind {
    let empty = Map::new();
    let values = metric["values"].as_object().unwrap_or(&empty);
    let known = values.iter().filter_map(|(name, ms)| {
        let share = match name.as_str() {
            "min" => 0.0,
            "max" => 1.0,
            name => {
                name.strip_prefix("p(")?
                    .strip_suffix(')')?
                    .parse::<f64>()
                    .ok()?
                    / 100.0
            }
        };
        Some((share, ms.as_f64()?))
    });
    Kind {
        name: name.to_owned(),
        count: values.get("count").and_then(Value::as_u64).unwrap_or(0),
        quantiles: rising(known.collect()),
    }
}

/// Reads a report of Artillery.
pub(super) fn of_artillery(report: &Value) -> Result<Measured> {
    let aggregate = &report["aggregate"];
    let counters = aggregate["counters"].as_object().context("no counters")?;
    let summaries = aggregate["summaries"].as_object().context("no summaries")?;
    let count = |name: &str| counters.get(name).and_then(Value::as_u64).unwrap_or(0);
    let sum_of = |prefix: &str| {
        let named = counters.iter().filter(|(name, _)| name.starts_with(prefix));
        named.filter_map(|(_, count)| count.as_u64()).sum::<u64>()
    };
    let mut kinds = Vec::new();
    kinds.extend(
        summaries
            .get("http.response_time")
            .map(|all| summary(ALL, all)),
    );
    let named = summaries.iter().filter_map(|(name, times)| {
        let kind = name.strip_prefix("plugins.metrics-by-endpoint.response_time.")?;
        Some(summary(kind, times))
    });
    kinds.extend(named);
    let at = |name: &str| aggregate[name].as_f64().unwrap_or(0.0);
    let kept = count("souk.cache.hit") + count("souk.cache.stale");
    let asked = kept + count("souk.cache.miss") + count("souk.cache.bypass");
    Ok(Measured {
        seconds: (at("lastMetricAt") - at("firstMetricAt")) / 1_000.0,
        requests: count("http.requests"),
        failed: sum_of("errors."),
        kinds,
        limits: vec![Limit {
            what: "every shopper got what was asked for".to_owned(),
            met: count("vusers.failed") == 0,
        }],
        figures: vec![
            ("sessions".to_owned(), count("vusers.completed") as f64),
            (
                "answered out of the cache, share".to_owned(),
                kept as f64 / asked.max(1) as f64,
            ),
            (
                "answered by the database in the index's place".to_owned(),
                count("souk.degraded") as f64,
            ),
        ],
    })
}

/// Summary of one kind by Artillery.
fn summary(name: &str, times: &Value) -> Kind {
    let known = [
        ("min", 0.0),
        ("p50", 0.5),
        ("p75", 0.75),
        ("p90", 0.9),
        ("p95", 0.95),
        ("p99", 0.99),
        ("p999", 0.999),
        ("max", 1.0),
    ];
    let known = known
        .into_iter()
        .filter_map(|(name, share)| Some((share, times[name].as_f64()?)));
    Kind {
        name: name.to_owned(),
        count: times["count"].as_u64().unwrap_or(0),
        quantiles: rising(known.collect()),
    }
}

fn rising(mut quantiles: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    quantiles.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    quantiles.dedup_by(|(later, _), (earlier, _)| later == earlier);
    quantiles
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn between_what_is_known_it_is_a_straight_line() {
        let kind = Kind {
            name: ALL.to_owned(),
            count: 10,
            quantiles: vec![(0.0, 10.0), (0.5, 20.0), (1.0, 120.0)],
        };
        for (share, ms) in [
            (0.0, 10.0),
            (0.25, 15.0),
            (0.5, 20.0),
            (0.75, 70.0),
            (1.0, 120.0),
        ] {
            assert_eq!(kind.within_ms(share), ms);
            assert_eq!(kind.share_within(ms), share);
        }
        assert_eq!(
            (kind.share_within(1.0), kind.share_within(500.0)),
            (0.0, 1.0)
        );
    }

    #[test]
    fn a_summary_of_k6_is_understood() {
        let trend = json!({"values": {"count": 4, "min": 1.0, "max": 9.0, "p(50)": 2.0, "p(95)": 8.0, "avg": 3.0}});
        let summary = json!({
            "state": {"testRunDurationMs": 2_000.0},
            "metrics": {
                "http_reqs": {"values": {"count": 4}},
                "http_req_failed": {"values": {"passes": 1, "fails": 3}},
                "http_req_duration": trend,
                "http_req_duration{kind:search}": {
                    "values": trend["values"],
                    "thresholds": {"p(95)<5": {"ok": false}},
                },
                "souk_cache_hits": {"values": {"rate": 0.5}},
            },
        });
        let measured = of_k6(&summary).unwrap();
        assert_eq!(
            (measured.seconds, measured.requests, measured.failed),
            (2.0, 4, 1)
        );
        let names: Vec<&str> = measured
            .kinds
            .iter()
            .map(|kind| kind.name.as_str())
            .collect();
        assert_eq!(names, [ALL, "search"]);
        assert_eq!(
            measured.kinds[1].quantiles,
            [(0.0, 1.0), (0.5, 2.0), (0.95, 8.0), (1.0, 9.0)]
        );
        let missed = Limit {
            what: "http_req_duration{kind:search} p(95)<5".to_owned(),
            met: false,
        };
        assert_eq!(measured.limits, [missed]);
        assert_eq!(
            measured.figures,
            [("answered out of the cache, share".to_owned(), 0.5)]
        );
    }

    #[test]
    fn a_report_of_artillery_is_understood() {
        let times = json!({"min": 1, "max": 9, "count": 3, "p50": 2.0, "p95": 8.0, "p99": 9.0});
        let report = json!({"aggregate": {
            "firstMetricAt": 1_000, "lastMetricAt": 3_000,
            "counters": {"http.requests": 3, "vusers.failed": 1, "vusers.completed": 2, "errors.ETIMEDOUT": 1, "souk.cache.hit": 3},
            "summaries": {"http.response_time": times, "plugins.metrics-by-endpoint.response_time.search": times},
        }});
        let measured = of_artillery(&report).unwrap();
        assert_eq!(
            (measured.seconds, measured.requests, measured.failed),
            (2.0, 3, 1)
        );
        assert_eq!(measured.kinds[1].name, "search");
        assert_eq!(measured.kinds[0].within_ms(0.5), 2.0);
        assert!(!measured.limits[0].met);
    }
}
