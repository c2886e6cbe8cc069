//! A call of a face over the search service: its shop, the tags of its answer, and its place in the cache.

use std::{future::Future, sync::Arc};

use chrono::Utc;
use poem::{Request, Response, http::header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use souk_cache::{Content, Key, Kind, Loaded, Page, Tag};
use souk_domain::{Filters, SearchQuery};
use souk_search_service::{EngineResponse, SearchContext, SearchRequest, VisitorHash};
use souk_store::Tenant;

use crate::{
    error::ApiError,
    http::{CacheTags, TenantContext, VisitorId, bears_session, hash_of, load_failure},
    state::AppState,
};

/// Form of the answers: another number for another form, so that no process takes an older one's for its own.
const FORM: &str = "calls 2";

/// Parts that answer a call.
#[derive(Clone)]
pub(crate) struct Call {
    /// Application state.
    pub(crate) app: AppState,
    /// Tenant.
    pub(crate) tenant: Arc<Tenant>,
    /// Configuration and moment.
    pub(crate) search: SearchContext,
    /// Tags of all that the answer depends on.
    pub(crate) tags: CacheTags,
}

impl Call {
    /// Begins a call, by a visitor if it names one.
    ///
    /// # Errors
    /// If the configuration was never read and the database cannot be.
    pub(crate) async fn begin(
        context: &TenantContext,
        visitor: Option<VisitorHash>,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            app: context.app.clone(),
            tenant: Arc::clone(&context.tenant),
            search: context
                .app
                .search
                .context(&context.tenant, visitor)
                .await?
                .within(context.enforced().cloned()),
            tags: CacheTags::default(),
        })
    }

    /// Returns the request of a search.
    pub(crate) fn request<'a>(&'a self, query: &'a SearchQuery) -> SearchRequest<'a> {
        SearchRequest {
            tenant: &self.tenant,
            context: &self.search,
            query,
        }
    }

    /// Returns the filters that everything has to pass.
    pub(crate) fn enforced(&self) -> Option<&Filters> {
        self.search.enforced().map(AsRef::as_ref)
    }

    /// Notes what an answer of the index depends on.
    pub(crate) fn note<T>(&self, answered: &EngineResponse<T>) {
        self.tags.add([Tag::Search]);
        if answered.degraded {
            self.tags.mark_degraded();
        }
    }

    /// Returns the answer to `asked`, from the cache if it is there.
    ///
    /// # Errors
    /// If loading it fails.
    pub(crate) async fn cached<F>(
        &self,
        request: &Request,
        asked: &Value,
        load: F,
    ) -> Result<Arc<Page>, ApiError>
    where
        F: Future<Output = Result<Value, ApiError>> + Send + 'static,
    {
        let tags = self.tags.clone();
        let load = move || async move {
            let answer = load.await?;
            let bytes = serde_json::to_vec(&answer).map_err(ApiError::internal)?;
            Ok(tags.loaded(bytes::Bytes::from(bytes).into()))
        };
        let content = if bears_session(request.headers()) {
            let loaded: Loaded = load().await?;
            loaded.content
        } else {
            let served = self.app.cache.get(self.key(asked)?, load).await;
            served.map_err(load_failure)?.content
        };
        match content {
            Content::Page(page) => Ok(page),
            Content::Absent(what) => Err(ApiError::NotFound(what)),
            Content::Moved(_) => Err(ApiError::internal("a search has moved")),
        }
    }

    /// Returns a part of answers that changes seldom, from the cache if it is there. The answer depends on it from now on.
    ///
    /// # Errors
    /// If loading it fails.
    pub(crate) async fn part<T, F>(
        &self,
        kind: Kind,
        name: &str,
        tag: Tag,
        load: F,
    ) -> Result<T, ApiError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        self.tags.add([tag]);
        let tags = CacheTags::default();
        tags.add([tag]);
        let load = move || async move {
            let bytes = serde_json::to_vec(&load.await?).map_err(ApiError::internal)?;
            Ok(tags.loaded(bytes::Bytes::from(bytes).into()))
        };
        let key = Key {
            kind,
            tenant: self.tenant.id,
            hash: hash_of([FORM.as_bytes(), name.as_bytes()].into_iter()),
        };
        let served = self.app.cache.get(key, load).await;
        match served.map_err(load_failure)?.content {
            Content::Page(page) => serde_json::from_slice(page.body()).map_err(ApiError::internal),
            _ => Err(ApiError::internal("a part of answers is absent")),
        }
    }

    fn key(&self, asked: &Value) -> Result<Key, ApiError> {
        let media = self.app.cdn.media.to_string();
        let fingerprint = self.search.fingerprint();
        let asked = serde_json::to_vec(asked).map_err(ApiError::internal)?;
        let parts = [
            env!("CARGO_PKG_VERSION").as_bytes(),
            media.as_bytes(),
            fingerprint.as_bytes(),
            FORM.as_bytes(),
            &asked,
        ];
        Ok(Key {
            kind: Kind::Search,
            tenant: self.tenant.id,
            hash: hash_of(parts.into_iter()),
        })
    }
}

/// Returns today's hashes of the visitor that a request names and of its network.
pub(crate) async fn visitors(
    context: &TenantContext,
    request: &Request,
    token: Option<&str>,
) -> (Option<VisitorHash>, Option<VisitorHash>) {
    let named = VisitorId::of(request).ok().flatten();
    let token = token.and_then(|token| VisitorId::parse(token).ok());
    let visitor = match named.or(token) {
        Some(visitor) => visitor.hash(&context.app, context.tenant.id).await,
        None => None,
    };
    (visitor, context.network().await)
}

/// Returns an answer of JSON that nobody keeps.
pub(crate) fn response(body: impl Into<poem::Body>) -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "private, no-store")
        .body(body)
}

/// Returns an answer of a value.
pub(crate) fn value(value: &Value) -> Response {
    response(value.to_string())
}

/// Returns the present moment in milliseconds since 1970 UTC.
pub(crate) fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// Returns the results of several requests.
pub(crate) fn results(results: Vec<Value>) -> Value {
    json!({"results": results})
}
