//! Values from the environment and the command line.

use figment::{
    Error, Metadata, Profile, Provider,
    util::nest,
    value::{Dict, Map, Value},
};

use crate::{sections::settings, setting::Setting};

/// One value from the environment or the command line.
#[derive(Debug, Clone)]
pub struct Given {
    key: &'static str,
    origin: &'static str,
    value: String,
}

impl Given {
    /// A value from a command-line flag.
    pub fn flag(key: &'static str, flag: &'static str, value: impl Into<String>) -> Self {
        Self {
            key,
            origin: flag,
            value: value.into(),
        }
    }

    /// Collects all values that the environment gives; `read` looks a variable up. Empty variables count as unset.
    pub fn from_environment(read: impl Fn(&str) -> Option<String>) -> Vec<Self> {
        settings()
            .filter_map(|setting| Self::read(setting, &read))
            .collect()
    }

    /// Collects the values of settings that `souk-indexer` uses, which are those with a flag.
    pub fn from_indexer_environment(read: impl Fn(&str) -> Option<String>) -> Vec<Self> {
        settings()
            .filter(|setting| setting.flag.is_some())
            .filter_map(|setting| Self::read(setting, &read))
            .collect()
    }

    fn read(setting: &Setting, read: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let given = |variable| read(variable).filter(|value| !value.is_empty());
        let main = || given(setting.variable).map(|value| (setting.variable, value));
        let alternative = || {
            setting.alternatives.iter().find_map(|alternative| {
                let value = given(alternative.variable)?;
                Some((alternative.variable, (alternative.convert)(value, read)))
            })
        };
        let (origin, value) = main().or_else(alternative)?;
        Some(Self {
            key: setting.key,
            origin,
            value,
        })
    }
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let nested = nest(self.key, Value::from(self.value.clone()));
        Ok(nested
            .into_dict()
            .map(|dict| Profile::Default.collect(dict))
            .unwrap_or_default())
    }
}
