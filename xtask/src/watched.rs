//! Compares metrics in rules, dashboards and manual with those that processes export; tests of the processes hold the lists of
//! that to the processes, and these hold all else to the lists.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

const LISTS: [&str; 2] = [
    "infrastructure/prometheus/metrics/api.txt",
    "infrastructure/prometheus/metrics/indexer.txt",
];
const RULES: [&str; 2] = [
    "infrastructure/prometheus/rules/alerts.yml",
    "infrastructure/prometheus/rules/objectives.yml",
];
const DASHBOARDS: &str = "infrastructure/grafana/dashboards";
const DATA_SOURCES: &str = "infrastructure/grafana/provisioning/datasources/prometheus.yml";
const MANUAL: &str = "docs/OPERATIONS.md";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

/// The names of all that is told.
fn exported() -> BTreeSet<String> {
    let lists = LISTS.map(read).concat();
    let names = lists.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// The names of metrics in a text, as they are told: of a histogram, its parts have names of their own.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let words = text.split(|letter| !is_part(letter));
    let names = words.filter(|word| word.starts_with("souk_") || word.starts_with("process_"));
    let whole = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        let whole = parts.iter().find_map(|part| name.strip_suffix(part));
        whole.unwrap_or(name).to_owned()
    };
    names.map(whole).collect()
}

fn dashboards() -> Vec<(String, Value)> {
    let files = fs::read_dir(path(DASHBOARDS)).unwrap();
    let dashboards = files.map(|file| {
        let file = file.unwrap().path();
        let text = fs::read_to_string(&file).unwrap();
        (
            file.display().to_string(),
            serde_json::from_str(&text).unwrap(),
        )
    });
    dashboards.collect()
}

/// All expressions of a dashboard.
fn expressions(dashboard: &Value) -> Vec<&str> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    targets
        .map(|target| target["expr"].as_str().unwrap())
        .collect()
}

#[test]
fn every_metric_that_rules_and_dashboards_name_is_told() {
    let exported = exported();
    for rules in RULES {
        let unknown: Vec<_> = named(&read(rules)).difference(&exported).cloned().collect();
        assert!(unknown.is_empty(), "{rules} names {unknown:?}");
    }
    for (file, dashboard) in dashboards() {
        let expressions = expressions(&dashboard);
        assert!(expressions.len() > 8, "{file}");
        for expression in expressions {
            let names = named(expression);
            assert!(!names.is_empty(), "{file}: {expression}");
            let unknown: Vec<_> = names.difference(&exported).collect();
            assert!(unknown.is_empty(), "{file} names {unknown:?}");
        }
    }
}

#[test]
fn every_metric_is_explained() {
    let manual = read(MANUAL);
    let names = manual.split('`').skip(1).step_by(2);
    let explained: BTreeSet<_> = names.map(str::to_owned).collect();
    let unexplained: Vec<_> = exported().difference(&explained).cloned().collect();
    assert!(
        unexplained.is_empty(),
        "{MANUAL} does not explain {unexplained:?}"
    );
}

#[test]
fn dashboards_ask_the_data_source_that_there_is() {
    let data_sources = read(DATA_SOURCES);
    let mut ids = BTreeSet::new();
    for (file, dashboard) in dashboards() {
        assert!(
            ids.insert(dashboard["uid"].to_string()),
            "{file} has another's uid"
        );
        for panel in dashboard["panels"].as_array().unwrap() {
            let asked = panel["datasource"]["uid"].as_str().unwrap();
            assert!(
                data_sources.contains(&format!("uid: {asked}\n")),
                "{file}: {asked}"
            );
        }
    }
}

#[test]
fn parts_of_a_histogram_are_known_by_its_name() {
    let names = named("rate(souk_a_seconds_bucket{le=\"1\"}[5m]) / souk_b_total + node_c");
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    assert_eq!(names, ["souk_a_seconds", "souk_b_total"]);
}
