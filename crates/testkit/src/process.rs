//! Server processes of tests.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Starts a `souk serve` command, waits until it serves, and returns it with its base URL.
///
/// # Panics
///
/// If the process does not start, or ends before it serves.
pub fn start_server(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let greeting = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(|line| line.unwrap())
        .find(|line| line.contains("Souk serves on"))
        .expect("the process serves");
    let start = greeting.find("http://").unwrap();
    (child, greeting[start..].trim().to_owned())
}
