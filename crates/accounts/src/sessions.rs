//! Sessions of tokens, kept in memory for less than a second.
//!
//! A session is read again after [`BELIEVED_FOR_MS`], whatever happens. So one that is over is refused in every process within
//! a second, without Redis, without notices of the database, and also if somebody deletes its row by hand. A revocation in this
//! process, and a notice of one elsewhere, hold at once.

use std::sync::{Arc, atomic::Ordering};

use souk_domain::{SessionId, TenantId};
use souk_identity::{SecurityEvent, Token, TokenKind, USE_NOTED_EVERY_MS};
use souk_store::{LiveSession, Session};
use souk_telemetry::chain;

use crate::{
    error::AccountError, known_sessions::KnownSession, security::SecurityContext,
    service::AccountService,
};

/// Longest time for which a session is not read again, in milliseconds.
const BELIEVED_FOR_MS: i64 = 800;

impl AccountService {
    /// Returns the session of a token; none if it is over, or of another tenant.
    ///
    /// # Errors
    /// If the database is needed and fails: nobody is let in on trust.
    pub async fn session(
        &self,
        tenant: TenantId,
        token: &str,
    ) -> Result<Option<Arc<LiveSession>>, AccountError> {
        let Some(token) = Token::parse(TokenKind::Session, token) else {
            return Ok(None);
        };
        let hash = token.hash();
        let now = self.surroundings.now_ms();
        if let Some(known) = self.known.get(&hash)
            && self.believes(&known, tenant, now)
        {
            return Ok(Some(Arc::clone(&known.live)));
        }
        // Both before the row is read: what ends meanwhile is not believed.
        let revision = self.revision.0.load(Ordering::Acquire);
        let sessions = self.store.scope(tenant).sessions();
        let Some(live) = sessions.find(hash, now).await? else {
            self.known.invalidate(&hash);
            return Ok(None);
        };
        if now.saturating_sub(live.session.last_used_at_ms) >= USE_NOTED_EVERY_MS
            && let Err(error) = sessions.note_use(live.session.id, now).await
        {
            tracing::debug!(error = chain(&error), "use of a session not noted");
        }
        let live = Arc::new(live);
        let known = KnownSession {
            tenant,
            live: Arc::clone(&live),
            read_at_ms: now,
            revision,
        };
        self.known.insert(hash, Arc::new(known));
        Ok(Some(live))
    }

    fn believes(&self, known: &KnownSession, tenant: TenantId, now_ms: i64) -> bool {
        let age = now_ms.saturating_sub(known.read_at_ms);
        known.tenant == tenant
            && known.revision == self.revision.0.load(Ordering::Acquire)
            // A clock that was set back makes nothing younger.
            && (0..BELIEVED_FOR_MS).contains(&age)
            && known.live.session.is_alive(now_ms)
    }

    /// Has every session read again when it is used next.
    pub fn outdate_sessions(&self) {
        self.revision.0.fetch_add(1, Ordering::AcqRel);
    }

    /// Returns the sessions of an account that are alive, the newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sessions_of(
        &self,
        tenant: TenantId,
        live: &LiveSession,
    ) -> Result<Vec<Session>, AccountError> {
        let sessions = self.store.scope(tenant).sessions();
        let now = self.surroundings.now_ms();
        Ok(sessions.list(live.account.id, now).await?)
    }

    /// Ends one session of the account.
    ///
    /// # Errors
    /// If it has none of this id.
    pub async fn revoke(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        id: SessionId,
        network: &str,
    ) -> Result<(), AccountError> {
        let sessions = self.store.scope(tenant).sessions();
        if !sessions.end(live.account.id, id).await? {
            return Err(AccountError::NotFound("session"));
        }
        self.revoked(tenant, live, 1, network).await;
        Ok(())
    }

    /// Ends all other sessions of the account, and returns how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_others(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        network: &str,
    ) -> Result<u64, AccountError> {
        let sessions = self.store.scope(tenant).sessions();
        let ended = sessions
            .end_others(live.account.id, live.session.id)
            .await?;
        self.revoked(tenant, live, ended, network).await;
        Ok(ended)
    }

    pub(crate) async fn revoked(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        count: u64,
        network: &str,
    ) {
        self.outdate_sessions();
        let context = SecurityContext::of(tenant, live.account.id, network);
        self.report(SecurityEvent::SessionsRevoked { count }, context)
            .await;
    }
}
