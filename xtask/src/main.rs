//! Souk's development tasks; `cargo xtask --help` lists them.

mod bench;
mod check;
mod examples;
mod faults;
mod front_ends;
mod generated;
mod interrupt;
mod load;
mod parts;
mod process;
mod relevance;
mod report;
mod run_folder;
mod schemathesis;
mod stack;
mod test;
mod tools;
#[cfg(test)]
mod watched;
mod words;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{interrupt::Interrupt, workspace::Workspace};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Souk's development tasks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Test(test::Arguments),
    Check(check::Arguments),
    Openapi(generated::OpenapiArguments),
    Docs(generated::DocsArguments),
    Bench(bench::Arguments),
    Faults(faults::Arguments),
    Load(load::Arguments),
    Relevance(relevance::Arguments),
    #[command(subcommand)]
    Stack(stack::Task),
    Words(words::Arguments),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let outcome = Interrupt::listen().and_then(|interrupt| {
        let workspace = Workspace::locate(interrupt);
        match task {
            Task::Test(arguments) => test::run(&workspace, &arguments),
            Task::Check(arguments) => check::run(&workspace, &arguments),
            Task::Openapi(arguments) => generated::openapi(&workspace, &arguments),
            Task::Docs(arguments) => generated::docs(&workspace, &arguments),
            Task::Bench(arguments) => bench::run(&workspace, &arguments),
            Task::Faults(arguments) => faults::run(&workspace, &arguments),
            Task::Load(arguments) => load::run(&workspace, &arguments),
            Task::Relevance(arguments) => relevance::run(&workspace, &arguments),
            Task::Stack(task) => stack::run(&workspace, &task),
            Task::Words(arguments) => words::run(&workspace, &arguments),
        }
    });
    report::exit_code(outcome)
}
