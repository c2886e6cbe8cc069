//! Values from the file, the environment and the command line, as text with their origins.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::error::LoadError;
use crate::kind::SettingType;
use crate::setting::Setting;

/// Layer that a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    File(PathBuf),
    Variable(&'static str),
    Flag(&'static str),
}

/// Value as text. `Debug` hides it.
#[derive(Clone)]
pub struct Given {
    pub(crate) setting: &'static Setting,
    pub(crate) origin: Origin,
    pub(crate) text: String,
}

impl Given {
    pub(crate) fn new(setting: &'static Setting, origin: Origin, text: impl Into<String>) -> Self {
        Self {
            setting,
            origin,
            text: text.into(),
        }
    }

    /// Returns the name by which the value was given, for messages.
    pub(crate) fn name(&self) -> String {
        match &self.origin {
            Origin::File(file) => format!("{} in {}", self.setting.key, file.display()),
            Origin::Variable(variable) => (*variable).to_owned(),
            Origin::Flag(flag) => (*flag).to_owned(),
        }
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given")
            .field("key", &self.setting.key)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "file ({})", file.display()),
            Self::Variable(variable) => write!(f, "environment ({variable})"),
            Self::Flag(flag) => write!(f, "flag ({flag})"),
        }
    }
}

/// Given values by key; of several for one key, the last layer's.
#[derive(Debug, Default)]
pub(crate) struct Values(BTreeMap<&'static str, Given>);

impl Values {
    /// Adds the values of a layer over those of lower ones, each checked by its setting.
    pub(crate) fn add(&mut self, layer: Vec<Given>) -> Result<(), LoadError> {
        for given in layer {
            if let Some(must) = given.setting.broken_by(&given.text) {
                return Err(LoadError::Invalid {
                    name: given.name(),
                    must,
                });
            }
            self.0.insert(given.setting.key, given);
        }
        Ok(())
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Given> {
        self.0.get(key)
    }

    /// Returns the name by which a value was given; the key if it is the default.
    pub(crate) fn name(&self, key: &str) -> String {
        self.get(key).map_or_else(|| key.to_owned(), Given::name)
    }

    /// Returns the value of a setting, or its default.
    pub(crate) fn read<T: SettingType>(
        &self,
        key: &str,
        default: fn() -> T,
    ) -> Result<T, LoadError> {
        let Some(given) = self.get(key) else {
            return Ok(default());
        };
        T::parse(&given.text).ok_or_else(|| LoadError::Invalid {
            name: given.name(),
            must: format!("be {}", T::KIND.requirement()),
        })
    }

    /// Returns a setting's value as listings show it; `None` if it is unset.
    pub(crate) fn shown(&self, setting: &Setting) -> Option<String> {
        let text = match self.get(setting.key) {
            Some(given) => Some(given.text.clone()).filter(|text| !text.is_empty()),
            None => (setting.default)(),
        };
        text.map(|text| match setting.is_secret() {
            true => "(hidden)".to_owned(),
            false => text,
        })
    }
}
