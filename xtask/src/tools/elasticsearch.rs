//! An Elasticsearch node from Maven Central, laid out as the node expects it; built once and kept.
//!
//! Elasticsearch's own packages are hundreds of megabytes, want a machine to themselves, and are not everywhere to be had.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context, Result};

use super::{
    installation::Installation,
    java::{self, Jdk},
};
use crate::{
    interrupt::Interrupt,
    process::{POLL, output},
    report::say,
    workspace::Workspace,
};

/// The Maven project.
const PROJECT: &str = "infrastructure/elasticsearch-local";
/// The module of the server that speaks HTTP.
const TRANSPORT: &str = "transport-netty4";
/// The plugin of ours.
const PLUGIN: &str = "souk-analysis";
const UNFINISHED: &str = "build-";

/// Files of a node.
#[derive(Clone)]
pub(crate) struct Distribution {
    /// The virtual machine's program.
    pub(crate) java: PathBuf,
    /// The node's home: code only, which nodes share.
    pub(crate) home: PathBuf,
}

impl Distribution {
    /// The server's own jars.
    pub(crate) fn server(&self) -> PathBuf {
        self.home.join("lib")
    }

    /// The jar of the main class.
    pub(crate) fn launcher(&self) -> PathBuf {
        self.home.join("node.jar")
    }
}

/// The node that the Maven project describes, as it is now.
pub(crate) fn distribution(workspace: &Workspace) -> Result<Distribution> {
    let jdk = java::jdk(workspace)?;
    let sources = sources(&workspace.path(PROJECT))?;
    let kept = workspace.cache("elasticsearch");
    let distribution = Distribution {
        java: jdk.program("java"),
        home: kept.join(stamp(&sources)),
    };
    if distribution.home.exists() {
        return Ok(distribution);
    }
    fs::create_dir_all(&kept)?;
    let _lock = lock(&kept.join("lock"), &workspace.interrupt)?;
    if distribution.home.exists() {
        return Ok(distribution);
    }
    let maven = java::maven(workspace)?;
    let installation = Installation {
        what: "an Elasticsearch node from Maven Central",
        usual: "1 min and 70 MB",
        purpose: "it is Souk's search engine where the embedded one is not enough",
    };
    installation.run(workspace, |log| {
        let mut package = workspace.command(maven);
        package
            .env("JAVA_HOME", &jdk.home)
            .args(["--batch-mode", "--quiet", "package"]);
        build(&jdk, &sources, &kept, &distribution.home, |project| {
            log.run(package.arg("--file").arg(project.join("pom.xml")))
        })
    })?;
    Ok(distribution)
}

/// Waits for others who build the same.
fn lock(path: &Path, interrupt: &Interrupt) -> Result<File> {
    let file = File::create(path)?;
    let mut announced = false;
    while file.try_lock().is_err() {
        if !announced {
            say("waiting for another run, which builds an Elasticsearch node");
            announced = true;
        }
        interrupt.check()?;
        thread::sleep(POLL);
    }
    Ok(file)
}

/// Files of the Maven project by their relative paths, without what Maven made of them.
fn sources(project: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut sources = BTreeMap::new();
    let mut open = vec![project.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if !path.is_dir() {
                sources.insert(path.strip_prefix(project)?.to_path_buf(), fs::read(&path)?);
            } else if !path.ends_with("target") {
                open.push(path);
            }
        }
    }
    Ok(sources)
}

/// Another for every change of the project.
fn stamp(sources: &BTreeMap<PathBuf, Vec<u8>>) -> String {
    let mut hasher = DefaultHasher::new();
    sources.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Builds aside, and moves what is finished to its place.
fn build(
    jdk: &Jdk,
    sources: &BTreeMap<PathBuf, Vec<u8>>,
    kept: &Path,
    home: &Path,
    package: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    remove_unfinished(kept)?;
    let folder = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempdir_in(kept)?;
    let project = folder.path().join("project");
    for (path, content) in sources {
        let path = project.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&project))?;
        fs::write(path, content)?;
    }
    package(&project)?;
    let unnamed = folder.path().join("home");
    lay_out(jdk, &project, &unnamed)?;
    fs::rename(unnamed, home)?;
    Ok(())
}

/// Removes what killed builds left; the lock says that nobody is building.
fn remove_unfinished(kept: &Path) -> Result<()> {
    for entry in fs::read_dir(kept)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Puts what Maven made where a node looks for it.
fn lay_out(jdk: &Jdk, project: &Path, home: &Path) -> Result<()> {
    let (server, transport) = (home.join("lib"), home.join("modules").join(TRANSPORT));
    let plugin = home.join("plugins").join(PLUGIN);
    for folder in [&server, &transport, &plugin, &home.join("config")] {
        fs::create_dir_all(folder)?;
    }
    for entry in fs::read_dir(project.join("node/target/jars"))? {
        let (jar, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let spoken = name.to_string_lossy();
        if spoken.starts_with(TRANSPORT) {
            unpack_descriptor(jdk, &jar, &transport)?;
        }
        let of_transport = spoken.starts_with(TRANSPORT) || spoken.starts_with("netty-");
        let folder = if of_transport { &transport } else { &server };
        fs::rename(&jar, folder.join(name))?;
    }
    fs::rename(project.join("node/target/node.jar"), home.join("node.jar"))?;
    let analysis = project.join("analysis/target");
    fs::rename(analysis.join("analysis.jar"), plugin.join("analysis.jar"))?;
    let descriptor = "plugin-descriptor.properties";
    fs::rename(
        analysis.join("classes").join(descriptor),
        plugin.join(descriptor),
    )?;
    Ok(())
}

/// The module's description of itself is inside its jar.
fn unpack_descriptor(jdk: &Jdk, jar: &Path, module: &Path) -> Result<()> {
    let inside = Path::new("META-INF/es-plugins").join(TRANSPORT);
    let folder = tempfile::tempdir_in(module)?;
    let mut unpack = Command::new(jdk.program("jar"));
    unpack
        .current_dir(&folder)
        .arg("--extract")
        .arg("--file")
        .arg(jar)
        .arg(&inside);
    output(&mut unpack)?;
    for entry in fs::read_dir(folder.path().join(inside))? {
        let entry = entry?;
        fs::rename(entry.path(), module.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_of_the_project_changes_its_stamp() {
        let project = tempfile::tempdir().unwrap();
        let stamp = || stamp(&sources(project.path()).unwrap());
        fs::create_dir_all(project.path().join("node/target")).unwrap();
        fs::write(project.path().join("node/pom.xml"), "1").unwrap();
        let before = stamp();
        fs::write(project.path().join("node/target/node.jar"), "1").unwrap();
        assert_eq!(stamp(), before);
        fs::write(project.path().join("node/pom.xml"), "2").unwrap();
        assert_ne!(stamp(), before);
    }

    #[test]
    fn leftovers_of_killed_build_are_removed() {
        let kept = tempfile::tempdir().unwrap();
        for folder in ["build-x", "0123"] {
            fs::create_dir(kept.path().join(folder)).unwrap();
        }
        remove_unfinished(kept.path()).unwrap();
        assert!(!kept.path().join("build-x").exists());
        assert!(kept.path().join("0123").exists());
    }
}
