//! Errors of loading a configuration. None repeats a value, which may hold a password.

use std::io;
use std::path::PathBuf;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file named on the command line does not exist.
    #[error("there is no configuration file {}", .0.display())]
    NoSuchFile(PathBuf),
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// The file is not TOML.
    #[error("{} is not valid TOML at line {line}, column {column}", .file.display())]
    Syntax {
        /// File.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A key of the file that no setting has.
    #[error(
        "{}: there is no setting {key}{}; `souk config --help` lists every setting",
        .file.display(),
        .nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest}?")),
    )]
    UnknownKey {
        /// File.
        file: PathBuf,
        /// Key as written.
        key: String,
        /// Key of the setting that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A value outside its range.
    #[error("{name} must {must}")]
    Invalid {
        /// Variable, flag, or key and file with the value.
        name: String,
        /// Requirement.
        must: String,
    },
}
