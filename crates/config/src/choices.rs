//! Settings that are words of a list.

use serde::{Deserialize, Serialize};

use crate::kind::{Kind, SettingType};

/// Process that applies changes to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InProcess {
    /// `souk serve` where database or index is embedded, because an embedded one serves a single process.
    Auto,
    /// `souk serve`.
    Yes,
    /// `souk-indexer run`.
    No,
}

impl SettingType for InProcess {
    const KIND: Kind = Kind::Choice(&["auto", "yes", "no"]);
}

/// Treatment of the index at startup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncOnStartup {
    /// Fill an empty index, and warn of an outdated mapping.
    #[default]
    #[serde(alias = "true")]
    Auto,
    /// Rebuild the index.
    Always,
    /// Leave the index as it is.
    #[serde(alias = "false")]
    Never,
}

impl SettingType for SyncOnStartup {
    const KIND: Kind = Kind::Choice(&["auto", "always", "never", "true", "false"]);
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Plain text.
    Text,
    /// One JSON object per line.
    Json,
}

impl SettingType for LogFormat {
    const KIND: Kind = Kind::Choice(&["text", "json"]);
}

/// Header in which a trusted proxy passes the client's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For: client, proxy`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239).
    Forwarded,
    /// `X-Real-IP: client`.
    XRealIp,
}

impl SettingType for ProxyHeader {
    const KIND: Kind = Kind::Choice(&["x_forwarded_for", "forwarded", "x_real_ip"]);
}
