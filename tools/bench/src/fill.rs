//! Filling the database of a stack.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use souk_store::Store;
use tokio::time;

use crate::vigil::Vigil;

const POLL: Duration = Duration::from_millis(20);

/// Has the executable generate products.
pub(crate) fn generate(souk: &Path, database: &str, products: u32) -> Result<Duration> {
    let products = products.to_string();
    let arguments = ["generate", "--seed", "1", "--products", &products];
    run(souk, database, &arguments)
}

/// Runs a command of the executable on a database to its end, and answers how long that took.
pub(crate) fn run(souk: &Path, database: &str, arguments: &[&str]) -> Result<Duration> {
    let begun = Instant::now();
    let status = Command::new(souk)
        .args(arguments)
        .env("DATABASE_URL", database)
        // The table of figures is all that is said there.
        .stdout(Stdio::null())
        .status()?;
    let arguments = arguments.join(" ");
    ensure!(status.success(), "`souk {arguments}` failed: {status}");
    Ok(begun.elapsed())
}

/// Waits until no change waits any more, neither for the index nor for the SQL engine.
pub(crate) async fn drained(store: &Store) -> Result<()> {
    let mut vigil = Vigil::begin("changes that wait to be indexed");
    loop {
        let waiting = store.outbox().stats().await?.rows;
        if waiting == 0 && store.search_projection().is_current().await? {
            return Ok(());
        }
        vigil.look(Some(waiting))?;
        time::sleep(POLL).await;
    }
}
