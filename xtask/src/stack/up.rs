//! Starting what does not run.

mod ports;
mod start;

use anyhow::Result;

use self::{
    ports::{Ports, Wanted},
    start::Starter,
};
use super::{name::Name, place::Place, print};
use crate::{
    interrupt::Interrupted,
    parts::{services::Programs, souk::data_folder},
    process::run as run_command,
    report::{say, step},
    tools,
    workspace::Workspace,
};

/// Start the stack, or what of it does not run.
///
/// Installs what is missing, builds Souk, starts the parts one after the other, waits until each is ready, and leaves
/// them running.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    ports: Wanted,
    /// Put nginx in front of three API processes.
    #[arg(long)]
    edge: bool,
    /// Have Prometheus watch API and indexer.
    #[arg(long)]
    observe: bool,
    /// Build Souk optimised.
    #[arg(long)]
    release: bool,
}

pub(super) fn run(workspace: &Workspace, place: &Place, arguments: &Arguments) -> Result<()> {
    let _lock = place.lock()?;
    let names = place.names(arguments.edge, arguments.observe);
    let ports = Ports::choose(place, &names, &arguments.ports)?;
    let missing = |name: &Name| place.running(*name).is_none();
    if names.iter().any(missing) {
        let profile = if arguments.release { "dist" } else { "debug" };
        if names
            .iter()
            .filter(|name| name.tells_metrics())
            .any(missing)
        {
            step("build", || build(workspace, arguments.release))?;
        }
        let programs = Programs::find(workspace)?;
        let nginx = names.contains(&Name::Edge);
        let nginx = nginx.then(|| tools::servers::nginx(workspace));
        let prometheus = names.contains(&Name::Prometheus);
        let prometheus = prometheus.then(|| tools::servers::prometheus(workspace));
        start_missing(Starter {
            workspace,
            place,
            names: &names,
            ports: &ports,
            programs,
            nginx: nginx.transpose()?,
            prometheus: prometheus.transpose()?,
            profile,
        })?;
    }
    print(&introduction(place, &names, &ports));
    Ok(())
}

/// Builds Souk, optimised or not.
pub(crate) fn build(workspace: &Workspace, release: bool) -> Result<()> {
    workspace.announce_first_build(if release { "dist" } else { "debug" });
    let mut build = workspace.cargo(&["build", "--quiet", "--workspace"]);
    if release {
        build.args(["--profile", "dist", "--bins"]);
    } else {
        // The same selection as the tests, whose artefacts are reused.
        build.arg("--all-targets");
    }
    run_command(&mut build, &workspace.interrupt)
}

/// A part that fails is stopped, and what came up before it is left for a look. Whoever interrupts wants nothing.
fn start_missing(starter: Starter<'_>) -> Result<()> {
    let place = starter.place;
    let mut started = Vec::new();
    let outcome = starter.start_all(&mut started);
    let interrupted = |error: &anyhow::Error| error.downcast_ref::<Interrupted>().is_some();
    if outcome.as_ref().is_err_and(interrupted) {
        while let Some((name, group)) = started.pop() {
            say(format_args!("stopping {name} again"));
            drop(group);
            place.forget(name)?;
        }
    }
    for (_, group) in started {
        group.detach();
    }
    outcome
}

/// Prints the URLs of the parts and what to try.
fn introduction(place: &Place, names: &[Name], ports: &Ports) -> String {
    let mut lines = vec![String::new()];
    for &name in names {
        let url = place.record(name).map(|record| record.url);
        let url = url.filter(|url| !url.is_empty());
        lines.extend(url.map(|url| format!("  {name:<14} {url}")));
    }
    let front = ports.of(Name::Edge).or_else(|| ports.of(Name::Api));
    let api = format!("http://127.0.0.1:{}", front.unwrap_or_default());
    lines.push(format!(
        "\nTry:\n  \
         {api}/        search by hand\n  \
         {api}/docs    every operation\n  \
         curl '{api}/api/search?q=dragon+mug'\n  \
         curl '{api}/health/ready'\n  \
         cargo xtask stack status\n  \
         cargo xtask stack logs indexer --follow\n  \
         cargo xtask stack down"
    ));
    // Made by the API, unless one was chosen in SOUK_ADMIN_KEY.
    let key = data_folder(&place.part(Name::Api)).join("admin-key");
    if key.exists() {
        lines.push(format!("\nThe admin API's key is in {}", key.display()));
    }
    lines.join("\n")
}
