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
    /// Build Souk optimised.
    #[arg(long)]
    release: bool,
}

pub(super) fn run(workspace: &Workspace, place: &Place, arguments: &Arguments) -> Result<()> {
    let _lock = place.lock()?;
    let ports = Ports::choose(place, &arguments.ports)?;
    let missing = |name: &Name| place.running(*name).is_none();
    if Name::ALL.iter().any(missing) {
        let profile = if arguments.release {
            "release"
        } else {
            "debug"
        };
        if [Name::Api, Name::Indexer].iter().any(missing) {
            step("build", || build(workspace, arguments.release))?;
        }
        let programs = Programs::find(workspace)?;
        start_missing(Starter {
            workspace,
            place,
            ports: &ports,
            programs,
            profile,
        })?;
    }
    print(&introduction(place, &ports));
    Ok(())
}

fn build(workspace: &Workspace, release: bool) -> Result<()> {
    let mut build = workspace.cargo(&["build", "--quiet", "--workspace"]);
    if release {
        build.args(["--release", "--bins"]);
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

/// Where everything is, and what to try.
fn introduction(place: &Place, ports: &Ports) -> String {
    let mut lines = vec![String::new()];
    for name in Name::ALL {
        let url = place.record(name).map(|record| record.url);
        let url = url.filter(|url| !url.is_empty());
        lines.extend(url.map(|url| format!("  {name:<14} {url}")));
    }
    let api = format!(
        "http://127.0.0.1:{}",
        ports.of(Name::Api).unwrap_or_default()
    );
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
