//! Souk's API service, and the tools of its command line.

pub mod catalogue;
