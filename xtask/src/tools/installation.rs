//! Installations and builds that take their time: announced with it, and quiet unless they fail.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{
    interrupt::Interrupt,
    process::run_logged,
    report::{say, step},
    workspace::Workspace,
};

/// Folder of logs within the folder of things worth keeping.
const LOGS: &str = "logs";

/// An installation, as it is announced.
pub(crate) struct Installation<'a> {
    /// Name, with its version where that is pinned.
    pub(crate) what: &'a str,
    /// Usual duration on two cores, such as `4 min`.
    pub(crate) usual: &'a str,
    /// Purpose, as a sentence.
    pub(crate) purpose: &'a str,
}

/// Log of one installation; every command appends its output.
pub(crate) struct Log<'a> {
    path: PathBuf,
    interrupt: &'a Interrupt,
}

impl Installation<'_> {
    /// Says what is about to happen, does it, and says how long it took.
    pub(crate) fn run<T>(
        &self,
        workspace: &Workspace,
        work: impl FnOnce(&Log<'_>) -> Result<T>,
    ) -> Result<T> {
        let log = Log::create(&workspace.cache(LOGS), self.what, &workspace.interrupt)?;
        say(self.announcement(&log.path));
        step(&format!("install {}", self.what), || work(&log))
    }

    fn announcement(&self, log: &Path) -> String {
        format!(
            "installing {}, which usually takes {}: {} (output: {})",
            self.what,
            self.usual,
            self.purpose,
            log.display()
        )
    }
}

impl<'a> Log<'a> {
    pub(crate) fn create(folder: &Path, what: &str, interrupt: &'a Interrupt) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(file_name(what));
        File::create(&path)?;
        Ok(Self { path, interrupt })
    }

    /// Runs a command to its end; if it fails, the end of the log is part of the error.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        run_logged(command, &self.path, self.interrupt)
    }
}

/// File name of a log: lower case, a dash for all that is neither letter, digit, dot nor dash.
fn file_name(what: &str) -> String {
    let plain = |letter: char| match letter {
        'a'..='z' | '0'..='9' | '.' => letter,
        'A'..='Z' => letter.to_ascii_lowercase(),
        _ => '-',
    };
    what.chars().map(plain).collect::<String>() + ".log"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcement_tells_duration_purpose_and_log() {
        let installation = Installation {
            what: "k6 1.8.1",
            usual: "4 min",
            purpose: "it runs the load tests",
        };
        assert_eq!(
            installation.announcement(Path::new(".souk/logs/k6-1.8.1.log")),
            "installing k6 1.8.1, which usually takes 4 min: it runs the load tests (output: .souk/logs/k6-1.8.1.log)"
        );
        assert_eq!(file_name("a JDK==2/3"), "a-jdk--2-3.log");
    }

    #[test]
    fn output_of_failed_command_is_shown_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::listen().unwrap();
        let log = Log::create(folder.path(), "tool", &interrupt).unwrap();
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        log.run(&mut shell("echo fetched")).unwrap();
        let error = log.run(&mut shell("echo no room >&2; exit 3")).unwrap_err();
        let error = format!("{error:#}");
        let path = folder.path().join("tool.log");
        assert!(
            error.contains("no room") && error.contains(&path.display().to_string()),
            "{error}"
        );
        assert_eq!(fs::read_to_string(path).unwrap(), "fetched\nno room\n");
    }
}
