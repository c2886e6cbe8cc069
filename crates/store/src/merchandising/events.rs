//! History of activations: who put which version live or into an experiment.

use std::{fmt, str::FromStr};

use sea_orm::{DbErr, FromQueryResult};

use super::{KEPT_EVENTS, SearchConfigs};
use crate::{StoreError, Transaction, backend::all};

/// Kind of a configuration event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigAction {
    /// Saved a version, which put it in force.
    Saved,
    /// Put an earlier version in force again.
    Activated,
    /// Started an experiment.
    ExperimentStarted,
    /// Took it back.
    ExperimentEnded,
}

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEvent {
    /// Id, in the order of events.
    pub id: i64,
    /// Kind of event.
    pub action: ConfigAction,
    /// The version it was about.
    pub version: i64,
    /// True if that version is still stored.
    pub version_kept: bool,
    /// Percentage of visitors in an experiment.
    pub share: Option<i64>,
    /// Author's name.
    pub author: Option<String>,
    /// Time of the event, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

#[derive(FromQueryResult)]
struct EventRow {
    id: i64,
    action: String,
    version: i64,
    version_kept: bool,
    share: Option<i64>,
    author: Option<String>,
    created_at: i64,
}

impl SearchConfigs {
    /// Up to `limit` events before one, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn events(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ConfigEvent>, StoreError> {
        let sql = "SELECT id, action, version, share, author, created_at,
                 EXISTS (SELECT 1 FROM search_config_versions v
                         WHERE v.tenant_id = e.tenant_id AND v.number = e.version) AS version_kept
             FROM search_config_events e WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let values = [
            self.scope.tenant.0.into(),
            before.unwrap_or(i64::MAX).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let rows: Vec<EventRow> = all(self.scope.store.connection(), statement).await?;
        rows.into_iter().map(ConfigEvent::try_from).collect()
    }

    /// Notes down what somebody does, and forgets what was noted down longest ago beyond [`KEPT_EVENTS`].
    pub(super) async fn log(
        &self,
        transaction: &Transaction,
        action: ConfigAction,
        version: i64,
        share: Option<i64>,
        author: Option<String>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO search_config_events (tenant_id, action, version, share, author)
             VALUES ($1, $2, $3, $4, $5)";
        let values = [
            self.scope.tenant.0.into(),
            action.as_str().into(),
            version.into(),
            share.into(),
            author.into(),
        ];
        self.write(transaction, sql, values).await?;
        let forget = "DELETE FROM search_config_events WHERE tenant_id = $1 AND id <= (
                 SELECT id FROM search_config_events WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)";
        let values = [self.scope.tenant.0.into(), KEPT_EVENTS.into()];
        self.write(transaction, forget, values).await
    }
}

impl ConfigAction {
    const ALL: [Self; 4] = [
        Self::Saved,
        Self::Activated,
        Self::ExperimentStarted,
        Self::ExperimentEnded,
    ];

    /// Returns the name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Activated => "activated",
            Self::ExperimentStarted => "experiment_started",
            Self::ExperimentEnded => "experiment_ended",
        }
    }
}

impl fmt::Display for ConfigAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ConfigAction {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|action| action.as_str() == name)
            .ok_or_else(|| format!("no action `{name}`"))
    }
}

impl TryFrom<EventRow> for ConfigEvent {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, Self::Error> {
        let action = row.action.parse();
        Ok(Self {
            id: row.id,
            action: action.map_err(|error| StoreError::Database(DbErr::Type(error)))?,
            version: row.version,
            version_kept: row.version_kept,
            share: row.share,
            author: row.author,
            created_at_ms: row.created_at,
        })
    }
}
