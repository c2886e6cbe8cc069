//! Roles: named sets of permissions that an account has in a tenant or with a seller.

use std::{fmt, str::FromStr};

/// Role of an account. Seller roles belong to one seller, all others to the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Buys.
    Customer,
    /// Tends a seller's stock and orders.
    SellerStaff,
    /// Changes a seller's goods as well.
    SellerManager,
    /// Manages a seller's people and payouts as well.
    SellerOwner,
    /// Reads reports.
    Analyst,
    /// Reads orders and accounts, and helps customers.
    Support,
    /// Changes the catalogue and steers search.
    Merchandiser,
    /// Does everything but appoint owners.
    Admin,
    /// Does everything.
    Owner,
}

impl Role {
    /// All roles, weaker ones first among those of sellers and of staff.
    pub const ALL: [Self; 9] = [
        Self::Customer,
        Self::SellerStaff,
        Self::SellerManager,
        Self::SellerOwner,
        Self::Analyst,
        Self::Support,
        Self::Merchandiser,
        Self::Admin,
        Self::Owner,
    ];

    /// Name as the API, the command line and the database write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::SellerStaff => "seller_staff",
            Self::SellerManager => "seller_manager",
            Self::SellerOwner => "seller_owner",
            Self::Analyst => "analyst",
            Self::Support => "support",
            Self::Merchandiser => "merchandiser",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// True for roles of a seller's people.
    #[must_use]
    pub const fn is_of_seller(self) -> bool {
        matches!(
            self,
            Self::SellerStaff | Self::SellerManager | Self::SellerOwner
        )
    }

    /// True for roles of the marketplace's own people.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(
            self,
            Self::Analyst | Self::Support | Self::Merchandiser | Self::Admin | Self::Owner
        )
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Name that no role has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRole(pub String);

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Role::ALL.map(Role::name).join(", ");
        write!(f, "`{}` is no role; roles are {names}", self.0)
    }
}

impl std::error::Error for UnknownRole {}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|role| role.name() == name);
        found.ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_is_read_back_from_its_name() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        let unknown = "root".parse::<Role>().unwrap_err();
        assert!(unknown.to_string().contains("merchandiser"), "{unknown}");
    }
}
