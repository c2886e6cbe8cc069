//! Connection to Redis, shared by everything in a process that uses Redis, and signals between processes.

mod connection;
mod signal;

pub use self::{
    connection::{Connected, InvalidRedisOptions, Redis, RedisFailure, RedisOptions},
    signal::Signal,
};
