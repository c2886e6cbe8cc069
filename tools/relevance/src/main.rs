//! Measures how relevant the results of a search are.
//!
//! `cargo xtask relevance` builds and runs it; `docs/SEARCH.md` says how to read what it prints.

mod dataset;
mod explain;
mod fit;
mod model;
mod place;
mod run;
mod saved;
mod suggestions;
mod typos;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Result;
use clap::Parser;
use souk_search::{SearchSettings, evaluation::RelevanceMetrics};

use dataset::Dataset;
use place::{Place, PlaceArguments};
use run::{Asker, Run, percentile_ms};
use saved::Saved;

/// Number of changed queries that are listed.
const LISTED: usize = 20;
/// From how many products it is learnt what texts mean.
const LEARNT: u64 = 50_000;

#[derive(Parser)]
struct Arguments {
    /// A folder with a catalogue (products.jsonl.gz or another format) and judgements.csv.
    #[arg(long, value_name = "DIR")]
    dataset: PathBuf,
    #[command(flatten)]
    place: PlaceArguments,
    /// Save the run to this file.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Compare with the run saved in this file.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Show why this query finds what it finds, and measure nothing.
    #[arg(long, value_name = "QUERY")]
    explain: Option<String>,
    /// Fit the weights of words in so many folds, and measure each on the queries it was not fitted to. Works in memory.
    #[arg(long, value_name = "FOLDS", value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: Option<u8>,
    /// Ask so many queries with a typo, generated from the catalogue.
    #[arg(long, value_name = "QUERIES")]
    typos: Option<usize>,
    /// Type the beginnings of so many words from the catalogue's titles.
    #[arg(long, value_name = "WORDS")]
    suggestions: Option<usize>,
    /// Ask each query so often for the time it takes, and as often as plain words.
    #[arg(long, value_name = "ROUNDS", default_value_t = 4)]
    rounds: usize,
    /// Settings to search with, as JSON, such as '{"relaxing": {"enough": 0}}'; what is left out is as by default.
    #[arg(long, value_name = "JSON", value_parser = settings, default_value = "{}")]
    settings: SearchSettings,
    /// Search for plain words: nothing is relaxed, joined, completed or understood.
    #[arg(long, conflicts_with = "settings")]
    plain: bool,
}

fn settings(json: &str) -> Result<SearchSettings, String> {
    let settings: SearchSettings = serde_json::from_str(json).map_err(|error| error.to_string())?;
    settings.validated().map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let dataset = Dataset::open(&arguments.dataset)?;
    let place = Place::open(&arguments.place, &dataset.catalogue).await?;
    let measured = measure(&arguments, &dataset, &place).await;
    place.close().await?;
    measured?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(arguments: &Arguments, dataset: &Dataset, place: &Place) -> Result<()> {
    let asker = Asker {
        place,
        settings: arguments.settings,
        model: souk_search_service::learn(&place.store, &place.tenant, LEARNT).await?,
        plain: arguments.plain,
    };
    if let Some(query) = &arguments.explain {
        return explain::explain(&asker, query, dataset.judged.get(query)).await;
    }
    if let Some(folds) = arguments.folds {
        return fit::fit(place, dataset, usize::from(folds)).await;
    }
    if let Some(count) = arguments.typos {
        return typos::measure(&asker, count).await;
    }
    if let Some(count) = arguments.suggestions {
        return suggestions::measure(&asker, count).await;
    }
    let run = asker.run(dataset, arguments.rounds).await?;
    print(&run)?;
    let saved = Saved::of(&run);
    if let Some(file) = &arguments.against {
        print_changes(&saved, &Saved::read(file)?)?;
    }
    match &arguments.save {
        Some(file) => saved.write(file),
        None => Ok(()),
    }
}

fn print(run: &Run) -> io::Result<()> {
    let metrics = RelevanceMetrics::of(run.outcomes.values());
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "queries with a relevant product  {:>8}",
        metrics.queries
    )?;
    for (name, value) in [
        ("NDCG@10", metrics.ndcg),
        ("NDCG@10 of judged products", metrics.ndcg_of_judged),
        ("judged share of the first ten", metrics.judged),
        ("mean reciprocal rank", metrics.reciprocal_rank),
        ("queries without a result", metrics.without_result),
    ] {
        writeln!(out, "{name:32} {value:>8.4}")?;
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let time = percentile_ms(&run.times, share);
        let plain = percentile_ms(&run.plain_times, share);
        writeln!(out, "{:32} {time:>8.3}", format!("time {name}, ms"))?;
        writeln!(out, "{:32} {plain:>8.3}", "  of plain words")?;
        writeln!(out, "{:32} {:>8.2}", "  ratio", time / plain)?;
    }
    Ok(())
}

fn print_changes(now: &Saved, before: &Saved) -> io::Result<()> {
    let changes = now.changes(before);
    let better = changes.iter().filter(|change| change.gain() > 0.0).count();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{better} queries better, {} worse",
        changes.len() - better
    )?;
    for change in changes.iter().take(LISTED) {
        writeln!(
            out,
            "{:+.3}  {:.3} -> {:.3}  {}",
            change.gain(),
            change.before,
            change.after,
            change.query
        )?;
    }
    Ok(())
}

/// Progress for whoever waits.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "relevance: {line}");
}
