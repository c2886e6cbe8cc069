//! Description of one setting.

use std::ops::RangeInclusive;

use crate::alternative::Alternative;
use crate::kind::Kind;

/// Setting of the table.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Key in `souk.toml`, such as `server.listen`.
    pub key: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
    /// Returns the default as text; `None` if it is unset.
    pub(crate) default: fn() -> Option<String>,
    pub(crate) alternatives: &'static [Alternative],
    pub(crate) flag: Option<Flag>,
    pub(crate) rule: Option<Rule>,
    unit: Option<&'static str>,
}

/// Command-line flag of a setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flag {
    /// Name with its dashes. A switch whose flag begins with `--no-` is turned off by it.
    pub name: &'static str,
    pub of: Program,
}

/// Programs that accept a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// `souk` and `souk-indexer`, for every command.
    Both,
    /// `souk serve`.
    Serve,
    /// `souk-indexer`.
    Indexer,
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
        default: fn() -> Option<String>,
    ) -> Self {
        Self {
            key,
            variable,
            about,
            kind,
            default,
            alternatives: &[],
            flag: None,
            rule: None,
            unit: None,
        }
    }

    pub(crate) const fn range(mut self, range: RangeInclusive<u64>) -> Self {
        self.kind = Kind::Number {
            min: *range.start(),
            max: *range.end(),
        };
        self
    }

    /// Unit of a number whose key does not end with it.
    pub(crate) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    pub(crate) const fn or(mut self, alternatives: &'static [Alternative]) -> Self {
        self.alternatives = alternatives;
        self
    }

    const fn flag_of(mut self, name: &'static str, of: Program) -> Self {
        self.flag = Some(Flag { name, of });
        self
    }

    /// Flag of `souk-indexer`.
    pub(crate) const fn flag(self, name: &'static str) -> Self {
        self.flag_of(name, Program::Indexer)
    }

    /// Flag of both programs.
    pub(crate) const fn common_flag(self, name: &'static str) -> Self {
        self.flag_of(name, Program::Both)
    }

    /// Flag of `souk serve`.
    pub(crate) const fn serve_flag(self, name: &'static str) -> Self {
        self.flag_of(name, Program::Serve)
    }

    pub(crate) const fn rule(mut self, (must, holds): (&'static str, fn(&str) -> bool)) -> Self {
        self.rule = Some(Rule { holds, must });
        self
    }

    /// Returns the description, one line.
    pub fn about(&self) -> &'static str {
        self.about.trim()
    }

    /// Returns true if the value is hidden in listings.
    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    /// Returns the section of the key.
    pub(crate) fn section(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(section, _)| section)
    }

    /// Returns the unit of a number.
    pub fn unit_name(&self) -> Option<&'static str> {
        let Kind::Number { .. } = self.kind else {
            return None;
        };
        let by_key = match self.key.rsplit_once('_').map(|(_, last)| last) {
            Some("ms") => Some("milliseconds"),
            Some("secs") => Some("seconds"),
            Some("days") => Some("days"),
            Some("mb") => Some("megabytes"),
            Some("bytes") => Some("bytes"),
            _ => None,
        };
        self.unit.or(by_key)
    }

    /// Returns the requirement that a value breaks, to stand behind "must".
    pub(crate) fn broken_by(&self, text: &str) -> Option<String> {
        let by_rule = || {
            let rule = self.rule.filter(|rule| !(rule.holds)(text))?;
            Some(rule.must.to_owned())
        };
        self.kind.broken_by(text).or_else(by_rule)
    }
}
