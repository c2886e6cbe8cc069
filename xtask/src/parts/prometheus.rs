//! Prometheus, which watches the API processes and the indexer.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{Part, probe::Probe, settings::PROMETHEUS};

/// Configuration folder in the checkout; `docker-compose.yml` uses the same folder.
pub(crate) const FOLDER: &str = "infrastructure/prometheus";

/// A server that watches processes on this machine.
pub(crate) struct Prometheus {
    /// The server's program.
    pub(crate) program: PathBuf,
    /// Configuration.
    pub(crate) setup: PathBuf,
    /// Data folder.
    pub(crate) folder: PathBuf,
    /// Port, on loopback only.
    pub(crate) port: u16,
    /// Metrics addresses of the API processes.
    pub(crate) apis: Vec<u16>,
    /// Metrics address of the indexer.
    pub(crate) indexers: Vec<u16>,
}

impl Prometheus {
    fn configuration(&self) -> PathBuf {
        self.folder.join("configuration")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Says whom it is to watch; a server that runs reads it by itself.
    pub(crate) fn aim(&self) -> Result<()> {
        let targets = self.configuration().join("targets");
        fs::create_dir_all(&targets)?;
        for (name, ports) in [
            ("api.yml", self.apis.as_slice()),
            ("indexer.yml", &self.indexers),
            ("prometheus.yml", &[self.port]),
        ] {
            let addresses: Vec<_> = ports
                .iter()
                .map(|port| format!("\"127.0.0.1:{port}\""))
                .collect();
            let text = format!("- targets: [{}]\n", addresses.join(", "));
            // Whole or not at all: it is watched.
            let unnamed = targets.join(format!("{name}.new"));
            fs::write(&unnamed, text)?;
            fs::rename(unnamed, targets.join(name))?;
        }
        Ok(())
    }
}

impl Part for Prometheus {
    fn name(&self) -> &'static str {
        "Prometheus"
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn prepare(&self) -> Result<()> {
        let (from, to) = (&self.setup, self.configuration());
        if to.exists() {
            // Whatever rules there were before.
            fs::remove_dir_all(&to)?;
        }
        fs::create_dir_all(to.join("rules"))?;
        fs::copy(from.join("prometheus.yml"), to.join("prometheus.yml"))?;
        for file in fs::read_dir(from.join("rules"))? {
            let file = file?;
            fs::copy(file.path(), to.join("rules").join(file.file_name()))?;
        }
        self.aim()
    }

    fn command(&self) -> Command {
        let mut prometheus = Command::new(&self.program);
        prometheus.current_dir(&self.folder);
        let configuration = self.configuration().join("prometheus.yml");
        for (name, value) in [
            ("config.file", configuration.display().to_string()),
            ("storage.tsdb.path", self.data().display().to_string()),
            ("web.listen-address", format!("127.0.0.1:{}", self.port)),
        ] {
            prometheus.arg(format!("--{name}={value}"));
        }
        for (name, value) in PROMETHEUS {
            prometheus.arg(format!("--{name}={value}"));
        }
        prometheus
    }

    fn probe(&self) -> Probe {
        Probe::Get(self.port, "/-/ready".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{process::output, tools::servers::on_path};

    fn setup() -> PathBuf {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        root.join(FOLDER)
    }

    /// Runs Prometheus's own checks in the folder of its setup.
    fn promtool(folder: &Path, arguments: &[&str]) -> String {
        let program = on_path("promtool").expect("promtool, which `cargo xtask test` installs");
        let mut promtool = Command::new(program);
        let told = output(promtool.current_dir(folder).args(arguments)).unwrap();
        String::from_utf8(told).unwrap()
    }

    #[test]
    fn prometheus_itself_finds_nothing_wrong_with_its_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let prometheus = Prometheus {
            program: PathBuf::from("prometheus"),
            setup: setup(),
            folder: folder.path().to_owned(),
            port: 5,
            apis: vec![6, 7],
            indexers: vec![8],
        };
        prometheus.prepare().unwrap();
        promtool(
            &prometheus.configuration(),
            &["check", "config", "prometheus.yml"],
        );
        for (file, targets) in [
            ("api.yml", "\"127.0.0.1:6\", \"127.0.0.1:7\""),
            ("indexer.yml", "\"127.0.0.1:8\""),
            ("prometheus.yml", "\"127.0.0.1:5\""),
        ] {
            let path = prometheus.configuration().join("targets").join(file);
            let text = fs::read_to_string(path).unwrap();
            assert_eq!(text, format!("- targets: [{targets}]\n"), "{file}");
        }
    }

    #[test]
    fn every_alert_fires_when_it_should_and_not_else() {
        promtool(
            &setup(),
            &["check", "rules", "rules/alerts.yml", "rules/objectives.yml"],
        );
        promtool(&setup(), &["test", "rules", "tests/alerts.yml"]);
    }

    #[test]
    fn every_alert_is_tried_and_told_of() {
        let rules = ["alerts.yml", "objectives.yml"]
            .map(|name| fs::read_to_string(setup().join("rules").join(name)).unwrap())
            .concat();
        let read = |path: PathBuf| fs::read_to_string(path).unwrap();
        let tests = read(setup().join("tests/alerts.yml"));
        let manual = read(setup().join("../../docs/OPERATIONS.md"));
        let alerts: Vec<_> = rules
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- alert: "))
            .collect();
        assert!(alerts.len() > 20, "{alerts:?}");
        for alert in alerts {
            let is_quiet = format!("alertname: {alert}, exp_alerts: []");
            assert!(
                tests.contains(&is_quiet),
                "{alert} may fire while all is well"
            );
            let fires = format!("alertname: {alert}\n        exp_alerts:\n");
            assert!(tests.contains(&fires), "nobody has seen {alert} fire");
            assert!(
                manual.contains(&format!("`{alert}`")),
                "{alert} is not explained"
            );
        }
    }
}
