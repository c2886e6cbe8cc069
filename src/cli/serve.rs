//! `souk serve`: the service, and what a newcomer sees of its first start.

use std::{
    fs,
    io::{self, IsTerminal},
    net::SocketAddr,
};

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use souk_catalogue_io::generate::{self, GenerateArgs};
use souk_domain::shop_currency;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::output;
use crate::{
    config::Config,
    service::{Listeners, Service},
};

/// Exit status of a process that was interrupted twice.
const INTERRUPTED: i32 = 130;

/// Serves as configured until the process is told to stop.
pub(super) async fn serve(config: Config) -> anyhow::Result<()> {
    // Both before any work, so that what cannot be is said at once.
    let listeners = Listeners {
        api: bind(config.server.listen, "--listen or SOUK_LISTEN").await?,
        metrics: match config.metrics.address() {
            Some(address) => Some(bind(address, "SOUK_METRICS_LISTEN").await?),
            None => None,
        },
    };
    if let Some(listener) = &listeners.metrics {
        tracing::info!(address = %listener.local_addr()?, "metrics are served");
    }
    let shutdown = stop_signal()?;
    run(config, listeners, shutdown).await
}

async fn run(
    config: Config,
    listeners: Listeners,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let address = listeners.api.local_addr()?;
    let service = Service::open(config).await?;
    let filled = tokio::select! {
        filled = fill(&service) => filled,
        () = shutdown.cancelled() => bail!("stopped before the first start was done; the next one goes on"),
    };
    filled?;
    warn_of_currencies(&service).await?;
    welcome(&service, address).await?;
    service.run(listeners, shutdown).await
}

/// Warns of tenants whose currency no new one may have.
async fn warn_of_currencies(service: &Service) -> anyhow::Result<()> {
    for tenant in service.store().tenants().list().await? {
        if let Err(error) = shop_currency(tenant.currency.code()) {
            let tenant = tenant.slug;
            tracing::warn!(tenant, %error, "currency of a tenant is none that shoppers pay in");
        }
    }
    Ok(())
}

/// Listens on an address that was chosen by `setting`.
async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "{address} is taken by another process; stop it, or choose another with {setting}, such as {}:{}",
                address.ip(),
                address.port().wrapping_add(1)
            ),
            io::ErrorKind::PermissionDenied => format!(
                "{address} may not be listened on; ports below 1024 are privileged: choose another with {setting}"
            ),
            _ => format!("cannot listen on {address}; choose another with {setting}"),
        };
        anyhow::Error::new(error).context(advice)
    })
}

/// Cancelled by the first SIGTERM or Ctrl-C; the second ends the process at once.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = CancellationToken::new();
    let cancelled = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        cancelled.cancel();
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(INTERRUPTED);
    });
    Ok(shutdown)
}

/// Fills a new installation with the demo marketplace and indexes it, while someone watches.
///
/// A mark in the data folder says that it was begun: killed midway, the next start goes on.
async fn fill(service: &Service) -> anyhow::Result<()> {
    let demo = &service.config().demo;
    let mark = service.config().data.demo_mark();
    if !demo.enabled || !(service.is_new() || mark.exists()) {
        return Ok(());
    }
    fs::create_dir_all(&service.config().data.dir)?;
    fs::write(&mark, "")?;
    let tenants = service.store().tenants().list().await?;
    if let [tenant] = tenants.as_slice() {
        let args = GenerateArgs {
            products: u64::from(demo.products),
            seed: generate::DEFAULT_SEED,
        };
        generate::run(&args, service.store(), tenant).await?;
    }
    if service.indexes() {
        index(service).await?;
    }
    fs::remove_file(&mark)?;
    Ok(())
}

/// Indexes what is waiting.
async fn index(service: &Service) -> anyhow::Result<()> {
    let mut indexer = service.indexer();
    indexer.prepare().await?;
    let bar = ProgressBar::new(indexer.status().await?.rows).with_message("indexing");
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
    {
        bar.set_style(style);
    }
    indexer.drain(|rows| bar.inc(rows as u64)).await?;
    bar.finish_and_clear();
    Ok(())
}

/// Says where to look and what to try. A key that was just made is shown to a person only: a log would keep it.
async fn welcome(service: &Service, address: SocketAddr) -> anyhow::Result<()> {
    let base = format!("http://{address}");
    if !service.is_new() {
        output::line(&format!("Souk serves on {base}"))?;
        return welcome_owner(service).await;
    }
    output::line(&format!(
        "\nSouk serves on {base}\n\n  \
         {base}/              search by hand\n  \
         {base}/docs          every operation, to try\n  \
         {base}/openapi.json  the same for programs\n\n\
         Try:\n  \
         curl '{base}/api/search?q=dragon+mug'\n  \
         curl '{base}/api/search/suggestions?q=dra'\n  \
         curl '{base}/api/products?sort=newest&per_page=3'\n"
    ))?;
    welcome_owner(service).await?;
    let key = service.admin_key();
    if key.is_new {
        let file = service.config().data.admin_key_file();
        let file = file.display();
        output::line(&if io::stdout().is_terminal() {
            format!("Admin key, kept in {file}:\n  {}\n", key.key.expose())
        } else {
            format!("Admin key, kept in {file}; `souk admin-key` shows it\n")
        })?;
    }
    Ok(())
}

/// Shows a person the link that makes the first owner, while there is none.
async fn welcome_owner(service: &Service) -> anyhow::Result<()> {
    let tenants = service.store().tenants().list().await?;
    let [tenant] = tenants.as_slice() else {
        return Ok(());
    };
    let Some(url) = service.accounts().first_owner_page(tenant).await? else {
        return Ok(());
    };
    match (io::stdout().is_terminal(), service.is_new()) {
        (true, _) => output::line(&format!(
            "Nobody owns this marketplace yet. The owner's account is made here:\n  {url}\n"
        )),
        (false, true) => output::line(
            "Nobody owns this marketplace yet; `souk people owner-link` prints the link that makes the owner's account\n",
        ),
        (false, false) => Ok(()),
    }
}
