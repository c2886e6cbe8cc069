//! Bodies of steps of orders.

use poem::http::Uri;
use poem_openapi::Object;
use serde::Deserialize;
use souk_commerce::Parcel;
use souk_domain::{
    InvalidField, OrderLineId,
    ordering::{CancelScope, RefundRequest, Units},
};

/// Units of a line.
#[derive(Debug, Object, Deserialize)]
pub struct LineUnitsBody {
    /// Line.
    #[oai(validator(minimum(value = "1")))]
    pub line: i64,
    /// Units.
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    pub units: i64,
}

/// Cancellation.
#[derive(Debug, Object, Deserialize)]
pub struct CancellationBody {
    /// Units that were not sent; the whole order if absent.
    #[oai(nullable, validator(max_items = 500))]
    pub lines: Option<Vec<LineUnitsBody>>,
    /// Reason, which the customer sees.
    #[oai(nullable, validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// Goods that are sent.
#[derive(Debug, Object, Deserialize)]
pub struct ParcelBody {
    /// Units in the parcel; all that are left if absent.
    #[oai(nullable, validator(max_items = 500))]
    pub lines: Option<Vec<LineUnitsBody>>,
    /// Carrier.
    #[oai(nullable, validator(max_length = 100))]
    pub carrier: Option<String>,
    /// Number of the parcel.
    #[oai(nullable, validator(max_length = 100))]
    pub tracking: Option<String>,
    /// Page that follows the parcel; http or https.
    #[oai(nullable, validator(max_length = 500))]
    pub tracking_url: Option<String>,
}

/// Money of a line that goes back.
#[derive(Debug, Object, Deserialize)]
pub struct LineAmountBody {
    /// Line.
    #[oai(validator(minimum(value = "1")))]
    pub line: i64,
    /// Amount in minor units.
    #[oai(validator(minimum(value = "0")))]
    pub amount: i64,
}

/// Refund. What is absent is zero.
#[derive(Debug, Object, Deserialize)]
pub struct RefundBody {
    /// Amounts of lines.
    #[oai(nullable, validator(max_items = 500))]
    pub lines: Option<Vec<LineAmountBody>>,
    /// Amount of the delivery's price.
    #[oai(nullable, validator(minimum(value = "0")))]
    pub delivery: Option<i64>,
    /// Amount beyond lines and delivery.
    #[oai(nullable, validator(minimum(value = "0")))]
    pub goodwill: Option<i64>,
    /// Reason, which the customer sees.
    #[oai(nullable, validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// Goods that came back.
#[derive(Debug, Object, Deserialize)]
pub struct ReturnBody {
    /// Units that came back.
    #[oai(validator(max_items = 500))]
    pub lines: Vec<LineUnitsBody>,
    /// True if they can be sold again.
    pub restock: bool,
    /// Reason.
    #[oai(nullable, validator(max_length = 1000))]
    pub reason: Option<String>,
}

pub(crate) fn units(lines: Vec<LineUnitsBody>) -> Vec<Units> {
    let units = lines.into_iter().map(|line| Units {
        line: OrderLineId(line.line),
        units: line.units,
    });
    units.collect()
}

impl CancellationBody {
    pub(crate) fn scope(self) -> CancelScope {
        match self.lines {
            Some(lines) => CancelScope::Lines(units(lines)),
            None => CancelScope::Whole,
        }
    }
}

impl ParcelBody {
    pub(crate) fn parcel(self) -> Result<Parcel, InvalidField> {
        let is_page = |url: &String| {
            let page = url.parse::<Uri>();
            page.is_ok_and(|page| {
                page.host().is_some()
                    && ["http", "https"].contains(&page.scheme_str().unwrap_or(""))
            })
        };
        if self.tracking_url.as_ref().is_some_and(|url| !is_page(url)) {
            return Err(InvalidField::new(
                "tracking_url",
                "must be an http or https URL",
            ));
        }
        Ok(Parcel {
            units: units(self.lines.unwrap_or_default()),
            carrier: self.carrier,
            tracking: self.tracking,
            tracking_url: self.tracking_url,
        })
    }
}

impl RefundBody {
    pub(crate) fn request(self) -> RefundRequest {
        let lines = self.lines.unwrap_or_default().into_iter();
        RefundRequest {
            lines: lines
                .map(|line| (OrderLineId(line.line), line.amount))
                .collect(),
            delivery: self.delivery.unwrap_or(0),
            goodwill: self.goodwill.unwrap_or(0),
        }
    }
}
