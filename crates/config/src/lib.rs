//! Settings, each declared once in [`sections`]: key, variable, default, range, unit and description.
//!
//! The declaration yields the typed sections of [`Config`], the table [`settings()`], command-line flags, range checks,
//! `souk config` and `docs/CONFIGURATION.md`. Defaults lie under `souk.toml`, the environment and the command line.

mod alternative;
mod choices;
mod config;
mod cron;
mod declare;
mod environment;
mod error;
mod file;
mod flags;
mod given;
mod kind;
mod loaded;
mod markdown;
mod nearest;
mod secret;
pub mod sections;
mod setting;
#[cfg(test)]
mod tests;
mod warning;

pub use choices::{InProcess, LogFormat, ProxyHeader, StaffSecondFactor, SyncOnStartup};
pub use config::Config;
pub use cron::Cron;
pub use environment::Environment;
pub use error::LoadError;
pub use flags::{CommonFlags, ConfigFile, ConnectionFlags, IndexerFlags, RunFlags, ServeFlags};
pub use given::Given;
pub use loaded::{ActiveConfig, Loaded};
pub use markdown::markdown;
pub use secret::Secret;
pub use sections::{
    AccountsConfig, AdminConfig, AgentsConfig, CacheConfig, CdnConfig, CorsConfig, DataConfig,
    DatabaseConfig, DemoConfig, ElasticsearchConfig, FeedConfig, ImportConfig, IndexerConfig,
    LiveConfig, LogConfig, MailConfig, MetricsConfig, ProxyConfig, RateLimitConfig, SearchConfig,
    SecurityConfig, SellingConfig, ServerConfig, settings,
};
pub use setting::Setting;
pub use warning::Warning;
