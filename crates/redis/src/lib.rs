//! Connection to Redis, shared by everything in a process that uses Redis, and signals and values between processes.

mod connection;
mod shared_value;
mod signal;

pub use self::{
    connection::{Connected, InvalidRedisOptions, Redis, RedisFailure, RedisOptions},
    shared_value::{Look, SharedValue},
    signal::Signal,
};
