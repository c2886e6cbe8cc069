use std::{collections::BTreeMap, sync::Arc, time::Instant};

use sha2::{Digest, Sha256};
use souk_domain::{Language, ProductId};
use souk_search::rewriting::{Rewriter, SearchConfig};
use souk_store::{ConfigExperiment, ConfigVersion, Scope, StoreError};

use super::editing;
use crate::sessions::SessionHash;

/// What is in force in a marketplace.
#[derive(Debug)]
pub struct InForce {
    /// What everybody is given.
    pub live: Arc<CompiledVersion>,
    /// What some sessions are given instead.
    pub experiment: Option<Experiment>,
    pub(super) language: Language,
    pub(super) revision: i64,
    pub(super) loaded_at: Instant,
}

/// A version that some sessions are given.
#[derive(Debug)]
pub struct Experiment {
    /// Which.
    pub candidate: Arc<CompiledVersion>,
    /// To how many sessions of a hundred.
    pub share: u64,
}

/// A version, ready for use.
#[derive(Debug)]
pub struct CompiledVersion {
    /// Its number; 0 if nothing was ever saved.
    pub number: i64,
    /// What it makes of queries.
    pub rewriter: Rewriter,
    /// The products that it names by their own ids, as far as they exist.
    products: BTreeMap<String, ProductId>,
    products_digest: String,
    names_products: bool,
}

impl InForce {
    /// Reads what is in force now, and compiles what was not known before.
    pub(super) async fn load(
        scope: &Scope,
        language: Language,
        before: Option<&Self>,
    ) -> Result<Self, StoreError> {
        let loaded_at = Instant::now();
        let state = scope.search_configs().in_force().await?;
        let live = CompiledVersion::new(scope, language, state.live, before).await?;
        let experiment = match state.experiment {
            Some(ConfigExperiment { candidate, share }) => Some(Experiment {
                candidate: CompiledVersion::new(scope, language, candidate, before).await?,
                share: u64::try_from(share).unwrap_or(0),
            }),
            None => None,
        };
        Ok(Self {
            live,
            experiment,
            language,
            revision: state.revision,
            loaded_at,
        })
    }

    /// What a session is given: the same for as long as its hash is the same.
    pub(super) fn version_for(&self, session: Option<SessionHash>) -> &Arc<CompiledVersion> {
        match (&self.experiment, session) {
            (Some(experiment), Some(session)) if experiment.includes(session) => {
                &experiment.candidate
            }
            _ => &self.live,
        }
    }

    pub(super) fn names_products(&self) -> bool {
        self.versions().any(|version| version.names_products)
    }

    fn versions(&self) -> impl Iterator<Item = &Arc<CompiledVersion>> {
        let candidate = self.experiment.as_ref();
        std::iter::once(&self.live).chain(candidate.map(|experiment| &experiment.candidate))
    }
}

impl Experiment {
    /// Whether a session is one of those that are given the candidate. Another candidate is given to others.
    fn includes(&self, session: SessionHash) -> bool {
        let mut hash = Sha256::new();
        hash.update(self.candidate.number.to_le_bytes());
        hash.update(session.get().to_le_bytes());
        let mut number = [0; 8];
        number.copy_from_slice(&hash.finalize()[..8]);
        u64::from_le_bytes(number) % 100 < self.share
    }
}

impl CompiledVersion {
    /// Compiles a version, unless it is known and nothing that it names has changed.
    async fn new(
        scope: &Scope,
        language: Language,
        version: ConfigVersion,
        before: Option<&InForce>,
    ) -> Result<Arc<Self>, StoreError> {
        let mut known = before.into_iter().flat_map(InForce::versions);
        let known = known.find(|known| known.number == version.number);
        if let Some(known) = known.filter(|known| !known.names_products) {
            return Ok(Arc::clone(known));
        }
        let config = editing::read(&version).unwrap_or_else(|error| {
            // A newer Souk may have written it: better searched without it than not at all.
            tracing::error!(
                tenant = scope.tenant().0,
                version = version.number,
                %error,
                "a search configuration is not understood; search goes on without it"
            );
            SearchConfig::default()
        });
        let products = products_of(scope, &config).await?;
        if let Some(known) = known.filter(|known| known.products == products) {
            return Ok(Arc::clone(known));
        }
        Ok(Arc::new(Self::compile(
            version.number,
            &config,
            language,
            products,
        )))
    }

    /// Compiles a configuration.
    pub fn compile(
        number: i64,
        config: &SearchConfig,
        language: Language,
        products: BTreeMap<String, ProductId>,
    ) -> Self {
        Self {
            number,
            rewriter: Rewriter::new(config, language, &products),
            names_products: !config.external_ids().is_empty(),
            products_digest: digest(&products),
            products,
        }
    }

    /// What tells its answers at a time from all others: those of other versions, those of a time when its rules were
    /// others, and those of a time when the products that it names were others.
    pub(super) fn fingerprint(&self, now_ms: i64) -> String {
        let (number, products) = (self.number, &self.products_digest);
        format!("{number}:{}:{products}", self.rewriter.period(now_ms))
    }
}

/// The same in every process for the same products.
fn digest(products: &BTreeMap<String, ProductId>) -> String {
    let digest = Sha256::digest(format!("{products:?}"));
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The products that a configuration names by their own ids, as far as they exist.
pub(crate) async fn products_of(
    scope: &Scope,
    config: &SearchConfig,
) -> Result<BTreeMap<String, ProductId>, StoreError> {
    let named = config.external_ids();
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    scope.products().ids(&named).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TURN: i64 = 1_767_225_600_000; // 2026-01-01

    fn fingerprint(number: i64, product: Option<i64>, now_ms: i64) -> String {
        let config = json!({"rules": [{
            "id": "it",
            "name": "It",
            "when": {"from": "2026-01-01T00:00:00Z"},
            "then": {"pin": [{"external_id": "mug"}]},
        }]});
        let config = serde_json::from_value(config).unwrap();
        let products = product.map(|id| ("mug".to_owned(), ProductId(id)));
        let products = products.into_iter().collect();
        CompiledVersion::compile(number, &config, Language::English, products).fingerprint(now_ms)
    }

    #[test]
    fn answers_of_another_version_time_or_product_are_told_apart() {
        let one = fingerprint(1, Some(7), TURN);
        assert_eq!(one, fingerprint(1, Some(7), TURN + 1));
        for other in [
            fingerprint(2, Some(7), TURN),
            fingerprint(1, Some(8), TURN),
            fingerprint(1, None, TURN),
            fingerprint(1, Some(7), TURN - 1),
        ] {
            assert_ne!(one, other);
        }
    }
}
