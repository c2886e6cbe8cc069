//! One connection to Redis per process, shared by everything that uses Redis, and signals between processes.

mod connection;
mod signal;

pub use self::{
    connection::{Connected, InvalidRedisOptions, Redis, RedisFailure, RedisOptions},
    signal::Signal,
};
