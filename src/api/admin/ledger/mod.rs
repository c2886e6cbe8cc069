//! The ledger as staff reads it.

use poem_openapi::{Object, OpenApi, param::Query};
use serde::Serialize;
use souk_domain::ordering::LedgerAccount;
use souk_identity::needed::LedgerRead;
use souk_store::{LedgerBalance, LedgerEntry};

use super::DEFAULT_LIMIT;
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PerPage, RowId},
        views::Timestamp,
    },
    error::ApiError,
    http::{Allowed, JsonResponse, TenantContext},
};

/// Trial balance: every account in every currency.
#[derive(Debug, Object, Serialize)]
pub struct TrialBalance {
    /// Balances, by account and currency. Those of a currency add up to zero.
    pub balances: Vec<BalanceView>,
    /// True if each journal sums to zero.
    pub is_balanced: bool,
}

/// Balance of an account.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "LedgerBalance")]
pub struct BalanceView {
    /// Account, such as `seller:7`.
    pub account: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Sum of its entries in minor units: a debit is positive, a credit negative.
    pub balance: i64,
    /// Number of entries.
    pub entries: i64,
}

/// Statement of an account.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct LedgerStatement {
    /// Entries, the oldest first.
    pub entries: Vec<EntryView>,
    /// Send it as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

/// Entry of an account.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "LedgerEntry", skip_serializing_if_is_none)]
pub struct EntryView {
    /// Number of the entry.
    pub id: i64,
    /// Journal that it is of.
    pub journal: i64,
    /// Kind of the journal, such as `earning`.
    pub kind: String,
    /// Order that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Amount in minor units: a debit is positive, a credit negative.
    pub amount: i64,
    /// Time.
    pub at: Timestamp,
}

answers! {
    /// Answers of `adminLedgerBalances`.
    BalancesAnswer {
        200 "The trial balance." => Balances(JsonResponse<TrialBalance>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminLedgerStatement`.
    StatementAnswer {
        200 "A page of entries." => Page(JsonResponse<LedgerStatement>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on the ledger.
pub struct AdminLedgerApi;

#[OpenApi(prefix_path = "/api/admin/ledger", tag = "Tag::Admin")]
impl AdminLedgerApi {
    /// Get the trial balance
    #[oai(path = "/", method = "get", operation_id = "adminLedgerBalances")]
    async fn balances(
        &self,
        _may: Allowed<LedgerRead>,
        context: TenantContext,
    ) -> Result<BalancesAnswer, ApiError> {
        let ledger = context.app.store.scope(context.tenant.id).ledger();
        let balances = ledger.balances().await?;
        let is_balanced = ledger.unbalanced().await?.is_empty();
        Ok(BalancesAnswer::Balances(JsonResponse(TrialBalance {
            balances: balances.into_iter().map(BalanceView::from).collect(),
            is_balanced,
        })))
    }

    /// Get the statement of an account
    #[oai(
        path = "/statement",
        method = "get",
        operation_id = "adminLedgerStatement"
    )]
    async fn statement(
        &self,
        _may: Allowed<LedgerRead>,
        context: TenantContext,
        /// Account: `provider`, `customer`, `seller:7` (by id), `commission`, `promotions`, `goodwill` or `provider_fees`.
        #[oai(validator(max_length = 40))]
        account: Query<String>,
        /// Currency, ISO 4217; the marketplace's if absent.
        #[oai(validator(max_length = 3))]
        currency: Query<Option<String>>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Entries per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<StatementAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let account = account.0.parse::<LedgerAccount>();
        let account = account.map_err(|error| ApiError::parameter("account", error.to_string()))?;
        let own = || context.tenant.currency.code().to_owned();
        let currency = currency.0.unwrap_or_else(own);
        let after = after.0.map_or(0, |id| id.0);
        let ledger = context.app.store.scope(context.tenant.id).ledger();
        let key = (account.to_string(), currency);
        let entries = ledger.statement((&key.0, &key.1), after, limit).await?;
        let is_full = entries.len() as u64 == u64::from(limit);
        let last = entries.last().map(|entry| entry.id);
        Ok(StatementAnswer::Page(JsonResponse(LedgerStatement {
            entries: entries.into_iter().map(EntryView::from).collect(),
            next_after: last.filter(|_| is_full),
        })))
    }
}

impl From<LedgerBalance> for BalanceView {
    fn from(balance: LedgerBalance) -> Self {
        Self {
            account: balance.account,
            currency: balance.currency,
            balance: balance.balance,
            entries: balance.entries,
        }
    }
}

impl From<LedgerEntry> for EntryView {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            id: entry.id,
            journal: entry.journal,
            kind: entry.kind,
            order: entry.order_id,
            amount: entry.amount,
            at: Timestamp::from_ms(entry.at_ms),
        }
    }
}
