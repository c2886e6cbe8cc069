//! What buyers did, and what they were told.

use std::collections::BTreeMap;

/// Answers with a server error that are kept to be shown.
const SAMPLES: usize = 5;

/// Outcome of a checkout, as the buyer was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing was bought, for the reason of this error code.
    Refused(String),
    /// Bought and paid.
    Placed(i64),
    /// Begun and left without being paid.
    Left(i64),
    /// It ended before it was paid.
    Ended(i64),
}

/// One checkout of a buyer.
#[derive(Debug)]
pub(super) struct Checkout {
    pub(super) key: String,
    pub(super) outcome: Outcome,
}

/// Doings of one buyer, or of all.
#[derive(Debug, Default)]
pub(super) struct Doings {
    pub(super) checkouts: Vec<Checkout>,
    /// Requests that no answer came to.
    pub(super) lost: u32,
    /// Answers that said to send the request again.
    pub(super) undecided: u32,
    /// Answers with a server error, and the first of them.
    pub(super) server_errors: u32,
    pub(super) samples: Vec<String>,
}

impl Outcome {
    /// Returns the name under which it is counted.
    fn name(&self) -> &str {
        match self {
            Self::Refused(code) => code,
            Self::Placed(_) => "placed",
            Self::Left(_) => "left",
            Self::Ended(_) => "ended",
        }
    }
}

impl Doings {
    /// Checkouts by what became of them.
    pub(super) fn outcomes(&self) -> BTreeMap<&str, u32> {
        let mut outcomes = BTreeMap::new();
        for checkout in &self.checkouts {
            *outcomes.entry(checkout.outcome.name()).or_default() += 1;
        }
        outcomes
    }

    /// Number of purchases that were placed.
    pub(super) fn placed(&self) -> u32 {
        self.outcomes().get("placed").copied().unwrap_or_default()
    }

    /// Notes an answer with a server error.
    pub(super) fn server_error(&mut self, told: String) {
        self.server_errors += 1;
        self.samples.push(told);
        self.samples.truncate(SAMPLES);
    }

    /// Adds the doings of another buyer.
    pub(super) fn extend(&mut self, other: Self) {
        self.checkouts.extend(other.checkouts);
        self.lost += other.lost;
        self.undecided += other.undecided;
        self.server_errors += other.server_errors;
        self.samples.extend(other.samples);
        self.samples.truncate(SAMPLES);
    }
}
