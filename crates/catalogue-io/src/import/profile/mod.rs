//! Profiles: what the exports of each system call their columns, and how their rows belong together.

pub(super) mod fields;
pub(super) mod known;
pub(super) mod mapping;
pub(super) mod names;
pub(super) mod private;
pub(super) mod recognise;
mod translated;
