//! A Redis server.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{Part, probe::Probe, settings::Purpose};

/// A server with its data in a folder.
pub(crate) struct Redis {
    /// The server's program.
    pub(crate) program: PathBuf,
    /// Data folder.
    pub(crate) folder: PathBuf,
    /// Port, on loopback only.
    pub(crate) port: u16,
    /// Purpose, which decides the settings.
    pub(crate) purpose: Purpose,
}

impl Part for Redis {
    fn name(&self) -> &'static str {
        "Redis"
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn prepare(&self) -> Result<()> {
        Ok(fs::create_dir_all(self.data())?)
    }

    fn command(&self) -> Command {
        let mut redis = Command::new(&self.program);
        redis.current_dir(&self.folder);
        redis.args(["--port", &self.port.to_string()]);
        redis.args(["--bind", "127.0.0.1"]);
        redis.arg("--dir").arg(self.data());
        // A title of its own would overwrite the mark by which a killed run's processes are found.
        redis.args(["--set-proc-title", "no"]);
        for (name, value) in self.purpose.redis() {
            redis.args([&format!("--{name}"), *value]);
        }
        redis
    }

    fn probe(&self) -> Probe {
        Probe::Ping(self.port)
    }
}

impl Redis {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_listens_on_loopback_and_evicts_least_used_keys() {
        let redis = Redis {
            program: PathBuf::from("redis-server"),
            folder: PathBuf::from("/folder"),
            port: 5,
            purpose: Purpose::Use,
        };
        let command = redis.command();
        let arguments: Vec<_> = command
            .get_args()
            .map(|word| word.to_str().unwrap())
            .collect();
        for pair in [
            ["--port", "5"],
            ["--bind", "127.0.0.1"],
            ["--dir", "/folder/data"],
            ["--maxmemory", "512mb"],
            ["--maxmemory-policy", "allkeys-lru"],
        ] {
            assert!(arguments.windows(2).any(|words| words == pair), "{pair:?}");
        }
    }
}
