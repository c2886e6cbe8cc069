//! Filling the database of a stack.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use souk_store::Store;
use tokio::time;

const PATIENCE: Duration = Duration::from_secs(30 * 60);
const POLL: Duration = Duration::from_millis(20);

/// Has the executable generate products.
pub(crate) fn generate(souk: &Path, database: &str, products: u32) -> Result<()> {
    let generated = Command::new(souk)
        .args(["generate", "--seed", "1", "--products"])
        .arg(products.to_string())
        .env("DATABASE_URL", database)
        .status()?;
    ensure!(generated.success(), "products cannot be generated");
    Ok(())
}

/// Waits until no change waits any more.
pub(crate) async fn drained(store: &Store) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while store.outbox().stats().await?.rows > 0 {
        ensure!(Instant::now() < deadline, "changes still wait");
        time::sleep(POLL).await;
    }
    Ok(())
}
