//! cargo-nextest: the project's own binary, or built where that cannot be had.

use std::{
    env, fs,
    path::Path,
    process::{Command, id},
};

use anyhow::{Context, Result, ensure};

use super::installation::{Installation, Log};
use crate::{
    process::{output, succeeds},
    report::say,
    workspace::{WORKSPACE_WRAPPER, Workspace},
};

const VERSION: &str = "0.9.146";
/// Checksums (SHA-256) of the archives of that version.
const ARCHIVES: [(&str, &str); 2] = [
    (
        "x86_64",
        "682c21b777c333e96fd532e114d3a5a894e0729ab88d94c0a9f20f8419695428",
    ),
    (
        "aarch64",
        "b2e33d7c72de7ade0ff7b3a948ac37516b24f8a836b7a8870c1f634a94be9de9",
    ),
];
const PROGRAM: &str = "cargo-nextest";
const PURPOSE: &str = "it runs the tests, each in a process of its own";

/// Makes `cargo nextest` work.
pub(crate) fn nextest(workspace: &Workspace) -> Result<()> {
    if succeeds(&mut workspace.cargo(&["nextest", "--version"])) {
        return Ok(());
    }
    let archive = ARCHIVES
        .iter()
        .find(|(machine, _)| *machine == env::consts::ARCH && env::consts::OS == "linux");
    if let Some((machine, checksum)) = archive {
        match download(workspace, machine, checksum) {
            Ok(()) => return Ok(()),
            Err(error) => {
                workspace.interrupt.check()?;
                say(format_args!("its binary cannot be had ({error:#})"));
            }
        }
    }
    build(workspace)
}

fn download(workspace: &Workspace, machine: &str, checksum: &str) -> Result<()> {
    let installation = Installation {
        what: &format!("{PROGRAM} {VERSION}"),
        usual: "5 s",
        purpose: PURPOSE,
    };
    installation.run(workspace, |log| {
        let folder = workspace.cache("tools/bin");
        fs::create_dir_all(&folder)?;
        let archive = folder.join(format!("{PROGRAM}-{}.tar.gz", id()));
        let unpacked = log
            .run(&mut curl(workspace, machine, &archive))
            .and_then(|()| unpack(log, &archive, checksum, &folder));
        // Fails only if there is nothing.
        let _ = fs::remove_file(&archive);
        unpacked
    })
}

fn curl(workspace: &Workspace, machine: &str, archive: &Path) -> Command {
    let mut curl = workspace.command("curl");
    curl.args(["--fail", "--location", "--silent", "--show-error"])
        .args(["--proto", "=https", "--tlsv1.2"])
        .args(["--connect-timeout", "15", "--max-time", "180"])
        .arg("--output")
        .arg(archive)
        .arg(format!(
            "https://get.nexte.st/{VERSION}/{machine}-unknown-linux-gnu.tar.gz"
        ));
    curl
}

/// Takes the program out of an archive that is the expected one.
fn unpack(log: &Log<'_>, archive: &Path, checksum: &str, folder: &Path) -> Result<()> {
    let told = output(Command::new("sha256sum").arg(archive))?;
    let told = String::from_utf8_lossy(&told);
    let found = told.split_whitespace().next().context("no checksum")?;
    ensure!(
        found == checksum,
        "the checksum of what was downloaded is {found}, and must be {checksum}"
    );
    // Moved when it is whole.
    let unfinished = tempfile::tempdir_in(folder)?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(archive);
    tar.arg("-C").arg(unfinished.path()).arg(PROGRAM);
    log.run(&mut tar)?;
    Ok(fs::rename(
        unfinished.path().join(PROGRAM),
        folder.join(PROGRAM),
    )?)
}

fn build(workspace: &Workspace) -> Result<()> {
    let installation = Installation {
        what: &format!("{PROGRAM} {VERSION} from source"),
        usual: "5 min",
        purpose: PURPOSE,
    };
    installation.run(workspace, |log| {
        let package = format!("{PROGRAM}@{VERSION}");
        let mut install = workspace.cargo(&["install", &package, "--locked", "--debug"]);
        // Nobody debugs it: a quarter of the time would go into symbols.
        install.env("CARGO_PROFILE_DEV_DEBUG", "0");
        // Nor is it ours to lint.
        install.env_remove(WORKSPACE_WRAPPER);
        install
            .args([
                "--no-default-features",
                "--features",
                "default-no-update",
                "--root",
            ])
            .arg(workspace.cache("tools"));
        log.run(&mut install)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{interrupt::Interrupt, tools::installation::Log};

    #[test]
    fn archive_is_unpacked_only_with_its_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::listen().unwrap();
        let log = Log::create(folder.path(), "nextest", &interrupt).unwrap();
        fs::write(folder.path().join(PROGRAM), "program").unwrap();
        let archive = folder.path().join("archive.tar.gz");
        let mut tar = Command::new("tar");
        tar.arg("-czf").arg(&archive);
        tar.arg("-C").arg(folder.path()).arg(PROGRAM);
        output(&mut tar).unwrap();
        let into = tempfile::tempdir().unwrap();

        let refused = unpack(&log, &archive, ARCHIVES[0].1, into.path()).unwrap_err();
        assert!(refused.to_string().contains("checksum"), "{refused}");
        assert_eq!(fs::read_dir(into.path()).unwrap().count(), 0);

        let told = output(Command::new("sha256sum").arg(&archive)).unwrap();
        let told = String::from_utf8(told).unwrap();
        let checksum = told.split_whitespace().next().unwrap();
        unpack(&log, &archive, checksum, into.path()).unwrap();
        let program = fs::read_to_string(into.path().join(PROGRAM)).unwrap();
        assert_eq!(program, "program");
        assert_eq!(fs::read_dir(into.path()).unwrap().count(), 1);
    }

    #[test]
    fn every_archive_has_a_whole_checksum() {
        for (machine, checksum) in ARCHIVES {
            assert_eq!(checksum.len(), 64, "{machine}");
            assert!(checksum.bytes().all(|digit| digit.is_ascii_hexdigit()));
        }
    }
}
