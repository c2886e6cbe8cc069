//! Permissions of a seller's people within that seller, and the one table that says which role has which.

use crate::Role;

/// Right to a kind of operations on one seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SellerPermission {
    /// Reads the seller's profile, orders and stock.
    Read,
    /// Sends, cancels and takes back orders.
    Orders,
    /// Changes stocks.
    Stock,
    /// Changes prices and goods.
    Goods,
    /// Gives money back.
    Refunds,
    /// Reads what the seller earned and was paid.
    Money,
    /// Changes the profile and the bank account.
    Profile,
    /// Invites people, and takes their roles.
    People,
}

impl SellerPermission {
    /// All permissions.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::Orders,
        Self::Stock,
        Self::Goods,
        Self::Refunds,
        Self::Money,
        Self::Profile,
        Self::People,
    ];

    /// Name as the API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "seller.read",
            Self::Orders => "seller.orders",
            Self::Stock => "seller.stock",
            Self::Goods => "seller.goods",
            Self::Refunds => "seller.refunds",
            Self::Money => "seller.money",
            Self::Profile => "seller.profile",
            Self::People => "seller.people",
        }
    }

    /// True if a role within a seller has it.
    #[must_use]
    pub const fn is_of(self, role: Role) -> bool {
        let least = match self {
            Self::Read | Self::Orders | Self::Stock => 1,
            Self::Goods | Self::Refunds => 2,
            Self::Money | Self::Profile | Self::People => 3,
        };
        let has = match role {
            Role::SellerStaff => 1,
            Role::SellerManager => 2,
            Role::SellerOwner => 3,
            _ => 0,
        };
        has >= least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_weaker_ones_may_and_others_nothing() {
        let count = |role| {
            let all = SellerPermission::ALL.into_iter();
            all.filter(|permission| permission.is_of(role)).count()
        };
        assert_eq!(count(Role::SellerStaff), 3);
        assert_eq!(count(Role::SellerManager), 5);
        assert_eq!(count(Role::SellerOwner), SellerPermission::ALL.len());
        for role in Role::ALL {
            assert_eq!(count(role) > 0, role.is_of_seller(), "{role}");
        }
    }
}
