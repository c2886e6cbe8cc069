//! Entries, and the canonical form that is hashed.

use std::fmt::Write as _;

use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use souk_domain::TenantId;

/// End of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// Refused.
    Refused,
    /// Failed after a part was done, as an entry before says.
    Failed,
}

/// An entry that is not in the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Doer, such as `admin-key` or `api-key:4jXo0y9QpLz`.
    pub actor: String,
    /// Name that the doer gave, which nobody has checked.
    pub note: Option<String>,
    /// Network address.
    pub address: Option<String>,
    /// Id of the request, as the logs have it.
    pub request_id: Option<String>,
    /// Name of the operation or command.
    pub action: String,
    /// End of the action.
    pub outcome: Outcome,
    /// Thing that it was done to, such as `products/7`.
    pub target: Option<String>,
    /// Particulars, as JSON: state before and after, or what was sent.
    pub detail: Option<String>,
}

impl NewAuditEntry {
    /// Entry of an action that was done, without particulars.
    pub fn done(at_ms: i64, actor: String, action: &str) -> Self {
        Self {
            at_ms,
            actor,
            note: None,
            address: None,
            request_id: None,
            action: action.to_owned(),
            outcome: Outcome::Done,
            target: None,
            detail: None,
        }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct AuditEntry {
    /// Tenant whose chain it belongs to; 0 for the installation.
    pub chain: i64,
    /// Number in its chain, from 1.
    pub number: i64,
    /// Time, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Doer.
    pub actor: String,
    /// Name that the doer gave.
    pub note: Option<String>,
    /// Network address.
    pub address: Option<String>,
    /// Id of the request.
    pub request_id: Option<String>,
    /// Name of the operation or command.
    pub action: String,
    /// `done`, `refused` or `failed`.
    pub outcome: String,
    /// Thing that it was done to.
    pub target: Option<String>,
    /// Particulars, as JSON.
    pub detail: Option<String>,
    /// Hash of the entry before; empty for the first.
    pub previous_hash: String,
    /// SHA-256 of all the rest, in hexadecimal digits.
    pub hash: String,
}

pub(super) const COLUMNS: &str = "chain, number, at, actor, note, address, request_id, action, outcome, target, detail, \
                                  previous_hash, hash";

impl Outcome {
    /// Name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl AuditEntry {
    /// Returns the entry that follows another, with its hash.
    pub(super) fn following(
        new: NewAuditEntry,
        chain: TenantId,
        (number, previous_hash): (i64, String),
    ) -> Self {
        let mut entry = Self {
            chain: chain.0,
            number: number + 1,
            at: new.at_ms,
            actor: new.actor,
            note: new.note,
            address: new.address,
            request_id: new.request_id,
            action: new.action,
            outcome: new.outcome.name().to_owned(),
            target: new.target,
            detail: new.detail,
            previous_hash,
            hash: String::new(),
        };
        entry.hash = entry.computed_hash();
        entry
    }

    /// Returns the hash that the entry must have.
    ///
    /// SHA-256 of the other columns in their order, each as `<bytes>:<text>,`; an absent one is `-,`.
    #[must_use]
    pub fn computed_hash(&self) -> String {
        let (chain, number, at) = (
            self.chain.to_string(),
            self.number.to_string(),
            self.at.to_string(),
        );
        let columns = [
            Some(&*chain),
            Some(&*number),
            Some(&*at),
            Some(&*self.actor),
            self.note.as_deref(),
            self.address.as_deref(),
            self.request_id.as_deref(),
            Some(&*self.action),
            Some(&*self.outcome),
            self.target.as_deref(),
            self.detail.as_deref(),
            Some(&*self.previous_hash),
        ];
        let mut form = String::new();
        for column in columns {
            // Writing to a text cannot fail.
            let _ = match column {
                Some(text) => write!(form, "{}:{text},", text.len()),
                None => write!(form, "-,"),
            };
        }
        hex::encode(Sha256::digest(form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_of_the_documented_form() {
        let entry = AuditEntry {
            chain: 1,
            number: 2,
            at: 3,
            actor: "ä".to_owned(),
            note: None,
            address: Some(String::new()),
            request_id: None,
            action: "a".to_owned(),
            outcome: "done".to_owned(),
            target: None,
            detail: None,
            previous_hash: "f".to_owned(),
            hash: String::new(),
        };
        let form = "1:1,1:2,1:3,2:ä,-,0:,-,1:a,4:done,-,-,1:f,";
        let digest = Sha256::digest(form);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(entry.computed_hash(), hex);
    }
}
