//! Lifetimes of sessions by what their account may do.

use crate::Role;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Time between two notes of a session's use, in milliseconds: what is stored is no more exact.
pub const USE_NOTED_EVERY_MS: i64 = MINUTE_MS;

/// Kind of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// Of somebody who buys.
    Shopper,
    /// Of a seller's people and of staff.
    Trusted,
}

impl SessionKind {
    /// Returns the kind for these roles.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        let is_trusted = roles.into_iter().any(|role| role != Role::Customer);
        match is_trusted {
            true => Self::Trusted,
            false => Self::Shopper,
        }
    }

    /// Returns its name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Trusted => "trusted",
        }
    }

    /// Returns the kind of a name.
    pub fn named(name: &str) -> Self {
        // Whatever is not known lives as short as can be.
        match name {
            "shopper" => Self::Shopper,
            _ => Self::Trusted,
        }
    }

    /// Returns the time from the sign-in to the end, in milliseconds.
    pub fn lifetime_ms(self) -> i64 {
        match self {
            Self::Shopper => 30 * DAY_MS,
            Self::Trusted => DAY_MS,
        }
    }

    /// Returns the time without use after which it ends, in milliseconds.
    pub fn idle_ms(self) -> i64 {
        match self {
            Self::Shopper => 30 * DAY_MS,
            Self::Trusted => HOUR_MS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_of_any_role_but_the_customer_is_short() {
        assert_eq!(SessionKind::of([]), SessionKind::Shopper);
        assert_eq!(SessionKind::of([Role::Customer]), SessionKind::Shopper);
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Customer) {
            let kind = SessionKind::of([Role::Customer, role]);
            assert_eq!(kind, SessionKind::Trusted, "{role}");
            assert_eq!(SessionKind::named(kind.name()), kind);
        }
        assert_eq!(SessionKind::named("shopper"), SessionKind::Shopper);
        assert_eq!(SessionKind::Trusted.idle_ms(), 3_600_000);
        assert_eq!(SessionKind::Trusted.lifetime_ms(), 86_400_000);
        assert_eq!(SessionKind::Shopper.lifetime_ms(), 2_592_000_000);
    }
}
