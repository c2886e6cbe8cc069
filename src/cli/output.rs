//! Output for people: results on standard output, everything else on standard error.

use std::io::{self, ErrorKind, Write};

/// Prints a text as it is.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        // `souk openapi | head` is no failure.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Prints a line.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    print(&format!("{text}\n"))
}

/// Prints a line to standard error.
pub(super) fn complain(text: &str) {
    // If nobody reads it, nobody is left to be told.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
