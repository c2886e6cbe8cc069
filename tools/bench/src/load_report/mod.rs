//! The report of a load test: a summary to read, a picture of the latencies, and what they were made from.

pub(crate) mod measured;
mod picture;

use std::{fmt::Write, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::Value;

use self::measured::Measured;
use crate::machine;

/// Write the report of a load test.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Tool that ran it.
    #[arg(long, value_enum)]
    tool: Tool,
    /// Title.
    #[arg(long)]
    title: String,
    /// Target.
    #[arg(long)]
    asked: String,
    /// Output of the tool.
    #[arg(long)]
    summary: PathBuf,
    /// Further facts to report.
    #[arg(long)]
    note: Vec<String>,
    /// Folder of the report.
    #[arg(long)]
    folder: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Tool {
    K6,
    Artillery,
    Sessions,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let text = fs::read_to_string(&arguments.summary)?;
    let summary: Value = serde_json::from_str(&text)?;
    let measured = match arguments.tool {
        Tool::K6 => measured::of_k6(&summary),
        Tool::Artillery => measured::of_artillery(&summary),
        Tool::Sessions => Ok(serde_json::from_value(summary)?),
    };
    let measured = measured.with_context(|| arguments.summary.display().to_string())?;
    fs::create_dir_all(&arguments.folder)?;
    let file = |name: &str| arguments.folder.join(name);
    fs::write(file("summary.md"), describe(arguments, &measured)?)?;
    fs::write(file("measured.json"), serde_json::to_vec_pretty(&measured)?)?;
    if let Some(all) = measured.kinds.first().filter(|all| all.count > 0) {
        picture::draw(all, &arguments.title, &file("latency.svg"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(arguments: &Arguments, measured: &Measured) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "# {}\n\n{}\n", arguments.title, arguments.asked)?;
    writeln!(
        text,
        "{} requests in {:.0} s ({:.1} a second), {} failed.\n\n![latencies](latency.svg)\n",
        measured.requests,
        measured.seconds,
        measured.requests as f64 / measured.seconds.max(0.001),
        measured.failed
    )?;
    writeln!(
        text,
        "| kind | requests | p50 ms | p95 ms | p99 ms | slowest ms |\n|---|---|---|---|---|---|"
    )?;
    for kind in &measured.kinds {
        let [p50, p95, p99, slowest] = [0.5, 0.95, 0.99, 1.0].map(|share| kind.within_ms(share));
        let (name, count) = (&kind.name, kind.count);
        writeln!(
            text,
            "| {name} | {count} | {p50:.1} | {p95:.1} | {p99:.1} | {slowest:.1} |"
        )?;
    }
    if !measured.limits.is_empty() {
        writeln!(text, "\n| limit | |\n|---|---|")?;
    }
    for limit in &measured.limits {
        let met = if limit.met { "met" } else { "**missed**" };
        writeln!(text, "| `{}` | {met} |", limit.what)?;
    }
    if !measured.figures.is_empty() {
        writeln!(text, "\n| figure | |\n|---|---|")?;
    }
    for (name, value) in &measured.figures {
        writeln!(text, "| {name} | {} |", (value * 1_000.0).round() / 1_000.0)?;
    }
    for note in &arguments.note {
        writeln!(text, "\n{note}")?;
    }
    writeln!(text, "\nMachine: {}", machine::describe())?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{
        measured::{ALL, Kind, Limit},
        *,
    };

    #[test]
    fn a_report_says_what_was_missed() {
        let folder = tempfile::tempdir().unwrap();
        let summary = folder.path().join("summary.json");
        let measured = Measured {
            seconds: 2.0,
            requests: 10,
            failed: 1,
            kinds: vec![Kind {
                name: ALL.to_owned(),
                count: 10,
                quantiles: vec![(0.0, 1.0), (0.5, 2.0), (1.0, 40.0)],
            }],
            limits: vec![Limit {
                what: "p(95)<5".to_owned(),
                met: false,
            }],
            figures: vec![("sessions".to_owned(), 3.0)],
        };
        fs::write(&summary, serde_json::to_vec(&measured).unwrap()).unwrap();
        let arguments = Arguments {
            tool: Tool::Sessions,
            title: "sessions".to_owned(),
            asked: "http://127.0.0.1:3000".to_owned(),
            summary,
            note: vec!["The API process held 90 MB at most.".to_owned()],
            folder: folder.path().join("report"),
        };
        run(&arguments).unwrap();
        let text = fs::read_to_string(folder.path().join("report/summary.md")).unwrap();
        for told in [
            "10 requests in 2 s (5.0 a second), 1 failed",
            "| all | 10 | 2.0 |",
            "| `p(95)<5` | **missed** |",
            "| sessions | 3 |",
            "90 MB",
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(folder.path().join("report/latency.svg").is_file());
    }
}
