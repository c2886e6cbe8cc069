//! Reports of security events: a line of the log, and an entry of the audit log.

use serde_json::json;
use souk_domain::{AccountId, TenantId};
use souk_identity::SecurityEvent;
use souk_store::audit::{NewAuditEntry, Outcome};
use souk_telemetry::chain;

use crate::service::AccountService;

/// Tenant, account and network of an event.
#[derive(Debug, Clone, Copy)]
pub struct SecurityContext<'a> {
    /// Tenant.
    pub tenant: TenantId,
    /// Account, if one is concerned.
    pub account: Option<AccountId>,
    /// Network of the client; empty for the command line.
    pub network: &'a str,
}

impl<'a> SecurityContext<'a> {
    /// Context of an event that concerns an account.
    pub(crate) fn of(tenant: TenantId, account: AccountId, network: &'a str) -> Self {
        Self {
            tenant,
            account: Some(account),
            network,
        }
    }
}

impl AccountService {
    /// Reports an event. Every security event goes through here.
    ///
    /// An event that cannot be recorded is not taken back: the log says so.
    pub async fn report(&self, event: SecurityEvent, context: SecurityContext<'_>) {
        log(event, context);
        let entry = entry(event, context, self.surroundings.now_ms());
        if let Err(error) = self.store.audit().append(context.tenant, entry).await {
            let event = event.name();
            tracing::error!(event, error = chain(&error), "security event not recorded");
        }
    }
}

fn entry(event: SecurityEvent, context: SecurityContext<'_>, at_ms: i64) -> NewAuditEntry {
    let account = context.account.map(|account| account.0);
    let detail = match event {
        SecurityEvent::SignedIn { known_device } => Some(json!({"known_device": known_device})),
        SecurityEvent::SessionsRevoked { count } => Some(json!({"count": count})),
        _ => None,
    };
    let actor = match account.filter(|_| !event.is_of_anybody()) {
        Some(id) => format!("account:{id}"),
        None => "anonymous".to_owned(),
    };
    NewAuditEntry {
        address: (!context.network.is_empty()).then(|| context.network.to_owned()),
        outcome: match event.is_refusal() {
            true => Outcome::Refused,
            false => Outcome::Done,
        },
        target: account.map(|id| format!("accounts/{id}")),
        detail: detail.map(|detail| detail.to_string()),
        ..NewAuditEntry::done(at_ms, actor, event.name())
    }
}

fn log(event: SecurityEvent, context: SecurityContext<'_>) {
    let (tenant, network) = (context.tenant.0, context.network);
    let account = context.account.map(|account| account.0);
    let name = event.name();
    if event.is_refusal() {
        tracing::warn!(target: "security", event = name, tenant, account, network, "security event");
    } else {
        tracing::info!(target: "security", event = name, tenant, account, network, "security event");
    }
}
