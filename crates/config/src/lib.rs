//! Settings, each declared once in [`sections`]: key, variable, default, range and description.
//!
//! The declaration yields the typed sections of [`Config`], the table [`settings()`], command-line flags, range checks,
//! `souk config` and `docs/CONFIGURATION.md`. Defaults lie under `souk.toml`, the environment and the command line.

mod alternative;
mod choices;
mod config;
mod declare;
mod flags;
mod given;
mod kind;
mod loaded;
mod markdown;
mod secret;
pub mod sections;
mod setting;

pub use choices::{InProcess, LogFormat, ProxyHeader, SyncOnStartup};
pub use config::Config;
pub use flags::{ConnectionFlags, IndexerFlags, RunFlags};
pub use given::Given;
pub use loaded::{ActiveConfig, LoadError, Loaded};
pub use markdown::markdown;
pub use secret::Secret;
pub use sections::{
    AdminConfig, CacheConfig, CdnConfig, CorsConfig, DataConfig, DatabaseConfig, DemoConfig,
    ElasticsearchConfig, IndexerConfig, LogConfig, MetricsConfig, ProxyConfig, RateLimitConfig,
    SearchConfig, SecurityConfig, ServerConfig, settings,
};
pub use setting::Setting;
