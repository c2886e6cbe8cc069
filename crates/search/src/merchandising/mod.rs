//! Merchandising: rules, synonyms, stop words and redirects that merchandisers configure, and their effects on a
//! search.
//!
//! A [`SearchConfig`] is written by people. Compiled for a language once a version, it is a [`Rewriter`], which makes of
//! each query a [`SearchPlan`](crate::SearchPlan) that carries all of it, and a [`Trace`] of what applied. Nothing here
//! does I/O or reads a clock.

pub mod config;

mod effects;
mod phrases;
mod rewriter;
mod rules;
mod stop_words;
mod synonyms;
mod trace;

pub use config::SearchConfig;
pub use effects::*;
pub use rewriter::{Rewriter, Rewritten};
pub use trace::{AppliedRule, AppliedSynonyms, Trace};
