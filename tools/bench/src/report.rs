//! Measurements next to their targets: a table for people, JSON for programs.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Result;
use serde::Serialize;

use crate::latencies::Latencies;

/// Everything measured in one run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    figures: Vec<Figure>,
}

#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    target: Option<Target>,
}

impl Figure {
    fn title(&self) -> String {
        format!("{} ({})", self.name, self.unit)
    }
}

/// Target of a measurement.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    AtLeast(f64),
    Below(f64),
}

impl Target {
    fn met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::Below(limit) => value < limit,
        }
    }

    fn spoken(self) -> String {
        match self {
            Self::AtLeast(least) => format!("at least {least}"),
            Self::Below(limit) => format!("below {limit}"),
        }
    }
}

impl Report {
    /// Adds a figure that is what it is.
    pub(crate) fn note(&mut self, name: &str, value: f64, unit: &'static str) {
        self.add(name, value, unit, None);
    }

    /// Adds a figure with a target.
    pub(crate) fn judge(&mut self, name: &str, value: f64, unit: &'static str, target: Target) {
        self.add(name, value, unit, Some(target));
    }

    /// Adds how long requests took: half of them at the most, and all but one of a hundred, which may have a target.
    pub(crate) fn latencies(
        &mut self,
        name: &str,
        latencies: &mut Latencies,
        target: Option<Target>,
    ) {
        for (share_name, share, target) in [("p50", 0.5, None), ("p99", 0.99, target)] {
            let name = format!("{name}, {share_name}");
            self.add(&name, latencies.percentile_ms(share), "ms", target);
        }
    }

    /// Adds a figure that may have a target.
    pub(crate) fn add(
        &mut self,
        name: &str,
        value: f64,
        unit: &'static str,
        target: Option<Target>,
    ) {
        let name = name.to_owned();
        self.figures.push(Figure {
            name,
            value,
            unit,
            target,
        });
    }

    /// Reports whether every target was met.
    fn all_met(&self) -> bool {
        let missed = |figure: &Figure| {
            figure
                .target
                .is_some_and(|target| !target.met_by(figure.value))
        };
        !self.figures.iter().any(missed)
    }

    /// Prints the table and writes the JSON; a missed target is a failure.
    pub(crate) fn conclude(&self, path: &Path) -> Result<ExitCode> {
        self.print(io::stdout().lock())?;
        self.write(path)?;
        Ok(if self.all_met() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Prints the table.
    fn print(&self, mut out: impl Write) -> Result<()> {
        let names = self.figures.iter().map(Figure::title);
        let width = names.map(|name| name.len()).fold(44, usize::max);
        let (name, line) = ("figure", "");
        writeln!(
            out,
            "| {name:<width$} | {:>12} | {:<24} |",
            "value", "target"
        )?;
        writeln!(out, "|-{line:-<width$}-|{line:->13}:|{line:-<26}|")?;
        for figure in &self.figures {
            let name = figure.title();
            let target = figure.target.map_or_else(String::new, |target| {
                let verdict = if target.met_by(figure.value) {
                    "met"
                } else {
                    "MISSED"
                };
                format!("{}: {verdict}", target.spoken())
            });
            writeln!(
                out,
                "| {name:<width$} | {:>12.2} | {target:<24} |",
                figure.value
            )?;
        }
        Ok(())
    }

    /// Writes the JSON.
    fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, serde_json::to_vec_pretty(self)?)?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_missed_target_shows() {
        let mut report = Report::default();
        report.note("products", 5.0, "n");
        report.note(&"long ".repeat(20), 5.0, "n");
        report.judge("ratio", 0.5, "x", Target::AtLeast(0.5));
        assert!(report.all_met());
        report.judge("p99", f64::NAN, "ms", Target::Below(25.0));
        assert!(!report.all_met());

        let mut table = Vec::new();
        report.print(&mut table).unwrap();
        let table = String::from_utf8(table).unwrap();
        assert!(table.contains("at least 0.5: met"), "{table}");
        assert!(table.contains("below 25: MISSED"), "{table}");
        let widths: BTreeSet<_> = table.lines().map(str::len).collect();
        assert_eq!(widths.len(), 1, "{table}");
    }
}
