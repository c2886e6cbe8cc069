//! Souk's own two servers.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::Result;

use super::{Part, log_file, probe::Probe};

/// Request that a ready API answers.
pub(crate) const READY: &str = "/health/ready";
/// Log line of an indexer that has reached database and index.
pub(crate) const INDEXING: &str = "indexing changes";

/// Variables that choose between embedded parts and services: never left to chance.
const SERVICES: [&str; 3] = ["DATABASE_URL", "ELASTICSEARCH_URL", "REDIS_URL"];

/// `souk serve`.
pub(crate) struct Api {
    /// The program.
    pub(crate) program: PathBuf,
    /// Working folder.
    pub(crate) folder: PathBuf,
    /// Port.
    pub(crate) port: u16,
    /// Environment variables.
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// `souk-indexer run`.
pub(crate) struct Indexer {
    /// The program.
    pub(crate) program: PathBuf,
    /// Working folder.
    pub(crate) folder: PathBuf,
    /// Environment variables.
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Api {
    /// The address it listens on.
    pub(crate) fn listen(port: u16) -> String {
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string()
    }
}

impl Part for Api {
    fn name(&self) -> &'static str {
        "API"
    }

    fn url(&self) -> String {
        format!("http://{}", Self::listen(self.port))
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn prepare(&self) -> Result<()> {
        Ok(fs::create_dir_all(data_folder(&self.folder))?)
    }

    fn command(&self) -> Command {
        command(&self.program, "serve", &self.folder, &self.environment)
    }

    fn probe(&self) -> Probe {
        Probe::Get(self.port, READY.to_owned())
    }

    /// Unoptimised and on a busy machine, the first start takes its time: it generates and indexes the demo marketplace.
    fn timeout(&self) -> Duration {
        Duration::from_secs(180)
    }
}

impl Part for Indexer {
    fn name(&self) -> &'static str {
        "indexer"
    }

    fn url(&self) -> String {
        // Nobody asks it anything.
        String::new()
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn prepare(&self) -> Result<()> {
        Ok(fs::create_dir_all(data_folder(&self.folder))?)
    }

    fn command(&self) -> Command {
        let mut command = command(&self.program, "run", &self.folder, &self.environment);
        // What it says is how one knows that it is ready.
        command.env_remove("RUST_LOG");
        command
    }

    fn probe(&self) -> Probe {
        Probe::Logged(log_file(&self.folder), INDEXING.to_owned())
    }
}

/// Data folder below a working folder.
pub(crate) fn data_folder(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Away from a configuration file or data that a developer keeps in the checkout.
fn command(
    program: &Path,
    subcommand: &str,
    folder: &Path,
    environment: &[(&'static str, String)],
) -> Command {
    let mut command = Command::new(program);
    command.arg(subcommand).current_dir(folder);
    for variable in SERVICES {
        command.env_remove(variable);
    }
    command.env_remove("SOUK_CONFIG");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// The key that a developer chose for the admin API, or nothing.
pub(crate) fn chosen_admin_key() -> String {
    env::var("SOUK_ADMIN_KEY").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn nothing_that_chooses_services_is_inherited() {
        let api = Api {
            program: PathBuf::from("souk"),
            folder: PathBuf::from("/folder"),
            port: 5,
            environment: vec![("DATABASE_URL", "postgres://here".to_owned())],
        };
        let command = api.command();
        let value = |name: &str| {
            let mut pairs = command.get_envs();
            pairs.find(|(variable, _)| *variable == name).unwrap().1
        };
        assert_eq!(value("DATABASE_URL"), Some(OsStr::new("postgres://here")));
        assert_eq!(value("REDIS_URL"), None);
        assert_eq!(value("ELASTICSEARCH_URL"), None);
    }
}
