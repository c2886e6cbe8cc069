//! Text analysis, the same for documents, queries and every engine: see [`crate::words`].

pub use crate::words::{Analyzer, OtherForm, Role, Term, Token, normal_code};
pub(crate) use crate::words::{Folder, word_places};
