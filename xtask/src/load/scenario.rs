//! Scenarios of the load tests, and the scripts that run them.

use std::time::Duration;

use clap::ValueEnum;

/// Scenario of a load test. Each is a script of the same name in `load-tests/k6`, some also in `load-tests/artillery`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// A usual day.
    Storefront,
    /// Ten times as many come within a moment, and leave again.
    Spike,
    /// The same for long.
    Soak,
    /// Imports and edits while shoppers go on.
    Writes,
    /// Rebuilds the index meanwhile.
    Reindex,
    /// Elasticsearch is killed and started again meanwhile.
    IndexDown,
    /// Once without a cache, and once with it.
    Cache,
    /// Shoppers who buy.
    Checkout,
    /// Thousands of shoppers with an open connection each.
    Sessions,
}

/// Load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tool {
    K6,
    Artillery,
}

impl Scenario {
    pub(super) const ALL: [Self; 9] = [
        Self::Storefront,
        Self::Spike,
        Self::Soak,
        Self::Writes,
        Self::Reindex,
        Self::IndexDown,
        Self::Cache,
        Self::Checkout,
        Self::Sessions,
    ];

    /// Name of the scenario and of its script.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Storefront => "storefront",
            Self::Spike => "spike",
            Self::Soak => "soak",
            Self::Writes => "writes",
            Self::Reindex => "reindex",
            Self::IndexDown => "index-down",
            Self::Cache => "cache",
            Self::Checkout => "checkout",
            Self::Sessions => "sessions",
        }
    }

    /// Path of a tool's script in the checkout; `None` if the tool has none.
    pub(super) fn script(self, tool: Tool) -> Option<String> {
        let name = self.name();
        match (tool, self) {
            (_, Self::Sessions) => None,
            (Tool::K6, _) => Some(format!("load-tests/k6/{name}.js")),
            (
                Tool::Artillery,
                Self::Storefront | Self::Spike | Self::Soak | Self::Writes | Self::Checkout,
            ) => Some(format!("load-tests/artillery/{name}.yml")),
            (Tool::Artillery, _) => None,
        }
    }

    /// Default duration, long enough to see that the scenario works.
    pub(super) fn usual_duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Soak => 120,
            Self::Spike | Self::IndexDown => 40,
            _ => 30,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn checkout(relative: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(relative)
    }

    #[test]
    fn every_scenario_has_its_script_and_every_script_its_scenario() {
        for (tool, folder) in [
            (Tool::K6, "load-tests/k6"),
            (Tool::Artillery, "load-tests/artillery"),
        ] {
            let mut described: Vec<String> = Scenario::ALL
                .into_iter()
                .filter_map(|scenario| scenario.script(tool))
                .collect();
            let mut there: Vec<String> = std::fs::read_dir(checkout(folder))
                .unwrap()
                .map(|entry| entry.unwrap())
                .filter(|entry| entry.path().is_file())
                .map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy()))
                .filter(|path| !path.ends_with("/steps.js"))
                .collect();
            described.sort_unstable();
            there.sort_unstable();
            assert_eq!(described, there);
        }
    }

    #[test]
    fn scripts_of_artillery_say_whom_they_ask_what_and_what_has_to_hold() {
        for scenario in Scenario::ALL {
            let Some(script) = scenario.script(Tool::Artillery) else {
                continue;
            };
            let text = std::fs::read_to_string(checkout(&script)).unwrap();
            let script: Value = serde_saphyr::from_str(&text).unwrap();
            let config = &script["config"];
            let limits = config["ensure"]["thresholds"].as_array().unwrap();
            assert!(limits.len() >= 2, "{script}");
            assert_eq!(
                config["ensure"]["conditions"][0]["expression"],
                "vusers.failed == 0"
            );
            for phase in config["phases"].as_array().unwrap() {
                assert!(
                    phase["arrivalRate"].is_u64() && phase["duration"].is_u64(),
                    "{phase}"
                );
            }
            let steps = std::fs::read_to_string(checkout("load-tests/artillery/steps.js")).unwrap();
            for who in script["scenarios"].as_array().unwrap() {
                let prepares = who["beforeScenario"].as_str().unwrap();
                assert!(
                    steps.contains(&format!("function {prepares}(")),
                    "{prepares}"
                );
                assert!(!who["flow"].as_array().unwrap().is_empty());
            }
        }
    }
}
