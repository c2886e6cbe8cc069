//! Layers of the configuration: defaults, file, environment, command line.

use std::path::Path;

use crate::config::Config;
use crate::environment::Environment;
use crate::error::LoadError;
use crate::file;
use crate::given::{Given, Values};
use crate::sections::settings;
use crate::warning::Warning;

/// File that is read from the working folder if none is named.
const DEFAULT_FILE: &str = "souk.toml";

/// Line of `souk config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveConfig {
    /// Key of the setting.
    pub key: &'static str,
    /// Value as shown; secrets are hidden.
    pub value: String,
    /// Layer of the value, such as `environment (SOUK_LISTEN)`.
    pub source: String,
}

/// Active configuration with the origin of each value.
pub struct Loaded {
    /// Values.
    pub config: Config,
    /// Probable mistakes.
    pub warnings: Vec<Warning>,
    values: Values,
}

impl Loaded {
    /// Loads the configuration of this process: from the named file, or `souk.toml` if it exists, the environment and
    /// flags.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn of_process(named: Option<&Path>, flags: Vec<Given>) -> Result<Self, LoadError> {
        let usual = Some(Path::new(DEFAULT_FILE)).filter(|file| file.is_file());
        Self::load(named.or(usual), &Environment::of_process(), flags)
    }

    /// Merges the defaults, the file if there is one, the environment and flags, and checks the result.
    ///
    /// # Errors
    /// If the file does not exist, a key is unknown, or a value is outside its range.
    pub fn load(
        file: Option<&Path>,
        environment: &Environment,
        flags: Vec<Given>,
    ) -> Result<Self, LoadError> {
        let mut warnings = environment.unknown();
        let mut values = Values::default();
        if let Some(file) = file {
            values.add(file::read(file)?)?;
        }
        values.add(environment.given(&mut warnings)?)?;
        values.add(flags)?;
        let config = Config::read(&values)?;
        config.check(&values)?;
        Ok(Self {
            config,
            warnings,
            values,
        })
    }

    /// Returns every setting with its value and origin.
    pub fn active_config(&self) -> Vec<ActiveConfig> {
        let lines = settings().map(|setting| ActiveConfig {
            key: setting.key,
            value: (self.values.shown(setting)).unwrap_or_else(|| "(unset)".to_owned()),
            source: self
                .values
                .get(setting.key)
                .map_or_else(|| "default".to_owned(), |given| given.origin.to_string()),
        });
        lines.collect()
    }
}
