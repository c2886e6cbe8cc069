//! Profiles of sellers: standing, details of the trader, bank account.
//!
//! Whether a seller sells is the seller's `closed_at`, which the catalogue follows. The profile only says why a closed one
//! is closed, so that the two never contradict one another.

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::de::DeserializeOwned;
use souk_domain::{
    AccountId, SellerId,
    sellers::{PayoutAccount, SellerStatus, TraderDetails},
};

use crate::{
    Scope, StoreError,
    backend::{CountRow, all, first},
};

/// Seller with its profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerProfile {
    /// Seller.
    pub seller: SellerId,
    /// Slug.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Standing.
    pub status: SellerStatus,
    /// Reason for it, which the seller is told.
    pub reason: Option<String>,
    /// Details that buyers see.
    pub trader: Option<TraderDetails>,
    /// Bank account for payouts.
    pub payout_account: Option<PayoutAccount>,
    /// Time at which the terms were accepted, in milliseconds since 1970 UTC.
    pub terms_accepted_at_ms: Option<i64>,
    /// Account that applied.
    pub applied_by: Option<AccountId>,
    /// Name of who decided last, as in the audit log.
    pub decided_by: Option<String>,
    /// Time of the decision, in milliseconds since 1970 UTC.
    pub decided_at_ms: Option<i64>,
    /// Time of the application, or since when the seller is there, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

/// Seller that applies.
#[derive(Debug, Clone)]
pub struct NewSeller {
    /// Account that becomes the seller's owner.
    pub account: AccountId,
    /// Display name.
    pub name: String,
    /// Slug; made from the name if absent.
    pub slug: Option<String>,
    /// Description, plain text.
    pub description: String,
}

/// Profiles of the sellers of a tenant.
#[derive(Debug, Clone)]
pub struct SellerProfiles {
    pub(super) scope: Scope,
}

#[derive(FromQueryResult)]
struct ProfileRow {
    id: i64,
    slug: String,
    name: String,
    closed_at: Option<i64>,
    closed_as: Option<String>,
    reason: Option<String>,
    trader: Option<String>,
    payout_account: Option<String>,
    terms_accepted_at: Option<i64>,
    applied_by: Option<i64>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    created_at: i64,
}

const SELECT: &str = "SELECT s.id, s.slug, s.name, s.closed_at, p.closed_as, p.reason, p.trader, p.payout_account,
        p.terms_accepted_at, p.applied_by, p.decided_by, p.decided_at, COALESCE(p.created_at, s.created_at) AS created_at
     FROM sellers s LEFT JOIN seller_profiles p ON p.seller_id = s.id";

/// Standing by name, as [`ProfileRow::status`] reads it.
const STATUS: &str =
    "CASE WHEN s.closed_at IS NULL THEN 'approved' ELSE COALESCE(p.closed_as, 'suspended') END";

pub(crate) fn get_sql() -> String {
    format!("{SELECT} WHERE s.tenant_id = $1 AND s.id = $2")
}

pub(crate) fn list_sql() -> String {
    format!(
        "{SELECT} WHERE s.tenant_id = $1 AND s.id > $2 AND ($3 = '' OR {STATUS} = $3) ORDER BY s.id LIMIT $4"
    )
}

pub(crate) const APPLICATIONS: &str =
    "SELECT count(*) AS count FROM seller_profiles WHERE tenant_id = $1 AND applied_by = $2";

impl ProfileRow {
    fn status(&self) -> SellerStatus {
        if self.closed_at.is_none() {
            return SellerStatus::Approved;
        }
        let closed_as = self.closed_as.as_deref().map(str::parse);
        closed_as
            .and_then(Result::ok)
            .unwrap_or(SellerStatus::Suspended)
    }
}

impl TryFrom<ProfileRow> for SellerProfile {
    type Error = StoreError;

    fn try_from(row: ProfileRow) -> Result<Self, Self::Error> {
        Ok(Self {
            status: row.status(),
            seller: SellerId(row.id),
            slug: row.slug,
            name: row.name,
            reason: row.reason,
            trader: read(row.trader.as_deref())?,
            payout_account: read(row.payout_account.as_deref())?,
            terms_accepted_at_ms: row.terms_accepted_at,
            applied_by: row.applied_by.map(AccountId),
            decided_by: row.decided_by,
            decided_at_ms: row.decided_at,
            created_at_ms: row.created_at,
        })
    }
}

fn read<T: DeserializeOwned>(json: Option<&str>) -> Result<Option<T>, StoreError> {
    Ok(json.map(serde_json::from_str).transpose()?)
}

impl Scope {
    /// Profiles of the tenant's sellers.
    pub fn seller_profiles(&self) -> SellerProfiles {
        SellerProfiles {
            scope: self.clone(),
        }
    }
}

impl SellerProfiles {
    /// Returns the profile of a seller.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, seller: SellerId) -> Result<Option<SellerProfile>, StoreError> {
        self.read(self.scope.store.connection(), seller).await
    }

    /// Returns up to `limit` profiles after a seller, by id, those of a standing alone if one is given.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        status: Option<SellerStatus>,
        after: Option<SellerId>,
        limit: u32,
    ) -> Result<Vec<SellerProfile>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            after.map_or(0, |id| id.0).into(),
            status.map_or("", SellerStatus::as_str).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(list_sql(), values);
        let rows = all::<ProfileRow>(self.scope.store.connection(), statement).await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Returns the number of sellers that an account has applied with.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn applications(&self, account: AccountId) -> Result<u64, StoreError> {
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(APPLICATIONS, values);
        let row = first::<CountRow>(self.scope.store.connection(), statement).await?;
        Ok(row.map_or(0, |row| row.count.unsigned_abs()))
    }

    /// Returns the profile of a seller within a transaction.
    pub(super) async fn read(
        &self,
        connection: &impl ConnectionTrait,
        seller: SellerId,
    ) -> Result<Option<SellerProfile>, StoreError> {
        let values = [self.scope.tenant.0.into(), seller.0.into()];
        let statement = self.scope.store.backend().statement(get_sql(), values);
        let row = first::<ProfileRow>(connection, statement).await?;
        row.map(TryInto::try_into).transpose()
    }
}
