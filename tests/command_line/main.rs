//! The binary as a newcomer meets it.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod commands;
mod configuration;
mod keys;
mod people;
mod starting;

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// `souk` in an empty folder, with nothing of this process's environment that would configure it.
fn souk(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_souk"));
    command.current_dir(folder);
    for (variable, _) in std::env::vars() {
        let configures = [
            "SOUK_",
            "DATABASE_URL",
            "ELASTICSEARCH_",
            "REDIS_",
            "RATE_LIMIT_",
            "PG_",
            "PORT",
            "RUST_LOG",
        ];
        if configures.iter().any(|start| variable.starts_with(start)) {
            command.env_remove(variable);
        }
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    souk(folder).args(args).output().unwrap()
}

fn output_of(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(text).unwrap()
}

/// A started server, killed if the test does not stop it.
struct Server {
    child: Child,
    greeting: String,
}

impl Server {
    /// Starts one on a free port and waits for its greeting to end.
    fn start(folder: &Path, last_words: &str) -> Self {
        let mut child = souk(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("SOUK_DEMO_PRODUCTS", "50")
            .stdout(Stdio::piped())
            .stderr(File::create(folder.join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut greeting = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !greeting.contains(last_words) {
            assert_ne!(
                lines.read_line(&mut greeting).unwrap(),
                0,
                "it ended: {greeting}"
            );
        }
        Self { child, greeting }
    }

    fn base(&self) -> String {
        let start = self.greeting.find("http://").unwrap();
        self.greeting[start..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    }

    /// As a service manager stops it.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already over, if all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
