//! Schedules of the periodic tasks: cron expressions with seconds, in UTC.

use clap::Args;
use tokio_cron_scheduler::Job;

use crate::popularity_options::FeedbackOptions;

/// Schedules of the periodic tasks; `off` or an empty value means never.
#[derive(Debug, Clone, Args)]
pub struct Schedules {
    /// Cron (with seconds) of comparing a sample of the products with the index; `off` disables it
    #[arg(long = "verify-schedule", value_name = "CRON", env = "SOUK_VERIFY_SCHEDULE", default_value_t = Self::default().verify)]
    pub verify: String,
    /// Products in that sample
    #[arg(long, value_name = "PRODUCTS", env = "SOUK_VERIFY_SAMPLE", default_value_t = Self::default().verify_sample, value_parser = clap::value_parser!(u32).range(1..))]
    pub verify_sample: u32,
    /// Have what differs in it indexed again
    #[arg(long, env = "SOUK_VERIFY_REPAIR")]
    pub verify_repair: bool,
    /// Cron of deleting ended jobs, old dead letters and old metrics
    #[arg(long = "prune-schedule", value_name = "CRON", env = "SOUK_PRUNE_SCHEDULE", default_value_t = Self::default().prune)]
    pub prune: String,
    /// Days that they are kept
    #[arg(long, value_name = "DAYS", env = "SOUK_RETENTION_DAYS", default_value_t = Self::default().keep_days, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub keep_days: u32,
    /// Cron of retrying dead letters
    #[arg(long = "dead-letters-schedule", value_name = "CRON", env = "SOUK_DEAD_LETTERS_SCHEDULE", default_value_t = Self::default().dead_letters)]
    pub dead_letters: String,
    /// Cron of deleting unused indexes
    #[arg(long = "tidy-schedule", value_name = "CRON", env = "SOUK_INDEX_CLEANUP_SCHEDULE", default_value_t = Self::default().tidy)]
    pub tidy: String,
    /// Cron of updating popularity and suggestions
    #[arg(long = "feedback-schedule", value_name = "CRON", env = "SOUK_POPULARITY_SCHEDULE", default_value_t = Self::default().feedback)]
    pub feedback: String,
    /// Options of learning popularity and suggestions
    #[command(flatten)]
    pub learning: FeedbackOptions,
    /// Days that search analytics are kept
    #[arg(long, value_name = "DAYS", env = "SOUK_ANALYTICS_RETENTION_DAYS", default_value_t = Self::default().analytics_keep_days, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub analytics_keep_days: u32,
}

/// Schedule that cannot be parsed.
#[derive(Debug, thiserror::Error)]
#[error(
    "{variable} is `{value}`, which is no schedule; write seconds, minutes, hours, day, month and weekday, such as `0 30 3 * * *`, or `off`"
)]
pub struct BadSchedule {
    /// Variable that sets it.
    pub variable: &'static str,
    /// Value of the variable.
    pub value: String,
}

impl Default for Schedules {
    fn default() -> Self {
        Self {
            verify: "0 10 * * * *".to_owned(),
            verify_sample: 5_000,
            verify_repair: false,
            prune: "0 40 3 * * *".to_owned(),
            keep_days: 30,
            dead_letters: "0 50 * * * *".to_owned(),
            tidy: "0 */15 * * * *".to_owned(),
            feedback: "0 */10 * * * *".to_owned(),
            learning: FeedbackOptions::default(),
            analytics_keep_days: 90,
        }
    }
}

impl Schedules {
    /// Checks that each schedule can be parsed.
    ///
    /// # Errors
    /// If one cannot; the error names its variable.
    pub fn check(&self) -> Result<(), BadSchedule> {
        for (variable, cron) in [
            ("SOUK_VERIFY_SCHEDULE", &self.verify),
            ("SOUK_PRUNE_SCHEDULE", &self.prune),
            ("SOUK_DEAD_LETTERS_SCHEDULE", &self.dead_letters),
            ("SOUK_INDEX_CLEANUP_SCHEDULE", &self.tidy),
            ("SOUK_POPULARITY_SCHEDULE", &self.feedback),
        ] {
            let Some(cron) = enabled(cron) else {
                continue;
            };
            Job::new_async(cron, |_, _| Box::pin(async {})).map_err(|_| BadSchedule {
                variable,
                value: cron.to_owned(),
            })?;
        }
        Ok(())
    }
}

/// Returns a trimmed cron expression, or `None` if the schedule is off.
pub(crate) fn enabled(cron: &str) -> Option<&str> {
    let cron = cron.trim();
    (!cron.is_empty() && !cron.eq_ignore_ascii_case("off")).then_some(cron)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_of_a_bad_schedule_names_its_variable_and_off_is_accepted() {
        Schedules::default().check().unwrap();
        for off in ["", "off", " OFF "] {
            let schedules = Schedules {
                prune: off.to_owned(),
                ..Schedules::default()
            };
            schedules.check().unwrap();
            assert_eq!(enabled(&schedules.prune), None);
        }
        let schedules = Schedules {
            tidy: "now and then".to_owned(),
            ..Schedules::default()
        };
        let error = schedules.check().unwrap_err().to_string();
        assert!(error.contains("SOUK_INDEX_CLEANUP_SCHEDULE"), "{error}");
    }
}
