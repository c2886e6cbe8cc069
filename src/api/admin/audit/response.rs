//! Entries of the audit log on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::audit::AuditEntry;

use crate::api::{
    admin::report::{Table, harmless, written},
    views::Timestamp,
};

/// Entry of the audit log.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "AuditEntry", skip_serializing_if_is_none)]
pub struct AuditEntryView {
    /// Number in the log of the tenant, from 1.
    pub number: i64,
    /// Time.
    pub at: Timestamp,
    /// Doer: `admin-key`, `command-line`, or such as `api-key:4jXo0y9QpLz`.
    pub actor: String,
    /// Name that the doer gave as `X-Actor`, which nobody has checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Network address; of IPv6 the first 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Operation, by its `operationId`, or command.
    pub action: String,
    /// `done`, `refused`, or `failed` after a part of it was done.
    pub outcome: String,
    /// Thing that it was done to, such as `products/7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Particulars as JSON, such as `before`, `after` and `sent`; secrets are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// SHA-256 of the entry and of the hash of the one before it.
    pub hash: String,
}

/// Page of the audit log.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "AuditPage", skip_serializing_if_is_none)]
pub struct AuditPage {
    /// Entries, newest first.
    pub entries: Vec<AuditEntryView>,
    /// Give it as `before` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            number: entry.number,
            at: Timestamp::from_ms(entry.at),
            actor: entry.actor,
            note: entry.note,
            address: entry.address,
            request_id: entry.request_id,
            action: entry.action,
            outcome: entry.outcome,
            target: entry.target,
            detail: entry.detail,
            hash: entry.hash,
        }
    }
}

impl AuditPage {
    /// Makes a page of at most `limit` entries.
    pub fn new(entries: Vec<AuditEntry>, limit: u32) -> Self {
        let is_full = entries.len() >= limit as usize;
        let last = entries.last().map(|entry| entry.number);
        Self {
            next_before: last.filter(|number| is_full && *number > 1),
            entries: entries.into_iter().map(AuditEntryView::from).collect(),
        }
    }
}

impl Table for AuditPage {
    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        written(COLUMNS, self.entries.iter().map(AuditEntryView::columns))
    }
}

/// Columns of a table of entries.
pub const COLUMNS: [&str; 11] = [
    "number",
    "at",
    "actor",
    "note",
    "address",
    "request_id",
    "action",
    "outcome",
    "target",
    "detail",
    "hash",
];

impl AuditEntryView {
    /// Returns the values of [`COLUMNS`], none of which a spreadsheet takes for a formula.
    pub fn columns(&self) -> [String; 11] {
        let given = |text: &Option<String>| harmless(text.clone().unwrap_or_default());
        [
            self.number.to_string(),
            self.at.text(),
            harmless(self.actor.clone()),
            given(&self.note),
            given(&self.address),
            given(&self.request_id),
            harmless(self.action.clone()),
            self.outcome.clone(),
            given(&self.target),
            given(&self.detail),
            self.hash.clone(),
        ]
    }
}
