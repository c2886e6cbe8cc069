//! `souk key`: API keys, for programs that call the admin API.

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use souk_identity::{Permission, Permissions};
use souk_store::{ApiKey, Store, Tenant};

use super::{
    catalogue::Whose,
    output,
    recording::{COMMAND_LINE, recorded},
};
use crate::{
    api_keys::{self, KeyRequest},
    config::Config,
    opening,
};

/// Actions on API keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key and print it
    Add(AddArgs),
    /// List the keys, without their secrets
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Make a key in the place of another, which lives on for some hours
    Rotate(RotateArgs),
    /// Revoke a key: within a second no process accepts it
    Revoke {
        /// Id of the key, as `souk key list` shows it
        id: String,
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// Purpose of the key
    name: String,
    /// Permission of the key, such as catalogue.read; may be given several times
    #[arg(long = "permission", required = true)]
    permissions: Vec<Permission>,
    /// Days for which it is good, 1 to 365
    #[arg(long, default_value_t = api_keys::DEFAULT_DAYS)]
    days: u32,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(super) struct RotateArgs {
    /// Id of the key, as `souk key list` shows it
    id: String,
    /// Hours for which the old key lives on, 0 to 720
    #[arg(long, default_value_t = api_keys::DEFAULT_OVERLAP_HOURS)]
    overlap_hours: u32,
    #[command(flatten)]
    whose: Whose,
}

/// Runs an action.
pub(super) async fn run(command: KeyCommand, config: &Config) -> anyhow::Result<()> {
    let store = opening::store(config).await?;
    match command {
        KeyCommand::Add(args) => add(&store, args).await,
        KeyCommand::List { whose } => list(&store, &whose.find(&store).await?).await,
        KeyCommand::Rotate(args) => rotate(&store, args).await,
        KeyCommand::Revoke { id, whose } => revoke(&store, &whose.find(&store).await?, &id).await,
    }
}

async fn add(store: &Store, args: AddArgs) -> anyhow::Result<()> {
    let tenant = args.whose.find(store).await?;
    let request = KeyRequest {
        name: args.name,
        permissions: Permissions::of(&args.permissions),
        days: Some(args.days),
    };
    let keys = store.scope(tenant.id).api_keys();
    let maker = (COMMAND_LINE, Permissions::ALL);
    let issuing = api_keys::issue(&keys, request, maker, now_ms());
    let issued = recorded(store, tenant.id, "souk key add", issuing).await;
    let issued = issued.context("the key was not made")?;
    show_secret("Made", &issued)
}

async fn rotate(store: &Store, args: RotateArgs) -> anyhow::Result<()> {
    let tenant = args.whose.find(store).await?;
    let keys = store.scope(tenant.id).api_keys();
    let maker = (COMMAND_LINE, Permissions::ALL);
    let hours = Some(args.overlap_hours);
    let rotating = api_keys::rotate(&keys, &args.id, hours, maker, now_ms());
    let issued = recorded(store, tenant.id, "souk key rotate", rotating).await;
    let issued = issued.with_context(|| not_done(&args.id, "rotated"))?;
    show_secret("Rotated; the new one is", &issued)
}

fn show_secret(what: &str, issued: &api_keys::Issued) -> anyhow::Result<()> {
    output::line(&format!(
        "{what} key {}, good until {}. It is not shown again:\n{}",
        issued.key.id,
        time(Some(issued.key.expires_at_ms)),
        issued.secret
    ))
}

async fn list(store: &Store, tenant: &Tenant) -> anyhow::Result<()> {
    let now = now_ms();
    let keys = store.scope(tenant.id).api_keys().list(now).await?;
    keys.iter().try_for_each(|key| show(key, now))
}

fn show(key: &ApiKey, now_ms: i64) -> anyhow::Result<()> {
    let state = match (key.revoked_at_ms, key.is_in_force(now_ms)) {
        (Some(_), _) => "revoked",
        (None, true) => "in force",
        (None, false) => "expired",
    };
    output::line(&format!(
        "{} {state:<8} expires {} used {} {} [{}]",
        key.id,
        time(Some(key.expires_at_ms)),
        time(key.last_used_at_ms),
        key.name,
        key.permissions.names().join(" "),
    ))
}

async fn revoke(store: &Store, tenant: &Tenant, id: &str) -> anyhow::Result<()> {
    let keys = store.scope(tenant.id).api_keys();
    let revoking = keys.revoke(id, now_ms());
    let revoked = recorded(store, tenant.id, "souk key revoke", revoking).await;
    revoked.with_context(|| not_done(id, "revoked"))?;
    output::line(&format!("Revoked key {id}."))
}

fn not_done(id: &str, what: &str) -> String {
    format!("key {id} was not {what}; `souk key list` shows what there is")
}

fn time(ms: Option<i64>) -> String {
    match ms.and_then(DateTime::from_timestamp_millis) {
        Some(time) => time.to_rfc3339_opts(SecondsFormat::Secs, true),
        None => "never".to_owned(),
    }
}

fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}
