//! Saving configurations: what comes in is checked, whoever sends it.

use souk_domain::InvalidField;
use souk_search::merchandising::SearchConfig;
use souk_store::{Authorship, ConfigVersion, SearchConfigs, StoreError};

/// Failures of an edit, apart from those of the database.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Invalid field of the edited configuration.
    #[error(transparent)]
    Invalid(InvalidField),
    /// Stored document that cannot be parsed.
    #[error(transparent)]
    Unreadable(serde_json::Error),
    /// Store that saved without calling the change.
    #[error("nothing was edited")]
    NotEdited,
}

/// A version and what it says.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The version.
    pub version: ConfigVersion,
    /// Configuration.
    pub config: SearchConfig,
}

/// Parses the document of a version.
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
pub async fn edit<E: From<StoreError> + From<EditError>>(
    configs: &SearchConfigs,
    by: Authorship,
    change: impl FnOnce(&ConfigVersion, &mut SearchConfig) -> Result<(), E>,
) -> Result<Edited, E> {
    let mut edited = None;
    let version = configs
        .save(by, |live| {
            let mut config = read(live).map_err(EditError::Unreadable)?;
            change(live, &mut config)?;
            config.give_ids(new_id);
            let config = config.validated().map_err(EditError::Invalid)?;
            let document = config.to_document().map_err(EditError::Invalid)?;
            edited = Some(config);
            Ok::<_, E>(document)
        })
        .await?;
    let config = edited.ok_or(EditError::NotEdited)?;
    Ok(Edited { version, config })
}

/// Returns a random slug of 12 hexadecimal digits.
pub fn new_id() -> String {
    format!("{:012x}", rand::random::<u64>() >> 16)
}
