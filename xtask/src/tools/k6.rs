//! k6, built from its source by Go's own proxy of modules.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use super::{installation::Installation, servers::on_path};
use crate::{process::output, workspace::Workspace};

const K6: &str = "1.8.1";
/// The oldest Go that builds it.
const GO: (u32, u32) = (1, 25);

/// The program, which is built if it is not there yet.
pub(crate) fn k6(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.cache(&format!("k6-{K6}"));
    let program = folder.join("k6");
    if program.is_file() {
        return Ok(program);
    }
    let go = go()?;
    let installation = Installation {
        what: &format!("k6 {K6} from source"),
        usual: "4 min",
        purpose: "it runs the load tests",
    };
    installation.run(workspace, |log| {
        fs::create_dir_all(&folder)?;
        // Moved when it is whole: a build that was interrupted is done again.
        let unfinished = tempfile::tempdir_in(&folder)?;
        let mut install = workspace.command(go);
        install
            .args(["install", &format!("go.k6.io/k6@v{K6}")])
            .env("GOBIN", unfinished.path())
            .env("CGO_ENABLED", "0");
        log.run(&mut install)?;
        Ok(fs::rename(unfinished.path().join("k6"), &program)?)
    })?;
    Ok(program)
}

/// Reports whether the program is installed or could be built.
pub(crate) fn can_have_k6(workspace: &Workspace) -> bool {
    workspace.cache(&format!("k6-{K6}")).join("k6").is_file() || go().is_ok()
}

/// A Go toolchain that is new enough.
fn go() -> Result<PathBuf> {
    let (major, minor) = GO;
    let usual = Path::new("/usr/local/go/bin/go");
    let go = on_path("go").or_else(|| usual.is_file().then(|| usual.to_owned()));
    let go = go.with_context(|| {
        format!("k6 is built with Go {major}.{minor} or newer; see https://go.dev/doc/install")
    })?;
    let version_text = output(Command::new(&go).args(["env", "GOVERSION"]))?;
    let version_text = String::from_utf8_lossy(&version_text);
    ensure!(
        version(version_text.trim().trim_start_matches("go")) >= Some(GO),
        "Go here is {}, and k6 is built with {major}.{minor} or newer; see https://go.dev/doc/install",
        version_text.trim()
    );
    Ok(go)
}

/// Major and minor number of a version.
pub(super) fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert_eq!(version("1.26.8"), Some((1, 26)));
        assert_eq!(version("22.18.0"), Some((22, 18)));
        assert!(version("1.9") < Some(GO) && version("devel") < Some(GO));
    }
}
