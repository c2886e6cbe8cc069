//! Fixtures for tests: fresh databases, servers, and builders of products. A dev-dependency only.

mod builders;
mod cdn;
mod database;
mod elasticsearch;
mod process;
mod redis;

pub use builders::{DocumentBuilder, ProductBuilder, document, product};
pub use cdn::{Purged, TestCdn};
pub use database::{TestDatabase, databases};
pub use elasticsearch::TestElasticsearch;
pub use process::start_server;
pub use redis::{TestRedis, shared_redis};
