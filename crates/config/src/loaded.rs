//! Layers of the configuration: defaults, file, environment, command line.

use std::path::{Path, PathBuf};

use figment::{
    Figment, Metadata, Source,
    providers::{Format, Serialized, Toml},
    value::Value,
};

use crate::{config::Config, given::Given, sections::settings, setting::Setting};

/// File that is read from the working folder if none is named.
const DEFAULT_FILE: &str = "souk.toml";

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A key is unknown, or a value has the wrong type.
    #[error("the configuration cannot be read: {0}\n`souk config --help` lists every setting")]
    Unreadable(#[from] Box<figment::Error>),
    /// The file named on the command line does not exist.
    #[error("there is no configuration file {}", .0.display())]
    NoSuchFile(PathBuf),
    /// A value outside its range.
    #[error("{key} ({origin}) must {must}")]
    Invalid {
        /// Key of the setting.
        key: &'static str,
        /// Variable, flag or file with the value.
        origin: String,
        /// Requirement.
        must: String,
    },
}

/// One line of `souk config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveConfig {
    /// Key of the setting.
    pub key: &'static str,
    /// Value as shown; secrets are hidden.
    pub value: String,
    /// Variable, flag or file with the value, or `default`.
    pub source: String,
}

/// Active configuration with the origin of each value.
pub struct Loaded {
    /// Values.
    pub config: Config,
    figment: Figment,
}

impl Loaded {
    /// Returns the file to read if none is named, if it exists.
    pub fn default_file() -> Option<&'static Path> {
        Some(Path::new(DEFAULT_FILE)).filter(|file| file.is_file())
    }

    /// Merges the defaults, the file if there is one, and the given values, and checks the result.
    ///
    /// # Errors
    /// If the file does not exist, a key is unknown, or a value is outside its range.
    pub fn load(file: Option<&Path>, given: Vec<Given>) -> Result<Self, LoadError> {
        let mut figment = defaults();
        if let Some(path) = file {
            if !path.is_file() {
                return Err(LoadError::NoSuchFile(path.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        for value in given {
            figment = figment.merge(value);
        }
        for setting in settings() {
            check(&figment, setting)?;
        }
        // Lossy, because the environment and the command line give every value as text.
        let config = figment.extract_lossy().map_err(Box::new)?;
        Ok(Self { config, figment })
    }

    /// Returns every setting with its value and origin.
    pub fn active_config(&self) -> Vec<ActiveConfig> {
        settings()
            .map(|setting| {
                let value = value(&self.figment, setting);
                ActiveConfig {
                    key: setting.key,
                    value: match &value {
                        None => "(unset)".to_owned(),
                        Some(_) if setting.is_secret() => "(hidden)".to_owned(),
                        Some(value) => shown(value),
                    },
                    source: value.map_or_else(
                        || "default".to_owned(),
                        |value| origin(&self.figment, &value),
                    ),
                }
            })
            .collect()
    }
}

/// Returns the default of a setting as text; `None` if it is unset.
pub(crate) fn default_of(setting: &Setting) -> Option<String> {
    value(&defaults(), setting).map(|value| shown(&value))
}

fn defaults() -> Figment {
    Figment::from(Serialized::defaults(Config::default()))
}

fn value(figment: &Figment, setting: &Setting) -> Option<Value> {
    let value = figment.find_value(setting.key).ok();
    value.filter(|value| !matches!(value, Value::Empty(..)))
}

/// Checks a value by the kind and the rule of its setting.
fn check(figment: &Figment, setting: &Setting) -> Result<(), LoadError> {
    let Some(value) = value(figment, setting) else {
        return Ok(());
    };
    let text = shown(&value);
    let by_kind = || {
        let broken = setting.kind.broken_by(&text)?;
        Some(format!("be {broken}"))
    };
    let by_rule = || {
        let rule = setting.rule.filter(|rule| !(rule.holds)(&text))?;
        Some(rule.must.to_owned())
    };
    let Some(must) = by_kind().or_else(by_rule) else {
        return Ok(());
    };
    Err(LoadError::Invalid {
        key: setting.key,
        origin: origin(figment, &value),
        must,
    })
}

/// Returns the name of the layer that a value came from.
fn origin(figment: &Figment, value: &Value) -> String {
    let metadata = figment.get_metadata(value.tag());
    metadata.map_or_else(|| "default".to_owned(), named)
}

fn named(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        Some(Source::Code(_)) => "default".to_owned(),
        _ => metadata.name.to_string(),
    }
}

/// Formats a value for `souk config`.
fn shown(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, truth) => truth.to_string(),
        Value::Num(_, number) => {
            // Whole numbers are signed or not, depending on the layer.
            let whole = number.to_i128().map(|number| number.to_string());
            whole
                .or_else(|| number.to_u128().map(|number| number.to_string()))
                .or_else(|| number.to_f64().map(|number| number.to_string()))
                .unwrap_or_default()
        }
        _ => "(unset)".to_owned(),
    }
}
