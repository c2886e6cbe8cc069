//! What a seller earned, is owed and was paid.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_domain::{PayoutId, ordering::LedgerAccount};
use souk_identity::SellerPermission;
use souk_store::PayoutListing;

use super::views::{PayoutList, SellerBalances, SellerStatement, StatementEntry};
use crate::{
    api::{
        Tag,
        answers::answers,
        call::now_ms,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{JsonResponse, SellerPrincipal, TenantContext},
};

/// Rows on a page unless told otherwise.
const DEFAULT_LIMIT: u32 = 50;

answers! {
    /// Answers of `getSellerBalances`.
    BalancesAnswer {
        200 "The balances." => Balances(JsonResponse<SellerBalances>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `getSellerStatement`.
    StatementAnswer {
        200 "A page of entries." => Page(JsonResponse<SellerStatement>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `listSellerPayouts`.
    PayoutsAnswer {
        200 "A page of them, the newest first." => Page(JsonResponse<PayoutList>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on a seller's money.
pub struct SellerMoneyApi;

#[OpenApi(prefix_path = "/api/seller", tag = "Tag::Seller")]
impl SellerMoneyApi {
    /// Get what the seller is owed
    #[oai(
        path = "/:seller/balances",
        method = "get",
        operation_id = "getSellerBalances"
    )]
    async fn balances(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
    ) -> Result<BalancesAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Money)?;
        let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
        let balances = commerce.seller_balances(tenant, own.seller, now_ms());
        let view = SellerBalances::new(balances.await?);
        Ok(BalancesAnswer::Balances(JsonResponse(view)))
    }

    /// Get the seller's statement
    ///
    /// Every earning, commission, refund and payout, in one currency.
    #[oai(
        path = "/:seller/statement",
        method = "get",
        operation_id = "getSellerStatement"
    )]
    async fn statement(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Currency, ISO 4217; the marketplace's if absent.
        #[oai(validator(max_length = 3))]
        currency: Query<Option<String>>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Entries per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<StatementAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Money)?;
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let account = LedgerAccount::Seller(own.seller).to_string();
        let of_marketplace = || context.tenant.currency.code().to_owned();
        let currency = currency.0.unwrap_or_else(of_marketplace);
        let ledger = context.app.store.scope(context.tenant.id).ledger();
        let after = after.0.map_or(0, |id| id.0);
        let entries = ledger
            .statement((&account, &currency), after, limit)
            .await?;
        let is_full = entries.len() as u64 == u64::from(limit);
        let last = entries.last().map(|entry| entry.id);
        Ok(StatementAnswer::Page(JsonResponse(SellerStatement {
            entries: entries.into_iter().map(StatementEntry::from).collect(),
            next_after: last.filter(|_| is_full),
        })))
    }

    /// List the seller's payouts
    #[oai(
        path = "/:seller/payouts",
        method = "get",
        operation_id = "listSellerPayouts"
    )]
    async fn payouts(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Payouts per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<PayoutsAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Money)?;
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let listing = PayoutListing {
            seller: Some(own.seller),
            state: None,
            before: before.0.map(|id| PayoutId(id.0)),
            limit,
        };
        let payouts = context.app.store.scope(context.tenant.id).payouts();
        let page = PayoutList::new(payouts.list(&listing).await?, limit, false);
        Ok(PayoutsAnswer::Page(JsonResponse(page)))
    }
}
