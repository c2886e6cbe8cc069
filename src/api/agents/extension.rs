//! Souk's own extension of the catalogue: facet counts, sort orders, offers of several sellers, lowest prices of 30 days.

use serde_json::{Value, json};
use souk_domain::{FacetName, Sort};

use super::origin::Origin;
use super::ucp::{LOOKUP_CAPABILITY, SEARCH_CAPABILITY, Version};
use crate::agents::ExtensionName;

/// Last segment of the schema's address.
pub(super) const FILE: &str = "extension.json";

/// Returns the address of the schema.
pub(super) fn address(version: Version, origin: &str) -> String {
    format!("{origin}/api/ucp/{}/{FILE}", version.as_str())
}

/// Returns the schema, whose definitions are named after the capabilities that they extend.
pub(super) fn schema(version: Version, origin: &Origin, name: &ExtensionName) -> Value {
    let name = name.as_str();
    let orders: Vec<&str> = Sort::ALL.iter().map(|sort| sort.as_str()).collect();
    let facets: Vec<&str> = FacetName::ALL.iter().map(|facet| facet.as_str()).collect();
    let with =
        |definition: &str| json!({"type": "object", "properties": {name: {"$ref": definition}}});
    let variants = json!({"type": "array", "items": with("#/$defs/terms")});
    let product = json!({"type": "object", "properties": {"variants": variants}});
    let products = json!({"type": "array", "items": product});
    let money = json!({
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "integer", "minimum": 0},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
    });
    let value = json!({
        "type": "object",
        "required": ["value", "label", "count", "selected"],
        "properties": {
            "value": {"type": "string", "description": "Value that the filter takes."},
            "label": {"type": "string"},
            "count": {"type": "integer", "minimum": 0},
            "selected": {"type": "boolean"},
            "parent": {"type": "string", "description": "Categories only: value of the parent."},
        },
    });
    let facet = json!({
        "type": "object",
        "required": ["name", "values", "exact", "left_out"],
        "properties": {
            "name": {"type": "string"},
            "values": {"type": "array", "items": value},
            "exact": {"type": "boolean"},
            "left_out": {"type": "integer", "minimum": 0},
        },
    });
    let counted = json!({"$ref": "#/$defs/facet"});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(version, origin.as_str()),
        "name": name,
        "title": "Facets, sort orders, offers and lowest prices",
        "requires": {"protocol": {"min": version}},
        "$defs": {
            SEARCH_CAPABILITY: {
                "title": "Search, extended",
                "type": "object",
                "properties": {
                    name: {"anyOf": [{"$ref": "#/$defs/question"}, {"$ref": "#/$defs/overview"}]},
                    "products": products,
                },
            },
            LOOKUP_CAPABILITY: {
                "title": "Look-up, extended",
                "type": "object",
                "properties": {"products": products, "product": product},
            },
            "question": {
                "description": "What a search asks for besides.",
                "type": "object",
                "properties": {
                    "sort": {"type": "string", "enum": orders},
                    "facets": {"type": "array", "items": {"type": "string", "enum": facets}},
                },
            },
            "overview": {
                "description": "What its answer says besides.",
                "type": "object",
                "required": ["sort", "total_exact"],
                "properties": {
                    "sort": {"type": "string", "enum": orders},
                    "total_exact": {"type": "boolean"},
                    "facets": {
                        "type": "object",
                        "properties": {
                            "category": counted,
                            "fandom": counted,
                            "brand": counted,
                            "seller": counted,
                            "rating": counted,
                            "availability": counted,
                            "price": {"type": "object"},
                            "attributes": {"type": "array", "items": {"$ref": "#/$defs/facet"}},
                            "ranges": {"type": "array", "items": {"type": "object"}},
                        },
                    },
                },
            },
            "terms": {
                "description": "What a variant says besides.",
                "type": "object",
                "required": ["condition"],
                "properties": {
                    "condition": {"type": "string", "enum": ["new", "refurbished", "used", "damaged"]},
                    "lowest_price_30d": {
                        "description": "Lowest price of the 30 days before the reduction.",
                        "$ref": "#/$defs/money",
                    },
                    "offers": {
                        "description": "Offers of several sellers, the leading one first.",
                        "type": "array",
                        "items": {"$ref": "#/$defs/offer"},
                    },
                },
            },
            "offer": {
                "type": "object",
                "required": ["seller", "price", "in_stock", "stock", "condition", "version"],
                "properties": {
                    "seller": {
                        "type": "object",
                        "required": ["slug", "name"],
                        "properties": {"slug": {"type": "string"}, "name": {"type": "string"}},
                    },
                    "price": {"$ref": "#/$defs/money"},
                    "list_price": {"$ref": "#/$defs/money"},
                    "lowest_price_30d": {"$ref": "#/$defs/money"},
                    "in_stock": {"type": "boolean"},
                    "stock": {"type": "integer"},
                    "condition": {"type": "string"},
                    "version": {"type": "string"},
                    "reason": {"type": "string"},
                },
            },
            "facet": facet,
            "money": money,
        },
    })
}
