//! A Java development kit, which Elasticsearch runs on, and Maven, which fetches it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{apt, installation::Installation, servers::on_path};
use crate::{process::output, report::say, workspace::Workspace};

/// Folder where distributions keep Java, a subfolder for each version.
const FOLDER: &str = "/usr/lib/jvm";
const OLDEST: u32 = 21;

/// A development kit that is new enough.
#[derive(Debug)]
pub(super) struct Jdk {
    /// Value of `JAVA_HOME`.
    pub(super) home: PathBuf,
}

impl Jdk {
    /// Path of one of its programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.home.join("bin").join(name)
    }
}

/// A development kit: the one in `JAVA_HOME`, or the newest there is, or one that is installed now.
pub(super) fn jdk(workspace: &Workspace) -> Result<Jdk> {
    let chosen = env::var_os("JAVA_HOME").map(PathBuf::from);
    if let Some(home) = chosen.filter(|home| !home.as_os_str().is_empty()) {
        if version(&home).is_some_and(|version| version >= OLDEST) {
            return Ok(Jdk { home });
        }
        say(format_args!(
            "JAVA_HOME is {}, which is no JDK of version {OLDEST} or later; looking for another",
            home.display()
        ));
    }
    if let Some(jdk) = newest(Path::new(FOLDER)).or_else(called_by_name) {
        return Ok(jdk);
    }
    install(workspace)?;
    newest(Path::new(FOLDER)).context("a JDK was installed, and yet there is none to be found")
}

/// Makes `mvn` work.
pub(super) fn maven(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = on_path("mvn") {
        return Ok(program);
    }
    let installation = Installation {
        what: "Maven",
        usual: "1 min",
        purpose: "it fetches Elasticsearch from Maven Central",
    };
    installation.run(workspace, |log| apt::install(log, "maven"))?;
    on_path("mvn").context("Maven was installed, and yet it is not to be found")
}

fn install(workspace: &Workspace) -> Result<()> {
    let installation = Installation {
        what: "a JDK",
        usual: "1 min",
        purpose: "Elasticsearch runs on it",
    };
    installation.run(workspace, |log| {
        apt::update(log, "a JDK")?;
        let listed = output(Command::new("apt-cache").args([
            "search",
            "--names-only",
            "^openjdk-.*-jdk-headless$",
        ]))?;
        let Some(package) = package(&String::from_utf8_lossy(&listed)) else {
            bail!(
                "Elasticsearch needs a JDK of version {OLDEST} or later, and this distribution has no package of one; \
                 install one, such as temurin-25-jdk (https://adoptium.net/installation/linux), or unpack one and say \
                 where in JAVA_HOME, then run this again"
            );
        };
        apt::install(log, &package)
    })
}

/// The oldest package that is new enough: later ones may be previews.
fn package(listed: &str) -> Option<String> {
    let names = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let versions = names.filter_map(|name| {
        let version: u32 = name
            .strip_prefix("openjdk-")?
            .strip_suffix("-jdk-headless")?
            .parse()
            .ok()?;
        Some((version, name))
    });
    versions
        .filter(|(version, _)| *version >= OLDEST)
        .min()
        .map(|(_, name)| name.to_owned())
}

fn newest(folder: &Path) -> Option<Jdk> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((version(&entry.path())?, entry.path())))
        .filter(|(version, _)| *version >= OLDEST)
        .max()
        .map(|(_, home)| Jdk { home })
}

/// The one that `javac` belongs to.
fn called_by_name() -> Option<Jdk> {
    let compiler = fs::canonicalize(on_path("javac")?).ok()?;
    let home = compiler.parent()?.parent()?.to_path_buf();
    (version(&home)? >= OLDEST).then_some(Jdk { home })
}

/// The major version of a development kit, of which every one keeps a note.
fn version(home: &Path) -> Option<u32> {
    if !home.join("bin/javac").is_file() {
        return None;
    }
    let release = fs::read_to_string(home.join("release")).ok()?;
    let version = release
        .lines()
        .find_map(|line| line.strip_prefix("JAVA_VERSION="))?;
    version.trim_matches('"').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(folder: &Path, name: &str, version: &str, compiler: bool) {
        let home = folder.join(name);
        fs::create_dir_all(home.join("bin")).unwrap();
        let release = format!("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"{version}\"\n");
        fs::write(home.join("release"), release).unwrap();
        if compiler {
            fs::write(home.join("bin/javac"), "").unwrap();
        }
    }

    #[test]
    fn the_newest_with_a_compiler_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), "old", "17.0.12", true);
        assert!(newest(folder.path()).is_none());
        add(folder.path(), "runtime", "25", false);
        assert!(newest(folder.path()).is_none());
        add(folder.path(), "b", "21.0.4", true);
        add(folder.path(), "a", "25.0.1", true);
        assert_eq!(newest(folder.path()).unwrap().home, folder.path().join("a"));
        assert!(newest(&folder.path().join("nowhere")).is_none());
    }

    #[test]
    fn a_package_is_new_enough_and_no_newer_than_that() {
        let listed = "openjdk-17-jdk-headless - Kit\nopenjdk-25-jdk-headless - Kit\nopenjdk-21-jdk-headless - Kit\n";
        assert_eq!(package(listed).as_deref(), Some("openjdk-21-jdk-headless"));
        assert_eq!(package("openjdk-17-jdk-headless - Kit\n"), None);
    }
}
