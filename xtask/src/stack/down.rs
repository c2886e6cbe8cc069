//! Stopping what runs.

use anyhow::Result;

use super::{
    name::Name,
    place::Place,
    record::{End, Record},
};
use crate::{
    interrupt::Interrupt,
    report::{say, step},
    run_folder::kill_marked,
};

/// Stop the stack, or parts of it; data and logs are kept.
///
/// Each part is asked to end, the last one started first, and killed if it does not within 30 seconds.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Parts to stop; all if none is named.
    names: Vec<Name>,
    /// Throw the data and logs away.
    #[arg(long)]
    wipe: bool,
    /// Kill instead of asking, as a power cut would.
    #[arg(long)]
    kill: bool,
}

pub(super) fn run(interrupt: &Interrupt, place: &Place, arguments: &Arguments) -> Result<()> {
    let _lock = place.lock()?;
    let chosen = |name: &Name| arguments.names.is_empty() || arguments.names.contains(name);
    for name in Name::ALL.into_iter().rev().filter(chosen) {
        if let Some(record) = place.running(name) {
            stop(name, &record, arguments.kill, interrupt)?;
        }
        kill_marked(&place.part(name));
        place.forget(name)?;
        if arguments.wipe {
            place.wipe(name)?;
        }
    }
    if arguments.wipe {
        say("data and logs are gone");
    }
    Ok(())
}

fn stop(name: Name, record: &Record, kill: bool, interrupt: &Interrupt) -> Result<()> {
    let end = step(&format!("stop {name}"), || record.end(kill, interrupt))?;
    if end == End::Killed && !kill {
        say(format_args!(
            "{name} did not end when asked, and was killed"
        ));
    }
    Ok(())
}
