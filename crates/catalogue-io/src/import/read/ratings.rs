//! Ratings, as totals or as an average and a count.

use souk_domain::RatingTotals;

use super::columns::Columns;
use super::value;
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;

/// Totals as they are, or made of an average and a count. What is no rating is lost.
pub(in crate::import) fn ratings(columns: &Columns, losses: &mut Losses) -> Option<RatingTotals> {
    let (found, lost) = match read(columns) {
        Some(Ok(found)) => (Some(found), false),
        Some(Err(())) => (None, true),
        None => (None, false),
    };
    lose(losses, Loss::Rating, usize::from(lost));
    found
}

fn read(columns: &Columns) -> Option<Result<RatingTotals, ()>> {
    if let Some(totals) = columns.get(Field::Ratings) {
        return Some(serde_json::from_value(totals.clone()).map_err(|_| ()));
    }
    let count = columns
        .get(Field::RatingCount)
        .map(|count| whole::<u32>(&value::text(count).unwrap_or_default()).ok_or(()));
    let count = match count {
        Some(Err(())) => return Some(Err(())),
        Some(Ok(count)) => Some(count),
        None => None,
    };
    if let Some(sum) = columns.get(Field::RatingSum) {
        let sum = value::text(sum).and_then(|text| whole::<u64>(&text));
        let count = count.unwrap_or_default();
        return Some(match sum {
            Some(sum) if (u64::from(count)..=u64::from(count) * 5).contains(&sum) => {
                Ok(RatingTotals { count, sum })
            }
            _ => Err(()),
        });
    }
    let average = columns.text(Field::Rating)?;
    let Some(average) = average
        .trim()
        .replace(',', ".")
        .parse::<f64>()
        .ok()
        .filter(|average| (0.0..=5.0).contains(average))
    else {
        return Some(Err(()));
    };
    // An average of nothing is written as 0; without a count it cannot be kept as what it is.
    let count = if average < 1.0 { 0 } else { count? };
    let sum = (f64::from(count) * average).round() as u64;
    Some(Ok(RatingTotals { count, sum }))
}

fn whole<N: std::str::FromStr>(text: &str) -> Option<N> {
    let text = text.trim();
    text.strip_suffix(".0")
        .unwrap_or(text)
        .replace([',', ' '], "")
        .parse()
        .ok()
}
