//! Parts that all three operations share: the call, common fields of a request, the form of the answer, and products by id.

use poem::Request;
use serde_json::{Value, json};
use souk_cache::Tag;
use souk_domain::ProductId;
use souk_store::{ProductRecord, StoreError};

use super::context::Context;
use super::filters::AskedFilters;
use super::message::Message;
use super::presenting::Presenting;
use super::reading::Part;
use super::refused::Refused;
use super::version::Version;
use super::wire::{Failure, Meta};
use crate::{
    agents::ExtensionName,
    api::{agents::origin::Origin, call::Call},
    error::ApiError,
};

/// Fields that all operations have.
const COMMON: [&str; 4] = ["filters", "context", "signals", "attribution"];

/// A request of an agent, apart from what it asks for.
#[derive(Clone)]
pub(crate) struct Asking {
    /// Its call.
    pub(crate) call: Call,
    /// Version that it speaks.
    pub(crate) version: Version,
    /// Origin of absolute links.
    pub(crate) origin: Origin,
}

/// Parts of a request that all operations have, as they were read.
pub(crate) struct Opened<'a> {
    /// The request.
    pub(crate) root: Part<'a>,
    /// Context of the buyer.
    pub(crate) context: Context,
    /// Filters.
    pub(crate) filters: AskedFilters,
    /// Remarks on what was passed over.
    pub(crate) messages: Vec<Message>,
}

impl Asking {
    /// Reads what all operations have of a request, whose own fields are `known`.
    ///
    /// # Errors
    /// If it is malformed.
    pub(crate) fn open<'a>(&self, asked: &'a Value, known: &[&str]) -> Result<Opened<'a>, Refused> {
        let root = Part::root(asked)?;
        let mut messages = Vec::new();
        let known: Vec<&str> = known.iter().copied().chain(COMMON).collect();
        root.pass_over(&known, "field_ignored", &mut messages);
        let context = Context::read(&root, &self.call, &mut messages)?;
        let currency = self.call.tenant.currency;
        let filters = AskedFilters::read(&root, &context, currency, &mut messages)?;
        Ok(Opened {
            root,
            context,
            filters,
            messages,
        })
    }

    /// Returns the form of products.
    pub(crate) fn presenting(&self, is_list: bool) -> Presenting {
        let app = &self.call.app;
        Presenting {
            origin: self.origin.clone(),
            media: app.cdn.media.clone(),
            links: app.agents.links(&self.call.tenant),
            extension: self.extension().cloned(),
            is_list,
        }
    }

    /// Returns the name of the extension.
    pub(crate) fn extension(&self) -> Option<&ExtensionName> {
        self.call.app.agents.extension()
    }

    /// Returns the metadata of an answer by a capability.
    pub(crate) fn meta(&self, capability: &str) -> Meta {
        let extension = self.extension().map(ExtensionName::as_str);
        Meta::new(self.version, [capability].into_iter().chain(extension))
    }

    /// Returns an answer that says what failed.
    pub(crate) fn failure(&self, capability: &str, message: Message) -> Failure {
        Failure {
            ucp: self.meta(capability).failed(),
            messages: vec![message],
        }
    }

    /// Reads products that shoppers may see, in no order, and notes what an answer with them depends on.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(crate) async fn products(
        &self,
        ids: &[ProductId],
    ) -> Result<Vec<ProductRecord>, StoreError> {
        let scope = self.call.app.store.scope(self.call.tenant.id);
        let mut records = scope.products().by_ids(ids).await?;
        records.retain(ProductRecord::is_public);
        // After the products, so that what was made internal before one of them was written is known.
        let definitions = scope.attributes().all().await?;
        for record in &mut records {
            record.retain_attributes(|name| definitions.is_shown(name));
            self.call.tags.add(tags_of(record));
        }
        Ok(records)
    }

    /// Returns the answer to a request, from the cache if it is there.
    ///
    /// # Errors
    /// If loading it fails.
    pub(crate) async fn answered<F>(
        &self,
        request: &Request,
        operation: &str,
        asked: &Value,
        load: F,
    ) -> Result<bytes::Bytes, ApiError>
    where
        F: Future<Output = Result<Value, ApiError>> + Send + 'static,
    {
        let mut asked = asked.clone();
        if let Value::Object(fields) = &mut asked {
            // Who asks, and where from, changes nothing.
            for name in ["signals", "attribution"] {
                fields.remove(name);
            }
        }
        let extension = self.extension().map(ExtensionName::as_str);
        let key = json!([
            "agents",
            operation,
            self.version,
            self.origin.as_str(),
            extension,
            asked
        ]);
        let page = self.call.cached(request, &key, load).await?;
        Ok(page.body().clone())
    }
}

/// Cache tags of a product.
fn tags_of(record: &ProductRecord) -> Vec<Tag> {
    let references = &record.references;
    let product = [Tag::Product(record.id), Tag::Seller(references.seller)];
    let categories = references.categories.iter().copied().map(Tag::Category);
    let fandoms = references.fandoms.iter().copied().map(Tag::Fandom);
    product
        .into_iter()
        .chain(categories)
        .chain(fandoms)
        .collect()
}
