//! Permissions, and the one table that says which role has which.

use std::{fmt, str::FromStr};

use crate::Role;

/// Type that stands for one permission, so that a handler's signature can name it.
pub trait Needed: Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
}

/// Declares the permissions: variant, name, meaning, and a type of the same name in [`needed`].
macro_rules! permissions {
    ($($variant:ident = $name:literal $meaning:literal)+) => {
        /// Right to a kind of operations.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $(#[doc = $meaning] $variant,)+
        }

        impl Permission {
            /// All permissions.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Name as the API, the command line and the database write it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Meaning in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)+
                }
            }
        }

        /// A type for each permission.
        pub mod needed {
            use super::{Needed, Permission};

            $(
                #[doc = $meaning]
                #[derive(Debug, Clone, Copy)]
                pub struct $variant;

                impl Needed for $variant {
                    const PERMISSION: Permission = Permission::$variant;
                }
            )+
        }
    };
}

permissions! {
    CatalogueRead = "catalogue.read" "Reads products, categories, attributes, sellers and fandoms."
    CatalogueWrite = "catalogue.write" "Changes products, categories, attributes, sellers and fandoms."
    OffersRead = "offers.read" "Reads the offers of further sellers."
    OffersWrite = "offers.write" "Changes offers, prices and stocks."
    ReviewsRead = "reviews.read" "Reads reviews with what shoppers do not see of them."
    ReviewsModerate = "reviews.moderate" "Adds, publishes, rejects, answers and deletes reviews, and says whether they wait for it."
    ImportsRead = "imports.read" "Reads import jobs and their faults."
    ImportsRun = "imports.run" "Uploads, previews, starts, cancels and deletes imports."
    IndexRead = "index.read" "Reads the state of the index, its jobs and dead letters."
    IndexManage = "index.manage" "Rebuilds the index, and retries or drops dead letters."
    MerchandisingRead = "merchandising.read" "Reads synonyms, rules, settings and experiments, and previews and evaluates them."
    MerchandisingWrite = "merchandising.write" "Changes synonyms, rules, settings and experiments."
    AnalyticsRead = "analytics.read" "Reads reports of what shoppers search, click and buy."
    AnalyticsVoid = "analytics.void" "Takes back what was counted."
    CacheRead = "cache.read" "Reads what the cache of responses does."
    CacheDrop = "cache.drop" "Empties the cache of responses."
    KeysRead = "keys.read" "Lists API keys and the keys of storefronts, without their secrets."
    KeysWrite = "keys.write" "Makes, rotates and revokes keys."
    SearchKeysMake = "search_keys.make" "Makes search keys for browsers; an API key with it can sign them offline."
    AuditRead = "audit.read" "Reads the audit log."
    PeopleRead = "people.read" "Reads accounts and their roles."
    PeopleWrite = "people.write" "Invites people, and changes their roles."
    SellingRead = "selling.read" "Reads delivery methods, tax rates, promotions and commission rates."
    SellingWrite = "selling.write" "Changes delivery methods, tax rates, promotions and commission rates."
    OrdersRead = "orders.read" "Reads purchases, orders and their customers."
    OrdersWrite = "orders.write" "Cancels, fulfils and takes back orders, and says that they are paid."
    RefundsWrite = "refunds.write" "Gives money back."
    LedgerRead = "ledger.read" "Reads the ledger."
    SellersRead = "sellers.read" "Reads profiles of sellers and their standing."
    SellersWrite = "sellers.write" "Approves, rejects, suspends and reinstates sellers."
    PayoutsRead = "payouts.read" "Reads what sellers are owed and were paid."
    PayoutsWrite = "payouts.write" "Makes payouts, and says what became of them."
    WebhooksRead = "webhooks.read" "Reads webhooks and their deliveries, without their secrets."
    WebhooksWrite = "webhooks.write" "Makes, changes and deletes webhooks, and has deliveries made again."
    TenantsRead = "tenants.read" "Reads all tenants of the installation."
    TenantsWrite = "tenants.write" "Makes, changes and deletes tenants of the installation."
}

impl Permission {
    /// True for what reaches beyond one tenant. Neither an account nor an API key has it.
    #[must_use]
    pub const fn is_of_installation(self) -> bool {
        matches!(self, Self::TenantsRead | Self::TenantsWrite)
    }

    /// True for what only reads.
    #[must_use]
    pub fn is_to_read(self) -> bool {
        self.name().ends_with(".read")
    }

    const fn bit(self) -> u64 {
        1 << self as u64
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Name that no permission has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPermission(pub String);

impl fmt::Display for UnknownPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Permission::ALL.iter().map(|it| it.name()).collect();
        let names = names.join(", ");
        write!(f, "`{}` is no permission; permissions are {names}", self.0)
    }
}

impl std::error::Error for UnknownPermission {}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.iter().copied();
        let found = all.find(|permission| permission.name() == name);
        found.ok_or_else(|| UnknownPermission(name.to_owned()))
    }
}

/// Set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Every permission, those of the installation included.
    pub const ALL: Self = Self::of(Permission::ALL);
    /// Every permission within a tenant.
    pub const OF_TENANT: Self =
        Self(Self::ALL.0 & !(Permission::TenantsRead.bit() | Permission::TenantsWrite.bit()));

    /// Set of these.
    #[must_use]
    pub const fn of(mut permissions: &[Permission]) -> Self {
        let mut bits = 0;
        while let [first, rest @ ..] = permissions {
            bits |= first.bit();
            permissions = rest;
        }
        Self(bits)
    }

    /// Permissions of a role: the one table.
    ///
    /// The roles of buyers and of sellers' people have none, because these operations reach all that a tenant has.
    #[must_use]
    pub const fn of_role(role: Role) -> Self {
        use Permission as P;
        const ANALYST: Permissions = Permissions::of(&[
            P::CatalogueRead,
            P::OffersRead,
            P::ReviewsRead,
            P::IndexRead,
            P::MerchandisingRead,
            P::AnalyticsRead,
            P::SellingRead,
        ]);
        match role {
            Role::Customer | Role::SellerStaff | Role::SellerManager | Role::SellerOwner => {
                Self::NONE
            }
            Role::Analyst => ANALYST,
            Role::Support => Self::of(&[
                P::CatalogueRead,
                P::OffersRead,
                P::ReviewsRead,
                P::ReviewsModerate,
                P::PeopleRead,
                P::SellingRead,
                P::OrdersRead,
                P::OrdersWrite,
                P::SellersRead,
            ]),
            Role::Merchandiser => ANALYST.and(Self::of(&[
                P::CatalogueWrite,
                P::OffersWrite,
                P::ReviewsModerate,
                P::ImportsRead,
                P::ImportsRun,
                P::MerchandisingWrite,
                P::CacheRead,
            ])),
            Role::Admin | Role::Owner => Self::OF_TENANT,
        }
    }

    /// Set of what either has.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Set without these.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// True if the set has it.
    #[must_use]
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Permissions of the set, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let all = Permission::ALL.iter().copied();
        all.filter(move |permission| self.has(*permission))
    }

    /// Reads a set from names, as [`Permissions::names`] writes them.
    ///
    /// # Errors
    /// If a name is no permission's.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownPermission> {
        let read = names.into_iter().map(str::parse::<Permission>);
        let read = read.collect::<Result<Vec<_>, _>>()?;
        Ok(Self::of(&read))
    }

    /// Names of the set's permissions.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        self.iter().map(Permission::name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_is_read_back_from_its_name() {
        for permission in Permission::ALL {
            assert_eq!(permission.name().parse(), Ok(*permission));
            assert!(permission.meaning().ends_with('.'), "{permission}");
        }
        let unknown = "root".parse::<Permission>().unwrap_err();
        assert!(unknown.to_string().contains("catalogue.read"), "{unknown}");
    }

    #[test]
    fn set_has_what_it_was_made_of_and_nothing_else() {
        let set = Permissions::of(&[Permission::AuditRead, Permission::CatalogueRead]);
        assert_eq!(set.names(), ["catalogue.read", "audit.read"]);
        assert_eq!(Permissions::parse(set.names()), Ok(set));
        assert_eq!(
            Permissions::ALL.without(set).and(set),
            Permissions::ALL,
            "nothing is lost"
        );
        assert!(Permissions::parse(["catalogue.read", "all"]).is_err());
    }

    #[test]
    fn no_role_has_a_permission_of_the_installation_and_owners_have_all_others() {
        for role in Role::ALL {
            let of_installation = |permission: Permission| permission.is_of_installation();
            assert!(
                !Permissions::of_role(role).iter().any(of_installation),
                "{role}"
            );
        }
        let lacking = Permissions::ALL.without(Permissions::of_role(Role::Owner));
        assert!(lacking.iter().all(Permission::is_of_installation));
        assert_eq!(lacking.iter().count(), 2);
    }

    #[test]
    fn only_staff_may_use_operations_of_admins() {
        for role in Role::ALL {
            let has_any = Permissions::of_role(role) != Permissions::NONE;
            assert_eq!(has_any, role.is_staff(), "{role}");
        }
        assert!(!Permissions::of_role(Role::Analyst).has(Permission::CatalogueWrite));
        assert!(Permissions::of_role(Role::Merchandiser).has(Permission::AnalyticsRead));
    }
}
