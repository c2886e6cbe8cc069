//! Reports of sales, from sums that are kept as events arrive.

pub mod response;

use poem_openapi::{OpenApi, param::Query};
use souk_identity::needed::AnalyticsRead;

use self::response::SalesReport;
use super::{
    analytics::period,
    report::{Form, Report},
};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{Day, PerPage},
    },
    error::ApiError,
    http::{Allowed, TenantContext},
};

/// Products of a report unless told otherwise.
const DEFAULT_TOP: u32 = 10;

answers! {
    /// Answers of `adminSalesReport`.
    SalesAnswer {
        200 "The days, their sums and the top products." => Sales(Report<SalesReport>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on reports of sales.
pub struct AdminReportsApi;

#[OpenApi(prefix_path = "/api/admin/reports", tag = "Tag::Admin")]
impl AdminReportsApi {
    /// Report sales by day
    ///
    /// Orders, revenue and refunds by day and currency, and the products with the largest revenue. The days as CSV at the same
    /// address with `.csv`. A sale is in it within seconds.
    #[oai(path = "/sales", method = "get", operation_id = "adminSalesReport")]
    async fn sales(
        &self,
        _may: Allowed<AnalyticsRead>,
        context: TenantContext,
        form: Form,
        /// The first day, in UTC; 30 days up to `until` if not given.
        from: Query<Option<Day>>,
        /// The last day; today if not given.
        until: Query<Option<Day>>,
        /// Most products of each currency, default 10.
        top: Query<Option<PerPage>>,
    ) -> Result<SalesAnswer, ApiError> {
        let period = period(from.0, until.0)?;
        let top = top.0.map_or(DEFAULT_TOP, |top| top.0);
        let scope = context.app.store.scope(context.tenant.id);
        let days = scope.sales_days(period).await?;
        let mut currencies: Vec<_> = days.iter().map(|day| day.currency.clone()).collect();
        currencies.sort();
        currencies.dedup();
        let mut products = Vec::new();
        for currency in &currencies {
            products.extend(scope.top_products(period, currency, top).await?);
        }
        let report = SalesReport::new(period, &days, products);
        Ok(SalesAnswer::Sales(form.of(report)))
    }
}
