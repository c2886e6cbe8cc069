//! Addresses of the pages that links in mails lead to.

use souk_identity::Token;
use souk_store::Tenant;

/// Base of the addresses in mails. It never comes from a request, whose `Host` anybody can choose.
#[derive(Debug, Clone)]
pub struct LinkPages {
    /// Public URL with `{tenant}` for the tenant's slug; empty for the tenant's first host.
    pub url: String,
    /// URL of a tenant without a host.
    pub otherwise: String,
}

impl LinkPages {
    /// Returns the address of a page with a token.
    pub(crate) fn page(&self, tenant: &Tenant, page: &str, token: &Token) -> String {
        let base = match (self.url.as_str(), tenant.hosts.first()) {
            ("", Some(host)) => format!("https://{host}"),
            ("", None) => self.otherwise.clone(),
            (url, _) => url.replace("{tenant}", &tenant.slug),
        };
        // Behind `#`, so that no server's log has it.
        let (base, token) = (base.trim_end_matches('/'), token.text());
        format!("{base}/account/{page}#token={token}")
    }
}
