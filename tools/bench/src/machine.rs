//! The machine that measured, as far as it says what it is.

use std::{fs, thread};

/// Processor, cores, memory and kernel, in one line.
pub(crate) fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (processors, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let value_of = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = value_of(&processors, "model name");
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let kilobytes = value_of(&memory, "MemTotal")
        .and_then(|total| total.split_whitespace().next()?.parse::<u64>().ok());
    let gigabytes = kilobytes.unwrap_or(0) as f64 / f64::from(1 << 20);
    format!(
        "{}, {cores} cores, {gigabytes:.0} GB, Linux {}",
        model.as_deref().unwrap_or("unknown processor"),
        read("/proc/sys/kernel/osrelease").trim()
    )
}
