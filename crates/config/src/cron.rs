//! Schedules of periodic tasks: cron expressions with seconds, in UTC.

use croner::parser::{CronParser, Seconds};

/// Cron expression with seconds, in UTC; none if the task is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron(Option<String>);

impl Cron {
    /// Creates a schedule from a literal, unchecked; a test parses every default.
    pub(crate) fn of(expression: &str) -> Self {
        Self(Some(expression.to_owned()))
    }

    /// Returns the expression; `None` if the task is off.
    pub fn expression(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Reads a schedule; `None` if the text is neither a cron expression nor `off`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("off") {
            return Some(Self(None));
        }
        // The dialect of the scheduler that runs it.
        let parser = CronParser::builder()
            .seconds(Seconds::Required)
            .dom_and_dow(true)
            .build();
        parser.parse(text).ok().map(|_| Self(Some(text.to_owned())))
    }
}
