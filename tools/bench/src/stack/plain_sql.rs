//! Searching with nothing but SQL, as shops do that have no index: each word is looked for anywhere in titles and
//! descriptions, and what is found is counted by brand, category, fandom and seller.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};
use souk_domain::TenantId;
use tokio::task::JoinSet;

use crate::queries::{Filter, Query};

/// Stride through the queries, so that a short time meets queries of every kind.
const STRIDE: usize = 37;

/// Searches per second of several clients together.
pub(super) async fn throughput(
    database: &DatabaseConnection,
    tenant: TenantId,
    queries: &[Query],
    clients: usize,
    duration: Duration,
) -> Result<f64> {
    let queries = queries.iter().map(|query| statement(query, tenant));
    let queries: Arc<[Statement]> = queries.collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut asking = JoinSet::new();
    for _ in 0..clients {
        let (database, queries) = (database.clone(), Arc::clone(&queries));
        let asked = Arc::clone(&asked);
        asking.spawn(async move {
            let mut answered = 0_u32;
            while begun.elapsed() < duration {
                let number = asked.fetch_add(1, Ordering::Relaxed);
                let query = &queries[number * STRIDE % queries.len()];
                database.query_one_raw(query.clone()).await?;
                answered += 1;
            }
            Ok::<_, anyhow::Error>(answered)
        });
    }
    let mut answered = 0;
    while let Some(client) = asking.join_next().await {
        answered += client??;
    }
    Ok(f64::from(answered) / begun.elapsed().as_secs_f64())
}

/// The most popular hits, how many there are, and how many of each brand, category, fandom and seller.
fn statement(query: &Query, tenant: TenantId) -> Statement {
    let mut values: Vec<Value> = vec![tenant.0.into()];
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let mut condition = "tenant_id = $1 AND status = 'active'".to_owned();
    for word in query.text.iter().flat_map(|text| text.split_whitespace()) {
        let word = bind(format!("%{}%", word.replace(['%', '_', '\\'], "")).into());
        condition.push_str(&format!(
            " AND (title ILIKE {word} OR description ILIKE {word})"
        ));
    }
    let named = |table: &str, slug: &str| {
        format!("(SELECT id FROM {table} WHERE tenant_id = $1 AND slug = {slug})")
    };
    condition.push_str(&match &query.filter {
        Some(Filter::Category { slug }) => {
            let category = named("categories", &bind(slug.as_str().into()));
            format!(
                " AND category_id IN (SELECT id FROM categories WHERE id = {category} OR parent_id = {category})"
            )
        }
        Some(Filter::Fandom { slug, .. }) => {
            let fandom = named("fandoms", &bind(slug.as_str().into()));
            format!(" AND fandom_id = {fandom}")
        }
        Some(Filter::Brand(brand)) => format!(" AND brand = {}", bind(brand.as_str().into())),
        Some(Filter::Price { min, max }) => {
            let (min, max) = (bind((*min).into()), bind((*max).into()));
            format!(" AND price_min BETWEEN {min} AND {max}")
        }
        None => String::new(),
    });
    let counts = ["brand", "category_id", "fandom_id", "seller_id"].map(|column| {
        format!(
            ", (SELECT jsonb_agg(counted) FROM (SELECT {column}, count(*) FROM found GROUP BY 1) AS counted)"
        )
    });
    let sql = format!(
        "WITH found AS MATERIALIZED (
             SELECT id, slug, title, price_min, stock, popularity, brand, category_id, fandom_id, seller_id
             FROM products WHERE {condition}
         )
         SELECT (SELECT count(*) FROM found),
                (SELECT jsonb_agg(page) FROM (SELECT * FROM found ORDER BY popularity DESC, id LIMIT 20) AS page){}",
        counts.concat()
    );
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

#[cfg(test)]
mod tests {
    use souk_testkit::TestDatabase;

    use super::*;

    #[tokio::test]
    async fn every_kind_of_query_is_sql() {
        let database = TestDatabase::postgres().await;
        let connection = database.connect().await;
        connection
            .execute_unprepared(
                "INSERT INTO tenants (id, slug, name) VALUES (1, 'one', 'One');
                 INSERT INTO sellers (id, tenant_id, slug, name) VALUES (1, 1, 'ada', 'Ada');
                 INSERT INTO categories (id, tenant_id, slug, name) VALUES (1, 1, 'home', 'Home');
                 INSERT INTO categories (id, tenant_id, slug, name, parent_id) VALUES (2, 1, 'mugs', 'Mugs', 1);
                 INSERT INTO products (id, tenant_id, external_id, slug, title, brand, seller_id, category_id, currency,
                                       price_min, price_max)
                 VALUES (1, 1, 'e', 's', 'Dragon Mug', 'Acme', 1, 2, 'EUR', 500, 500)",
            )
            .await
            .unwrap();
        let found = async |text: Option<&str>, filter| {
            let query = Query {
                text: text.map(str::to_owned),
                filter,
                order: None,
            };
            let row = connection.query_one_raw(statement(&query, TenantId(1)));
            let row = row.await.unwrap().unwrap();
            row.try_get_by_index::<i64>(0).unwrap()
        };
        let category = |slug: &str| Filter::Category { slug: slug.into() };
        let price = |min, max| Filter::Price { min, max };
        assert_eq!(found(None, None).await, 1);
        assert_eq!(found(Some("mug drag"), Some(category("home"))).await, 1);
        assert_eq!(found(Some("mug cat"), None).await, 0);
        assert_eq!(found(None, Some(category("none"))).await, 0);
        assert_eq!(found(None, Some(Filter::Brand("Acme".into()))).await, 1);
        assert_eq!(found(None, Some(price(100, 499))).await, 0);
        let fandom = Filter::Fandom {
            slug: "none".into(),
            name: "None".into(),
        };
        assert_eq!(found(None, Some(fandom)).await, 0);
    }
}
