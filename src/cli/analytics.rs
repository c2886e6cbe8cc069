//! `souk analytics void`: takes back what was counted of searches.

use anyhow::Context;
use clap::{Args, Subcommand};
use souk_search_service::{QueryIdSigner, VisitorHasher};

use super::{catalogue::Whose, output, recording::recorded};
use crate::{api::admin::analytics::voiding::VoidRequest, config::Config, opening};

/// Actions on search analytics.
#[derive(Debug, Subcommand)]
pub(super) enum AnalyticsCommand {
    /// Take back what was counted of a day, of a network today, or of a text; there is no way back
    Void(VoidArgs),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Day, in UTC, such as 2026-01-31
    #[arg(long)]
    day: Option<String>,
    /// Address of a network, such as 203.0.113.0/24: what it did today
    #[arg(long)]
    network: Option<String>,
    /// Text that was searched for
    #[arg(long)]
    query: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct VoidArgs {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    whose: Whose,
}

/// Runs an action.
pub(super) async fn run(command: AnalyticsCommand, config: &Config) -> anyhow::Result<()> {
    let AnalyticsCommand::Void(args) = command;
    let store = opening::store(config).await?;
    let tenant = args.whose.find(&store).await?;
    let hasher = VisitorHasher::new(store.clone());
    let secret = store.installation_secret("query_ids", rand::random());
    let signer = QueryIdSigner::new(secret.await?);
    let request = VoidRequest {
        day: args.what.day,
        network: args.what.network,
        query: args.what.query,
    };
    let voiding = request.run(&store, &hasher, &signer, tenant.id);
    let changed = recorded(&store, tenant.id, "souk analytics void", voiding).await;
    let changed = changed.context("nothing was taken back")?;
    output::line(&format!("Changed or deleted {changed} sums."))
}
