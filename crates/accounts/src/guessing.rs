//! Attempts at passwords and codes: counted before they are compared, forgiven after it was right.

use souk_domain::TenantId;
use souk_identity::SecurityEvent;
use souk_store::{Attempt, CountedGuesser};

use crate::{error::AccountError, security::SecurityContext, service::AccountService};

/// An attempt that is counted as a failure so far.
pub(crate) struct Counted {
    guessers: Vec<CountedGuesser>,
    last: bool,
}

impl AccountService {
    /// Counts an attempt, or refuses it.
    pub(crate) async fn attempt(
        &self,
        guessers: Vec<CountedGuesser>,
        context: SecurityContext<'_>,
    ) -> Result<Counted, AccountError> {
        let now = self.surroundings.now_ms();
        let failures = self.failures(context.tenant);
        match failures.attempt(&guessers, now).await? {
            Attempt::Counted { last } => Ok(Counted { guessers, last }),
            Attempt::Refused { until_ms } => {
                self.report(SecurityEvent::SignInRefused, context).await;
                let seconds = (until_ms - now + 999) / 1_000;
                Err(AccountError::Wait(u32::try_from(seconds).unwrap_or(1)))
            }
        }
    }

    /// Reports an attempt that failed.
    pub(crate) async fn failed(
        &self,
        event: SecurityEvent,
        attempt: &Counted,
        context: SecurityContext<'_>,
    ) {
        self.report(event, context).await;
        if attempt.last {
            self.report(SecurityEvent::LockedOut, context).await;
        }
    }

    /// Takes an attempt back that succeeded.
    pub(crate) async fn forgive(
        &self,
        tenant: TenantId,
        attempt: &Counted,
    ) -> Result<(), AccountError> {
        Ok(self.failures(tenant).forgive(&attempt.guessers).await?)
    }

    fn failures(&self, tenant: TenantId) -> souk_store::SignInFailures {
        self.store.scope(tenant).sign_in_failures()
    }
}
