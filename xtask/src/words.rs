//! `cargo xtask words`: which forms of words find one another, by language and engine.

use anyhow::Result;

use crate::{test, workspace::Workspace};

/// Measure the share of the words in crates/search/corpus that find one another, engine by engine.
///
/// Searches a shop for each language, with a title for each word, and prints what meets and what does not. Fails if too
/// little does. Starts the servers that it needs, as `cargo xtask test` does.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Engine to measure: tantivy, elasticsearch, sqlite or postgres; all of them if none is given.
    #[arg(long)]
    engine: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let engine = arguments.engine.as_deref().unwrap_or_default();
    let filter = format!("test(/words_corpus::{engine}/)");
    let nextest = [
        "-p",
        "souk-search",
        "--no-capture",
        "--no-fail-fast",
        "-E",
        &filter,
    ];
    test::run(workspace, &test::Arguments::only(&nextest))
}
