//! The only place that chooses between PostgreSQL and SQLite.
//!
//! Their fragments and statements are in [`postgres`] and [`sqlite`]. The files here are layered: fragments below,
//! then conditions on products, then whole searches, then facets.

pub(crate) mod conditions;
pub(crate) mod facets;
pub(crate) mod index;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod suggest;
pub(crate) mod text;

use sea_orm::DbBackend;

use crate::engines::sql::{postgres::syntax as postgres, sqlite::syntax as sqlite};

/// Database dialect of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Postgres,
    Sqlite,
}

/// Fragments in which the dialects differ.
#[derive(Debug)]
pub(crate) struct Syntax {
    /// Character before a placeholder's number.
    pub(crate) placeholder: char,
    /// Text around the placeholder of a JSON list on the right side of a condition; `ENTRY` stands for the entry.
    pub(crate) list: (&'static str, &'static str),
    /// Table of the values of attributes.
    pub(crate) attribute_values: &'static str,
    /// Table of products `p` that searches read, up to its condition.
    pub(crate) products: &'static str,
    pub(crate) least: &'static str,
    pub(crate) greatest: &'static str,
    /// Number of ratings of product `p`.
    pub(crate) rating_count: &'static str,
    /// Text that stands for the first image of product `p`.
    pub(crate) first_image_alt: &'static str,
    /// Address of the first image of product `p`.
    pub(crate) first_image: &'static str,
    /// Start of a query for the columns of product `p` that counts read.
    pub(crate) counted_columns: &'static str,
    /// End of a subquery that must be evaluated once.
    pub(crate) evaluated_once: &'static str,
    /// Operator of the full-text language between alternatives.
    pub(crate) any: &'static str,
    /// Operator of the full-text language between words that must all match.
    pub(crate) all: &'static str,
    /// Mark of the full-text language after a prefix.
    pub(crate) prefix: &'static str,
    /// True if the statement that counts can return the ids of the page as well.
    pub(crate) counts_with_page: bool,
}

impl Dialect {
    /// Returns the dialect of a connection's database.
    pub(crate) fn of(backend: DbBackend) -> Self {
        if backend == DbBackend::Postgres {
            Self::Postgres
        } else {
            Self::Sqlite
        }
    }

    /// Database that statements of this dialect are for.
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Self::Postgres => DbBackend::Postgres,
            Self::Sqlite => DbBackend::Sqlite,
        }
    }

    /// Fragments of this dialect.
    pub(crate) fn syntax(self) -> &'static Syntax {
        match self {
            Self::Postgres => &Syntax {
                placeholder: postgres::PLACEHOLDER,
                list: postgres::LIST,
                attribute_values: postgres::ATTRIBUTE_VALUES,
                products: postgres::PRODUCTS,
                least: postgres::LEAST,
                greatest: postgres::GREATEST,
                rating_count: postgres::RATING_COUNT,
                first_image: postgres::FIRST_IMAGE,
                first_image_alt: postgres::FIRST_IMAGE_ALT,
                counted_columns: postgres::COUNTED_COLUMNS,
                evaluated_once: postgres::EVALUATED_ONCE,
                any: postgres::ANY,
                all: postgres::ALL,
                prefix: postgres::PREFIX,
                counts_with_page: true,
            },
            Self::Sqlite => &Syntax {
                placeholder: sqlite::PLACEHOLDER,
                list: sqlite::LIST,
                attribute_values: sqlite::ATTRIBUTE_VALUES,
                products: sqlite::PRODUCTS,
                least: sqlite::LEAST,
                greatest: sqlite::GREATEST,
                rating_count: sqlite::RATING_COUNT,
                first_image: sqlite::FIRST_IMAGE,
                first_image_alt: sqlite::FIRST_IMAGE_ALT,
                counted_columns: sqlite::COUNTED_COLUMNS,
                evaluated_once: sqlite::EVALUATED_ONCE,
                any: sqlite::ANY,
                all: sqlite::ALL,
                prefix: sqlite::PREFIX,
                counts_with_page: false,
            },
        }
    }

    /// Returns a query of the full-text language for words that follow each other.
    pub(crate) fn phrase(self, words: &[String]) -> String {
        match self {
            Self::Postgres => postgres::phrase(words),
            Self::Sqlite => sqlite::phrase(words),
        }
    }

    /// Quotes a word for the full-text language.
    pub(crate) fn quoted(self, word: &str) -> String {
        match self {
            Self::Postgres => postgres::quoted(word),
            Self::Sqlite => sqlite::quoted(word),
        }
    }
}
