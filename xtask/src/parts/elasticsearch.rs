//! An Elasticsearch node.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::Result;

use super::{
    Part,
    probe::Probe,
    settings::{ELASTICSEARCH_HEAP, Purpose},
};
use crate::tools::elasticsearch::Distribution;

/// Request that a ready node answers: its shards can be searched.
pub(crate) const READY: &str = "/_cluster/health?wait_for_status=yellow&timeout=1s";

/// Module path of a node's main class.
const MODULES: &str = "jdk.net,jdk.management.agent,jdk.incubator.vector,ALL-MODULE-PATH";

/// A node with its data in a folder.
pub(crate) struct Elasticsearch {
    /// Files of the node.
    pub(crate) distribution: Distribution,
    /// Data folder.
    pub(crate) folder: PathBuf,
    /// Port, on loopback only.
    pub(crate) port: u16,
    /// Purpose, which decides the settings.
    pub(crate) purpose: Purpose,
}

impl Part for Elasticsearch {
    fn name(&self) -> &'static str {
        "Elasticsearch"
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn prepare(&self) -> Result<()> {
        for folder in ["data", "logs", "tmp"] {
            fs::create_dir_all(self.folder.join(folder))?;
        }
        Ok(())
    }

    fn command(&self) -> Command {
        let distribution = &self.distribution;
        let mut java = Command::new(&distribution.java);
        java.current_dir(&self.folder).args(ELASTICSEARCH_HEAP);
        // There are no native libraries; where it looks for them must be said all the same.
        java.arg("-Des.nativelibs.path=NONEXISTENT");
        java.arg(assignment("-Djava.io.tmpdir", &self.folder.join("tmp")));
        java.arg("--module-path").arg(distribution.server());
        java.args([
            "--add-modules",
            MODULES,
            "--enable-native-access=ALL-UNNAMED",
        ]);
        java.arg("-cp").arg(distribution.launcher());
        java.arg("souk.elasticsearch.LocalNode");
        java.arg(&distribution.home).arg(self.port.to_string());
        java.arg(assignment("path.data", &self.folder.join("data")));
        java.arg(assignment("path.logs", &self.folder.join("logs")));
        for (name, value) in self.purpose.elasticsearch() {
            java.arg(format!("{name}={value}"));
        }
        java
    }

    fn probe(&self) -> Probe {
        Probe::Get(self.port, READY.to_owned())
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(120)
    }
}

fn assignment(name: &str, path: &Path) -> OsString {
    let mut assignment = OsString::from(name);
    assignment.push("=");
    assignment.push(path);
    assignment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(purpose: Purpose) -> Vec<String> {
        let node = Elasticsearch {
            distribution: Distribution {
                java: PathBuf::from("java"),
                home: PathBuf::from("/home"),
            },
            folder: PathBuf::from("/folder"),
            port: 5,
            purpose,
        };
        let command = node.command();
        let words = command
            .get_args()
            .map(|word| word.to_str().unwrap().to_owned());
        words.collect()
    }

    #[test]
    fn several_nodes_share_a_home_and_nothing_else() {
        let arguments = arguments(Purpose::Use);
        for word in [
            "path.data=/folder/data",
            "path.logs=/folder/logs",
            "-Djava.io.tmpdir=/folder/tmp",
        ] {
            assert!(arguments.iter().any(|argument| argument == word), "{word}");
        }
        let main = arguments
            .iter()
            .position(|word| word.ends_with("LocalNode"))
            .unwrap();
        assert_eq!(arguments[main + 1..main + 3], ["/home", "5"]);
    }

    #[test]
    fn only_tests_write_to_a_full_disk() {
        let setting = "cluster.routing.allocation.disk.threshold_enabled=false".to_owned();
        assert!(arguments(Purpose::Tests).contains(&setting));
        assert!(!arguments(Purpose::Use).contains(&setting));
    }
}
