//! Sales by day, and their sums.

use std::collections::BTreeMap;

use poem_openapi::Object;
use serde::Serialize;
use souk_store::{Period, ProductSales, SalesDay};

use crate::api::{
    admin::{
        analytics::response::PeriodView,
        report::{Table, written},
    },
    params::CalendarDay,
};

/// Sales of some days.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "SalesReport")]
pub struct SalesReport {
    /// Of which days.
    pub period: PeriodView,
    /// All days together, by currency.
    pub totals: Vec<SalesSumsView>,
    /// Days on which anything happened, by currency.
    pub days: Vec<SalesDayView>,
    /// Products with the largest revenue, the largest first, by currency.
    pub products: Vec<ProductSalesView>,
}

/// Sums of sales in a currency. Amounts are its minor units, tax included.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "SalesSums", skip_serializing_if_is_none)]
pub struct SalesSumsView {
    /// Currency, ISO 4217.
    pub currency: String,
    /// Orders placed; a purchase has one for each seller.
    pub orders: i64,
    /// Units ordered.
    pub units: i64,
    /// Amount of the orders that were placed.
    pub revenue: i64,
    /// Amount that was cancelled before it was paid.
    pub cancelled: i64,
    /// Number of refunds.
    pub refunds: i64,
    /// Amount of refunds.
    pub refunded: i64,
    /// Mean amount of an order, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_order: Option<i64>,
}

/// Sales of a day.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "SalesDay")]
pub struct SalesDayView {
    /// The day, in UTC.
    pub day: String,
    /// Sums of the day.
    pub sales: SalesSumsView,
}

/// Sales of a product.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "ProductSales")]
pub struct ProductSalesView {
    /// Product, which may be gone.
    pub product: i64,
    /// Title under which it was sold.
    pub title: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Units ordered.
    pub units: i64,
    /// Amount of them, tax included.
    pub revenue: i64,
}

impl From<&SalesDay> for SalesSumsView {
    fn from(day: &SalesDay) -> Self {
        Self {
            currency: day.currency.clone(),
            orders: day.orders,
            units: day.units,
            revenue: day.revenue,
            cancelled: day.cancelled,
            refunds: day.refunds,
            refunded: day.refunded,
            average_order: (day.orders > 0).then(|| day.revenue / day.orders),
        }
    }
}

impl From<ProductSales> for ProductSalesView {
    fn from(sales: ProductSales) -> Self {
        Self {
            product: sales.product.0,
            title: sales.title,
            currency: sales.currency,
            units: sales.units,
            revenue: sales.revenue,
        }
    }
}

impl SalesReport {
    /// The report.
    pub(super) fn new(period: Period, days: &[SalesDay], products: Vec<ProductSales>) -> Self {
        let mut totals: BTreeMap<&str, SalesDay> = BTreeMap::new();
        for day in days {
            let sum = totals.entry(&day.currency).or_insert_with(|| SalesDay {
                currency: day.currency.clone(),
                ..SalesDay::default()
            });
            sum.orders = sum.orders.saturating_add(day.orders);
            sum.units = sum.units.saturating_add(day.units);
            sum.revenue = sum.revenue.saturating_add(day.revenue);
            sum.cancelled = sum.cancelled.saturating_add(day.cancelled);
            sum.refunds = sum.refunds.saturating_add(day.refunds);
            sum.refunded = sum.refunded.saturating_add(day.refunded);
        }
        let days = days.iter().map(|day| SalesDayView {
            day: CalendarDay::from_number(day.day).to_string(),
            sales: day.into(),
        });
        Self {
            period: period.into(),
            totals: totals.values().map(SalesSumsView::from).collect(),
            days: days.collect(),
            products: products.into_iter().map(ProductSalesView::from).collect(),
        }
    }
}

impl Table for SalesReport {
    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let titles = [
            "day",
            "currency",
            "orders",
            "units",
            "revenue",
            "cancelled",
            "refunds",
            "refunded",
            "average_order",
        ];
        let rows = self.days.iter().map(|row| {
            let SalesDayView { day, sales } = row;
            let average = sales.average_order.map(|average| average.to_string());
            [
                day.clone(),
                sales.currency.clone(),
                sales.orders.to_string(),
                sales.units.to_string(),
                sales.revenue.to_string(),
                sales.cancelled.to_string(),
                sales.refunds.to_string(),
                sales.refunded.to_string(),
                average.unwrap_or_default(),
            ]
        });
        written(titles, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64, currency: &str, orders: i64, revenue: i64) -> SalesDay {
        SalesDay {
            day,
            currency: currency.to_owned(),
            orders,
            units: orders,
            revenue,
            cancelled: 0,
            refunds: 1,
            refunded: 10,
        }
    }

    #[test]
    fn totals_are_sums_of_days_by_currency() {
        let period = Period { from: 0, until: 1 };
        let days = [
            day(0, "EUR", 2, 301),
            day(0, "USD", 0, 0),
            day(1, "EUR", 1, 100),
        ];
        let report = SalesReport::new(period, &days, Vec::new());
        let [eur, usd] = report.totals.as_slice() else {
            panic!("{:?}", report.totals);
        };
        assert_eq!((eur.orders, eur.revenue, eur.refunded), (3, 401, 20));
        assert_eq!((eur.average_order, usd.average_order), (Some(133), None));
        let csv = String::from_utf8(report.csv().unwrap()).unwrap();
        assert_eq!(
            csv,
            "day,currency,orders,units,revenue,cancelled,refunds,refunded,average_order\n\
             1970-01-01,EUR,2,2,301,0,1,10,150\n\
             1970-01-01,USD,0,0,0,0,1,10,\n\
             1970-01-02,EUR,1,1,100,0,1,10,100\n"
        );
    }
}
