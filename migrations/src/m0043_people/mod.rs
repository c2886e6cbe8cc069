//! Finds the people who have a role, such as the owners, and the roles of a page of people.

use crate::scripts::{Script, Scripts};

/// Indexes of `memberships`.
pub(crate) const PEOPLE: Scripts = Scripts {
    name: "m20261130_000043_people",
    postgres: Script {
        up: &[UP],
        down: DOWN,
    },
    sqlite: Script {
        up: &[UP],
        down: DOWN,
    },
};

const UP: &str = "CREATE INDEX memberships_role ON memberships (tenant_id, role, account_id);
CREATE INDEX memberships_account ON memberships (tenant_id, account_id);";
const DOWN: &str = "DROP INDEX memberships_account; DROP INDEX memberships_role;";
