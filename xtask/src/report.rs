//! Reports of a task: one line for each step, and the exit code.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::interrupt::Interrupted;

/// Prints a line for the person in front of the terminal. A closed terminal is no reason to stop.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "xtask: {line}");
}

/// Does a step and says in one line how it went and how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let outcome = work();
    let mark = if outcome.is_ok() { "ok  " } else { "FAIL" };
    say(format_args!("{mark} {what} ({})", spoken(begun.elapsed())));
    outcome
}

/// Says why a task failed, if it did, and finds its exit code.
pub(crate) fn exit_code(outcome: Result<()>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    say(format_args!("{error:#}"));
    error
        .downcast_ref::<Interrupted>()
        .map_or(ExitCode::FAILURE, |interrupted| {
            ExitCode::from(interrupted.exit_code())
        })
}

/// A duration as one would say it.
pub(crate) fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_to_read() {
        assert_eq!(spoken(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(spoken(Duration::from_secs(125)), "2 min 5 s");
    }
}
