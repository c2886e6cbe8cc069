//! Servers and other programs that distributions have packages of.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{apt, installation::Installation};
use crate::workspace::Workspace;

/// Folder where Debian and its descendants keep PostgreSQL, a subfolder for each version.
const DEBIAN_POSTGRES: &str = "/usr/lib/postgresql";
const OLDEST_POSTGRES: u32 = 14;

/// The folder of PostgreSQL's server programs, the newest version there is.
pub(crate) fn postgres(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(folder) = find_postgres() {
        return Ok(folder);
    }
    let installation = Installation {
        what: "PostgreSQL",
        usual: "1 min",
        purpose: "it is Souk's database where SQLite is not enough",
    };
    installation.run(workspace, |log| apt::install(log, "postgresql"))?;
    find_postgres().context("PostgreSQL was installed, and yet there is no server to be found")
}

fn find_postgres() -> Option<PathBuf> {
    let packaged = fs::read_dir(DEBIAN_POSTGRES)
        .into_iter()
        .flatten()
        .flatten();
    let newest = packaged
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, bin)| *version >= OLDEST_POSTGRES && bin.join("postgres").exists())
        .max();
    if let Some((_, bin)) = newest {
        return Some(bin);
    }
    on_path("postgres")?.parent().map(Path::to_path_buf)
}

/// Redis's server program.
pub(crate) fn redis(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = on_path("redis-server") {
        return Ok(program);
    }
    let installation = Installation {
        what: "Redis",
        usual: "15 s",
        purpose: "several processes of Souk share their cache in it",
    };
    installation.run(workspace, |log| apt::install(log, "redis-server"))?;
    on_path("redis-server").context("Redis was installed, and yet there is no server to be found")
}

/// Chromium, which tests drive without a window.
pub(crate) fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = on_path("chromium") {
        return Ok(program);
    }
    let installation = Installation {
        what: "Chromium",
        usual: "1 min",
        purpose: "the examples of front ends run in it",
    };
    installation.run(workspace, |log| apt::install(log, "chromium"))?;
    on_path("chromium").context("Chromium was installed, and yet there is no program to be found")
}

/// npm, with the Node.js that it runs on.
pub(crate) fn npm(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = on_path("npm") {
        return Ok(program);
    }
    let installation = Installation {
        what: "Node.js and npm",
        usual: "1 min",
        purpose: "clients and front ends run on it",
    };
    installation.run(workspace, |log| apt::install(log, "npm"))?;
    on_path("npm").context("npm was installed, and yet it is not to be found")
}

/// nginx's server program.
pub(crate) fn nginx(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = find_nginx() {
        return Ok(program);
    }
    let installation = Installation {
        what: "nginx",
        usual: "15 s",
        purpose: "it stands in front of several processes of Souk",
    };
    installation.run(workspace, |log| apt::install(log, "nginx"))?;
    find_nginx().context("nginx was installed, and yet there is no server to be found")
}

/// Finds a program that is installed outside of everyone's `PATH`.
pub(crate) fn find_nginx() -> Option<PathBuf> {
    let packaged = Path::new("/usr/sbin/nginx");
    on_path("nginx").or_else(|| packaged.is_file().then(|| packaged.to_owned()))
}

/// Prometheus's server program. What checks its rules, `promtool`, comes with it.
pub(crate) fn prometheus(workspace: &Workspace) -> Result<PathBuf> {
    if on_path("promtool").is_none() || on_path("prometheus").is_none() {
        let installation = Installation {
            what: "Prometheus",
            usual: "30 s",
            purpose: "it watches Souk, and checks the rules by which it does",
        };
        installation.run(workspace, |log| apt::install(log, "prometheus"))?;
    }
    on_path("prometheus")
        .context("Prometheus was installed, and yet there is no server to be found")
}

/// `oathtool`, whose codes those of authenticator apps are compared with.
pub(crate) fn oathtool(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = on_path("oathtool") {
        return Ok(program);
    }
    let installation = Installation {
        what: "oathtool",
        usual: "5 s",
        purpose: "codes of second factors are compared with its codes",
    };
    installation.run(workspace, |log| apt::install(log, "oathtool"))?;
    on_path("oathtool").context("oathtool was installed, and yet it is not to be found")
}

/// `sqlite3`, which looks into an embedded database from outside.
pub(crate) fn sqlite3(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = on_path("sqlite3") {
        return Ok(program);
    }
    let installation = Installation {
        what: "sqlite3",
        usual: "5 s",
        purpose: "fault trials look into the embedded database with it",
    };
    installation.run(workspace, |log| apt::install(log, "sqlite3"))?;
    on_path("sqlite3").context("sqlite3 was installed, and yet it is not to be found")
}

/// A program that can be called by its name.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
