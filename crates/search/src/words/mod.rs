//! Words: texts taken apart, words in the form in which they are compared, their stems, and the further forms under
//! which they are found.
//!
//! Documents and queries are analysed alike, by every engine.

mod alternatives;
mod analyzer;
mod exceptions;
mod fingerprint;
mod fold;
mod joins;
mod numbers;
mod rules;
mod scripts;
mod signs;
mod snowball;
mod split;
mod stem;
#[cfg(test)]
mod tests;

pub(crate) use analyzer::each_joined;
pub use analyzer::{Analyzer, OtherForm, Role, Term, Token, normal_code};
pub(crate) use fingerprint::fingerprint;
pub(crate) use fold::Folder;
pub(crate) use joins::each_parting;
pub(crate) use scripts::{each_pair, has_pairs};
pub(crate) use split::{letter_boundary, word_places};
