//! Profile of a marketplace at `/.well-known/ucp`: what it speaks, and where.

use serde_json::{Map, Value, json};

use super::origin::Origin;
use super::ucp::{LOOKUP_CAPABILITY, SEARCH_CAPABILITY, Version};
use super::{extension, ucp};
use crate::agents::ExtensionName;

/// Home of the protocol's schemas and texts.
const HOME: &str = "https://ucp.dev";

/// Returns the profile of a version.
pub(super) fn of(version: Version, origin: &Origin, extension: Option<&ExtensionName>) -> Value {
    let date = version.as_str();
    let origin = origin.as_str();
    let spec = |page: &str| format!("{HOME}/{date}/specification/{page}");
    let service = |transport: &str, schema: &str, endpoint: String| {
        json!({
            "version": date,
            "spec": spec("overview"),
            "transport": transport,
            "schema": format!("{HOME}/{date}/services/shopping/{schema}"),
            "endpoint": endpoint,
        })
    };
    let capability = |page: &str, schema: &str| {
        json!([{
            "version": date,
            "spec": spec(page),
            "schema": format!("{HOME}/{date}/schemas/shopping/{schema}"),
        }])
    };
    let mcp = match version == Version::NEWEST {
        true => format!("{origin}/mcp"),
        false => format!("{origin}/mcp/{date}"),
    };
    let mut capabilities = Map::new();
    let search = capability("catalog/search", "catalog_search.json");
    capabilities.insert(SEARCH_CAPABILITY.to_owned(), search);
    let lookup = capability("catalog/lookup", "catalog_lookup.json");
    capabilities.insert(LOOKUP_CAPABILITY.to_owned(), lookup);
    if let Some(name) = extension {
        let own = json!([{
            "version": date,
            "spec": format!("{origin}/agents.md"),
            "schema": extension::address(version, origin),
            "extends": [SEARCH_CAPABILITY, LOOKUP_CAPABILITY],
        }]);
        capabilities.insert(name.as_str().to_owned(), own);
    }
    let mut profile = json!({
        "ucp": {
            "version": date,
            "services": {
                "dev.ucp.shopping": [
                    service("rest", "rest.openapi.json", format!("{origin}/api/ucp/{date}")),
                    service("mcp", "mcp.openrpc.json", mcp),
                ],
            },
            "capabilities": capabilities,
            "payment_handlers": {},
        },
    });
    let older = ucp::Version::ALL
        .into_iter()
        .filter(|other| *other < version);
    let older: Map<String, Value> = older
        .map(|other| {
            let other = other.as_str();
            (
                other.to_owned(),
                json!(format!("{origin}/.well-known/ucp/{other}")),
            )
        })
        .collect();
    if !older.is_empty() {
        profile["ucp"]["supported_versions"] = older.into();
    }
    // Nothing is signed yet.
    let keys = match version {
        Version::April2026 => "signing_keys",
        Version::August2026 => "keys",
    };
    profile[keys] = json!([]);
    profile
}
