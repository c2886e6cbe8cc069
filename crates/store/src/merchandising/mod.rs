//! Search configurations of a tenant: immutable versions, of which one is live.
//!
//! A version is one complete JSON document, which the store does not interpret. The store records author, time and
//! reason of each version, and the history of activations. The newest versions and the active ones are kept.

mod changes;
mod events;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult};
use souk_domain::TenantId;

use crate::{
    Scope, Store, StoreError,
    backend::{CountRow, all, first},
    etag,
};

pub use changes::Authorship;
pub use events::{ConfigAction, ConfigEvent};

/// Versions kept per tenant, besides the active ones. Each change is a version, which may have megabytes.
pub const KEPT_VERSIONS: i64 = 200;
/// Events kept per tenant, including those of deleted versions.
pub const KEPT_EVENTS: i64 = 10_000;

/// Document of a tenant without a saved version.
const NOTHING: &str = "{}";

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigVersion {
    /// Version number, from 1; 0 is the empty configuration.
    pub number: i64,
    /// Document, as JSON.
    pub document: String,
    /// Reason for the change.
    pub note: Option<String>,
    /// Author's name.
    pub author: Option<String>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

/// Version without its document.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ConfigVersionSummary {
    /// Version number.
    pub number: i64,
    /// Reason for the change.
    pub note: Option<String>,
    /// Author's name.
    pub author: Option<String>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

/// Live version and experiment of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveVersions {
    /// The live version.
    pub live: ConfigVersion,
    /// The experiment, if there is one.
    pub experiment: Option<ConfigExperiment>,
    /// Grows whenever anything of this changes; 0 before anything was saved.
    pub revision: i64,
}

/// Experiment that gives part of the visitors another version than the live one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigExperiment {
    /// Version that part of the visitors get.
    pub candidate: ConfigVersion,
    /// Percentage of visitors, 1 to 99.
    pub share: i64,
}

/// A tenant's search configurations.
#[derive(Debug, Clone)]
pub struct SearchConfigs {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct VersionRow {
    number: i64,
    document: String,
    note: Option<String>,
    author: Option<String>,
    created_at_ms: i64,
}

#[derive(FromQueryResult)]
struct RevisionRow {
    tenant_id: i64,
    revision: i64,
}

/// Versions and the row that names them in one statement: whatever others put in force or forget meanwhile, it finds
/// all or nothing.
const ACTIVE_VERSIONS: &str = "SELECT s.revision, s.share,
         l.number AS live_number, l.document AS live_document, l.note AS live_note, l.author AS live_author,
         l.created_at AS live_created_at_ms,
         c.number AS candidate_number, c.document AS candidate_document, c.note AS candidate_note,
         c.author AS candidate_author, c.created_at AS candidate_created_at_ms
     FROM search_configs s
     JOIN search_config_versions l ON l.tenant_id = s.tenant_id AND l.number = s.live
     LEFT JOIN search_config_versions c ON c.tenant_id = s.tenant_id AND c.number = s.candidate
     WHERE s.tenant_id = $1";

const VERSION: &str = "SELECT number, document, note, author, created_at AS created_at_ms
     FROM search_config_versions WHERE tenant_id = $1";

impl ConfigVersion {
    /// Returns the strong entity tag, in quotes.
    pub fn etag(&self) -> String {
        etag::of(&self.document)
    }

    fn none() -> Self {
        Self {
            number: 0,
            document: NOTHING.to_owned(),
            note: None,
            author: None,
            created_at_ms: 0,
        }
    }
}

impl ActiveVersions {
    /// Empty configuration, for a tenant without a saved version.
    fn nothing() -> Self {
        Self {
            live: ConfigVersion::none(),
            experiment: None,
            revision: 0,
        }
    }
}

impl FromQueryResult for ActiveVersions {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let live = VersionRow::from_query_result(row, &format!("{prefix}live_"))?;
        let share: Option<i64> = row.try_get(prefix, "share")?;
        let experiment = match share {
            Some(share) => Some(ConfigExperiment {
                candidate: VersionRow::from_query_result(row, &format!("{prefix}candidate_"))?
                    .into(),
                share,
            }),
            None => None,
        };
        Ok(Self {
            live: live.into(),
            experiment,
            revision: row.try_get(prefix, "revision")?,
        })
    }
}

impl Scope {
    /// Versions of the tenant's search configuration.
    pub fn search_configs(&self) -> SearchConfigs {
        SearchConfigs::new(self.clone())
    }
}

impl SearchConfigs {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// Returns the live version and the experiment.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn active_versions(&self) -> Result<ActiveVersions, StoreError> {
        self.read_active(self.scope.store.connection()).await
    }

    /// The live version's number, without what it says; 0 before anything was saved.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn live_number(&self) -> Result<i64, StoreError> {
        let sql = "SELECT live AS count FROM search_configs WHERE tenant_id = $1";
        let backend = self.scope.store.backend();
        let statement = backend.statement(sql, [self.scope.tenant.0.into()]);
        let live: Option<CountRow> = first(self.scope.store.connection(), statement).await?;
        Ok(live.map_or(0, |live| live.count))
    }

    /// Returns one version.
    ///
    /// # Errors
    /// If there is none of this number.
    pub async fn version(&self, number: i64) -> Result<ConfigVersion, StoreError> {
        self.read(self.scope.store.connection(), number).await
    }

    /// Up to `limit` versions before one, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn versions(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ConfigVersionSummary>, StoreError> {
        let sql =
            "SELECT number, note, author, created_at AS created_at_ms FROM search_config_versions
             WHERE tenant_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3";
        let values = [
            self.scope.tenant.0.into(),
            before.unwrap_or(i64::MAX).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }

    async fn read_active(
        &self,
        connection: &impl ConnectionTrait,
    ) -> Result<ActiveVersions, StoreError> {
        let backend = self.scope.store.backend();
        let statement = backend.statement(ACTIVE_VERSIONS, [self.scope.tenant.0.into()]);
        let found: Option<ActiveVersions> = first(connection, statement).await?;
        Ok(found.unwrap_or_else(ActiveVersions::nothing))
    }

    async fn read(
        &self,
        connection: &impl ConnectionTrait,
        number: i64,
    ) -> Result<ConfigVersion, StoreError> {
        let values = [self.scope.tenant.0.into(), number.into()];
        let backend = self.scope.store.backend();
        let statement = backend.statement(format!("{VERSION} AND number = $2"), values);
        let row: Option<VersionRow> = first(connection, statement).await?;
        row.map(ConfigVersion::from)
            .ok_or(StoreError::NotFound("version"))
    }
}

impl Store {
    /// Returns the revision of each tenant's active versions; cheap enough to poll.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_config_revisions(&self) -> Result<BTreeMap<TenantId, i64>, StoreError> {
        let statement = self
            .backend()
            .statement("SELECT tenant_id, revision FROM search_configs", []);
        let rows: Vec<RevisionRow> = all(self.connection(), statement).await?;
        let revisions = rows
            .into_iter()
            .map(|row| (TenantId(row.tenant_id), row.revision));
        Ok(revisions.collect())
    }
}

impl From<ConfigVersion> for ConfigVersionSummary {
    fn from(version: ConfigVersion) -> Self {
        Self {
            number: version.number,
            note: version.note,
            author: version.author,
            created_at_ms: version.created_at_ms,
        }
    }
}

impl From<VersionRow> for ConfigVersion {
    fn from(row: VersionRow) -> Self {
        Self {
            number: row.number,
            document: row.document,
            note: row.note,
            author: row.author,
            created_at_ms: row.created_at_ms,
        }
    }
}
