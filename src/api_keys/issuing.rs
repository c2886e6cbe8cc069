//! Making and rotating API keys, for the API and the command line alike.

use souk_domain::InvalidField;
use souk_identity::{ApiKeyRandomness, NewApiKeySecret, Permissions};
use souk_store::{ApiKey, ApiKeys, NewApiKey, Rotation, StoreError};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days for which a key is good if its maker names no end.
pub(crate) const DEFAULT_DAYS: u32 = 90;
/// Most days for which a key is good.
pub(crate) const MAX_DAYS: u32 = 365;
/// Hours for which a key lives on beside the one that takes its place, unless told otherwise.
pub(crate) const DEFAULT_OVERLAP_HOURS: u32 = 24;
/// Most such hours.
pub(crate) const MAX_OVERLAP_HOURS: u32 = 720;

/// A key to be made.
#[derive(Debug)]
pub struct KeyRequest {
    /// Purpose of the key.
    pub name: String,
    /// Operations that it is good for.
    pub permissions: Permissions,
    /// Days for which it is good; 90 if not given.
    pub days: Option<u32>,
}

/// A new key with its secret, which is shown this once.
#[derive(Debug)]
pub struct Issued {
    /// Stored key.
    pub key: ApiKey,
    /// The whole key.
    pub secret: String,
}

/// Reason for which a key was not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Permissions of the key that its maker does not have.
    #[error("nobody gives a key permissions that they lack themselves: {}", .0.names().join(", "))]
    Lacking(Permissions),
    /// The key is not as keys are, or the database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<InvalidField> for KeyError {
    fn from(invalid: InvalidField) -> Self {
        Self::Store(invalid.into())
    }
}

/// Makes a key. `by` names its maker, who has the permissions `own`.
///
/// # Errors
/// If the maker lacks one of its permissions, it has none, or it would be good for too long.
pub async fn issue(
    keys: &ApiKeys,
    request: KeyRequest,
    (by, own): (&str, Permissions),
    now_ms: i64,
) -> Result<Issued, KeyError> {
    let given = request.permissions;
    if given == Permissions::NONE {
        return Err(InvalidField::new("permissions", "must name at least one").into());
    }
    let of_installation = given.without(Permissions::OF_TENANT);
    if of_installation != Permissions::NONE {
        let names = of_installation.names().join(", ");
        let message = format!("must be of one tenant; only the admin key has {names}");
        return Err(InvalidField::new("permissions", message).into());
    }
    check_granted(given, own)?;
    let days = request.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(InvalidField::new("days", format!("must be from 1 to {MAX_DAYS}")).into());
    }
    let new = NewApiKeySecret::of(random());
    let key = NewApiKey {
        id: new.id,
        name: request.name,
        permissions: given,
        hash: new.hash,
        created_by: by.to_owned(),
        now_ms,
        expires_at_ms: now_ms + i64::from(days) * DAY_MS,
    };
    Ok(Issued {
        key: keys.add(key).await?,
        secret: new.secret,
    })
}

/// Puts a new key in the place of another, for as many days as that one was made for. The old one lives on for some hours.
///
/// # Errors
/// If there is no such key in force, the hours are too many, or the maker lacks one of its permissions.
pub async fn rotate(
    keys: &ApiKeys,
    old: &str,
    overlap_hours: Option<u32>,
    (by, own): (&str, Permissions),
    now_ms: i64,
) -> Result<Issued, KeyError> {
    let hours = overlap_hours.unwrap_or(DEFAULT_OVERLAP_HOURS);
    if hours > MAX_OVERLAP_HOURS {
        let message = format!("must be from 0 to {MAX_OVERLAP_HOURS}");
        return Err(InvalidField::new("overlap_hours", message).into());
    }
    let before = keys.get(old).await?;
    check_granted(before.permissions, own)?;
    let made_for = before.expires_at_ms - before.created_at_ms;
    let new = NewApiKeySecret::of(random());
    let rotation = Rotation {
        id: new.id,
        hash: new.hash,
        created_by: by.to_owned(),
        now_ms,
        expires_at_ms: now_ms + made_for.clamp(DAY_MS, i64::from(MAX_DAYS) * DAY_MS),
        old_ends_at_ms: now_ms + i64::from(hours) * HOUR_MS,
    };
    Ok(Issued {
        key: keys.rotate(old, rotation).await?,
        secret: new.secret,
    })
}

fn check_granted(given: Permissions, own: Permissions) -> Result<(), KeyError> {
    match given.without(own) {
        Permissions::NONE => Ok(()),
        lacking => Err(KeyError::Lacking(lacking)),
    }
}

fn random() -> ApiKeyRandomness {
    ApiKeyRandomness {
        id: rand::random(),
        secret: rand::random(),
    }
}
