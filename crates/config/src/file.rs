//! Values of `souk.toml`.

use std::fs;
use std::path::Path;

use toml::Value;

use crate::error::LoadError;
use crate::given::{Given, Origin};
use crate::nearest::nearest;
use crate::sections::settings;

/// Reads the values of a file.
pub(crate) fn read(file: &Path) -> Result<Vec<Given>, LoadError> {
    if !file.is_file() {
        return Err(LoadError::NoSuchFile(file.to_owned()));
    }
    let text =
        fs::read_to_string(file).map_err(|error| LoadError::Unreadable(file.to_owned(), error))?;
    // The parser's own message shows the line, which may hold a password.
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let (line, column) = position(&text, error.span().map_or(0, |span| span.start));
        LoadError::Syntax {
            file: file.to_owned(),
            line,
            column,
        }
    })?;
    let mut all = Vec::new();
    for (section, values) in table {
        let Value::Table(values) = values else {
            return Err(unknown(file, section));
        };
        for (name, value) in values {
            all.push(given(file, format!("{section}.{name}"), value)?);
        }
    }
    Ok(all)
}

fn given(file: &Path, key: String, value: Value) -> Result<Given, LoadError> {
    let Some(setting) = settings().find(|setting| setting.key == key) else {
        return Err(unknown(file, key));
    };
    let text = match value {
        Value::String(text) => text,
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            return Err(LoadError::Invalid {
                name: format!("{key} in {}", file.display()),
                must: format!("be {}", setting.kind.requirement()),
            });
        }
    };
    Ok(Given::new(setting, Origin::File(file.to_owned()), text))
}

fn unknown(file: &Path, key: String) -> LoadError {
    let keys = settings().map(|setting| (setting.key, setting.key));
    LoadError::UnknownKey {
        file: file.to_owned(),
        nearest: nearest(&key, keys),
        key,
    }
}

/// Returns line and column of a byte offset, from 1.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default();
    (line, column.chars().count() + 1)
}
