//! `cargo xtask faults`: what happens to writes and searches while parts of the stack die.

mod checkouts;
mod field;
mod http;
mod load;
mod proxy;
mod tenants;
mod trial;

use std::time::Instant;

use anyhow::{Context, Result, ensure};

use self::{
    field::{ADMIN_KEY, Field},
    load::{Load, RequestCounts, Tally},
    trial::Trial,
};
use crate::{
    parts::services::Programs,
    process::run as run_command,
    report::{say, spoken, step},
    run_folder::RunFolder,
    workspace::Workspace,
};

/// Kill, pause and cut off every part of a production stack while it is written to and searched.
///
/// Starts PostgreSQL, Redis, Elasticsearch, the API and two indexers of its own, with a network of its own before
/// Elasticsearch. After each trial `souk-indexer verify` must find no drift; no search may fail for a reason that lies in
/// the index; and at the end every acknowledged change must be found. Prints what was counted.
///
/// Before that, 64 buyers fight for the last pieces while API processes are killed: over PostgreSQL and Redis with three of
/// them, and over SQLite with one. After each round every unit, payment, journal, event and answer must add up.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Rounds of all trials, each at other moments.
    #[arg(long, default_value_t = 1)]
    rounds: u32,
    /// Kill every pair of parts, and not only the telling ones.
    #[arg(long)]
    pairs: bool,
    /// Products in the catalogue.
    #[arg(long, default_value_t = 2_000)]
    products: u32,
    /// Only trials whose name contains this, such as `Elasticsearch` or `checkouts`.
    #[arg(long, default_value = "")]
    only: String,
    /// Rounds of checkouts under kills, in each kind of marketplace.
    #[arg(long, default_value_t = 3)]
    checkout_rounds: u32,
    /// Seed of the first round of checkouts, as it was printed; the next ones have those that follow.
    #[arg(long)]
    seed: Option<u64>,
    /// Take the programs as they were built last.
    #[arg(long)]
    no_build: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            rounds: 1,
            pairs: false,
            products: 2_000,
            only: String::new(),
            checkout_rounds: 3,
            seed: None,
            no_build: false,
        }
    }
}

impl Arguments {
    fn trials(&self) -> Vec<Trial> {
        let mut trials = Trial::all(self.pairs);
        trials.retain(|trial| trial.name().contains(&self.only));
        trials
    }
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    // Elasticsearch is large: only for those that need it.
    let programs = match arguments.trials().is_empty() {
        true => None,
        false => Some(Programs::find(workspace)?),
    };
    if !arguments.no_build {
        step("build", || {
            run_command(
                &mut workspace.cargo(&["build", "--workspace", "--all-targets"]),
                &workspace.interrupt,
            )
        })?;
    }
    try_all(workspace, programs, arguments)
}

/// The same with programs that are there, and Souk built.
pub(crate) fn with_programs(
    workspace: &Workspace,
    programs: Programs,
    arguments: &Arguments,
) -> Result<()> {
    try_all(workspace, Some(programs), arguments)
}

fn try_all(workspace: &Workspace, programs: Option<Programs>, arguments: &Arguments) -> Result<()> {
    let (trials, markets) = (arguments.trials(), checkouts::chosen(&arguments.only));
    ensure!(
        !(trials.is_empty() && markets.is_empty()),
        "no trial is called so"
    );
    checkouts::run(
        workspace,
        &markets,
        arguments.checkout_rounds,
        arguments.seed,
    )?;
    match programs {
        Some(programs) if !trials.is_empty() => on_a_stack(workspace, programs, arguments, &trials),
        _ => Ok(()),
    }
}

fn on_a_stack(
    workspace: &Workspace,
    programs: Programs,
    arguments: &Arguments,
    trials: &[Trial],
) -> Result<()> {
    let run = RunFolder::create()?;
    let mut field = step("start the stack", || {
        Field::start(workspace, &run, programs, arguments.products)
    })?;
    field.settle()?;
    let mut program = workspace.command(workspace.executable("debug", "souk-bench"));
    run.mark(&mut program);
    let report = run.path("mix.json");
    let mut load = Load::start(program, &field.api_address, ADMIN_KEY, report)?;
    load.begin("all well")?;
    for _ in 0..arguments.rounds {
        for trial in trials {
            let begun = Instant::now();
            trial
                .run(&mut field, &mut load)
                .with_context(|| trial.name())?;
            say(format_args!(
                "{}: well after {}",
                trial.name(),
                spoken(begun.elapsed())
            ));
        }
    }
    let counted = step("look for what was written", || load.end())?;
    field.verify()?;
    print(&counted, trials.len() * arguments.rounds as usize);
    judge(&counted, trials)
}

fn print(counted: &RequestCounts, faults: usize) {
    let line = |name: &str, tally: &Tally| {
        say(format_args!(
            "{name:<38} {:>6} writes {:>5} unacknowledged {:>6} searches {:>5} degraded {:>4} failed {:>4} unreachable",
            tally.writes,
            tally.unacknowledged,
            tally.searches,
            tally.degraded,
            tally.failed,
            tally.unreachable,
        ));
    };
    let mut sum = Tally::default();
    for (name, tally) in &counted.phases {
        line(name, tally);
        sum.writes += tally.writes;
        sum.unacknowledged += tally.unacknowledged;
        sum.searches += tally.searches;
        sum.degraded += tally.degraded;
        sum.failed += tally.failed;
        sum.unreachable += tally.unreachable;
    }
    line("together", &sum);
    say(format_args!(
        "{faults} faults, {} writes, {} searches, {} failed, {} lost",
        sum.writes,
        sum.searches,
        sum.failed,
        counted.lost.len()
    ));
}

/// Insists on what was promised.
fn judge(counted: &RequestCounts, trials: &[Trial]) -> Result<()> {
    ensure!(counted.lost.is_empty(), "lost: {:#?}", counted.lost);
    for (name, tally) in &counted.phases {
        let excused = trials
            .iter()
            .any(|trial| trial.name() == *name && trial.excuses_failures());
        ensure!(
            excused || tally.failed + tally.unreachable == 0,
            "searches failed during `{name}`: {:#?}",
            tally.samples
        );
    }
    Ok(())
}
