//! `souk config`: active settings.

use std::sync::LazyLock;

use super::output;
use crate::config::{Loaded, settings};

/// Widest column; longer texts move what stands right of them.
const WIDEST: usize = 44;

/// List of all settings with their variables, for `--help`.
pub(super) static SETTINGS_HELP: LazyLock<String> = LazyLock::new(|| {
    let rows = settings().map(|setting| [setting.key, setting.variable, setting.about()]);
    let title = "Settings, by key in souk.toml and environment variable, which wins over the file:";
    let lines = aligned(&rows.collect::<Vec<_>>());
    let lines = lines.iter().map(|line| format!("  {line}"));
    [title.to_owned()]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
});

/// Prints key, value and source of every setting, and warnings to standard error.
pub(super) fn print(loaded: &Loaded) -> anyhow::Result<()> {
    let active = loaded.active_config();
    let rows = active
        .iter()
        .map(|line| [line.key, line.value.as_str(), line.source.as_str()]);
    for line in aligned(&rows.collect::<Vec<_>>()) {
        output::line(&line)?;
    }
    for warning in &loaded.warnings {
        output::complain(&format!("souk: warning: {warning}"));
    }
    Ok(())
}

/// Joins the columns of rows so that each begins at the same place, two spaces after the one before.
fn aligned(rows: &[[&str; 3]]) -> Vec<String> {
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    rows.iter()
        .map(|[a, b, c]| format!("{a:<first$}  {b:<second$}  {c}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_rows_keep_columns_apart() {
        let long = "x".repeat(WIDEST + 1);
        let lines = aligned(&[
            ["a", "1", "default"],
            ["long", &long, "flag"],
            ["b", "22", "file"],
        ]);
        assert_eq!(lines[0], "a     1   default");
        assert_eq!(lines[1], format!("long  {long}  flag"));
        assert_eq!(lines[2], "b     22  file");
    }
}
