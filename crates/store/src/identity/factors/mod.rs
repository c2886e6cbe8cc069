//! Second factors of accounts: an authenticator app, recovery codes, and sign-ins that wait for one.

pub(crate) mod challenges;
pub(crate) mod confirmed;
mod proofs;
pub(crate) mod pruning;
pub(crate) mod recovery_codes;
pub(crate) mod totp;

use souk_domain::AccountId;

pub use self::{
    challenges::{Challenge, Finished, NewChallenge},
    proofs::{FactorProof, ProvenSession},
    recovery_codes::RecoveryCodes,
    totp::{NewTotp, Totp},
};
use super::accounts::Accounts;
use crate::{Scope, StoreError, Transaction};

/// The second factors of one tenant's accounts.
#[derive(Debug, Clone)]
pub struct Factors {
    scope: Scope,
}

impl Scope {
    /// Second factors of the tenant's accounts.
    pub fn factors(&self) -> Factors {
        Factors {
            scope: self.clone(),
        }
    }
}

impl Factors {
    /// Begins a change of an account that has to be there.
    async fn begin(&self, account: AccountId) -> Result<Transaction, StoreError> {
        let transaction = self.scope.store.begin().await?;
        match self.accounts().lock(&transaction, account).await? {
            true => Ok(transaction),
            false => Err(StoreError::NotFound("account")),
        }
    }

    fn accounts(&self) -> Accounts {
        self.scope.accounts()
    }
}
