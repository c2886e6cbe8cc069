//! Parameter types of live updates.

use poem_openapi::registry::MetaSchema;
use souk_domain::ProductId;

use super::{Parameter, integer, parameters, string};

/// Most products of a connection.
const MAX_PRODUCTS: usize = 100;
/// Longest id as text, with its comma.
const MAX_ID_CHARS: usize = 20;

parameters! {
    /// Products that are watched.
    WatchedIds(Vec<ProductId>);
    /// Id of the last event that was read.
    EventPosition(i64);
}

impl Parameter for WatchedIds {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,99}$".to_owned()),
            ..string(MAX_PRODUCTS * MAX_ID_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let ids = text.split(',').map(|id| id.parse::<i64>().ok());
        let ids = ids.map(|id| id.filter(|id| *id > 0).map(ProductId));
        let ids: Option<Vec<ProductId>> = ids.collect();
        let mut ids = ids.ok_or("must be ids of products, separated by commas, such as `1,2,3`")?;
        if ids.len() > MAX_PRODUCTS {
            return Err(format!("must be at most {MAX_PRODUCTS} ids"));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(ids))
    }
}

impl Parameter for EventPosition {
    fn schema() -> MetaSchema {
        integer(0, (1 << 53) - 1)
    }

    fn read(text: &str) -> Result<Self, String> {
        let position = souk_live::position_of(text);
        position.map(Self).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watched_products_are_distinct_ids_up_to_the_limit() {
        let read = |text: &str| WatchedIds::read(text).map(|ids| ids.0);
        assert_eq!(read("3,1,3"), Ok(vec![ProductId(1), ProductId(3)]));
        for text in ["", ",", "0", "-1", "x", "1, 2", "1,,2"] {
            assert!(read(text).is_err(), "{text}");
        }
        let ids = |count: i64| {
            let ids: Vec<String> = (1..=count).map(|id| id.to_string()).collect();
            ids.join(",")
        };
        assert_eq!(read(&ids(100)).unwrap().len(), 100);
        assert!(read(&ids(101)).is_err());
    }
}
