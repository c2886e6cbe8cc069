//! Settings of PostgreSQL sessions and of the pool.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use souk_store::{Backend, DatabaseOptions, Store};
use souk_testkit::databases;

async fn shown(store: &Store, setting: &str) -> String {
    let statement = Statement::from_string(DbBackend::Postgres, format!("SHOW {setting}"));
    let row = store.connection().query_one_raw(statement).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn session_settings_given_as_options_are_in_force() {
    for database in databases().await {
        let options = DatabaseOptions {
            min_connections: 1,
            max_lifetime: Some(Duration::from_secs(60)),
            idle_timeout: None,
            statement_cache: 7,
            application_name: "souk-test".to_owned(),
            statement_timeout: Some(Duration::from_millis(12_345)),
            tcp_keepalive: Some(Duration::from_secs(77)),
            ..DatabaseOptions::new(database.url())
        };
        let store = Store::connect(&options).await.unwrap();
        store.ping().await.unwrap();
        if store.backend() == Backend::Sqlite {
            continue;
        }
        assert_eq!(shown(&store, "application_name").await, "souk-test");
        assert_eq!(shown(&store, "statement_timeout").await, "12345ms");
        let is_local = database.url().contains("host=%2F") || database.url().contains("@%2F");
        if !is_local {
            // The server reads it from the socket.
            assert_eq!(shown(&store, "tcp_keepalives_idle").await, "77");
            assert_eq!(shown(&store, "tcp_keepalives_interval").await, "10");
            assert_eq!(shown(&store, "tcp_keepalives_count").await, "3");
        }
    }
}

#[tokio::test]
async fn parameter_of_the_url_overrides_the_option() {
    for database in databases().await {
        if !database.url().starts_with("postgres") {
            continue;
        }
        let separator = if database.url().contains('?') {
            '&'
        } else {
            '?'
        };
        let url = format!(
            "{}{separator}application_name=from-url&options[statement_timeout]=9s",
            database.url()
        );
        let options = DatabaseOptions {
            statement_timeout: Some(Duration::from_millis(12_345)),
            ..DatabaseOptions::new(url)
        };
        let store = Store::connect(&options).await.unwrap();
        assert_eq!(shown(&store, "application_name").await, "from-url");
        assert_eq!(shown(&store, "statement_timeout").await, "9s");
    }
}

#[tokio::test]
async fn statement_over_the_time_limit_fails() {
    for database in databases().await {
        let options = DatabaseOptions {
            statement_timeout: Some(Duration::from_millis(20)),
            ..DatabaseOptions::new(database.url())
        };
        let store = Store::connect(&options).await.unwrap();
        if store.backend() == Backend::Sqlite {
            continue;
        }
        let endless = Statement::from_string(DbBackend::Postgres, "SELECT pg_sleep(600)");
        let error = store.connection().query_one_raw(endless).await.unwrap_err();
        assert!(error.to_string().contains("statement timeout"), "{error}");
    }
}
