//! Trials with a second tenant: without an index, and with keys that are not its own.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::field::Field;

/// Slug of the second tenant.
const SLUG: &str = "trial";
/// Host of the second tenant.
const HOST: &str = "trial.example";
/// Searches of the tenant without an index: many times as many as failures that would open the breaker.
const SEARCHES: usize = 60;
const SEARCH: &str = "/api/search?facets=none&per_page=1";

/// Takes the index of a second tenant away: the database answers for it, and the engine for the others.
pub(super) fn without_index(field: &Field<'_>) -> Result<()> {
    let id = add(field)?;
    let key = issue(field, SLUG)?;
    let with_key = [("X-Api-Key", key.secret.as_str())];
    let engine_answers = |field: &Field<'_>, answers: bool| -> Result<bool> {
        let found = field.api.get_with(SEARCH, &with_key)?;
        Ok(found["degraded"] != answers && found["total"] == 0)
    };
    field.wait_until("the tenant without products has an index", |field| {
        engine_answers(field, true)
    })?;
    for name in indexes(field, id)? {
        field.elasticsearch.delete(&format!("/{name}"))?;
    }
    for _ in 0..SEARCHES {
        ensure!(
            engine_answers(field, false)?,
            "the database does not answer"
        );
        let others = field.api.get(SEARCH)?;
        ensure!(others["degraded"] == false, "the others are degraded");
    }
    let ready = field.api.get("/health/ready")?;
    ensure!(ready["status"] == "ready", "not ready: {ready}");
    remove(field, id)
}

/// Sends keys that are unknown, another tenant's or revoked, together with the admin key: none touches the tenant.
pub(super) fn foreign_key(field: &Field<'_>) -> Result<()> {
    let id = add(field)?;
    let (foreign, own) = (issue(field, "default")?, issue(field, SLUG)?);
    let path = "/api/admin/products?per_page=1";
    let status = |key: &str| {
        let headers = [("Host", HOST), ("X-Api-Key", key)];
        field.api.status(path, &headers)
    };
    field.wait_until("the tenant is served to its own key", |_| {
        Ok(status(&own.secret)? == 200)
    })?;
    for (key, expected) in [("unknown", 401), (&*foreign.secret, 403)] {
        let status = status(key)?;
        ensure!(status == expected, "{status} in place of {expected}");
    }
    field.api.delete(&own.path)?;
    field.wait_until("the revoked key is refused", |_| {
        Ok(status(&own.secret)? == 401)
    })?;
    field.api.delete(&foreign.path)?;
    remove(field, id)
}

/// Adds the second tenant and returns its id.
fn add(field: &Field<'_>) -> Result<i64> {
    let body = json!({"slug": SLUG, "hosts": [HOST]});
    let tenant = field.api.post("/api/admin/tenants", &body)?;
    tenant["id"].as_i64().context("a tenant without an id")
}

/// Removes the second tenant and waits until its index is gone, too.
fn remove(field: &Field<'_>, id: i64) -> Result<()> {
    field.api.delete(&format!("/api/admin/tenants/{SLUG}"))?;
    field.wait_until("the index of the removed tenant is gone", |field| {
        Ok(indexes(field, id)?.is_empty())
    })
}

/// Returns the names of a tenant's indexes.
fn indexes(field: &Field<'_>, id: i64) -> Result<Vec<String>> {
    let indexes = field.elasticsearch.get(&format!("/souk-{id}-*/_alias"))?;
    let indexes = indexes.as_object().context("no list of indexes")?;
    Ok(indexes.keys().cloned().collect())
}

struct Key {
    secret: String,
    path: String,
}

fn issue(field: &Field<'_>, slug: &str) -> Result<Key> {
    let path = format!("/api/admin/tenants/{slug}/keys");
    let issued = field.api.post(&path, &json!({"label": "trial"}))?;
    let secret = issued["secret"].as_str().context("a key without secret")?;
    let id: &Value = &issued["key"]["id"];
    Ok(Key {
        secret: secret.to_owned(),
        path: format!("{path}/{id}"),
    })
}
