//! Versions of the protocol that are spoken.

use serde::{Serialize, Serializer};

/// Version of the Universal Commerce Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// 2026-04-08.
    April2026,
    /// 2026-08-25.
    August2026,
}

impl Version {
    /// All versions, the newest first.
    pub(crate) const ALL: [Self; 2] = [Self::August2026, Self::April2026];
    /// The newest version.
    pub(crate) const NEWEST: Self = Self::August2026;

    /// Reads a version.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// The version as the protocol writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::April2026 => "2026-04-08",
            Self::August2026 => "2026-08-25",
        }
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
