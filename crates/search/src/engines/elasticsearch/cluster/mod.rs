//! Connection to the cluster: nodes, requests, failures.

pub(crate) mod client;
pub(crate) mod failure;
pub(crate) mod nodes;
