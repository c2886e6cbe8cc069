//! Ranking that is computed at indexing: term weights, and the values of ranking signals.

pub mod ranking_signals;
pub mod weights;
