//! Definitions of attributes: written, read, in the outbox, and what follows from them.

use souk_domain::{
    AttributeDefinition, AttributeFilterKind, AttributeType, ProductDocument, ProductId, TAGS,
    ValueOrder,
};
use souk_store::{AttributeRecord, Entity, StoreError};
use souk_testkit::{ProductBuilder, product};

use crate::support::{Setup, add_tenant, setups};

fn mug() -> ProductBuilder {
    product("mug")
        .attribute("Cost", "hushhush")
        .attribute("MPN", "XZ-9")
        .attribute("weight", "500 g")
        .attribute("weight", "2")
        .attribute("colour", "red")
        .tag("secrettag")
        .variant("m", 1_000, 1, &[("batch", "lotword"), ("size", "M")])
}

async fn define(setup: &Setup, definition: AttributeDefinition) -> AttributeRecord {
    setup.scope.attributes().create(definition).await.unwrap()
}

async fn document(setup: &Setup, id: ProductId) -> ProductDocument {
    setup.scope.documents(&[id]).await.unwrap().remove(0)
}

fn unsearched(name: &str) -> AttributeDefinition {
    AttributeDefinition {
        searched: false,
        ..AttributeDefinition::new(name)
    }
}

fn weight() -> AttributeDefinition {
    AttributeDefinition {
        kind: AttributeType::Number,
        unit: Some("kg".into()),
        filter: AttributeFilterKind::Range,
        ..AttributeDefinition::new("weight")
    }
}

/// Claims all rows and replaces those of attributes by rows of products, as the relay does.
async fn expand(setup: &Setup) -> u64 {
    let rows = setup.claim("worker", 0).await;
    let mut products = 0;
    for row in &rows {
        match row.entity {
            Entity::Attribute => {
                products += setup.store.outbox().expand("worker", row, 0).await.unwrap();
            }
            _ => {
                let outbox = setup.store.outbox();
                outbox.acknowledge("worker", &[row.id], 0).await.unwrap();
            }
        }
    }
    products
}

#[tokio::test]
async fn definitions_are_written_read_and_paged() {
    for setup in setups().await {
        let attributes = setup.scope.attributes();
        let size = AttributeDefinition {
            labels: [("en".to_owned(), "Size".to_owned())].into(),
            position: 3,
            value_order: ValueOrder::Manual,
            values: vec!["S".into(), "M".into()],
            ..AttributeDefinition::new("size")
        };
        let made = define(&setup, size.clone()).await;
        let cost = define(&setup, AttributeDefinition::internal("Cost")).await;
        let number = define(&setup, weight()).await;
        assert_eq!(made.definition, size);
        assert_eq!(attributes.get(made.id).await.unwrap(), Some(made.clone()));
        let first = attributes.list(None, 2).await.unwrap();
        assert_eq!(first, [made.clone(), cost.clone()]);
        let rest = attributes.list(Some(cost.id), 2).await.unwrap();
        assert_eq!(rest, std::slice::from_ref(&number));
        let all = attributes.all().await.unwrap();
        assert_eq!(all.get("weight"), Some(&number.definition));
        assert!(all.is_internal("Cost"));

        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        assert!(other.attributes().all().await.unwrap().is_empty());
        assert_eq!(other.attributes().get(made.id).await.unwrap(), None);
        let foreign = other.attributes().delete(made.id, None).await;
        assert!(matches!(foreign, Err(StoreError::NotFound(_))));
        // The name is free there.
        let theirs = other.attributes().create(size).await.unwrap();
        assert_ne!(theirs.id, made.id);
    }
}

#[tokio::test]
async fn change_needs_the_current_etag_and_a_free_name() {
    for setup in setups().await {
        let attributes = setup.scope.attributes();
        let made = define(&setup, AttributeDefinition::new("size")).await;
        define(&setup, AttributeDefinition::new("colour")).await;
        let hidden = unsearched("size");
        let stale = attributes
            .update(made.id, hidden.clone(), Some("\"x\""))
            .await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        let etag = made.etag();
        let changed = attributes
            .update(made.id, hidden.clone(), Some(&etag))
            .await;
        let changed = changed.unwrap();
        assert_ne!(changed.etag(), etag);
        let same = attributes.update(made.id, hidden, Some("*")).await.unwrap();
        assert_eq!(same, changed, "nothing changes");
        for taken in [
            attributes.create(AttributeDefinition::new("size")).await,
            attributes
                .update(made.id, AttributeDefinition::new("colour"), None)
                .await,
        ] {
            assert!(
                matches!(taken, Err(StoreError::Conflict { field: "name", .. })),
                "{taken:?}"
            );
        }
        let invalid = attributes.create(AttributeDefinition::new("a:b")).await;
        assert!(matches!(invalid, Err(StoreError::Invalid(_))));
        let stale = attributes.delete(made.id, Some(&etag)).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        attributes
            .delete(made.id, Some(&changed.etag()))
            .await
            .unwrap();
        assert_eq!(attributes.get(made.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn only_changes_of_documents_are_in_the_outbox_and_all_raise_the_revision() {
    for setup in setups().await {
        setup.drain().await;
        let attributes = setup.scope.attributes();
        assert_eq!(attributes.revision().await.unwrap(), 0);
        let made = define(&setup, AttributeDefinition::new("size")).await;
        let row = setup.drain().await;
        assert!(matches!(&row[..], [(entity, _)] if entity == "attribute"));
        let labelled = AttributeDefinition {
            labels: [("en".to_owned(), "Size".to_owned())].into(),
            value_order: ValueOrder::Natural,
            position: 9,
            ..AttributeDefinition::new("size")
        };
        let before = attributes.revision().await.unwrap();
        attributes.update(made.id, labelled, None).await.unwrap();
        assert_eq!(setup.drain().await, []);
        let after = attributes.revision().await.unwrap();
        assert!(after > before && before > 0);
        let revisions = setup.store.attribute_revisions().await.unwrap();
        assert_eq!(revisions.get(&setup.scope.tenant()), Some(&after));

        attributes
            .update(made.id, unsearched("size"), None)
            .await
            .unwrap();
        assert_eq!(setup.drain().await, row);
        // Another name is another attribute: both are concerned.
        attributes
            .update(made.id, unsearched("length"), None)
            .await
            .unwrap();
        let both = setup.drain().await;
        assert!(both.len() == 2 && both.contains(&row[0]), "{both:?}");
        attributes.delete(made.id, None).await.unwrap();
        let last = setup.drain().await;
        assert!(last.len() == 1 && last != row && both.contains(&last[0]));
    }
}

#[tokio::test]
async fn documents_leave_internal_attributes_out() {
    for setup in setups().await {
        for name in ["Cost", "batch", TAGS] {
            define(&setup, AttributeDefinition::internal(name)).await;
        }
        define(&setup, unsearched("MPN")).await;
        define(&setup, weight()).await;
        let id = setup.upsert([mug()]).await[0].id;
        let document = document(&setup, id).await;
        let names: Vec<_> = document.attributes.keys().map(String::as_str).collect();
        assert_eq!(names, ["MPN", "colour", "size", "weight"]);
        assert!(document.unsearched.iter().eq(["MPN"]));
        assert!(!document.codes.contains(&"XZ-9".to_owned()));
        assert_eq!(document.numbers["weight"], [0.5, 2.0]);
        let searched: Vec<_> = document.searched_values().collect();
        assert_eq!(searched, ["red", "M", "2", "500 g"]);
        let all = serde_json::to_string(&document).unwrap();
        for secret in ["hushhush", "lotword", "secrettag", "Cost", "batch"] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }
}

#[tokio::test]
async fn products_are_noted_for_the_sql_engine_when_the_row_of_a_definition_is_worked_on() {
    for setup in setups().await {
        let ids = setup.upsert([mug(), product("cup")]).await;
        setup.drain().await;
        setup.run("DELETE FROM search_pending").await;
        define(&setup, AttributeDefinition::internal("Cost")).await;
        define(&setup, AttributeDefinition::internal(TAGS)).await;
        assert_eq!(expand(&setup).await, 1, "the mug, once");
        assert_eq!(setup.drain().await, [("product".to_owned(), ids[0].id.0)]);
        let noted = setup.store.search_projection().take(10).await.unwrap();
        let noted = noted.unwrap();
        assert_eq!(noted.products[&setup.scope.tenant()], [ids[0].id]);
    }
}

#[tokio::test]
async fn database_refuses_a_definition_that_contradicts_itself() {
    for setup in setups().await {
        for wrong in [
            "visibility, searched, filter) VALUES ({tenant}, 'a', 'internal', 1, 'none')",
            "visibility, searched, filter) VALUES ({tenant}, 'a', 'internal', 0, 'values')",
            "filter) VALUES ({tenant}, 'a', 'range')",
            "type) VALUES ({tenant}, 'a', 'blob')",
        ] {
            let sql = format!("INSERT INTO attribute_definitions (tenant_id, name, {wrong}");
            let sql = sql.replace("{tenant}", &setup.scope.tenant().to_string());
            assert!(setup.try_run(&sql).await.is_err(), "{sql}");
        }
    }
}

#[tokio::test]
async fn tenant_goes_with_its_definitions() {
    for setup in setups().await {
        define(&setup, AttributeDefinition::internal("Cost")).await;
        setup.store.tenants().remove("main", None).await.unwrap();
        for table in [
            "attribute_definitions",
            "attribute_names",
            "attribute_revisions",
            "outbox WHERE entity = 'attribute'",
        ] {
            let sql = format!("SELECT count(*) FROM {table}");
            assert_eq!(setup.number(&sql).await, 0, "{table}");
        }
    }
}
