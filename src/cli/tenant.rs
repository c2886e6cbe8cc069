//! `souk tenant`: the marketplaces of this installation.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use souk_domain::{Currency, Language};
use souk_search_service::api_key_hash;
use souk_store::{NewTenant, Store};

use super::output;
use crate::{config::Config, opening};

const ADD_EXAMPLES: &str = "\
Examples:
  souk tenant add fanshop --name 'Fan Shop' --host fanshop.example
  souk tenant add laden --language de --currency CHF";

/// Actions on tenants.
#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Add a marketplace and print its key
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddArgs),
    /// List the marketplaces
    List,
    /// Remove a marketplace with all that it has
    Remove(RemoveArgs),
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// Slug of the tenant: lower-case letters, digits and dashes
    slug: String,
    /// Display name; the slug if not given
    #[arg(long)]
    name: Option<String>,
    /// Host name whose requests are for it
    #[arg(long)]
    host: Option<String>,
    /// Language whose stems its search uses, ISO 639-1, or `simple` for none
    #[arg(long, default_value = "en")]
    language: Language,
    /// Currency of its prices, ISO 4217
    #[arg(long, default_value = "EUR", value_parser = parse_currency)]
    currency: Currency,
}

#[derive(Debug, Args)]
pub(super) struct RemoveArgs {
    /// Slug of the tenant
    slug: String,
    /// Really remove it: there is no way back
    #[arg(long)]
    yes: bool,
}

fn parse_currency(code: &str) -> Result<Currency, String> {
    Currency::from_code(&code.to_ascii_uppercase())
        .ok_or_else(|| format!("`{code}` is no currency; write an ISO 4217 code such as EUR"))
}

/// Does it.
pub(super) async fn run(command: TenantCommand, config: &Config) -> anyhow::Result<()> {
    let store = opening::store(config).await?;
    match command {
        TenantCommand::Add(args) => add(&store, args).await,
        TenantCommand::List => list(&store).await,
        TenantCommand::Remove(args) => remove(&store, args).await,
    }
}

async fn add(store: &Store, args: AddArgs) -> anyhow::Result<()> {
    let key = format!("souk_{:032x}", rand::random::<u128>());
    let tenant = NewTenant {
        name: args.name.unwrap_or_else(|| args.slug.clone()),
        slug: args.slug,
        host: args.host,
        api_key_hash: Some(api_key_hash(&key)),
        language: args.language,
        currency: args.currency,
    };
    let tenant = store
        .tenants()
        .add(tenant)
        .await
        .context("the marketplace was not added")?;
    output::line(&format!(
        "Added {}. Its key for X-Api-Key, which is not shown again:\n{key}",
        tenant.slug
    ))
}

async fn list(store: &Store) -> anyhow::Result<()> {
    for tenant in store.tenants().list().await? {
        output::line(&format!(
            "{:<20} {:<24} {:<28} {:<7} {}",
            tenant.slug,
            tenant.name,
            tenant.host.as_deref().unwrap_or("-"),
            tenant.language,
            tenant.currency.code(),
        ))?;
    }
    Ok(())
}

async fn remove(store: &Store, args: RemoveArgs) -> anyhow::Result<()> {
    let slug = args.slug;
    if !args.yes {
        bail!("this removes {slug} with all its products for good; add --yes to do it");
    }
    store.tenants().remove(&slug).await.with_context(|| {
        format!("{slug} was not removed; `souk tenant list` shows what there is")
    })?;
    output::line(&format!("Removed {slug}."))
}
