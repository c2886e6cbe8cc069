//! Environment variables, their alternatives and misspelt names.

use std::collections::BTreeMap;

use crate::error::LoadError;
use crate::given::{Given, Origin};
use crate::nearest::nearest;
use crate::sections::settings;
use crate::setting::Setting;
use crate::warning::Warning;

/// Prefix of variables that are Souk's alone.
const PREFIX: &str = "SOUK_";
/// Variable that names the configuration file.
pub(crate) const FILE: &str = "SOUK_CONFIG";
/// Prefixes of variables that only tests and development tasks use.
const DEVELOPMENT: [&str; 2] = ["SOUK_TEST_", "SOUK_XTASK_"];

/// Variables of a process. Empty ones count as unset.
#[derive(Default)]
pub struct Environment(BTreeMap<String, String>);

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let variables = variables.into_iter();
        let given = variables.map(|(name, value)| (name.into(), value.into()));
        Self(given.filter(|(_, value)| !value.is_empty()).collect())
    }
}

impl Environment {
    /// Reads the variables of this process that are Unicode.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// Returns the value of a variable that is set.
    pub(crate) fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str)
    }

    /// Collects the values of settings, and warns of alternatives that differ from the variable they stand for.
    pub(crate) fn given(&self, warnings: &mut Vec<Warning>) -> Result<Vec<Given>, LoadError> {
        let mut all = Vec::new();
        for setting in settings() {
            let main = self
                .get(setting.variable)
                .map(|value| Given::new(setting, Origin::Variable(setting.variable), value));
            let mut used = main;
            for other in self.alternatives(setting)? {
                match &used {
                    None => used = Some(other),
                    Some(used) if used.text == other.text => {}
                    Some(used) => warnings.push(Warning::Overridden {
                        used: used.name(),
                        ignored: other.name(),
                    }),
                }
            }
            all.extend(used);
        }
        Ok(all)
    }

    fn alternatives(&self, setting: &'static Setting) -> Result<Vec<Given>, LoadError> {
        let mut given = Vec::new();
        for alternative in setting.alternatives {
            let Some(value) = self.get(alternative.variable) else {
                continue;
            };
            let read = |name: &str| self.get(name).map(str::to_owned);
            let converted = (alternative.convert)(value, &read);
            let text = converted.map_err(|(variable, must)| LoadError::Invalid {
                name: variable.to_owned(),
                must: must.to_owned(),
            })?;
            let origin = Origin::Variable(alternative.variable);
            given.push(Given::new(setting, origin, text));
        }
        Ok(given)
    }

    /// Warns of `SOUK_*` variables that no setting has.
    pub(crate) fn unknown(&self) -> Vec<Warning> {
        let known = |name: &str| {
            name == FILE
                || settings().any(|setting| setting.variable == name)
                || DEVELOPMENT.iter().any(|prefix| name.starts_with(prefix))
        };
        let names = self.0.keys().filter(|name| !known(name));
        names
            .filter_map(|name| {
                let own = name.strip_prefix(PREFIX)?;
                // The prefix says nothing about which one was meant, and some variables have none.
                let variables = settings().map(|setting| setting.variable);
                let by_name = |variable: &'static str| {
                    (variable.strip_prefix(PREFIX).unwrap_or(variable), variable)
                };
                Some(Warning::UnknownVariable {
                    variable: name.clone(),
                    nearest: nearest(own, variables.map(by_name)),
                })
            })
            .collect()
    }
}
