//! Products of a search on PostgreSQL: one scan of the full-text index, and conditions on what it does not hold.

use super::{
    text_conditions::{self, Condition},
    tsquery,
};
use crate::engines::sql::{
    query::{filters::Clause, search::Search, variant_conditions::write_on_one},
    sampling::SampleRate,
    statement::Sql,
};

/// Appends the condition that product `p` is in a sample of what matches the text and some filters.
pub(crate) fn write_set(
    sql: &mut Sql,
    search: &Search<'_>,
    rate: SampleRate,
    clauses: &[&Clause<'_>],
) {
    write_indexed(sql, search, rate, &text_conditions::of(search), clauses);
}

/// Appends the condition that product `p` is in a sample of what matches some conditions, or is pinned, and passes
/// filters.
pub(crate) fn write_indexed(
    sql: &mut Sql,
    search: &Search<'_>,
    rate: SampleRate,
    conditions: &[Condition],
    clauses: &[&Clause<'_>],
) {
    sql.push("p.words @@ ")
        .tsquery(&tsquery::sample(rate, search.plan.tenant));
    let clauses: Vec<_> = clauses
        .iter()
        .copied()
        .chain(&search.merchandising.only)
        .collect();
    let fractions = clauses
        .iter()
        .map(|clause| clause.selectivity(&search.selectivity))
        .chain([1.0 / rate.scale() as f64]);
    let least = fractions.reduce(f64::min).unwrap_or(1.0);
    write_matched(sql, search, conditions, least);
    for clause in &clauses {
        sql.push(" AND ");
        clause.write_indexed(sql);
    }
    write_on_one(sql, clauses);
    search.write_narrowing(sql);
}

/// Appends the conditions of the text, or the pins. `least` is the fraction of all products that the other conditions
/// accept at most.
fn write_matched(sql: &mut Sql, search: &Search<'_>, conditions: &[Condition], least: f64) {
    let pinned = !conditions.is_empty() && !search.merchandising.pins.is_empty();
    // Beside what is pinned, the index has to find what matches.
    let least = if pinned {
        f64::INFINITY
    } else {
        let fractions = conditions.iter().map(Condition::selectivity);
        fractions.fold(least, f64::min)
    };
    sql.push(if pinned { " AND ((true" } else { "" });
    for condition in conditions {
        // The planner uses no index for a function call.
        let (before, after) = match condition.is_checked(least) {
            true => ("ts_match_vq(p.words, ", ")"),
            false => ("p.words @@ ", ""),
        };
        sql.push(" AND ").push(before);
        sql.tsquery(&condition.query).push(after);
    }
    if pinned {
        sql.push(") OR p.id")
            .in_ids(&search.merchandising.pinned())
            .push(")");
    }
}
