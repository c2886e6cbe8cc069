//! Active configuration of a tenant, compiled.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use sha2::{Digest, Sha256};
use souk_domain::{AttributeDefinitions, ExternalKey, Language, ProductId};
use souk_search::merchandising::{Rewriter, SearchConfig};
use souk_store::{ConfigExperiment, ConfigVersion, Scope, StoreError};
use tokio::task::{self, JoinError};

use super::editing;
use crate::visitors::VisitorHash;

/// Active configuration of a tenant.
#[derive(Debug, Clone)]
pub struct ActiveConfig {
    /// Live version.
    pub live: Arc<CompiledVersion>,
    /// Experiment on some visitors.
    pub experiment: Option<Experiment>,
    /// Definitions of the tenant's attributes.
    pub attributes: Arc<DefinedAttributes>,
    pub(super) language: Language,
    pub(super) revision: i64,
    pub(super) loaded_at: Instant,
}

/// A version that some sessions are given.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// Products.
    pub candidate: Arc<CompiledVersion>,
    /// To how many sessions of a hundred.
    pub share: u64,
}

/// Definitions of a tenant's attributes, and what tells them from others.
#[derive(Debug, Default)]
pub struct DefinedAttributes {
    /// Definitions.
    pub definitions: Arc<AttributeDefinitions>,
    /// Grows with every change.
    pub(super) revision: i64,
    pub(super) digest: String,
}

impl DefinedAttributes {
    /// Reads the definitions unless they are still those of `before`. Read before the definitions, the revision is never
    /// newer than they are, so that a change in between is noticed by the next look.
    async fn load(scope: &Scope, before: Option<&Arc<Self>>) -> Result<Arc<Self>, StoreError> {
        let revision = scope.attributes().revision().await?;
        if let Some(before) = before.filter(|before| before.revision == revision) {
            return Ok(Arc::clone(before));
        }
        let definitions = Arc::new(scope.attributes().all().await?);
        Ok(Arc::new(Self {
            digest: digest(&definitions),
            definitions,
            revision,
        }))
    }
}

/// A version, ready for use.
#[derive(Debug)]
pub struct CompiledVersion {
    /// Version number; 0 if nothing was ever saved.
    pub number: i64,
    /// Compiled rewriter.
    pub rewriter: Rewriter,
    /// The products that it names by the shop's own ids.
    named: BTreeSet<ExternalKey>,
    /// Products among them that exist.
    products: BTreeMap<ExternalKey, ProductId>,
    products_digest: String,
}

impl ActiveConfig {
    /// Reads what is in force now, and compiles what was not known before.
    pub(super) async fn load(
        scope: &Scope,
        language: Language,
        before: Option<&Self>,
    ) -> Result<Self, StoreError> {
        let loaded_at = Instant::now();
        let known = before.map(|before| &before.attributes);
        let attributes = DefinedAttributes::load(scope, known).await?;
        let state = scope.search_configs().active_versions().await?;
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
            attributes,
            language,
            revision: state.revision,
            loaded_at,
        })
    }

    /// The same if the products that it names are still what they were: then nothing has to be read and compiled again.
    pub(super) async fn checked(&self, scope: &Scope) -> Result<Option<Self>, StoreError> {
        let loaded_at = Instant::now();
        for version in self.versions().filter(|version| version.names_products()) {
            if scope.products().ids(&version.named).await? != version.products {
                return Ok(None);
            }
        }
        Ok(Some(Self {
            loaded_at,
            ..self.clone()
        }))
    }

    /// Returns the version of a visitor; stable for the same hash.
    pub(super) fn version_for(&self, visitor: Option<VisitorHash>) -> &Arc<CompiledVersion> {
        match (&self.experiment, visitor) {
            (Some(experiment), Some(visitor)) if experiment.includes(visitor) => {
                &experiment.candidate
            }
            _ => &self.live,
        }
    }

    pub(super) fn names_products(&self) -> bool {
        self.versions().any(|version| version.names_products())
    }

    fn versions(&self) -> impl Iterator<Item = &Arc<CompiledVersion>> {
        let candidate = self.experiment.as_ref();
        std::iter::once(&self.live).chain(candidate.map(|experiment| &experiment.candidate))
    }
}

impl Experiment {
    /// Whether a visitor is one of those that are given the candidate. Another candidate is given to others.
    fn includes(&self, visitor: VisitorHash) -> bool {
        let mut hash = Sha256::new();
        hash.update(self.candidate.number.to_le_bytes());
        hash.update(visitor.get().to_le_bytes());
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
        before: Option<&ActiveConfig>,
    ) -> Result<Arc<Self>, StoreError> {
        let known = before
            .into_iter()
            .flat_map(ActiveConfig::versions)
            .find(|known| known.number == version.number);
        if let Some(known) = known.filter(|known| !known.names_products()) {
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
        let compiled = Self::compile_aside(version.number, config, language, products);
        Ok(Arc::new(compiled.await))
    }

    /// Compiles a configuration beside the threads that answer requests: thousands of synonyms take a while.
    pub async fn compile_aside(
        number: i64,
        config: SearchConfig,
        language: Language,
        products: BTreeMap<ExternalKey, ProductId>,
    ) -> Self {
        let compile = move || Self::compile(number, &config, language, products);
        match task::spawn_blocking(compile)
            .await
            .map_err(JoinError::try_into_panic)
        {
            Ok(compiled) => compiled,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime is ending, and with it whoever waits.
            Err(Err(_)) => std::future::pending().await,
        }
    }

    /// Compiles a configuration.
    pub fn compile(
        number: i64,
        config: &SearchConfig,
        language: Language,
        products: BTreeMap<ExternalKey, ProductId>,
    ) -> Self {
        Self {
            number,
            rewriter: Rewriter::new(config, language, &products),
            named: config.external_ids(),
            products_digest: digest(&products),
            products,
        }
    }

    fn names_products(&self) -> bool {
        !self.named.is_empty()
    }

    /// What tells its answers at a time from all others: those of other versions, those of a time when its rules were
    /// others, and those of a time when the products that it names were others.
    pub(super) fn fingerprint(&self, now_ms: i64) -> String {
        let (number, products) = (self.number, &self.products_digest);
        format!("{number}:{}:{products}", self.rewriter.period(now_ms))
    }
}

/// The same in every process for the same products or definitions.
fn digest(content: &impl std::fmt::Debug) -> String {
    let digest = Sha256::digest(format!("{content:?}"));
    hex::encode(&digest[..8])
}

/// Returns the ids of products that a configuration names by external id. Products that do not exist are left out.
///
/// # Errors
/// If the database fails.
pub async fn products_of(
    scope: &Scope,
    config: &SearchConfig,
) -> Result<BTreeMap<ExternalKey, ProductId>, StoreError> {
    let named = config.external_ids();
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    scope.products().ids(&named).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_domain::Currency;
    use souk_store::{Authorship, DatabaseOptions, MissingReferences, NewTenant, Store};
    use souk_testkit::{TestDatabase, product};

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
        let products = product
            .map(|id| (ExternalKey::alone("mug"), ProductId(id)))
            .into_iter()
            .collect();
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

    #[tokio::test]
    async fn only_a_product_that_comes_or_goes_has_all_of_it_read_anew() {
        let database = TestDatabase::sqlite().await;
        let store = Store::connect(&DatabaseOptions::new(database.url()))
            .await
            .unwrap();
        let tenant = NewTenant {
            slug: "main".to_owned(),
            name: "Main".to_owned(),
            hosts: vec![],
            language: Language::English,
            currency: Currency::EUR,
        };
        let scope = store.scope(store.tenants().add(tenant).await.unwrap().id);
        let rules = json!([{"id": "a", "name": "A", "then": {"pin": [{"external_id": "mug"}]}}]);
        let document = json!({"rules": rules}).to_string();
        let configs = scope.search_configs();
        configs
            .save(Authorship::default(), |_| Ok::<_, StoreError>(document))
            .await
            .unwrap();
        let language = Language::English;
        let first = ActiveConfig::load(&scope, language, None).await.unwrap();
        let same = first.checked(&scope).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&same.live, &first.live));

        scope
            .products()
            .upsert_batch(vec![product("mug").into()], MissingReferences::Create)
            .await
            .unwrap();
        assert!(first.checked(&scope).await.unwrap().is_none());
        let second = ActiveConfig::load(&scope, language, Some(&first))
            .await
            .unwrap();
        assert!(
            second
                .live
                .products
                .contains_key(&ExternalKey::alone("mug"))
        );
        assert!(second.checked(&scope).await.unwrap().is_some());
    }
}
