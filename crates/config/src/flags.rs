//! Command-line flags of both programs, built from the table of settings.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::environment::FILE;
use crate::given::{Given, Origin};
use crate::kind::Kind;
use crate::sections::settings;
use crate::setting::{Flag, Program, Setting};

/// Flag that names the configuration file, for every command of both programs.
#[derive(Debug, Clone, Default, Args)]
pub struct ConfigFile {
    /// Configuration file; souk.toml in the working folder if not given
    #[arg(long, global = true, value_name = "FILE", env = FILE)]
    config: Option<PathBuf>,
}

impl ConfigFile {
    /// Returns the file if one is named.
    pub fn path(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}

macro_rules! flags {
    ($($(#[doc = $about:literal])+ $name:ident, global $global:literal, $holds:expr;)+) => {
        $(
            $(#[doc = $about])+
            #[derive(Debug, Clone, Default)]
            pub struct $name(Vec<Given>);

            impl $name {
                /// Returns the values that the flags give.
                pub fn given(&self) -> Vec<Given> {
                    self.0.clone()
                }
            }

            impl FromArgMatches for $name {
                fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
                    Ok(Self(given(matches, $holds)))
                }

                fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
                    self.0.extend(given(matches, $holds));
                    Ok(())
                }
            }

            impl Args for $name {
                fn augment_args(command: Command) -> Command {
                    command.args(flagged($holds).map(|(setting, flag)| argument(setting, flag, $global)))
                }

                fn augment_args_for_update(command: Command) -> Command {
                    Self::augment_args(command)
                }
            }
        )+
    };
}

flags! {
    /// Flags of every command of `souk`.
    CommonFlags, global true, |_, program| program == Program::Both;
    /// Flags of `souk serve`.
    ServeFlags, global false, |_, program| program == Program::Serve;
    /// Flags of connections and logging, for every command of `souk-indexer`.
    ConnectionFlags, global true, |section, program| program != Program::Serve && !matches!(section, "indexer" | "metrics");
    /// Flags of the `indexer` section.
    IndexerFlags, global false, |section, program| program == Program::Indexer && section == "indexer";
    /// Flags of the `metrics` section.
    RunFlags, global false, |section, program| program == Program::Indexer && section == "metrics";
}

type Holds = fn(&str, Program) -> bool;

/// Returns the settings with a flag that `holds` accepts by section and program.
fn flagged(holds: Holds) -> impl Iterator<Item = (&'static Setting, Flag)> {
    settings()
        .filter_map(|setting| Some((setting, setting.flag?)))
        .filter(move |(setting, flag)| holds(setting.section(), flag.of))
}

fn given(matches: &ArgMatches, holds: Holds) -> Vec<Given> {
    flagged(holds)
        .filter_map(|(setting, flag)| {
            let text = if turns_off(setting, flag) {
                matches.get_flag(setting.key).then(|| "false".to_owned())?
            } else {
                matches.get_one::<String>(setting.key)?.clone()
            };
            Some(Given::new(setting, Origin::Flag(flag.name), text))
        })
        .collect()
}

fn turns_off(setting: &Setting, flag: Flag) -> bool {
    setting.kind == Kind::Switch && flag.name.starts_with("--no-")
}

fn argument(setting: &'static Setting, flag: Flag, global: bool) -> Arg {
    let turns_off = turns_off(setting, flag);
    let name = flag.name.trim_start_matches('-');
    let argument = Arg::new(setting.key).long(name).global(global);
    if turns_off {
        return argument
            .action(ArgAction::SetTrue)
            .help(format!("Sets {}=false", setting.variable));
    }
    let about = setting.about().trim_end_matches('.');
    let mut about = format!("{about} [env: {}]", setting.variable);
    if let Some(unit) = setting.unit_name() {
        about.push_str(&format!(" [unit: {unit}]"));
    }
    if let Some(default) = (setting.default)() {
        about.push_str(&format!(" [default: {default}]"));
    }
    let argument = argument.help(about);
    match setting.kind {
        Kind::Switch => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_name("BOOL"),
        Kind::Number { .. } => argument.value_name("NUMBER"),
        Kind::Choice(words) => {
            argument.value_parser(PossibleValuesParser::new(words.iter().copied()))
        }
        Kind::Address => argument.value_name("ADDRESS:PORT"),
        Kind::Schedule => argument.value_name("CRON"),
        Kind::Text | Kind::Secret => argument.value_name("VALUE"),
    }
}
