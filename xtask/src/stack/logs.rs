//! `cargo xtask stack logs`: prints a part's log.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::Path,
    thread,
};

use anyhow::{Context, Result};

use super::{name::Name, place::Place};
use crate::{interrupt::Interrupt, parts::earlier_log_file, process::POLL};

/// Print what a part wrote since its last start.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Part whose log is printed.
    name: Name,
    /// Go on until interrupted, also when the part is started again.
    #[arg(long, short, conflicts_with = "previous")]
    follow: bool,
    /// What it wrote before that start, such as what crashed; three such logs are kept beside it.
    #[arg(long)]
    previous: bool,
}

pub(super) fn run(interrupt: &Interrupt, place: &Place, arguments: &Arguments) -> Result<()> {
    let (name, path) = (arguments.name, place.log(arguments.name));
    if arguments.previous {
        let log = earlier_log_file(&place.part(name), 1);
        let mut log =
            File::open(log).with_context(|| format!("{name} has been started only once"))?;
        // Fails only if nobody listens any more.
        let _ = io::copy(&mut log, &mut io::stdout().lock());
        return Ok(());
    }
    let mut log = File::open(&path).with_context(|| format!("{name} has not been started"))?;
    let mut out = io::stdout().lock();
    loop {
        if io::copy(&mut log, &mut out)
            .and_then(|_| out.flush())
            .is_err()
        {
            // Nobody listens any more.
            return Ok(());
        }
        if !arguments.follow || interrupt.check().is_err() {
            return Ok(());
        }
        thread::sleep(POLL);
        if is_replaced(&log, &path) {
            let next = File::open(&path)?;
            // What the old one said last, before the new one.
            let _ = io::copy(&mut log, &mut out);
            log = next;
        }
    }
}

/// Reports whether the part was restarted, which begins a new log.
fn is_replaced(log: &File, path: &Path) -> bool {
    match (log.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => ours.ino() != there.ino(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_log_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "1").unwrap();
        let log = File::open(&path).unwrap();
        assert!(!is_replaced(&log, &path));
        fs::rename(&path, earlier_log_file(folder.path(), 1)).unwrap();
        assert!(!is_replaced(&log, &path));
        fs::write(&path, "2").unwrap();
        assert!(is_replaced(&log, &path));
    }
}
