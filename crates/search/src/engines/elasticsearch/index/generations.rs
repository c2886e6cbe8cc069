//! A tenant's indexes: making, serving, listing and deleting them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use souk_domain::{Language, TenantId};
use xxhash_rust::xxh3::xxh3_64;

use super::mapping;
use crate::engines::elasticsearch::cluster::client::{self, Method, Request};
use crate::engines::elasticsearch::cluster::failure::Failure;
use crate::engines::elasticsearch::engine::ElasticsearchIndex;
use crate::{Generation, IndexError, IndexOp, PhysicalIndex};

/// Attempts to create an index that others create at the same time.
const ATTEMPTS: usize = 10;
/// Most indexes of one tenant that are counted.
const MOST_INDEXES: usize = 1_000;

impl ElasticsearchIndex {
    pub(crate) async fn make_served(
        &self,
        tenant: TenantId,
        language: Language,
    ) -> Result<bool, IndexError> {
        let alias = self.names.alias(tenant);
        self.languages.write().insert(tenant, language);
        for _ in 0..ATTEMPTS {
            if self.exists(&format!("_alias/{alias}"), &alias).await? {
                return Ok(false);
            }
            // Whoever makes the next generation makes it with the alias, so that only one of several processes does.
            let generations = self.aliases(tenant).await?;
            let last = generations.keys().last();
            let next = last.map_or(Generation(0), |last| Generation(last.0 + 1));
            let mut body = mapping::index_body(&self.options, language, true);
            body["aliases"] = json!({alias.as_str(): {}});
            if self.make(tenant, next, &body).await? {
                return Ok(true);
            }
        }
        Err(IndexError::engine(format!(
            "the index {alias} appears and disappears"
        )))
    }

    pub(crate) async fn make_beside(
        &self,
        tenant: TenantId,
        language: Language,
        generation: Generation,
    ) -> Result<(), IndexError> {
        self.languages.write().insert(tenant, language);
        let body = mapping::index_body(&self.options, language, false);
        self.make(tenant, generation, &body).await.map(drop)
    }

    /// Returns the language of each tenant that has documents among some changes: the one its index was last requested in
    /// by this process, or else the one that it was made in.
    pub(crate) async fn languages_of(
        &self,
        ops: &[IndexOp],
    ) -> Result<BTreeMap<TenantId, Language>, IndexError> {
        let upserts = ops.iter().filter(|op| matches!(op, IndexOp::Upsert { .. }));
        let tenants: BTreeSet<TenantId> = upserts.map(IndexOp::tenant).collect();
        let mut languages = BTreeMap::new();
        for tenant in tenants {
            let known = self.languages.read().get(&tenant).copied();
            let language = match known {
                Some(language) => Some(language),
                None => self.language_of_served(tenant).await?,
            };
            languages.extend(language.map(|language| (tenant, language)));
        }
        Ok(languages)
    }

    async fn language_of_served(&self, tenant: TenantId) -> Result<Option<Language>, IndexError> {
        let alias = self.names.alias(tenant);
        if !self.exists(&format!("_alias/{alias}"), &alias).await? {
            return Ok(None);
        }
        let path = format!("{alias}/_mapping");
        let mappings: BTreeMap<String, Mapped> = self.manage(Method::Get, &path, &alias).await?;
        let mut made = mappings.into_values().map(|mapped| mapped.mappings.meta);
        let language = made.find_map(|made| made.language.parse().ok());
        if let Some(language) = language {
            self.languages.write().insert(tenant, language);
        }
        Ok(language)
    }

    /// Makes an index, and answers whether it was not there yet.
    async fn make(
        &self,
        tenant: TenantId,
        generation: Generation,
        body: &Value,
    ) -> Result<bool, IndexError> {
        let index = self.names.index(tenant, generation);
        self.forbid_making_by_writing().await?;
        let request = Request::new(Method::Put, &index).json(body);
        match self.client.manage(request).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.is_already_there() => Ok(false),
            Err(failure) => Err(failure.writing(&index)),
        }
    }

    /// A write to an index that is not there would make one without our mapping, a deletion even one named like the
    /// alias: `require_alias` does not hold for deletions.
    async fn forbid_making_by_writing(&self) -> Result<(), IndexError> {
        let path = format!("_index_template/{}", self.names.template());
        let body = json!({
            "index_patterns": [self.names.everything()],
            "allow_auto_create": false,
            // Templates whose patterns overlap must not have the same.
            "priority": 1_000 + xxh3_64(self.names.template().as_bytes()) % 1_000_000_000,
        });
        let request = Request::new(Method::Put, &path).json(&body);
        let put = self.client.manage(request).await;
        put.map(drop).map_err(|failure| failure.writing(&path))
    }

    async fn exists(&self, path: &str, what: &str) -> Result<bool, IndexError> {
        match self.client.manage(Request::new(Method::Head, path)).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.has_status(404) => Ok(false),
            Err(failure) => Err(failure.writing(what)),
        }
    }

    /// A tenant's indexes, each with its aliases.
    async fn aliases(
        &self,
        tenant: TenantId,
    ) -> Result<BTreeMap<Generation, Vec<String>>, IndexError> {
        #[derive(Deserialize)]
        struct Index {
            aliases: BTreeMap<String, IgnoredAny>,
        }
        let pattern = self.names.all_of(tenant);
        let path = format!("{pattern}/_alias");
        let indexes: BTreeMap<String, Index> = self.manage(Method::Get, &path, &pattern).await?;
        let numbered = indexes.into_iter().filter_map(|(name, index)| {
            let generation = self.names.generation(tenant, &name)?;
            Some((generation, index.aliases.into_keys().collect()))
        });
        Ok(numbered.collect())
    }

    async fn manage<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        index: &str,
    ) -> Result<T, IndexError> {
        let answer = self.client.manage(Request::new(method, path)).await;
        let read = answer.and_then(|answer| client::read(&answer));
        read.map_err(|failure: Failure| failure.writing(index))
    }

    pub(crate) async fn end_bulk_load(
        &self,
        tenant: TenantId,
        generation: Generation,
    ) -> Result<u64, IndexError> {
        #[derive(Deserialize)]
        struct CountResponse {
            count: u64,
        }
        let index = self.names.index(tenant, generation);
        let path = format!("{index}/_settings");
        let settings = json!({"index": mapping::serving_settings(&self.options)});
        let restore = Request::new(Method::Put, &path).json(&settings);
        let restored = self.client.manage(restore).await;
        restored.map_err(|failure| failure.writing(&index))?;
        let refresh = format!("{index}/_refresh");
        self.manage::<IgnoredAny>(Method::Post, &refresh, &index)
            .await?;
        let count = format!("{index}/_count");
        let counted: CountResponse = self.manage(Method::Get, &count, &index).await?;
        Ok(counted.count)
    }

    pub(crate) async fn swap_alias(
        &self,
        tenant: TenantId,
        generation: Generation,
    ) -> Result<(), IndexError> {
        let (index, alias) = (
            self.names.index(tenant, generation),
            self.names.alias(tenant),
        );
        let body = json!({"actions": [
            {"remove": {"index": self.names.all_of(tenant), "alias": alias, "must_exist": false}},
            {"add": {"index": index, "alias": alias}},
        ]});
        let request = Request::new(Method::Post, "_aliases").json(&body);
        let swapped = self.client.manage(request).await;
        swapped.map(drop).map_err(|failure| failure.writing(&index))
    }

    pub(crate) async fn delete_unserved(
        &self,
        tenant: TenantId,
        generation: Generation,
    ) -> Result<(), IndexError> {
        let index = self.names.index(tenant, generation);
        match self.aliases(tenant).await?.get(&generation) {
            None => Ok(()),
            Some(aliases) if aliases.contains(&self.names.alias(tenant)) => {
                Err(IndexError::engine(format!("{index} is served")))
            }
            Some(_) => self.delete(&index).await,
        }
    }

    pub(crate) async fn delete_all(&self, tenant: TenantId) -> Result<(), IndexError> {
        let generations = self.aliases(tenant).await?.into_keys();
        let indexes: Vec<_> = generations
            .map(|generation| self.names.index(tenant, generation))
            .collect();
        if indexes.is_empty() {
            return Ok(());
        }
        self.delete(&indexes.join(",")).await
    }

    async fn delete(&self, indexes: &str) -> Result<(), IndexError> {
        let request =
            Request::new(Method::Delete, indexes).parameters(&[("ignore_unavailable", "true")]);
        let deleted = self.client.manage(request).await;
        deleted
            .map(drop)
            .map_err(|failure| failure.writing(indexes))
    }

    pub(crate) async fn list(&self, tenant: TenantId) -> Result<Vec<PhysicalIndex>, IndexError> {
        let pattern = self.names.all_of(tenant);
        let aliases = self.aliases(tenant).await?;
        let path = format!("{pattern}/_mapping");
        let mappings: BTreeMap<String, Mapped> = self.manage(Method::Get, &path, &pattern).await?;
        let path = format!("{pattern}/_stats/store");
        let sizes: Sizes = self.manage(Method::Get, &path, &pattern).await?;
        let counts = self.counts(&pattern).await?;
        let wanted = self.languages.read().get(&tenant).copied();
        let alias = self.names.alias(tenant);
        let indexes = aliases.into_iter().map(|(generation, aliases)| {
            let name = self.names.index(tenant, generation);
            let made = mappings.get(&name).map(|mapped| &mapped.mappings.meta);
            let size = sizes.indices.get(&name);
            PhysicalIndex {
                generation,
                serving: aliases.contains(&alias),
                documents: counts.get(&name).copied().unwrap_or(0),
                bytes: size.map_or(0, |size| size.total.store.size_in_bytes),
                current: made.is_some_and(|made| made.is_current(wanted)),
                name,
            }
        });
        Ok(indexes.collect())
    }

    /// Number of products in each index. The statistics of an index count nested documents as well.
    async fn counts(&self, pattern: &str) -> Result<BTreeMap<String, u64>, IndexError> {
        let path = format!("{pattern}/_search");
        let request = Request::new(Method::Post, &path).json(&json!({
            "size": 0, "track_total_hits": false,
            "aggs": {"indexes": {"terms": {"field": "_index", "size": MOST_INDEXES}}},
        }));
        let answer = self.client.manage(request).await;
        let answer: IndexCounts = answer
            .and_then(|answer| client::read(&answer))
            .map_err(|failure: Failure| failure.writing(pattern))?;
        let buckets = answer.aggregations.indexes.buckets.into_iter();
        Ok(buckets
            .map(|bucket| (bucket.key, bucket.doc_count))
            .collect())
    }
}

#[derive(Deserialize)]
struct IndexCounts {
    #[serde(default)]
    aggregations: CountsByIndex,
}

#[derive(Default, Deserialize)]
struct CountsByIndex {
    indexes: IndexBuckets,
}

#[derive(Default, Deserialize)]
struct IndexBuckets {
    buckets: Vec<IndexBucket>,
}

#[derive(Deserialize)]
struct IndexBucket {
    key: String,
    doc_count: u64,
}

#[derive(Deserialize)]
struct Mapped {
    mappings: Mappings,
}

#[derive(Deserialize)]
struct Mappings {
    #[serde(rename = "_meta", default)]
    meta: Made,
}

/// Settings with which an index was created.
#[derive(Default, Deserialize)]
struct Made {
    #[serde(default)]
    mapping: String,
    #[serde(default)]
    language: String,
}

impl Made {
    /// Reports whether it would be created alike now: in the language requested last, if any was.
    fn is_current(&self, wanted: Option<Language>) -> bool {
        let language = wanted.or_else(|| self.language.parse().ok());
        language.is_some_and(|language| self.mapping == mapping::mapping_hash(language))
    }
}

#[derive(Deserialize)]
struct Sizes {
    indices: BTreeMap<String, Size>,
}

#[derive(Deserialize)]
struct Size {
    total: Stored,
}

#[derive(Deserialize)]
struct Stored {
    store: Bytes,
}

#[derive(Deserialize)]
struct Bytes {
    size_in_bytes: u64,
}
