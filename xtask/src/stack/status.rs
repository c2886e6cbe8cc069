//! `cargo xtask stack status`: lists the parts and their health.

use anyhow::{Result, bail};

use super::{name::Name, place::Place, print, record::Record};

/// Show each part: whether it runs and answers, its process and its address.
///
/// Fails unless all of them run and answer.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(super) fn run(place: &Place, _: &Arguments) -> Result<()> {
    let mut unwell = 0;
    let names = place.names(false, false);
    for &name in &names {
        let record = place.record(name);
        let state = State::of(record.as_ref());
        if state != State::Healthy {
            unwell += 1;
        }
        print(&line(name, state, record.as_ref()));
    }
    if unwell > 0 {
        bail!(
            "{unwell} of {} parts are not well; `cargo xtask stack up` starts what does not run, \
             `cargo xtask stack logs NAME` tells more",
            names.len()
        );
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Never started, or stopped in order.
    Stopped,
    /// Ended by itself or killed.
    Dead,
    /// Runs without answering its probe.
    Unhealthy,
    /// Runs and answers its probe.
    Healthy,
}

impl State {
    fn of(record: Option<&Record>) -> Self {
        match record {
            None => Self::Stopped,
            Some(record) if !record.is_alive() => Self::Dead,
            Some(record) if record.is_healthy() => Self::Healthy,
            Some(_) => Self::Unhealthy,
        }
    }

    fn spoken(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Dead => "dead",
            Self::Unhealthy => "running, unhealthy",
            Self::Healthy => "running, healthy",
        }
    }
}

fn line(name: Name, state: State, record: Option<&Record>) -> String {
    let process = record
        .filter(|_| matches!(state, State::Healthy | State::Unhealthy))
        .map(|record| format!("pid {:<8} {}", record.pid, record.url))
        .unwrap_or_default();
    let line = format!("{name:<14} {:<19} {process}", state.spoken());
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_was_never_started_is_stopped() {
        assert_eq!(State::of(None), State::Stopped);
        assert_eq!(
            line(Name::Redis, State::Stopped, None),
            "redis          stopped"
        );
    }
}
