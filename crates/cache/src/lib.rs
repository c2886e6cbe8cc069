//! What several processes of Souk share in Redis, and what each keeps of it in itself.

pub mod limits;
mod redis;

pub use redis::{BadRedis, Connected, Redis, RedisFailure, RedisOptions};
