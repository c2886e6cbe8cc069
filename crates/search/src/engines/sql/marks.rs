//! Queries of PostgreSQL's full-text index: words, and the marks that stand beside them (see the migration).

use souk_domain::TenantId;

/// The least share that products are marked for is what is left after so many halvings.
const HALVINGS: u32 = 12;

/// A query that nothing matches: no word and no mark is like this.
pub(super) const NOTHING: &str = "'~'";

/// How much of a set of products is read: all, or what is left of it after halving it so many times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    halvings: u32,
}

impl Share {
    /// All of it.
    pub(super) const ALL: Self = Self { halvings: 0 };

    /// As much of about `size` products as makes at most about `most`.
    pub(super) fn of(most: u64, size: u64) -> Self {
        let halvings = (0..HALVINGS).find(|halvings| size >> halvings <= most);
        Self {
            halvings: halvings.unwrap_or(HALVINGS),
        }
    }

    /// Whether nothing is left out.
    pub(super) fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// What a count of this share has to be multiplied by.
    pub(super) fn scale(self) -> u64 {
        1 << self.halvings
    }

    /// The query for this share of a tenant's active products. It is always of the same products, so that the pages
    /// of one search agree.
    pub(super) fn query(self, tenant: TenantId) -> String {
        if self.is_all() {
            return format!("'~{tenant}'");
        }
        format!("'~{tenant}/{}'", self.halvings)
    }
}

/// A query for any of some others, in brackets; for nothing if there are none.
pub(super) fn any(queries: impl IntoIterator<Item = String>) -> String {
    joined(queries, " | ")
}

/// A query for all of some others, in brackets; for nothing if there are none.
pub(super) fn every(queries: impl IntoIterator<Item = String>) -> String {
    joined(queries, " & ")
}

fn joined(queries: impl IntoIterator<Item = String>, operator: &str) -> String {
    let queries: Vec<_> = queries.into_iter().collect();
    if queries.is_empty() {
        return NOTHING.to_owned();
    }
    format!("({})", queries.join(operator))
}

/// The query for products with one of these ids under a mark such as `c`.
pub(super) fn ids(mark: char, ids: &[i64]) -> String {
    any(ids.iter().map(|id| format!("'~{mark}{id}'")))
}

/// The query for products with a part number.
pub(super) fn code(code: &str) -> String {
    quoted(&format!("~k{code}"))
}

/// The query for products with a part number that begins so.
pub(super) fn code_beginning(code: &str) -> String {
    self::code(code) + ":*"
}

/// A word as a query writes it. Words are letters and digits; quoted they can be nothing else whatever the index takes
/// for a letter.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_no_larger_than_wanted_and_never_empty() {
        assert!(Share::of(6_000, 5_000).is_all());
        assert!(Share::of(10, 0).is_all());
        assert_eq!(Share::of(4_000, 16_000).scale(), 4);
        assert_eq!(Share::of(4_000, 16_000).query(TenantId(7)), "'~7/2'");
        assert_eq!(Share::of(1, u64::MAX).scale(), 4096);
        assert_eq!(Share::ALL.query(TenantId(7)), "'~7'");
    }
}
