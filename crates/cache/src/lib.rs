//! What several processes of Souk share in Redis, and what each keeps of it in itself.

mod redis;

pub use redis::{BadRedis, Connected, Redis, RedisFailure, RedisOptions};
