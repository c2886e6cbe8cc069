//! Saving configurations: what comes in is checked, whoever sends it.

use souk_search::merchandising::SearchConfig;
use souk_store::{Authorship, ConfigVersion, SearchConfigs};

use crate::error::ApiError;

/// A version and what it says.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The version.
    pub version: ConfigVersion,
    /// What it says.
    pub config: SearchConfig,
}

/// What a version says.
///
/// # Errors
/// If its document is not understood.
pub fn read(version: &ConfigVersion) -> Result<SearchConfig, serde_json::Error> {
    serde_json::from_str(&version.document)
}

/// Saves what `change` makes of the live version, and puts it in force; nobody else saves meanwhile, so that it may hold
/// what it finds against what its caller has read. Where nothing changes, nothing is saved.
///
/// # Errors
/// If `change` refuses, what it makes cannot be taken, or the database fails.
pub async fn edit(
    configs: &SearchConfigs,
    by: Authorship,
    change: impl FnOnce(&ConfigVersion, &mut SearchConfig) -> Result<(), ApiError>,
) -> Result<Edited, ApiError> {
    let mut edited = None;
    let version = configs
        .save(by, |live| {
            let mut config = read(live).map_err(ApiError::internal)?;
            change(live, &mut config)?;
            config.give_ids(new_id);
            let config = config.validated().map_err(ApiError::Unprocessable)?;
            let document = config.to_document().map_err(ApiError::Unprocessable)?;
            edited = Some(config);
            Ok::<_, ApiError>(document)
        })
        .await?;
    let config = edited.ok_or_else(|| ApiError::internal("nothing was edited"))?;
    Ok(Edited { version, config })
}

/// A short random slug.
pub(crate) fn new_id() -> String {
    format!("{:012x}", rand::random::<u64>() >> 16)
}
