//! Command-line flags of `souk-indexer`, built from the table of settings.

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::{given::Given, kind::Kind, loaded::default_of, sections::settings, setting::Setting};

/// Flags of connections and logging, for every command.
#[derive(Debug, Clone, Default)]
pub struct ConnectionFlags(Vec<Given>);

/// Flags of the `indexer` section.
#[derive(Debug, Clone, Default)]
pub struct IndexerFlags(Vec<Given>);

/// Flags of the `metrics` section.
#[derive(Debug, Clone, Default)]
pub struct RunFlags(Vec<Given>);

macro_rules! flags {
    ($($name:ident, global $global:literal, $holds:expr;)+) => {
        $(
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
    ConnectionFlags, global true, |section| !matches!(section, "indexer" | "metrics");
    IndexerFlags, global false, |section| section == "indexer";
    RunFlags, global false, |section| section == "metrics";
}

/// Returns the settings with a flag in the sections that `holds` accepts.
fn flagged(holds: fn(&str) -> bool) -> impl Iterator<Item = (&'static Setting, &'static str)> {
    settings()
        .filter(move |setting| {
            setting
                .key
                .split_once('.')
                .is_some_and(|(section, _)| holds(section))
        })
        .filter_map(|setting| Some((setting, setting.flag?)))
}

fn given(matches: &ArgMatches, holds: fn(&str) -> bool) -> Vec<Given> {
    flagged(holds)
        .filter_map(|(setting, flag)| {
            let value = matches.get_one::<String>(setting.key)?;
            Some(Given::flag(setting.key, flag, value))
        })
        .collect()
}

fn argument(setting: &'static Setting, flag: &'static str, global: bool) -> Arg {
    let mut about = format!("{} [env: {}]", setting.about(), setting.variable);
    if let Some(default) = default_of(setting).filter(|default| !default.is_empty()) {
        about.push_str(&format!(" [default: {default}]"));
    }
    let argument = Arg::new(setting.key)
        .long(flag.trim_start_matches('-'))
        .help(about)
        .global(global);
    match setting.kind {
        Kind::Switch => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_name("BOOL"),
        Kind::Number { .. } => argument.value_name("NUMBER"),
        Kind::Choice(words) => argument.value_parser(clap::builder::PossibleValuesParser::new(
            words.iter().copied(),
        )),
        _ => argument.value_name("VALUE"),
    }
}
