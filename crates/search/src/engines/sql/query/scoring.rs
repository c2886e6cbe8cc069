//! Relevance score of a product, as SQL.

use super::{
    search::Search,
    text_match::{TextMatch, WordMatch},
};
use crate::SearchPlan;
use crate::engines::sql::{
    dialect::{conditions, text},
    statement::Sql,
};
use crate::query::has_digit;
use crate::ranking::ranking_signals::{
    POPULARITY_STEPS, RATINGS_OF_WEIGHT, USUAL_RATING, fading_ms,
};

/// Score of having all words, where some may be missing: more than any text's rank.
const EVERY_WORD: &str = "1000";
/// Upper limit of a rank after boosts and ranking signals: less than [`EVERY_WORD`].
const MOST: &str = "999.0";

/// Units of a score of 1. Multiples of it are ordered alike by SQL and as `f32`, which holds them exactly.
pub(crate) const SCORE_UNITS: f32 = 1024.0;

impl TextMatch {
    /// Appends the score of product `p` in whole [`SCORE_UNITS`].
    pub(crate) fn write_score(&self, sql: &mut Sql, search: &Search<'_>) {
        let plan = search.plan;
        // Whole codes score above prefixes, and prefixes above any text.
        sql.push("(");
        if let Some(code) = &self.code {
            sql.push("CASE WHEN ");
            conditions::write_has_code(sql, plan.tenant, code, false);
            sql.push(" THEN 8000");
            if has_digit(code) {
                sql.push(" WHEN ");
                conditions::write_has_code(sql, plan.tenant, code, true);
                sql.push(" THEN 4000");
            }
            sql.push(" ELSE 0 END + ");
        }
        let least = sql.syntax().least;
        sql.push(least).push("(");
        self.write_words(sql, search, least);
        // Where some words may be missing, products that have all of them come first.
        let lacks_one = self.words.is_empty() || self.words.iter().any(WordMatch::is_empty);
        if self.any && !lacks_one {
            sql.push(" + CASE WHEN ");
            text::write_every_word(sql, plan, self);
            sql.push(&format!(" THEN {EVERY_WORD} ELSE 0 END"));
        }
        sql.push(", 3000.0))");
    }

    /// Appends the score of the words, multiplied by boosts and ranking signals.
    fn write_words(&self, sql: &mut Sql, search: &Search<'_>, least: &str) {
        let boosted = !search.merchandising.boosts.is_empty();
        let with_factors = search.plan.settings.ranking_signals.are_on();
        if boosted || with_factors {
            sql.push(least).push("(");
        }
        sql.push("(0.0");
        text::write_score(sql, self);
        self.write_bonuses(sql, search.plan);
        sql.push(")");
        if boosted {
            sql.push(" * ");
            search.merchandising.write_boost(sql);
        }
        if with_factors {
            sql.push(" * ");
            write_factors(sql, search.plan);
        }
        if boosted || with_factors {
            sql.push(&format!(", {MOST})"));
        }
    }

    /// Appends scores that the full-text rank lacks: names of what the product belongs to, and codes.
    fn write_bonuses(&self, sql: &mut Sql, plan: &SearchPlan) {
        for word in self.words.iter().flat_map(WordMatch::parts) {
            for (place, ids) in word.places() {
                if !ids.is_empty() {
                    sql.push(" + CASE WHEN ");
                    conditions::write_in_places(sql, plan.tenant, place, ids);
                    sql.push(" THEN 4 ELSE 0 END");
                }
            }
            if !word.sellers.is_empty() {
                sql.push(" + CASE WHEN p.seller_id").in_ids(&word.sellers);
                sql.push(" THEN 4 ELSE 0 END");
            }
            if let Some(code) = word.code.as_ref().filter(|code| has_digit(code)) {
                sql.push(" + CASE WHEN ");
                conditions::write_has_code(sql, plan.tenant, code, true);
                sql.push(" THEN 100 ELSE 0 END");
            }
        }
    }
}

/// Appends the factor of the ranking signals on the score of product `p`, see [`crate::ranking::ranking_signals`].
fn write_factors(sql: &mut Sql, plan: &SearchPlan) {
    let ranking_signals = &plan.settings.ranking_signals;
    let double = |value: f32| f64::from(value);
    sql.push("(1.0");
    if ranking_signals.popularity > 0.0 {
        sql.push(" + ")
            .bind(double(ranking_signals.popularity))
            .push(" * ")
            .push(&popularity());
    }
    if ranking_signals.rating > 0.0 {
        let rating = rating(sql.syntax().rating_count);
        sql.push(" + ")
            .bind(double(ranking_signals.rating))
            .push(" * ")
            .push(&rating);
    }
    if ranking_signals.freshness > 0.0 {
        let most = sql.syntax().greatest;
        sql.push(" + ")
            .bind(double(ranking_signals.freshness))
            .push(&format!(" * {most}(0.0, 1.0 - abs("))
            .bind(plan.today_ms)
            .push(" - p.created_at) / ")
            .bind(fading_ms(ranking_signals))
            .push(")");
    }
    if ranking_signals.stock > 0.0 {
        sql.push(" + CASE WHEN p.available_count > 0 THEN ")
            .bind(double(ranking_signals.stock))
            .push(" ELSE 0.0 END");
    }
    sql.push(")");
}

fn popularity() -> String {
    let steps = (0..POPULARITY_STEPS).map(|step| {
        let (from, to) = (10_i64.pow(step as u32), 10_i64.pow(step as u32 + 1));
        format!(
            " WHEN p.popularity < {} THEN ({step} + ((p.popularity + 1) / {from}.0 - 1.0) / 9.0) / {POPULARITY_STEPS}.0",
            to - 1
        )
    });
    let steps: String = steps.collect();
    format!("CAST(CASE{steps} ELSE 1.0 END AS double precision)")
}

fn rating(count: &str) -> String {
    let sum = format!(
        "coalesce(p.rating * {count}, 0.0) + {}",
        USUAL_RATING * RATINGS_OF_WEIGHT
    );
    format!("(({sum}) / ({count} + {RATINGS_OF_WEIGHT:.1}) - 1.0) / 4.0")
}
