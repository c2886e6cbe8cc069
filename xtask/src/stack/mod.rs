//! `cargo xtask stack`: the whole of Souk as services on this machine, for as long as one likes.

mod down;
mod logs;
mod name;
mod place;
mod record;
mod status;
mod up;

#[cfg(test)]
mod compose;
#[cfg(test)]
mod image;

use std::io::{self, Write};

use anyhow::Result;

pub(crate) use self::up::build;
use crate::{stack::place::Place, workspace::Workspace};

/// PostgreSQL, Redis, Elasticsearch, the API and the indexer, natively and in the background.
///
/// With `up --edge`, there are three API processes with nginx in front of them; with `up --observe`, Prometheus watches. All listen on loopback only. Their data and logs are kept in .souk/stack, which git ignores. `docker-compose.yml`
/// describes the same stack.
#[derive(clap::Subcommand)]
pub(crate) enum Task {
    Up(up::Arguments),
    Down(down::Arguments),
    Status(status::Arguments),
    Logs(logs::Arguments),
}

pub(crate) fn run(workspace: &Workspace, task: &Task) -> Result<()> {
    let place = Place::new(workspace.cache("stack"));
    match task {
        Task::Up(arguments) => up::run(workspace, &place, arguments),
        Task::Down(arguments) => down::run(&workspace.interrupt, &place, arguments),
        Task::Status(arguments) => status::run(&place, arguments),
        Task::Logs(arguments) => logs::run(&workspace.interrupt, &place, arguments),
    }
}

/// Writes requested output to standard output; a closed pipe is no error.
fn print(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}
