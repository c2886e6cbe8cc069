//! Description of one setting.

use std::ops::RangeInclusive;

use crate::alternative::Alternative;
use crate::kind::Kind;

/// One setting of the table.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Key in `souk.toml`, such as `server.listen`.
    pub key: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
    pub(crate) alternatives: &'static [Alternative],
    /// Flag of `souk-indexer`, with its dashes.
    pub(crate) flag: Option<&'static str>,
    pub(crate) rule: Option<Rule>,
}

/// A requirement that the kind of value does not express.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub holds: fn(&str) -> bool,
    /// Stands behind "must".
    pub must: &'static str,
}

impl Setting {
    pub(crate) const fn new(
        key: &'static str,
        variable: &'static str,
        about: &'static str,
        kind: Kind,
    ) -> Self {
        Self {
            key,
            variable,
            about,
            kind,
            alternatives: &[],
            flag: None,
            rule: None,
        }
    }

    pub(crate) const fn range(mut self, range: RangeInclusive<u64>) -> Self {
        self.kind = Kind::Number {
            min: *range.start(),
            max: *range.end(),
        };
        self
    }

    pub(crate) const fn at_least(mut self, min: u64) -> Self {
        if let Kind::Number { max, .. } = self.kind {
            self.kind = Kind::Number { min, max };
        }
        self
    }

    pub(crate) const fn or(mut self, alternatives: &'static [Alternative]) -> Self {
        self.alternatives = alternatives;
        self
    }

    pub(crate) const fn flag(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
        self
    }

    pub(crate) const fn rule(mut self, (must, holds): (&'static str, fn(&str) -> bool)) -> Self {
        self.rule = Some(Rule { holds, must });
        self
    }

    /// Returns the description, one line.
    pub fn about(&self) -> &'static str {
        self.about.trim()
    }

    /// Returns whether the value is hidden in listings.
    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    /// Returns the unit that the key ends with.
    pub fn unit(&self) -> Option<&'static str> {
        let Kind::Number { .. } = self.kind else {
            return None;
        };
        match self.key.rsplit_once('_')?.1 {
            "ms" => Some("milliseconds"),
            "secs" => Some("seconds"),
            "days" => Some("days"),
            "mb" => Some("megabytes"),
            "bytes" => Some("bytes"),
            _ => None,
        }
    }
}
