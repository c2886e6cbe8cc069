//! Settings that the file and the environment may give.

mod caching;
mod indexing;
mod running;
mod searching;
mod serving;
mod storing;

use figment::{
    Error, Metadata, Profile, Provider, Source,
    util::nest,
    value::{Dict, Map, Value},
};

/// Setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Key in `souk.toml`, such as `server.listen`.
    pub key: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    /// True if the value is never shown.
    pub secret: bool,
    /// Description in one line.
    pub about: &'static str,
}

const fn setting(key: &'static str, variable: &'static str, about: &'static str) -> Setting {
    Setting {
        key,
        variable,
        secret: false,
        about,
    }
}

const fn secret(key: &'static str, variable: &'static str, about: &'static str) -> Setting {
    Setting {
        secret: true,
        ..setting(key, variable, about)
    }
}

/// Every setting there is, those of one concern together.
const SETTINGS: [&[Setting]; 6] = [
    serving::SETTINGS,
    storing::SETTINGS,
    searching::SETTINGS,
    indexing::SETTINGS,
    caching::SETTINGS,
    running::SETTINGS,
];

/// Every setting there is.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.into_iter().flatten()
}

/// Value from the environment or the command line.
#[derive(Debug, Clone)]
pub struct Given {
    key: &'static str,
    origin: &'static str,
    value: String,
}

impl Given {
    /// A value given by a flag of the command line.
    pub fn flag(key: &'static str, flag: &'static str, value: impl Into<String>) -> Self {
        Self {
            key,
            origin: flag,
            value: value.into(),
        }
    }

    /// All values that the environment gives; `read` looks a variable up. An empty one counts as unset.
    pub fn from_environment(read: impl Fn(&str) -> Option<String>) -> Vec<Self> {
        settings()
            .filter_map(|setting| {
                let value = read(setting.variable).filter(|value| !value.is_empty())?;
                Some(Self {
                    key: setting.key,
                    origin: setting.variable,
                    value,
                })
            })
            .collect()
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

/// Origin of a value, in words for someone who wants to change it.
pub(super) fn origin(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        Some(Source::Code(_)) => "default".to_owned(),
        _ => metadata.name.to_string(),
    }
}

/// A value as `souk config` shows it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, truth) => truth.to_string(),
        Value::Num(_, number) => {
            // Whole numbers are signed or not, as they came in.
            let whole = number.to_i128().map(|number| number.to_string());
            whole
                .or_else(|| number.to_u128().map(|number| number.to_string()))
                .or_else(|| number.to_f64().map(|number| number.to_string()))
                .unwrap_or_default()
        }
        _ => "(unset)".to_owned(),
    }
}
