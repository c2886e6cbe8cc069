//! Metrics in Prometheus's text format, taken apart.

use std::collections::{BTreeMap, BTreeSet};

/// One time series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
}

/// Names and kinds, a line each, in order.
pub(crate) fn kinds(text: &str) -> Vec<String> {
    let kinds = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let kinds: BTreeSet<_> = kinds.map(str::to_owned).collect();
    kinds.into_iter().collect()
}

/// All time series, with their values.
pub(crate) fn series(text: &str) -> BTreeMap<Series, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(one).collect()
}

fn one(line: &str) -> (Series, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (series, ""),
    };
    let mut found = BTreeMap::new();
    let mut rest = labels;
    // No label of ours holds a quotation mark: that is what the tests are about.
    while let Some((label, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').unwrap();
        let label = label.trim_start_matches(',');
        found.insert(label.to_owned(), value.to_owned());
        rest = after;
    }
    let series = Series {
        name: name.to_owned(),
        labels: found,
    };
    (series, value.parse().unwrap())
}

#[test]
fn a_line_is_taken_apart() {
    let text = "# TYPE a_total counter\na_total{b=\"c\",d=\"e f\"} 2\nb 0.5\n";
    assert_eq!(kinds(text), ["a_total counter"]);
    let series = series(text);
    let (first, value) = series.first_key_value().unwrap();
    assert_eq!((first.name.as_str(), *value), ("a_total", 2.0));
    assert_eq!(first.labels["d"], "e f");
}
