//! Tenants for which the search engine is asked: one a second in turn, and those that failed until they no longer do.

use souk_domain::TenantId;

/// Tenants to be checked. All are at the start; then one is checked each time, so that an engine that is away is found
/// out at once, and the fault of a single tenant after a turn.
#[derive(Debug, Default)]
pub(super) struct TenantRotation {
    /// Tenant that was checked last in its turn; `None` before the first round.
    last: Option<TenantId>,
    due: Vec<TenantId>,
}

impl TenantRotation {
    /// Begins a check, given all tenants. Those that did not succeed the last time are due again; without any, the next.
    pub(super) fn begin(&mut self, tenants: &[TenantId]) {
        self.due.retain(|tenant| tenants.contains(tenant));
        if !self.due.is_empty() {
            return;
        }
        let Some(last) = self.last else {
            self.due = tenants.to_vec();
            self.last = tenants.iter().copied().max();
            return;
        };
        let following = tenants.iter().copied().filter(|tenant| *tenant > last);
        let next = following.min().or_else(|| tenants.iter().copied().min());
        self.due.extend(next);
        self.last = next.or(self.last);
    }

    /// Returns a tenant that is to be checked.
    pub(super) fn due(&self) -> Option<TenantId> {
        self.due.first().copied()
    }

    /// Notes that the engine answers for a tenant.
    pub(super) fn succeeded(&mut self, tenant: TenantId) {
        self.due.retain(|due| *due != tenant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANTS: [TenantId; 3] = [TenantId(1), TenantId(2), TenantId(5)];

    /// Runs one check in which the engine fails for these tenants; returns the tenants that were asked for.
    fn check(rotation: &mut TenantRotation, tenants: &[TenantId], failing: &[i64]) -> Vec<i64> {
        let mut asked = Vec::new();
        rotation.begin(tenants);
        while let Some(tenant) = rotation.due() {
            asked.push(tenant.0);
            if failing.contains(&tenant.0) {
                break;
            }
            rotation.succeeded(tenant);
        }
        asked
    }

    #[test]
    fn tenants_are_all_checked_first_and_then_one_in_turn() {
        let mut rotation = TenantRotation::default();
        assert_eq!(check(&mut rotation, &TENANTS, &[]), [1, 2, 5]);
        let turns: Vec<_> = (0..4)
            .flat_map(|_| check(&mut rotation, &TENANTS, &[]))
            .collect();
        assert_eq!(turns, [1, 2, 5, 1]);
    }

    #[test]
    fn tenant_that_fails_is_checked_again_until_it_succeeds() {
        let mut rotation = TenantRotation::default();
        assert_eq!(check(&mut rotation, &TENANTS, &[2]), [1, 2]);
        assert_eq!(check(&mut rotation, &TENANTS, &[2]), [2]);
        assert_eq!(check(&mut rotation, &TENANTS, &[]), [2, 5]);
        assert_eq!(check(&mut rotation, &TENANTS, &[1]), [1]);
        assert_eq!(check(&mut rotation, &TENANTS, &[1]), [1]);
        assert_eq!(check(&mut rotation, &TENANTS, &[]), [1]);
        assert_eq!(check(&mut rotation, &TENANTS, &[]), [2]);
    }

    #[test]
    fn removed_tenants_are_not_checked() {
        let mut rotation = TenantRotation::default();
        assert_eq!(check(&mut rotation, &TENANTS, &[1]), [1]);
        assert_eq!(check(&mut rotation, &TENANTS[1..], &[]), [2, 5]);
        assert_eq!(check(&mut rotation, &[], &[]), [0; 0]);
        assert_eq!(check(&mut rotation, &TENANTS, &[]), [1]);
    }
}
