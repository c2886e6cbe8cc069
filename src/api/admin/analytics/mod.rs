//! Reports of what shoppers search, click and buy.

pub mod metrics_view;
pub mod response;
pub mod table;
pub mod version_report;
pub mod void;
pub(crate) mod voiding;

use chrono::Utc;
use poem_openapi::{OpenApi, param::Query};
use souk_identity::needed::AnalyticsRead;
use souk_store::{Period, QueryOrder, SearchReports};

use self::{
    response::{QueryReport, SummaryReport, TrendReport},
    version_report::VersionReport,
};
use super::{
    DEFAULT_LIMIT,
    report::{Form, Report},
};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{AnsweringVersion, CalendarDay, Day, PageNumber, PerPage, ReportOrder},
    },
    error::ApiError,
    http::{Allowed, JsonResponse, TenantContext},
};

/// Default length of a report in days.
const DEFAULT_DAYS: i64 = 30;
/// Longest report in days.
const MAX_DAYS: i64 = 366;

answers! {
    /// Answers of `adminTopQueries` and `adminQueriesWithoutResults`.
    QueriesAnswer {
        200 "A page of queries." => Page(Report<QueryReport>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminQueryTrends`.
    TrendsAnswer {
        200 "What has changed most." => Trends(JsonResponse<TrendReport>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminSearchSummary`.
    SummaryAnswer {
        200 "The days and their sum." => Summary(Report<SummaryReport>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminSearchVersions`.
    VersionsAnswer {
        200 "The versions that answered." => Versions(Report<VersionReport>),
    } or BadRequest, Unauthorized, NotFound
}

/// Reports of search analytics.
pub struct AdminAnalyticsApi;

/// Declares reports of some days, which all take the same way.
macro_rules! report_operations {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident at $path:literal is $id:literal
        |$context:ident, $period:ident, $($(#[$param_doc:meta])* $param:ident: $type:ty,)*| -> $answer:ident $body:block
    )+) => {
        #[OpenApi(prefix_path = "/api/admin/search/analytics", tag = "Tag::Admin")]
        #[allow(clippy::too_many_arguments)]
        impl AdminAnalyticsApi {$(
            $(#[doc = $doc])+
            #[oai(path = $path, method = "get", operation_id = $id)]
            async fn $name(
                &self,
                _may: Allowed<AnalyticsRead>,
                $context: TenantContext,
                /// The first day, in UTC; 30 days up to `until` if not given.
                from: Query<Option<Day>>,
                /// The last day; today if not given.
                until: Query<Option<Day>>,
                $($(#[$param_doc])* $param: $type,)*
            ) -> Result<$answer, ApiError> {
                let $period = period(from.0, until.0)?;
                $body
            }
        )+}
    };
}

report_operations! {
    /// Report the top queries
    ///
    /// Queries with their clicks, conversion and revenue. As CSV at the same address with `.csv`.
    queries at "/queries" is "adminTopQueries"
    |context, period,
        form: Form,
        /// By what; searches if not given.
        sort: Query<Option<ReportOrder>>,
        /// The page, from 1.
        page: Query<Option<PageNumber>>,
        /// Queries per page, default 50.
        per_page: Query<Option<PerPage>>,
    | -> QueriesAnswer {
        let order = sort.0.map_or(QueryOrder::Searches, |order| order.0);
        let report = query_report(&context, period, order, page.0.map(|page| page.0), per_page.0.map(|size| size.0)).await?;
        Ok(QueriesAnswer::Page(form.of(report)))
    }

    /// Report queries without results
    ///
    /// Those that most often found nothing first. As CSV at the same address with `.csv`.
    no_results at "/no-results" is "adminQueriesWithoutResults"
    |context, period,
        form: Form,
        /// The page, from 1.
        page: Query<Option<PageNumber>>,
        /// Queries per page, default 50.
        per_page: Query<Option<PerPage>>,
    | -> QueriesAnswer {
        let order = QueryOrder::NoResults;
        let report = query_report(&context, period, order, page.0.map(|page| page.0), per_page.0.map(|size| size.0)).await?;
        Ok(QueriesAnswer::Page(form.of(report)))
    }

    /// Report rising and falling queries
    ///
    /// The period against as many days before it.
    trends at "/trends" is "adminQueryTrends"
    |context, period,
        /// Most queries of each kind, default 50.
        limit: Query<Option<PerPage>>,
    | -> TrendsAnswer {
        let limit = limit.0.map_or(DEFAULT_LIMIT, |limit| limit.0);
        let trends = reports(&context).trends(period, limit).await?;
        Ok(TrendsAnswer::Trends(JsonResponse(TrendReport::new(period, trends))))
    }

    /// Report by day
    ///
    /// As CSV at the same address with `.csv`.
    summary at "/summary" is "adminSearchSummary"
    |context, period,
        form: Form,
    | -> SummaryAnswer {
        Ok(SummaryAnswer::Summary(form.of(summary(&context, period).await?)))
    }

    /// Report by version of the settings
    ///
    /// Both arms of an A/B test, with the two-proportion z-test of clicks and purchases. As CSV at the same address with `.csv`.
    versions at "/versions" is "adminSearchVersions"
    |context, period,
        form: Form,
        /// The version that the others are compared with, such as that of arm A; the oldest that has answered if not given.
        against: Query<Option<AnsweringVersion>>,
        /// Number of newest versions to report, default 50.
        limit: Query<Option<PerPage>>,
    | -> VersionsAnswer {
        let limit = limit.0.map_or(DEFAULT_LIMIT, |limit| limit.0) as usize;
        let versions = reports(&context).versions(period).await?;
        let against = against.0.map(|version| version.0);
        let report = VersionReport::new(period, context.tenant.currency, &versions, against, limit);
        let unknown = || ApiError::parameter("against", "has answered no search in these days");
        Ok(VersionsAnswer::Versions(form.of(report.ok_or_else(unknown)?)))
    }
}

/// The last days, today included.
pub(crate) fn last_days(days: i64) -> Period {
    let until = CalendarDay::of(Utc::now()).number();
    Period {
        from: until - days.clamp(1, MAX_DAYS) + 1,
        until,
    }
}

/// Report by day.
pub(crate) async fn summary(
    context: &TenantContext,
    period: Period,
) -> Result<SummaryReport, ApiError> {
    let summary = reports(context).summary(period).await?;
    Ok(SummaryReport::new(period, context.tenant.currency, summary))
}

fn reports(context: &TenantContext) -> SearchReports {
    context.app.store.scope(context.tenant.id).search_reports()
}

/// Report of queries, a page of it.
pub(crate) async fn query_report(
    context: &TenantContext,
    period: Period,
    order: QueryOrder,
    page: Option<u32>,
    per_page: Option<u32>,
) -> Result<QueryReport, ApiError> {
    let page = page.unwrap_or(1);
    let limit = per_page.unwrap_or(DEFAULT_LIMIT);
    let offset = (page - 1).saturating_mul(limit);
    let found = reports(context)
        .queries(period, order, offset, limit)
        .await?;
    Ok(QueryReport::new(
        period,
        context.tenant.currency,
        page,
        found,
    ))
}

/// The days that are asked for.
pub(super) fn period(from: Option<Day>, until: Option<Day>) -> Result<Period, ApiError> {
    let today = CalendarDay::of(Utc::now()).number();
    let until = until.map_or(today, |day| day.0.number());
    let from = from.map_or(until - DEFAULT_DAYS + 1, |day| day.0.number());
    if from > until {
        return Err(ApiError::parameter("from", "is after `until`"));
    }
    if until - from >= MAX_DAYS {
        let message =
            format!("lies too far before `until`: {MAX_DAYS} days are the most, both included");
        return Err(ApiError::parameter("from", message));
    }
    Ok(Period { from, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_month_up_to_today_and_no_longer_than_a_year() {
        let day = |number| Day(CalendarDay::from_number(number));
        let days = |from, until| period(from, until).map(|it| it.until - it.from + 1);
        assert_eq!(days(None, None).unwrap(), 30);
        assert_eq!(days(None, Some(day(20_000))).unwrap(), 30);
        assert_eq!(days(Some(day(7)), Some(day(7))).unwrap(), 1);
        assert_eq!(days(Some(day(0)), Some(day(365))).unwrap(), 366);
        for (from, until) in [(8, 7), (0, 366)] {
            let error = period(Some(day(from)), Some(day(until))).unwrap_err();
            assert_eq!(error.problem().field.as_deref(), Some("from"));
        }
    }
}
