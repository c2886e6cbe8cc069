//! Reports of security events: for now, lines of the log.

use souk_domain::{AccountId, TenantId};
use souk_identity::SecurityEvent;

/// Where an event happened, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct SecurityContext<'a> {
    /// Tenant.
    pub tenant: TenantId,
    /// Account, if one is concerned.
    pub account: Option<AccountId>,
    /// Network of the client; empty for the command line.
    pub network: &'a str,
}

/// Reports an event. Every security event goes through here.
pub fn report(event: SecurityEvent, context: SecurityContext<'_>) {
    let (tenant, network) = (context.tenant.0, context.network);
    let account = context.account.map(|account| account.0);
    let name = event.name();
    match event {
        SecurityEvent::SignInRefused
        | SecurityEvent::LockedOut
        | SecurityEvent::CrossSiteRefused => {
            tracing::warn!(target: "security", event = name, tenant, account, network, "security event");
        }
        SecurityEvent::SignedIn { known_device } => {
            tracing::info!(target: "security", event = name, tenant, account, network, known_device, "security event");
        }
        SecurityEvent::SessionsRevoked { count } => {
            tracing::info!(target: "security", event = name, tenant, account, network, count, "security event");
        }
        _ => {
            tracing::info!(target: "security", event = name, tenant, account, network, "security event");
        }
    }
}
