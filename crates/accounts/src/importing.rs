//! Accounts that come from another system, with the hashes of its passwords.

use souk_domain::InvalidField;
use souk_identity::{ImportedHash, Role};
use souk_store::{ImportedAccount, Membership, NewAccount, Tenant};

use crate::{error::AccountError, service::AccountService, sign_in::mail_of};

/// Most accounts that are added in one transaction.
const BATCH: usize = 500;

/// Somebody with an account of another system.
#[derive(Clone, Default)]
pub struct Newcomer {
    /// Place of the row in its file, for messages.
    pub row: u64,
    /// Mail address.
    pub mail: String,
    /// Display name; may be empty.
    pub name: String,
    /// Language of mails, ISO 639-1; the marketplace's if empty.
    pub language: String,
    /// Hash of the password as the other system stores it; whoever has none sets one by a link.
    pub password_hash: String,
}

/// Reason for which somebody was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewcomerFault {
    /// Place of the row in its file.
    pub row: u64,
    /// Field at fault, and why.
    pub fault: InvalidField,
}

/// Result of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Accounts that were added.
    pub added: u64,
    /// Accounts that were there already, and stay as they are.
    pub known: u64,
    /// Rows that were left out.
    pub faults: Vec<NewcomerFault>,
}

impl AccountService {
    /// Adds accounts as customers whose addresses are confirmed. Their passwords stay good: each is verified with the other
    /// system's hash at the first sign-in, and hashed again.
    ///
    /// # Errors
    /// If the database fails; what was added before stays, and a repetition leaves it as it is.
    pub async fn import(
        &self,
        tenant: &Tenant,
        newcomers: impl IntoIterator<Item = Newcomer>,
    ) -> Result<ImportSummary, AccountError> {
        let mut summary = ImportSummary::default();
        let mut batch = Vec::with_capacity(BATCH);
        for newcomer in newcomers {
            let row = newcomer.row;
            match self.account_of(tenant, newcomer) {
                Ok(account) => batch.push((row, account)),
                Err(fault) => summary.faults.push(NewcomerFault { row, fault }),
            }
            if batch.len() == BATCH {
                self.add(tenant, &mut batch, &mut summary).await?;
            }
        }
        self.add(tenant, &mut batch, &mut summary).await?;
        summary.faults.sort_by_key(|fault| fault.row);
        Ok(summary)
    }

    fn account_of(&self, tenant: &Tenant, newcomer: Newcomer) -> Result<NewAccount, InvalidField> {
        let mail = mail_of("mail", &newcomer.mail)?;
        let hash = match newcomer.password_hash.trim() {
            "" => None,
            text => {
                let read = ImportedHash::read(text);
                let hash =
                    read.map_err(|error| InvalidField::new("password_hash", error.to_string()))?;
                Some(hash.stored())
            }
        };
        let language = match newcomer.language.trim() {
            "" => tenant.language,
            code => {
                let read = code.to_ascii_lowercase().parse::<souk_domain::Language>();
                read.map_err(|error| InvalidField::new("language", error.to_string()))?
            }
        };
        Ok(NewAccount {
            mail,
            name: newcomer.name,
            language: language.code().to_owned(),
            password_hash: hash,
            memberships: vec![Membership {
                role: Role::Customer,
                seller: None,
            }],
            at_ms: self.surroundings.now_ms(),
        })
    }

    async fn add(
        &self,
        tenant: &Tenant,
        batch: &mut Vec<(u64, NewAccount)>,
        summary: &mut ImportSummary,
    ) -> Result<(), AccountError> {
        let (rows, accounts): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let people = self.store.scope(tenant.id).accounts();
        let imported = people.import(&accounts).await?;
        for (row, imported) in rows.into_iter().zip(imported) {
            match imported {
                Ok(ImportedAccount::Added) => summary.added += 1,
                Ok(ImportedAccount::Known) => summary.known += 1,
                Err(fault) => summary.faults.push(NewcomerFault { row, fault }),
            }
        }
        Ok(())
    }
}
