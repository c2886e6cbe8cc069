//! The command line.

mod analytics;
mod audit;
mod catalogue;
mod config;
mod health;
mod key;
mod ledger;
mod newcomers;
mod output;
mod people;
mod recording;
mod search_config;
mod serve;
mod tenant;

use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, error::ErrorKind};
use souk_config::{CommonFlags, ConfigFile, ServeFlags};
use souk_telemetry::{
    LineFormat,
    traces::{Traces, TracesError},
};

use crate::{
    api,
    config::{self as settings, Config, ConfigError, Loaded, LogConfig, LogFormat},
    opening,
};

/// Exit status for a configuration that cannot be used, as clap's own for a command line.
const USAGE: u8 = 2;

/// Exit status of an import that left out rows with faults and took the others, or imported nothing.
const ROWS_SKIPPED: u8 = 3;

/// Exit status of an import that is not sure what its file means, and can ask nobody.
const IN_DOUBT: u8 = 4;

const EXAMPLES: &str = "\
Examples:
  souk                                      serve on http://127.0.0.1:3000, data in ./data
  souk serve --listen 0.0.0.0:8080          serve to the network
  DATABASE_URL=postgres://... souk serve    keep the data in PostgreSQL
  souk import products.jsonl.gz             bring a catalogue in
  souk config                               what is in force, and where it came from";

const IMPORT_EXAMPLES: &str = "\
Examples:
  souk import --dry-run shopify-export.csv  show how a file is understood
  souk import --map brand=supplier --map title=name electronics.jsonl.gz
  souk import --errors faults.csv products.csv
  curl https://shop.example/feed.jsonl | souk import -

Exits with 0 if every row was imported, with 3 if rows with faults were skipped and the others imported or if nothing
was imported, with 4 if it is not sure what is meant (see --dry-run, then say --yes), with 1 if the import failed, and
with 2 if the command line or the configuration is wrong.";

/// A marketplace backend built around search
///
/// Without a command, `souk serve` is run. Every setting is an environment variable or a line of souk.toml;
/// `souk config --help` lists them.
#[derive(Debug, Parser)]
#[command(name = "souk", version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    serve: ServeFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Cli {
    /// Command and its arguments; `serve` if there is none.
    fn parts(self) -> Result<(Common, Command), clap::Error> {
        let command = match self.command {
            None => Command::Serve(self.serve),
            Some(command) if self.serve.given().is_empty() => command,
            Some(_) => {
                let message =
                    "`--listen` and `--no-demo` say how to serve; put them behind `serve`";
                return Err(Self::command().error(ErrorKind::ArgumentConflict, message));
            }
        };
        Ok((self.common, command))
    }
}

/// Flags of every command.
#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    flags: CommonFlags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, and keep its index up to date
    #[command(
        after_help = "Examples:\n  souk serve\n  souk serve --listen 0.0.0.0:8080 --data-dir /var/lib/souk\n  SOUK_DEMO=false souk serve"
    )]
    Serve(ServeFlags),
    /// Bring the database's schema up to date
    #[command(
        after_help = "`souk serve` does it too. Several may do it at once: one works, the others wait."
    )]
    Migrate,
    /// Generate a demo marketplace of fan merchandise
    #[command(
        after_help = "Examples:\n  souk generate --products 150000 --seed 7\n  souk generate --products 150000 --seed 7 --query-log sessions.jsonl"
    )]
    Generate(catalogue::Generate),
    /// Import products from the file that a shop has
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(catalogue::Import),
    /// Export the catalogue
    #[command(
        after_help = "Examples:\n  souk export catalogue.jsonl.gz\n  souk export --status active > active.jsonl"
    )]
    Export(catalogue::Export),
    /// Export and import all that is configured of search
    #[command(
        subcommand,
        after_help = "Examples:\n  souk search-config export search.json\n  souk search-config import search.json --actor ada"
    )]
    SearchConfig(search_config::SearchConfigCommand),
    /// Take back what was counted of searches
    #[command(
        subcommand,
        after_help = "Examples:\n  souk analytics void --query 'planted phrase'\n  souk analytics void --day 2026-01-31\n  souk analytics void --network 203.0.113.0/24"
    )]
    Analytics(analytics::AnalyticsCommand),
    /// Add, list and remove marketplaces
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Make, list, rotate and revoke API keys, for programs that call the admin API
    #[command(
        subcommand,
        after_help = "Examples:\n  souk key add 'stock sync' --permission offers.read --permission offers.write\n  souk key list\n  souk key rotate 4jXo0y9QpLz --overlap-hours 48\n  souk key revoke 4jXo0y9QpLz"
    )]
    Key(key::KeyCommand),
    /// Invite people, list them, and change what they may do
    #[command(
        subcommand,
        after_help = "Examples:\n  souk people add ada@shop.example --role owner\n  souk people list --role merchandiser\n  souk people give ada@shop.example analyst\n  souk people disable ada@shop.example"
    )]
    People(people::PeopleCommand),
    /// Verify and print the ledger
    #[command(
        subcommand,
        after_help = "Examples:\n  souk ledger verify\n  souk ledger balances > balances.csv"
    )]
    Ledger(ledger::LedgerCommand),
    /// Verify and export the audit log
    #[command(
        subcommand,
        after_help = "Examples:\n  souk audit verify\n  souk audit export > audit.csv"
    )]
    Audit(audit::AuditCommand),
    /// Print the API's specification
    #[command(
        after_help = "Examples:\n  souk openapi > openapi.yaml\n  souk openapi --json | jq .paths"
    )]
    Openapi {
        /// As JSON instead of YAML
        #[arg(long)]
        json: bool,
    },
    /// Say whether a running service can answer; exit with 1 if it cannot
    #[command(after_help = "Examples:\n  souk health\n  souk health http://127.0.0.1:8080")]
    Health(health::Health),
    /// Print the key of the admin API
    #[command(
        after_help = "It is the one in SOUK_ADMIN_KEY, else the one that the first start made and kept in the data folder.\n\n\
                      Examples:\n  souk admin-key\n  curl -H \"Authorization: Bearer $(souk admin-key)\" http://127.0.0.1:3000/api/admin/cache"
    )]
    AdminKey,
    /// Print every setting with its value and origin
    #[command(after_help = config::SETTINGS_HELP.as_str())]
    Config {
        /// Print the reference of all settings as Markdown
        #[arg(long)]
        markdown: bool,
    },
}

/// Parses, loads the configuration, starts tracing, and does what was asked.
pub fn main() -> ExitCode {
    let (common, command) = Cli::parse().parts().unwrap_or_else(|error| error.exit());
    let loaded = match load(&common, &command) {
        Ok(loaded) => loaded,
        Err(error) => return failed(&error, USAGE),
    };
    match run(command, loaded) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<catalogue::NothingImported>() => failed(&*error, ROWS_SKIPPED),
        Err(error) if catalogue::is_doubt(&error) => failed(&*error, IN_DOUBT),
        Err(error) if error.is::<catalogue::RowsSkipped>() => failed(&*error, ROWS_SKIPPED),
        Err(error) => failed(&*error, 1),
    }
}

fn load(common: &Common, command: &Command) -> Result<Loaded, ConfigError> {
    let mut given = common.flags.given();
    if let Command::Serve(flags) = command {
        given.extend(flags.given());
    }
    let loaded = Loaded::of_process(common.file.path(), given)?;
    settings::check(&loaded.config)?;
    Ok(loaded)
}

fn run(command: Command, loaded: Loaded) -> anyhow::Result<()> {
    // What needs no runtime comes first.
    match &command {
        Command::Openapi { json: true } => {
            return output::print(&api::Specification::of(&api::service()).json);
        }
        Command::Openapi { json: false } => {
            return output::print(&api::Specification::of(&api::service()).yaml);
        }
        Command::Config { markdown: true } => return output::print(&souk_config::markdown()),
        Command::Config { markdown: false } => return config::print(&loaded),
        Command::AdminKey => {
            let key = opening::existing_admin_key(&loaded.config)?;
            return output::line(key.expose());
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let traces = {
        let _within = runtime.enter();
        start_tracing(&loaded.config.log)?
    };
    for warning in &loaded.warnings {
        warning.log();
    }
    let done = runtime.block_on(run_async(command, loaded.config));
    if let Some(traces) = traces {
        traces.end();
    }
    done
}

async fn run_async(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Serve(_) => serve::serve(config).await,
        Command::Migrate => migrate(&config).await,
        Command::Generate(command) => command.run(&config).await,
        Command::Import(command) => command.run(&config).await,
        Command::Export(command) => command.run(&config).await,
        Command::SearchConfig(command) => search_config::run(command, &config).await,
        Command::Analytics(command) => analytics::run(command, &config).await,
        Command::Tenant(command) => tenant::run(command, &config).await,
        Command::Key(command) => key::run(command, &config).await,
        Command::People(command) => people::run(command, &config).await,
        Command::Audit(command) => audit::run(command, &config).await,
        Command::Ledger(command) => ledger::run(command, &config).await,
        Command::Health(command) => health::run(command, &config).await,
        Command::Openapi { .. } | Command::Config { .. } | Command::AdminKey => Ok(()),
    }
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    match opening::migrate(config).await?.as_slice() {
        [] => output::line("The database is up to date."),
        applied => output::line(&format!("Applied: {}", applied.join(", "))),
    }
}

fn start_tracing(config: &LogConfig) -> Result<Option<Traces>, TracesError> {
    let filter = tracing_subscriber::EnvFilter::new(&config.filter);
    let format = match config.format {
        LogFormat::Text => LineFormat::Text,
        LogFormat::Json => LineFormat::Json,
    };
    souk_telemetry::start("souk", filter, format)
}

/// Says what went wrong, each cause on its own line.
fn failed(error: &(dyn std::error::Error + 'static), status: u8) -> ExitCode {
    output::complain(&format!("souk: {error}"));
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Some libraries repeat their cause in their own words.
        if !message.contains(&cause.to_string()) {
            message = cause.to_string();
            output::complain(&format!("  because: {message}"));
        }
        source = cause.source();
    }
    ExitCode::from(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    fn parsed(line: &[&str]) -> Result<(Common, Command), clap::Error> {
        Cli::try_parse_from(line).and_then(Cli::parts)
    }

    #[test]
    fn no_command_means_serve() {
        for (line, settings) in [
            (&["souk"][..], 0),
            (&["souk", "--listen", "127.0.0.1:3001", "--no-demo"], 2),
            (&["souk", "serve", "--listen", "127.0.0.1:3001"], 1),
        ] {
            let Ok((_, Command::Serve(args))) = parsed(line) else {
                panic!("{line:?} does not serve");
            };
            assert_eq!(args.given().len(), settings, "{line:?}");
        }
    }

    /// Words of commands in brackets, as Dockerfile and compose file have them.
    fn container_commands() -> Vec<Vec<String>> {
        let files = ["Dockerfile", "docker-compose.yml"].map(|name| {
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(root.join(name)).unwrap()
        });
        let files = files.concat();
        let lists = files.lines().filter_map(|line| {
            let (_, list) = line.split_once('[')?;
            list.split_once(']').map(|(list, _)| list)
        });
        let words = lists.map(|list| {
            let words = list.split(',').map(|word| word.trim().trim_matches('"'));
            let words = words.skip_while(|word| *word == "CMD");
            words.map(str::to_owned).collect::<Vec<_>>()
        });
        words.filter(|words| words[0] == "souk").collect()
    }

    #[test]
    fn commands_of_containers_are_ones_that_there_are() {
        let commands = container_commands();
        assert!(commands.len() >= 4, "{commands:?}");
        for words in commands {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            assert!(parsed(&words).is_ok(), "{words:?}");
        }
    }

    #[test]
    fn serve_flags_belong_to_serve_alone() {
        let conflict = parsed(&["souk", "--listen", "127.0.0.1:3001", "migrate"]).unwrap_err();
        assert_eq!(conflict.kind(), ErrorKind::ArgumentConflict);
        assert!(parsed(&["souk", "--data-dir", "shop", "migrate"]).is_ok());
    }
}
