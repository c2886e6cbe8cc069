//! `souk tenant`: the tenants of this installation and their keys.

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use souk_domain::{Currency, HostName, Language, TenantKeyId, shop_currency};
use souk_search_service::issue_key;
use souk_store::{
    KEYS_PER_TENANT, NewTenant, Store, Tenant, TenantChanges, TenantKey, audit::INSTALLATION,
};

use super::{output, recording::recorded};
use crate::{config::Config, opening};

const ADD_EXAMPLES: &str = "\
Examples:
  souk tenant add fanshop --name 'Fan Shop' --host fanshop.example --host www.fanshop.example
  souk tenant add laden --language de --currency CHF";

const SET_EXAMPLES: &str = "\
Examples:
  souk tenant set fanshop --host fanshop.example --default
  souk tenant set fanshop --no-hosts --name 'Fan Shop'";

const KEY_EXAMPLES: &str = "\
To rotate a key, add another, give it to the storefront, and revoke the old one:
  souk tenant key add fanshop --label 'storefront 2027' --expires 2028-01-31
  souk tenant key list fanshop
  souk tenant key revoke fanshop 7";

/// Actions on tenants.
#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Add a tenant and print its key; the first is the default
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddArgs),
    /// Change a tenant's name or hosts, or which tenant is the default
    #[command(after_help = SET_EXAMPLES)]
    Set(SetArgs),
    /// List the tenants
    List,
    /// Remove a tenant with all that it has
    Remove(RemoveArgs),
    /// Add, list and revoke the keys of a tenant's storefront
    #[command(subcommand, after_help = KEY_EXAMPLES)]
    Key(KeyCommand),
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// Slug of the tenant: lower-case letters, digits and dashes
    slug: String,
    /// Display name; the slug if not given
    #[arg(long)]
    name: Option<String>,
    /// Host name whose requests are for it; may be given several times
    #[arg(long)]
    host: Vec<HostName>,
    /// Language whose stems its search uses, ISO 639-1, or `simple` for none
    #[arg(long, default_value = "en")]
    language: Language,
    /// Currency of its prices, ISO 4217
    #[arg(long, default_value = "EUR", value_parser = parse_currency)]
    currency: Currency,
}

#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// Slug of the tenant
    slug: String,
    /// Display name
    #[arg(long)]
    name: Option<String>,
    /// Host name whose requests are for it, in the place of those that it has; may be given several times
    #[arg(long, conflicts_with = "no_hosts")]
    host: Vec<HostName>,
    /// Take its hosts away
    #[arg(long)]
    no_hosts: bool,
    /// Have it serve the hosts that are no tenant's, in the place of another
    #[arg(long, conflicts_with = "no_default")]
    default: bool,
    /// Have it no longer serve the hosts that are no tenant's
    #[arg(long)]
    no_default: bool,
}

#[derive(Debug, Args)]
pub(super) struct RemoveArgs {
    /// Slug of the tenant
    slug: String,
    /// Really remove it: there is no way back
    #[arg(long)]
    yes: bool,
}

/// Actions on a tenant's keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Add a key and print it; the others stay valid
    Add(KeyAddArgs),
    /// List the keys, without their secrets
    List {
        /// Slug of the tenant
        slug: String,
    },
    /// Revoke a key: it is refused two seconds later
    Revoke {
        /// Slug of the tenant
        slug: String,
        /// Id of the key, as `souk tenant key list` shows it
        id: TenantKeyId,
    },
}

#[derive(Debug, Args)]
pub(super) struct KeyAddArgs {
    /// Slug of the tenant
    slug: String,
    /// Purpose of the key
    #[arg(long, default_value = "")]
    label: String,
    /// Time from which it is refused, such as 2027-01-31 or 2027-01-31T12:00:00Z; never if not given
    #[arg(long, value_parser = parse_time)]
    expires: Option<DateTime<Utc>>,
}

fn parse_currency(code: &str) -> Result<Currency, String> {
    shop_currency(&code.to_ascii_uppercase()).map_err(|error| error.to_string())
}

fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| {
            "must be a date such as 2027-01-31 or a time such as 2027-01-31T12:00:00Z".into()
        })
}

/// Runs an action.
pub(super) async fn run(command: TenantCommand, config: &Config) -> anyhow::Result<()> {
    let store = opening::store(config).await?;
    match command {
        TenantCommand::Add(args) => add(&store, args).await,
        TenantCommand::Set(args) => set(&store, args).await,
        TenantCommand::List => list(&store).await,
        TenantCommand::Remove(args) => remove(&store, args).await,
        TenantCommand::Key(KeyCommand::Add(args)) => add_key(&store, args).await,
        TenantCommand::Key(KeyCommand::List { slug }) => list_keys(&store, &slug).await,
        TenantCommand::Key(KeyCommand::Revoke { slug, id }) => revoke_key(&store, &slug, id).await,
    }
}

async fn add(store: &Store, args: AddArgs) -> anyhow::Result<()> {
    let tenant = NewTenant {
        name: args.name.unwrap_or_else(|| args.slug.clone()),
        slug: args.slug,
        hosts: args.host,
        language: args.language,
        currency: args.currency,
    };
    let tenants = store.tenants();
    let tenant = recorded(store, INSTALLATION, "souk tenant add", tenants.add(tenant))
        .await
        .context("the tenant was not added")?;
    let issuing = issue_key(store, tenant.id, "first".to_owned(), None);
    let issued = recorded(store, tenant.id, "souk tenant key add", issuing)
        .await
        .context("the tenant was added, but without a key; add one with `souk tenant key add`")?;
    output::line(&format!(
        "Added {}. Its key for X-Api-Key, which is not shown again:\n{}",
        tenant.slug, issued.secret
    ))
}

async fn set(store: &Store, args: SetArgs) -> anyhow::Result<()> {
    let is_default = match (args.default, args.no_default) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let hosts = (args.no_hosts || !args.host.is_empty()).then_some(args.host);
    if args.name.is_none() && hosts.is_none() && is_default.is_none() {
        bail!("nothing to change; give --name, --host, --no-hosts, --default or --no-default");
    }
    let changes = TenantChanges {
        name: args.name,
        hosts,
        is_default,
    };
    let tenants = store.tenants();
    let updating = tenants.update(&args.slug, changes, None);
    let tenant = recorded(store, INSTALLATION, "souk tenant set", updating).await;
    let tenant = tenant.with_context(|| not_done(&args.slug, "changed"))?;
    show(&tenant)
}

async fn list(store: &Store) -> anyhow::Result<()> {
    store.tenants().list().await?.iter().try_for_each(show)
}

fn show(tenant: &Tenant) -> anyhow::Result<()> {
    let hosts = match (&*tenant.hosts, tenant.is_default) {
        ([], true) => "(default)".to_owned(),
        ([], false) => "-".to_owned(),
        (hosts, true) => format!("{} (default)", hosts.join(",")),
        (hosts, false) => hosts.join(","),
    };
    output::line(&format!(
        "{:<20} {:<24} {:<28} {:<7} {}",
        tenant.slug,
        tenant.name,
        hosts,
        tenant.language,
        tenant.currency.code(),
    ))
}

async fn remove(store: &Store, args: RemoveArgs) -> anyhow::Result<()> {
    let slug = args.slug;
    if !args.yes {
        bail!("this removes {slug} with all its products for good; add --yes to do it");
    }
    let tenants = store.tenants();
    let removing = tenants.remove(&slug, None);
    let removed = recorded(store, INSTALLATION, "souk tenant remove", removing).await;
    removed.with_context(|| not_done(&slug, "removed"))?;
    output::line(&format!("Removed {slug}."))
}

async fn add_key(store: &Store, args: KeyAddArgs) -> anyhow::Result<()> {
    let tenant = find(store, &args.slug).await?;
    let expires_at_ms = args.expires.map(|time| time.timestamp_millis());
    let issuing = issue_key(store, tenant.id, args.label, expires_at_ms);
    let issued = recorded(store, tenant.id, "souk tenant key add", issuing)
        .await
        .context("the key was not added")?;
    output::line(&format!(
        "Added key {} of {}. It is not shown again:\n{}",
        issued.key.id, tenant.slug, issued.secret
    ))
}

async fn list_keys(store: &Store, slug: &str) -> anyhow::Result<()> {
    let tenant = find(store, slug).await?;
    let keys = store.tenants().keys(tenant.id);
    let keys = keys.page(None, KEYS_PER_TENANT).await?;
    keys.iter().try_for_each(show_key)
}

fn show_key(key: &TenantKey) -> anyhow::Result<()> {
    output::line(&format!(
        "{:<6} {}... created {} expires {} used {} {}",
        key.id,
        key.prefix,
        time(Some(key.created_at_ms)),
        time(key.expires_at_ms),
        time(key.last_used_at_ms),
        key.label,
    ))
}

fn time(ms: Option<i64>) -> String {
    match ms.and_then(DateTime::from_timestamp_millis) {
        Some(time) => time.to_rfc3339_opts(SecondsFormat::Secs, true),
        None => "never".to_owned(),
    }
}

async fn revoke_key(store: &Store, slug: &str, id: TenantKeyId) -> anyhow::Result<()> {
    let tenant = find(store, slug).await?;
    let keys = store.tenants().keys(tenant.id);
    let revoked = recorded(store, tenant.id, "souk tenant key revoke", keys.revoke(id)).await;
    revoked.with_context(|| {
        format!("key {id} was not revoked; `souk tenant key list {slug}` shows what there is")
    })?;
    output::line(&format!("Revoked key {id} of {slug}."))
}

async fn find(store: &Store, slug: &str) -> anyhow::Result<Tenant> {
    let tenant = store.tenants().by_slug(slug).await?;
    tenant.with_context(|| {
        format!("there is no tenant {slug}; `souk tenant list` shows what there is")
    })
}

fn not_done(slug: &str, what: &str) -> String {
    format!("{slug} was not {what}; `souk tenant list` shows what there is")
}
