//! Schemas of the catalogue's tools, in JSON Schema 2020-12 and complete in themselves.
//!
//! Written after the schemas that `ucp/wire.rs` names, as far as Souk's requests and answers go.

use serde_json::{Value, json};
use souk_domain::{FacetName, Sort};

/// Schema of the arguments of `search_catalog`.
pub(super) fn search_input(extension: Option<&str>) -> Value {
    let mut properties = json!({
        "query": {"type": "string", "description": "Words to search for."},
        "context": context(),
        "filters": filters(),
        "pagination": {
            "type": "object",
            "properties": {
                "cursor": {"type": "string", "description": "Cursor of the answer before."},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 10},
            },
        },
    });
    if let Some(name) = extension {
        let orders: Vec<&str> = Sort::ALL.iter().map(|sort| sort.as_str()).collect();
        let facets: Vec<&str> = FacetName::ALL.iter().map(|facet| facet.as_str()).collect();
        properties[name] = json!({
            "type": "object",
            "description": "Order of the products, and facets to count.",
            "properties": {
                "sort": {"type": "string", "enum": orders},
                "facets": {"type": "array", "items": {"type": "string", "enum": facets}},
            },
        });
    }
    arguments(json!({"type": "object", "properties": properties}))
}

/// Schema of the arguments of `lookup_catalog`.
pub(super) fn lookup_input() -> Value {
    arguments(json!({
        "type": "object",
        "required": ["ids"],
        "properties": {
            "ids": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "maxItems": 50,
                "description": "Ids of products (`prod_7`) and variants (`var_12`), or handles of products.",
            },
            "context": context(),
            "filters": filters(),
        },
    }))
}

/// Schema of the arguments of `get_product`.
pub(super) fn product_input() -> Value {
    arguments(json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "description": "Id of a product or variant, or a product's handle."},
            "selected": {"type": "array", "items": selected_option()},
            "preferences": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Names of options, the one to keep longest first.",
            },
            "context": context(),
            "filters": filters(),
        },
    }))
}

/// Schema of what `search_catalog` answers.
pub(super) fn search_output(extension: Option<&str>) -> Value {
    let mut properties = json!({
        "ucp": meta(),
        "products": {"type": "array", "items": {"$ref": "#/$defs/product"}},
        "pagination": {
            "type": "object",
            "required": ["has_next_page"],
            "properties": {
                "cursor": {"type": "string"},
                "has_next_page": {"type": "boolean"},
                "total_count": {"type": "integer", "minimum": 0},
            },
        },
        "messages": messages(),
    });
    if let Some(name) = extension {
        properties[name] = json!({"type": "object"});
    }
    output(json!(["ucp", "products", "pagination"]), properties)
}

/// Schema of what `lookup_catalog` answers.
pub(super) fn lookup_output() -> Value {
    let properties = json!({
        "ucp": meta(),
        "products": {"type": "array", "items": {"$ref": "#/$defs/product"}},
        "messages": messages(),
    });
    output(json!(["ucp", "products"]), properties)
}

/// Schema of what `get_product` answers: a product, or messages that say why there is none.
pub(super) fn product_output() -> Value {
    let properties = json!({
        "ucp": meta(),
        "product": {"$ref": "#/$defs/product"},
        "messages": messages(),
    });
    output(json!(["ucp"]), properties)
}

fn arguments(catalog: Value) -> Value {
    json!({
        "type": "object",
        "required": ["catalog"],
        "properties": {
            "meta": {
                "type": "object",
                "description": "Agent that asks, as UCP has it.",
                "properties": {
                    "ucp-agent": {
                        "type": "object",
                        "properties": {"profile": {"type": "string", "format": "uri"}},
                    },
                },
            },
            "catalog": catalog,
        },
    })
}

fn output(required: Value, properties: Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "$defs": {"product": product(), "variant": variant(), "price": price()},
    })
}

fn context() -> Value {
    json!({
        "type": "object",
        "properties": {
            "intent": {"type": "string", "description": "What the buyer wants, in words; searched for if there is no query."},
            "language": {"type": "string"},
            "currency": {"type": "string", "description": "Currency of the price filter."},
        },
    })
}

fn filters() -> Value {
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    json!({
        "type": "object",
        "properties": {
            "categories": texts(),
            "price": {
                "type": "object",
                "description": "Limits in minor units.",
                "properties": {
                    "min": {"type": "integer", "minimum": 0},
                    "max": {"type": "integer", "minimum": 0},
                },
            },
            "availability": {
                "type": "array",
                "items": {"type": "string", "enum": ["in_stock", "backorder", "out_of_stock"]},
            },
            "brand": texts(),
            "seller": texts(),
            "fandom": texts(),
            "rating_min": {"type": "number", "minimum": 1, "maximum": 5},
            "attributes": {
                "type": "object",
                "description": "Accepted values by name of the attribute.",
                "additionalProperties": texts(),
            },
        },
    })
}

fn meta() -> Value {
    json!({
        "type": "object",
        "required": ["version"],
        "properties": {
            "version": {"type": "string"},
            "status": {"type": "string", "enum": ["success", "error"]},
        },
    })
}

fn messages() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["type", "content"],
            "properties": {
                "type": {"type": "string", "enum": ["info", "warning", "error"]},
                "code": {"type": "string"},
                "content": {"type": "string"},
                "path": {"type": "string"},
                "severity": {"type": "string"},
            },
        },
    })
}

fn price() -> Value {
    json!({
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "integer", "minimum": 0, "description": "Minor units."},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
    })
}

fn selected_option() -> Value {
    json!({
        "type": "object",
        "required": ["name", "label"],
        "properties": {"name": {"type": "string"}, "label": {"type": "string"}},
    })
}

fn range() -> Value {
    json!({
        "type": "object",
        "required": ["min", "max"],
        "properties": {"min": {"$ref": "#/$defs/price"}, "max": {"$ref": "#/$defs/price"}},
    })
}

fn description() -> Value {
    json!({"type": "object", "properties": {"plain": {"type": "string"}}})
}

fn media() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["type", "url"],
            "properties": {
                "type": {"type": "string"},
                "url": {"type": "string"},
                "alt_text": {"type": "string"},
            },
        },
    })
}

fn product() -> Value {
    json!({
        "type": "object",
        "required": ["id", "title", "description", "price_range", "variants"],
        "properties": {
            "id": {"type": "string"},
            "handle": {"type": "string"},
            "title": {"type": "string"},
            "description": description(),
            "url": {"type": "string"},
            "categories": {
                "type": "array",
                "items": {"type": "object", "required": ["value"], "properties": {"value": {"type": "string"}}},
            },
            "price_range": range(),
            "list_price_range": range(),
            "media": media(),
            "options": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "values"],
                    "properties": {
                        "name": {"type": "string"},
                        "values": {
                            "type": "array",
                            "minItems": 1,
                            "items": {
                                "type": "object",
                                "required": ["label"],
                                "properties": {
                                    "label": {"type": "string"},
                                    "available": {"type": "boolean"},
                                    "exists": {"type": "boolean"},
                                },
                            },
                        },
                    },
                },
            },
            "selected": {"type": "array", "items": selected_option()},
            "variants": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/variant"}},
            "rating": {
                "type": "object",
                "required": ["value", "scale_max"],
                "properties": {
                    "value": {"type": "number"},
                    "scale_max": {"type": "number"},
                    "count": {"type": "integer"},
                },
            },
            "tags": {"type": "array", "items": {"type": "string"}},
            "metadata": {"type": "object"},
        },
    })
}

fn variant() -> Value {
    json!({
        "type": "object",
        "required": ["id", "title", "description", "price"],
        "properties": {
            "id": {"type": "string"},
            "sku": {"type": "string"},
            "title": {"type": "string"},
            "description": description(),
            "url": {"type": "string"},
            "price": {"$ref": "#/$defs/price"},
            "list_price": {"$ref": "#/$defs/price"},
            "availability": {
                "type": "object",
                "properties": {"available": {"type": "boolean"}, "status": {"type": "string"}},
            },
            "options": {"type": "array", "items": selected_option()},
            "media": media(),
            "seller": {"type": "object", "properties": {"name": {"type": "string"}}},
            "inputs": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {"id": {"type": "string"}, "match": {"type": "string"}},
                },
            },
        },
    })
}
