//! Progress of a long command: a bar on a terminal, a line now and then elsewhere, always on standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

const LINE_EVERY: Duration = Duration::from_secs(5);

/// Unit that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things: products, rows.
    Items,
    /// Bytes of a file.
    Bytes,
}

/// The progress of one command.
pub struct Progress(Display);

enum Display {
    Hidden,
    Bar(ProgressBar),
    Lines(Lines),
}

struct Lines {
    label: &'static str,
    unit: Unit,
    total: Option<u64>,
    last: Mutex<Instant>,
}

impl Progress {
    /// Shown on standard error, with the time left if the total is known.
    pub fn shown(label: &'static str, unit: Unit, total: Option<u64>) -> Self {
        if !io::stderr().is_terminal() {
            let last = Mutex::new(Instant::now());
            return Self(Display::Lines(Lines {
                label,
                unit,
                total,
                last,
            }));
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::new_spinner(),
        };
        if let Ok(style) = ProgressStyle::with_template(template(unit, total.is_some())) {
            bar.set_style(style);
        }
        bar.set_message(label);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(Display::Bar(bar))
    }

    /// Shown nowhere: for tests, and where someone else reports.
    pub fn hidden() -> Self {
        Self(Display::Hidden)
    }

    /// Sets how much is done.
    pub fn set(&self, done: u64) {
        match &self.0 {
            Display::Hidden => {}
            Display::Bar(bar) => bar.set_position(done),
            Display::Lines(lines) => lines.set(done),
        }
    }

    /// Writes a line for people beside the bar.
    pub fn note(&self, text: &str) {
        match &self.0 {
            Display::Hidden => {}
            Display::Bar(bar) => bar.suspend(|| write_line(text)),
            Display::Lines(_) => write_line(text),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Display::Bar(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Lines {
    fn set(&self, done: u64) {
        // A poisoned clock only means that another line went wrong.
        let Ok(mut last) = self.last.lock() else {
            return;
        };
        if last.elapsed() < LINE_EVERY {
            return;
        }
        *last = Instant::now();
        let amount = |number| match self.unit {
            Unit::Items => HumanCount(number).to_string(),
            Unit::Bytes => HumanBytes(number).to_string(),
        };
        match self.total {
            Some(total) => write_line(&format!(
                "{}: {} of {}",
                self.label,
                amount(done),
                amount(total)
            )),
            None => write_line(&format!("{}: {}", self.label, amount(done))),
        }
    }
}

fn template(unit: Unit, total_known: bool) -> &'static str {
    match (unit, total_known) {
        (Unit::Items, true) => "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}",
        (Unit::Items, false) => "{spinner} {msg} {human_pos} {per_sec}",
        (Unit::Bytes, true) => "{msg} {wide_bar} {bytes}/{total_bytes} {eta}",
        (Unit::Bytes, false) => "{spinner} {msg} {bytes}",
    }
}

/// A closed standard error is no reason to stop.
fn write_line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
