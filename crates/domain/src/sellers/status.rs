//! Standing of a seller: applied, approved, suspended or rejected.

use std::{fmt, str::FromStr};

/// Standing of a seller in a marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SellerStatus {
    /// Waits for a decision; sells nothing yet.
    Applied,
    /// Sells.
    Approved,
    /// Sells nothing for now; orders that it has are carried out.
    Suspended,
    /// Was not taken; may apply again.
    Rejected,
}

/// Decision of the marketplace on a seller, or the seller's own new application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SellerDecision {
    /// Lets an applicant sell.
    Approve,
    /// Does not take an applicant.
    Reject,
    /// Stops a seller.
    Suspend,
    /// Lets a suspended seller sell again.
    Reinstate,
    /// Applies again after a rejection.
    ApplyAgain,
}

/// Decision that the standing does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a seller that is {status} cannot be {}", decision.participle())]
pub struct StatusRefusal {
    /// Standing.
    pub status: SellerStatus,
    /// Decision.
    pub decision: SellerDecision,
}

/// Name that no standing has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` must be one of applied, approved, suspended, rejected")]
pub struct UnknownSellerStatus(pub String);

impl SellerStatus {
    /// All standings.
    pub const ALL: [Self; 4] = [
        Self::Applied,
        Self::Approved,
        Self::Suspended,
        Self::Rejected,
    ];

    /// Name as the API and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Suspended => "suspended",
            Self::Rejected => "rejected",
        }
    }

    /// Returns the standing after a decision.
    ///
    /// # Errors
    /// If it does not allow the decision.
    pub const fn after(self, decision: SellerDecision) -> Result<Self, StatusRefusal> {
        match (self, decision) {
            (Self::Applied, SellerDecision::Approve)
            | (Self::Suspended, SellerDecision::Reinstate) => Ok(Self::Approved),
            (Self::Applied, SellerDecision::Reject) => Ok(Self::Rejected),
            (Self::Approved, SellerDecision::Suspend) => Ok(Self::Suspended),
            (Self::Rejected, SellerDecision::ApplyAgain) => Ok(Self::Applied),
            (status, decision) => Err(StatusRefusal { status, decision }),
        }
    }

    /// True if the seller's goods are on sale.
    #[must_use]
    pub const fn sells(self) -> bool {
        matches!(self, Self::Approved)
    }
}

impl SellerDecision {
    /// Kind of the event that tells of it.
    #[must_use]
    pub const fn event(self) -> &'static str {
        match self {
            Self::Approve => "seller.approved",
            Self::Reject => "seller.rejected",
            Self::Suspend => "seller.suspended",
            Self::Reinstate => "seller.reinstated",
            Self::ApplyAgain => "seller.applied",
        }
    }

    const fn participle(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
            Self::Suspend => "suspended",
            Self::Reinstate => "reinstated",
            Self::ApplyAgain => "an applicant again",
        }
    }
}

impl fmt::Display for SellerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SellerStatus {
    type Err = UnknownSellerStatus;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|it| it.as_str() == name);
        found.ok_or_else(|| UnknownSellerStatus(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECISIONS: [SellerDecision; 5] = [
        SellerDecision::Approve,
        SellerDecision::Reject,
        SellerDecision::Suspend,
        SellerDecision::Reinstate,
        SellerDecision::ApplyAgain,
    ];

    #[test]
    fn each_standing_allows_its_decisions_alone() {
        let allowed: Vec<_> = SellerStatus::ALL
            .into_iter()
            .flat_map(|status| DECISIONS.map(|decision| (status, decision)))
            .filter_map(|(status, decision)| {
                let after = status.after(decision).ok()?;
                Some(format!("{status} {decision:?} {after}"))
            })
            .collect();
        assert_eq!(
            allowed,
            [
                "applied Approve approved",
                "applied Reject rejected",
                "approved Suspend suspended",
                "suspended Reinstate approved",
                "rejected ApplyAgain applied",
            ]
        );
    }

    #[test]
    fn refusal_says_what_stands_against_it() {
        let refusal = SellerStatus::Applied.after(SellerDecision::Suspend);
        assert_eq!(
            refusal.unwrap_err().to_string(),
            "a seller that is applied cannot be suspended"
        );
    }

    #[test]
    fn standing_reads_back_from_its_name() {
        for status in SellerStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert!("open".parse::<SellerStatus>().is_err());
    }
}
