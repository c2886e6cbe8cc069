//! Authority over people: the roles that somebody may give and take.

use crate::{Permissions, Role};

/// Authority of somebody who manages people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authority {
    permissions: Permissions,
    is_owner: bool,
}

impl Authority {
    /// Authority of the command line and of the admin key.
    pub const FULL: Self = Self {
        permissions: Permissions::ALL,
        is_owner: true,
    };

    /// Authority of a program. None appoints owners.
    #[must_use]
    pub const fn of_program(permissions: Permissions) -> Self {
        Self {
            permissions,
            is_owner: false,
        }
    }

    /// Authority of a person with these permissions and roles.
    #[must_use]
    pub fn of_person(permissions: Permissions, roles: impl IntoIterator<Item = Role>) -> Self {
        Self {
            permissions,
            is_owner: roles.into_iter().any(|role| role == Role::Owner),
        }
    }

    /// True if the role permits nothing that its giver may not do. Only owners appoint owners.
    #[must_use]
    pub fn may_give(self, role: Role) -> bool {
        let lacking = Permissions::of_role(role).without(self.permissions);
        lacking == Permissions::NONE && (role != Role::Owner || self.is_owner)
    }

    /// True if somebody with these roles may be changed: nobody changes those who may do more.
    #[must_use]
    pub fn is_over(self, roles: impl IntoIterator<Item = Role>) -> bool {
        roles.into_iter().all(|role| self.may_give(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Role) -> Authority {
        Authority::of_person(Permissions::of_role(role), [role])
    }

    #[test]
    fn role_that_may_do_more_is_given_by_nobody() {
        for role in Role::ALL {
            assert!(Authority::FULL.may_give(role), "{role}");
            assert!(person(Role::Owner).may_give(role), "{role}");
            assert_eq!(person(Role::Admin).may_give(role), role != Role::Owner);
            let is_low = !role.is_staff() || role == Role::Support;
            assert_eq!(person(Role::Support).may_give(role), is_low, "{role}");
        }
        let program = Authority::of_program(Permissions::OF_TENANT);
        assert!(program.may_give(Role::Admin) && !program.may_give(Role::Owner));
    }

    #[test]
    fn people_who_may_do_more_are_left_alone() {
        let admin = person(Role::Admin);
        assert!(admin.is_over([Role::Customer, Role::Merchandiser]));
        assert!(!admin.is_over([Role::Customer, Role::Owner]));
        assert!(person(Role::Support).is_over([]));
    }
}
