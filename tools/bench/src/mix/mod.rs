//! Writes and searches without end, while somebody else breaks things; afterwards, whether anything was lost.
//!
//! Standard input says, a line each, what is going on (`all well`, `Elasticsearch killed`, ...): what happens from then
//! on is counted under that name. At its end the load ends too, and what was written is looked for.

mod searching;
mod tally;
mod writing;

use std::{io, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Result;
use tokio::{sync::watch, task::JoinSet};

use self::{tally::Tallies, writing::Writer};
use crate::say;

const WRITERS: usize = 4;
const SEARCHERS: usize = 4;
/// Time limit of a request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Write and search until standard input ends, then look for what was written.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Addresses of the API's processes.
    #[arg(long, required = true)]
    api: Vec<SocketAddr>,
    /// The admin key.
    #[arg(long, env = "SOUK_ADMIN_KEY", hide_env_values = true)]
    admin_key: String,
    /// File for the counts, as JSON.
    #[arg(long)]
    report: PathBuf,
}

/// State that all clients of the mix share.
struct Mix {
    api: Vec<SocketAddr>,
    admin_key: String,
    tallies: Tallies,
    ended: watch::Receiver<bool>,
}

impl Mix {
    fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }
}

/// Begins the phases that standard input names, until it ends.
fn listen(mix: &Mix) -> io::Result<()> {
    for line in io::stdin().lines() {
        mix.tallies.begin(line?.trim());
    }
    Ok(())
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (end, ended) = watch::channel(false);
    let mix = Arc::new(Mix {
        api: arguments.api.clone(),
        admin_key: arguments.admin_key.clone(),
        tallies: Tallies::default(),
        ended,
    });
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        writers.spawn(Writer::new(Arc::clone(&mix), number).run());
    }
    let mut searchers = JoinSet::new();
    for number in 0..SEARCHERS {
        searchers.spawn(searching::run(Arc::clone(&mix), number));
    }

    let told = Arc::clone(&mix);
    tokio::task::spawn_blocking(move || listen(&told)).await??;
    end.send_replace(true);
    searchers.join_all().await;
    let writers = writers.join_all().await;

    say("looking for what was written");
    let mut lost = Vec::new();
    for writer in &writers {
        lost.extend(writer.lost().await);
    }
    mix.tallies.report(&lost, &arguments.report)?;
    Ok(if lost.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
