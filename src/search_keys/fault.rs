//! Reasons to refuse a search key.

/// Reason to refuse a search key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchKeyFault {
    /// The text does not have the form of one.
    #[error(
        "this search key is malformed: it is `souk_search_`, the id of an API key, restrictions in base64url, a point and a signature"
    )]
    Malformed,
    /// The API key that it names is not in force.
    #[error("the API key that this search key was derived from is unknown, expired or revoked")]
    ParentEnded,
    /// The API key that it names may not have search keys.
    #[error(
        "the API key that this search key was derived from lacks the permission `search_keys.make`"
    )]
    ParentLacksPermission,
    /// Somebody else has signed it.
    #[error("the signature of this search key is wrong")]
    WrongSignature,
    /// Restrictions that are signed and not understood.
    #[error("the restrictions of this search key are not understood: {0}")]
    Restrictions(String),
    /// It is good no longer.
    #[error("this search key has expired")]
    Expired,
    /// A page of another origin sends it, or nobody says which.
    #[error("this search key is not for pages of this origin")]
    ForeignOrigin,
    /// The address takes no search keys.
    #[error(
        "search keys are taken by searches, facets, suggestions, products, search events and /api/instantsearch alone"
    )]
    Elsewhere,
}

impl SearchKeyFault {
    /// Reports whether somebody may be guessing.
    pub(crate) fn is_guess(&self) -> bool {
        matches!(
            self,
            Self::Malformed | Self::ParentEnded | Self::WrongSignature
        )
    }
}
