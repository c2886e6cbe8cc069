//! Search context of a request: version and moment.

use std::sync::Arc;

use chrono::Utc;
use souk_domain::{AttributeDefinitions, Filters, QueryId, SearchQuery};
use souk_search::merchandising::Rewritten;
use souk_store::Tenant;

use super::{ActiveConfig, CompiledVersion, DefinedAttributes};
use crate::visitors::VisitorHash;

/// Version of the configuration and moment of one request.
#[derive(Debug, Clone)]
pub struct SearchContext {
    version: Arc<CompiledVersion>,
    attributes: Arc<DefinedAttributes>,
    now_ms: i64,
    depends_on_session: bool,
    enforced: Option<Arc<Filters>>,
}

impl SearchContext {
    /// For a request of a visitor, if it names one, that is answered now.
    pub fn now(active_config: &ActiveConfig, visitor: Option<VisitorHash>) -> Self {
        Self {
            depends_on_session: active_config.experiment.is_some(),
            ..Self::by(
                Arc::clone(active_config.version_for(visitor)),
                Arc::clone(&active_config.attributes),
            )
        }
    }

    /// By a version and definitions of attributes, now.
    pub fn by(version: Arc<CompiledVersion>, attributes: Arc<DefinedAttributes>) -> Self {
        Self {
            version,
            attributes,
            now_ms: Utc::now().timestamp_millis(),
            depends_on_session: false,
            enforced: None,
        }
    }

    /// By the same version, at another time.
    #[must_use]
    pub fn at(self, now_ms: i64) -> Self {
        Self { now_ms, ..self }
    }

    /// By the same version, for somebody who finds nothing but what passes these filters.
    #[must_use]
    pub fn within(self, enforced: Option<Arc<Filters>>) -> Self {
        Self { enforced, ..self }
    }

    /// Returns the filters that everything has to pass, whatever is asked for.
    pub fn enforced(&self) -> Option<&Arc<Filters>> {
        self.enforced.as_ref()
    }

    /// The version's number.
    pub fn version(&self) -> i64 {
        self.version.number
    }

    /// Returns the definitions of the tenant's attributes.
    pub fn definitions(&self) -> &Arc<AttributeDefinitions> {
        &self.attributes.definitions
    }

    /// Returns the id of a search in analytics.
    pub fn query_id(&self, query: &SearchQuery) -> QueryId {
        let version = u32::try_from(self.version.number).unwrap_or(u32::MAX);
        souk_search::query_id(query, version)
    }

    /// Returns the moment of the request, in milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Returns true during an experiment, where visitors may get other results.
    pub fn depends_on_session(&self) -> bool {
        self.depends_on_session
    }

    /// Rewrites a query by the version.
    pub fn rewrite(&self, tenant: &Tenant, query: &SearchQuery) -> Rewritten {
        let rewriter = &self.version.rewriter;
        let mut rewritten = match &self.enforced {
            Some(enforced) => rewriter.rewrite(tenant.id, &narrowed(query, enforced), self.now_ms),
            None => rewriter.rewrite(tenant.id, query, self.now_ms),
        };
        rewritten.plan.shares_products = tenant.shares_products;
        rewritten.plan.definitions = Arc::clone(&self.attributes.definitions);
        rewritten
    }

    /// Returns the part of a cache key that tells versions apart.
    pub fn fingerprint(&self) -> String {
        let version = self.version.fingerprint(self.now_ms);
        let mut fingerprint = match self.attributes.definitions.is_empty() {
            true => version,
            false => format!("{version}:{}", self.attributes.digest),
        };
        if let Some(enforced) = &self.enforced {
            fingerprint.push_str(&enforced_fingerprint(enforced));
        }
        fingerprint
    }
}

/// Returns the part of a cache key that tells enforced filters apart.
pub fn enforced_fingerprint(enforced: &Filters) -> String {
    format!("|enforced:{enforced:?}")
}

/// Returns a query that finds what passes these filters, too, and counts nothing else in any facet.
pub(crate) fn narrowed(query: &SearchQuery, enforced: &Filters) -> SearchQuery {
    let mut query = query.clone();
    query.conditions.passing.push(enforced.clone());
    query
}
