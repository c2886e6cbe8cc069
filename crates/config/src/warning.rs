//! Warnings about a configuration that can be used.

use std::fmt;

/// Something in the configuration that is probably a mistake. No variant holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A `SOUK_*` variable that no setting has.
    UnknownVariable {
        /// Name of the variable.
        variable: String,
        /// Variable that was probably meant.
        nearest: Option<&'static str>,
    },
    /// Two variables that set the same setting to different values.
    Overridden {
        /// Variable that is used.
        used: String,
        /// Variable that is ignored.
        ignored: String,
    },
}

impl Warning {
    /// Writes the warning to the log.
    pub fn log(&self) {
        match self {
            Self::UnknownVariable {
                variable,
                nearest: Some(nearest),
            } => tracing::warn!(variable, nearest, "unknown variable ignored; see nearest"),
            Self::UnknownVariable {
                variable,
                nearest: None,
            } => tracing::warn!(variable, "unknown variable ignored"),
            Self::Overridden { used, ignored } => {
                tracing::warn!(
                    used,
                    ignored,
                    "variable overridden by another of the same setting"
                );
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownVariable { variable, nearest } => {
                write!(f, "{variable} is no setting and is ignored")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean {nearest}?"),
                    None => Ok(()),
                }
            }
            Self::Overridden { used, ignored } => {
                write!(f, "{used} and {ignored} differ; {used} is used")
            }
        }
    }
}
