//! Answers to the question for a second factor.

use souk_domain::{AccountId, TenantId};
use souk_identity::RecoveryCode;
use souk_store::{Account, FactorProof, NewMail, Tenant};

use crate::{error::AccountError, service::AccountService};

/// Proof of a factor, as somebody typed it. It is a secret, and so has no `Debug`.
pub enum FactorAnswer {
    /// Code of the authenticator app.
    Code(String),
    /// Recovery code.
    RecoveryCode(String),
}

impl FactorAnswer {
    /// Returns the error of an answer that is wrong.
    pub(super) fn wrong(&self) -> AccountError {
        AccountError::WrongCode(match self {
            Self::Code(_) => "code",
            Self::RecoveryCode(_) => "recovery_code",
        })
    }

    pub(super) fn is_recovery_code(&self) -> bool {
        matches!(self, Self::RecoveryCode(_))
    }
}

impl AccountService {
    /// Returns what is to be spent for an answer; `None` if it is wrong. A recovery code is looked up when it is spent.
    pub(super) async fn proof_of(
        &self,
        tenant: TenantId,
        account: AccountId,
        answer: &FactorAnswer,
    ) -> Result<Option<FactorProof>, AccountError> {
        let typed = match answer {
            FactorAnswer::RecoveryCode(typed) => {
                let code = RecoveryCode::read(typed);
                let hash = code.map(|code| code.hash(tenant.0, account.0));
                return Ok(hash.map(FactorProof::RecoveryCode));
            }
            FactorAnswer::Code(typed) => typed,
        };
        let found = self.store.scope(tenant).factors().totp(account).await?;
        let Some(totp) = found.filter(|totp| totp.confirmed_at_ms.is_some()) else {
            return Ok(None);
        };
        let seed = self.seeds.open((tenant.0, account.0), &totp.sealed_seed)?;
        let step = seed.step_of(typed, self.surroundings.now_ms(), totp.last_step);
        Ok(step.map(|step| FactorProof::Totp {
            sealed_seed: totp.sealed_seed,
            step,
        }))
    }

    /// Returns the mail that tells of an answer, if it is a recovery code.
    pub(super) fn notice_of(
        &self,
        tenant: &Tenant,
        account: &Account,
        answer: &FactorAnswer,
    ) -> Result<Option<NewMail>, AccountError> {
        if !answer.is_recovery_code() {
            return Ok(None);
        }
        self.notice(tenant, account, "recovery_code_used").map(Some)
    }
}
