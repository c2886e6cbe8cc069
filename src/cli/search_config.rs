//! `souk search-config export`, `souk search-config import`: all that is configured of search, as one file.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::{Args, Subcommand};
use souk_catalogue_io::output_file::OutputFile;
use souk_search::merchandising::SearchConfig;
use souk_search_service::{edit, read};
use souk_store::Authorship;

use super::{catalogue::Whose, output, recording::recorded};
use crate::{
    api::params::{ActorName, NoteText},
    config::Config,
    error::ApiError,
    opening,
};

/// File name that stands for standard input or output.
const STANDARD: &str = "-";

/// Actions on the search configuration.
#[derive(Debug, Subcommand)]
pub(super) enum SearchConfigCommand {
    /// Write it to a file, or to standard output
    Export(ExportArgs),
    /// Save what a file says as a new version and put it in force, also in running services
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// JSON file to be written; standard output if not given
    #[arg(default_value = STANDARD)]
    file: PathBuf,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// JSON file as `export` writes it; `-` for standard input
    file: PathBuf,
    /// Actor, for the history
    #[arg(long, value_name = "NAME")]
    actor: Option<ActorName>,
    /// Note, for the history
    #[arg(long, value_name = "TEXT")]
    note: Option<NoteText>,
    #[command(flatten)]
    whose: Whose,
}

/// Does it.
pub(super) async fn run(command: SearchConfigCommand, config: &Config) -> anyhow::Result<()> {
    match command {
        SearchConfigCommand::Export(args) => export(args, config).await,
        SearchConfigCommand::Import(args) => import(args, config).await,
    }
}

async fn export(args: ExportArgs, config: &Config) -> anyhow::Result<()> {
    let store = opening::store(config).await?;
    let tenant = args.whose.find(&store).await?;
    let live = store
        .scope(tenant.id)
        .search_configs()
        .active_versions()
        .await?
        .live;
    let config = read(&live).context("the live version is not understood")?;
    let text = serde_json::to_string_pretty(&config)? + "\n";
    if args.file.as_os_str() == STANDARD {
        return output::print(&text);
    }
    write(&args.file, &text)
        .with_context(|| format!("{} cannot be written", args.file.display()))?;
    output::complain(&format!("version {} exported", live.number));
    Ok(())
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OutputFile::open(path, false)?;
    file.write_all(text.as_bytes())?;
    file.finish()
}

async fn import(args: ImportArgs, config: &Config) -> anyhow::Result<()> {
    let given = parse(&text_of(&args.file)?)
        .with_context(|| format!("{} is no search configuration", args.file.display()))?;
    let store = opening::store(config).await?;
    let tenant = args.whose.find(&store).await?;
    let by = Authorship {
        author: args.actor.map(|actor| actor.0),
        note: args.note.map(|note| note.0),
    };
    let configs = store.scope(tenant.id).search_configs();
    let editing = edit::<ApiError>(&configs, by, |_, config| {
        *config = given;
        Ok(())
    });
    let edited = recorded(&store, tenant.id, "souk search-config import", editing).await?;
    output::line(&format!("Version {} is in force.", edited.version.number))
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    let text = if file.as_os_str() == STANDARD {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    text.with_context(|| format!("{} cannot be read", file.display()))
}

/// Names the field at fault, as the API does.
fn parse(text: &str) -> anyhow::Result<SearchConfig> {
    let mut json = serde_json::Deserializer::from_str(text);
    let config = serde_path_to_error::deserialize(&mut json)?;
    json.end()?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_named() {
        let error_of = |text: &str| parse(text).unwrap_err().to_string();
        let fault = error_of(r#"{"rules": [{"name": "a", "then": {"pin": [{"sku": "b"}]}}]}"#);
        assert!(fault.starts_with("rules[0].then.pin[0]"), "{fault}");
        assert!(!error_of("{} {}").is_empty());
        assert_eq!(parse("{}").unwrap(), SearchConfig::default());
    }
}
