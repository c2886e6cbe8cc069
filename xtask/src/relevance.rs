//! `cargo xtask relevance`: how relevant results are, on judged queries.

use std::path::PathBuf;

use anyhow::Result;
use rustix::process::Signal;

use crate::{
    parts::{
        services::{Programs, Services},
        settings::Purpose,
    },
    process::{Group, run as run_command},
    report::step,
    run_folder::RunFolder,
    workspace::Workspace,
};

/// Measure how relevant the results are on a data set of judged queries.
///
/// Imports and indexes the catalogue, asks the queries and prints NDCG@10 and what belongs to it; docs/SEARCH.md tells
/// more. Elasticsearch and PostgreSQL are started if the engine needs them and no address is given.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A folder with a catalogue (products.jsonl.gz or another format) and judgements.csv.
    #[arg(long, value_name = "DIR")]
    dataset: PathBuf,
    /// Engine that runs the queries: tantivy, elasticsearch or database.
    #[arg(long, default_value = "tantivy")]
    engine: String,
    /// Address of an empty PostgreSQL database to use.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Address of an Elasticsearch cluster to use.
    #[arg(long, value_name = "URL")]
    elasticsearch: Option<String>,
    /// Measure an optimised build: relevance is the same, but only its times are those of the service.
    #[arg(long)]
    release: bool,
    /// Passed on: --map, --save, --against, --explain, --folds, --typos, --suggestions, --keep, --rounds; after `--`.
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    step("build", || {
        let mut build = workspace.cargo(&["build", "--workspace", "--bin", "souk-relevance"]);
        if arguments.release {
            build.args(["--profile", "dist"]);
        }
        run_command(&mut build, &workspace.interrupt)
    })?;
    let folder = RunFolder::create()?;
    let services = services(workspace, arguments, &folder)?;
    let addresses = services.as_ref().map(Services::addresses);
    let profile = if arguments.release { "dist" } else { "debug" };
    let mut measure = workspace.command(workspace.executable(profile, "souk-relevance"));
    measure.arg("--dataset").arg(&arguments.dataset);
    measure.args(["--engine", &arguments.engine]);
    if arguments.engine == "database" {
        let started = addresses.as_ref().map(|it| &it.database);
        measure.arg("--database");
        measure.args(arguments.database.as_ref().or(started));
    }
    if arguments.engine == "elasticsearch" {
        let started = addresses.as_ref().map(|it| &it.elasticsearch);
        measure.arg("--elasticsearch");
        measure.args(arguments.elasticsearch.as_ref().or(started));
    }
    measure.args(&arguments.rest);
    let status =
        Group::start(folder.mark(&mut measure), Signal::TERM)?.wait(&workspace.interrupt)?;
    anyhow::ensure!(status.success(), "the measurement failed");
    Ok(())
}

/// Environment that the engine needs and the caller did not set.
fn services(
    workspace: &Workspace,
    arguments: &Arguments,
    folder: &RunFolder,
) -> Result<Option<Services>> {
    let given = match arguments.engine.as_str() {
        "database" => arguments.database.is_some(),
        "elasticsearch" => arguments.elasticsearch.is_some(),
        _ => true,
    };
    if given {
        return Ok(None);
    }
    let programs = Programs::find(workspace)?;
    Services::start(programs, Purpose::Use, folder, &workspace.interrupt).map(Some)
}
