//! Attempts at passwords and codes: counted before they are compared, forgiven after it was right.

use std::sync::atomic::{AtomicBool, Ordering};

use souk_domain::TenantId;
use souk_identity::SecurityEvent;
use souk_store::{Attempt, CountedAttempt, CountedGuesser, SignInFailures};
use souk_telemetry::chain;
use tokio::runtime::Handle;

use crate::{error::AccountError, security::SecurityContext, service::AccountService};

/// An attempt that is counted as a failure so far.
///
/// If it is dropped before it is known to have failed or succeeded, it is taken back: a database that is away, too much to
/// compute, and a client that has left say nothing about the password.
pub(crate) struct Counted {
    failures: SignInFailures,
    attempt: CountedAttempt,
    is_settled: AtomicBool,
}

impl Drop for Counted {
    fn drop(&mut self) {
        if *self.is_settled.get_mut() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (failures, attempt) = (self.failures.clone(), self.attempt.clone());
        runtime.spawn(async move {
            if let Err(error) = failures.take_back(&attempt).await {
                tracing::warn!(error = chain(&error), "attempt not taken back");
            }
        });
    }
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
            Attempt::Counted(attempt) => Ok(Counted {
                failures,
                attempt,
                is_settled: AtomicBool::new(false),
            }),
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
        attempt.is_settled.store(true, Ordering::Release);
        self.report(event, context).await;
        if attempt.attempt.last {
            self.report(SecurityEvent::LockedOut, context).await;
        }
    }

    /// Takes an attempt back that succeeded.
    pub(crate) async fn forgive(
        &self,
        tenant: TenantId,
        attempt: &Counted,
    ) -> Result<(), AccountError> {
        self.failures(tenant).forgive(&attempt.attempt).await?;
        attempt.is_settled.store(true, Ordering::Release);
        Ok(())
    }

    /// Forgets the failures of somebody who has proven otherwise who they are.
    pub(crate) async fn forget_failures(
        &self,
        tenant: TenantId,
        guessers: &[CountedGuesser],
    ) -> Result<(), AccountError> {
        Ok(self.failures(tenant).forget(guessers).await?)
    }

    fn failures(&self, tenant: TenantId) -> SignInFailures {
        self.store.scope(tenant).sign_in_failures()
    }
}
