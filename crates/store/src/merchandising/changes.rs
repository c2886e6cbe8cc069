//! Putting versions in force.

use sea_orm::Value;

use super::{
    ActiveVersions, ConfigAction, ConfigExperiment, ConfigVersion, KEPT_VERSIONS, SearchConfigs,
};
use crate::{
    StoreError, Transaction,
    backend::{CountRow, execute, first, now_ms},
    etag,
};

/// Author and reason of a change, both optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorship {
    /// Author's name.
    pub author: Option<String>,
    /// Reason for the change.
    pub note: Option<String>,
}

impl SearchConfigs {
    /// Saves a version and puts it in force: what `change` makes of the live one's document. Nobody else saves
    /// meanwhile, so `change` may hold what it finds against what its caller has read. If it gives back the same
    /// document, nothing is saved.
    ///
    /// # Errors
    /// If `change` refuses, or the database fails.
    pub async fn save<E: From<StoreError>>(
        &self,
        by: Authorship,
        change: impl FnOnce(&ConfigVersion) -> Result<String, E>,
    ) -> Result<ConfigVersion, E> {
        let transaction = self.scope.begin_exclusive().await?;
        let live = self.read_active(&transaction).await?.live;
        let document = change(&live)?;
        if live.number > 0 && document == live.document {
            return Ok(live);
        }
        let version = ConfigVersion {
            number: self.next_number(&transaction).await?,
            document,
            note: by.note,
            author: by.author,
            created_at_ms: now_ms(),
        };
        self.insert(&transaction, &version).await?;
        self.put_live(&transaction, version.number).await?;
        self.forget_versions(&transaction, version.number, live.number)
            .await?;
        self.log(
            &transaction,
            ConfigAction::Saved,
            version.number,
            None,
            version.author.clone(),
        )
        .await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(version)
    }

    /// Puts a version in force that was saved before, if the live one still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none of this number, or another one was put in force since.
    pub async fn activate(
        &self,
        number: i64,
        if_match: Option<&str>,
        author: Option<String>,
    ) -> Result<ConfigVersion, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let live = self.read_active(&transaction).await?.live;
        etag::check(if_match, &live.etag())?;
        let version = self.read(&transaction, number).await?;
        if live.number != number {
            self.put_live(&transaction, number).await?;
            self.log(&transaction, ConfigAction::Activated, number, None, author)
                .await?;
            transaction.commit().await?;
        }
        Ok(version)
    }

    /// Gives a version to some sessions, in place of what an experiment gave them before.
    ///
    /// # Errors
    /// If there is no such version, it is the live one, or the share is none from 1 to 99.
    pub async fn start_experiment(
        &self,
        candidate: i64,
        share: i64,
        author: Option<String>,
    ) -> Result<ActiveVersions, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let before = self.read_active(&transaction).await?;
        let candidate = self.read(&transaction, candidate).await?;
        if before.live.number == candidate.number {
            return Err(StoreError::conflict(
                "version",
                "is the live one; an experiment needs another",
            ));
        }
        let values = [
            self.scope.tenant.0.into(),
            candidate.number.into(),
            share.into(),
        ];
        self.write(
            &transaction,
            "UPDATE search_configs SET candidate = $2, share = $3, revision = revision + 1 WHERE tenant_id = $1",
            values,
        )
        .await?;
        self.log(
            &transaction,
            ConfigAction::ExperimentStarted,
            candidate.number,
            Some(share),
            author,
        )
        .await?;
        transaction.commit().await?;
        Ok(ActiveVersions {
            live: before.live,
            experiment: Some(ConfigExperiment { candidate, share }),
            revision: before.revision + 1,
        })
    }

    /// Gives the live version to everybody again.
    ///
    /// # Errors
    /// If there is no experiment.
    pub async fn end_experiment(&self, author: Option<String>) -> Result<(), StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let before = self.read_active(&transaction).await?;
        let experiment = before
            .experiment
            .ok_or(StoreError::NotFound("experiment"))?;
        self.write(
            &transaction,
            "UPDATE search_configs SET candidate = NULL, share = NULL, revision = revision + 1 WHERE tenant_id = $1",
            [self.scope.tenant.0.into()],
        )
        .await?;
        self.log(
            &transaction,
            ConfigAction::ExperimentEnded,
            experiment.candidate.number,
            Some(experiment.share),
            author,
        )
        .await?;
        Ok(transaction.commit().await?)
    }

    async fn next_number(&self, transaction: &Transaction) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(number), 0) AS count FROM search_config_versions WHERE tenant_id = $1";
        let backend = self.scope.store.backend();
        let statement = backend.statement(sql, [self.scope.tenant.0.into()]);
        let last = first::<CountRow>(transaction, statement).await?;
        Ok(last.map_or(0, |last| last.count) + 1)
    }

    async fn insert(
        &self,
        transaction: &Transaction,
        version: &ConfigVersion,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO search_config_versions (tenant_id, number, document, note, author, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)";
        let values = [
            self.scope.tenant.0.into(),
            version.number.into(),
            version.document.as_str().into(),
            version.note.clone().into(),
            version.author.clone().into(),
            version.created_at_ms.into(),
        ];
        self.write(transaction, sql, values).await
    }

    /// Forgets versions that are neither among the newest nor in force, nor were until now: what has just been saved may
    /// have to be taken back. The newest stays, so that no number comes again.
    async fn forget_versions(
        &self,
        transaction: &Transaction,
        newest: i64,
        replaced: i64,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM search_config_versions WHERE tenant_id = $1 AND number <= $2 AND number <> $3
             AND NOT EXISTS (SELECT 1 FROM search_configs s
                             WHERE s.tenant_id = $1 AND search_config_versions.number IN (s.live, s.candidate))";
        let values = [
            self.scope.tenant.0.into(),
            newest.saturating_sub(KEPT_VERSIONS).into(),
            replaced.into(),
        ];
        self.write(transaction, sql, values).await
    }

    /// Puts a version in force. An experiment whose version it is has been decided, and ends.
    async fn put_live(&self, transaction: &Transaction, number: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO search_configs (tenant_id, live) VALUES ($1, $2)
             ON CONFLICT (tenant_id) DO UPDATE
             SET live = excluded.live,
                 share = CASE WHEN search_configs.candidate = excluded.live THEN NULL ELSE search_configs.share END,
                 candidate = CASE WHEN search_configs.candidate = excluded.live THEN NULL ELSE search_configs.candidate END,
                 revision = search_configs.revision + 1";
        self.write(
            transaction,
            sql,
            [self.scope.tenant.0.into(), number.into()],
        )
        .await
    }

    pub(super) async fn write<const N: usize>(
        &self,
        transaction: &Transaction,
        sql: &str,
        values: [Value; N],
    ) -> Result<(), StoreError> {
        execute(
            transaction,
            self.scope.store.backend().statement(sql, values),
        )
        .await?;
        Ok(())
    }
}
