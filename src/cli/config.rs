//! `souk config`: what is in force.

use std::sync::LazyLock;

use super::output;
use crate::config::{Loaded, settings};

/// Every setting with its variable, for `--help`.
pub(super) static SETTINGS_HELP: LazyLock<String> = LazyLock::new(|| {
    let lines = settings().map(|setting| {
        let name = format!("{} / {}", setting.key, setting.variable);
        format!("  {name:<60}{}", setting.about())
    });
    let title = "Settings, by key in souk.toml and environment variable, which wins over the file:";
    [title.to_owned()]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
});

/// Prints key, value and origin of every setting.
pub(super) fn print(loaded: &Loaded) -> anyhow::Result<()> {
    for line in loaded.active_config() {
        output::line(&format!(
            "{:<40}{:<31}{}",
            line.key, line.value, line.source
        ))?;
    }
    Ok(())
}
