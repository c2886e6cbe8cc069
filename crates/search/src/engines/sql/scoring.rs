//! How well products match a text, as SQL.

use super::{
    Search, marks,
    matching::{TextMatch, WordMatch, write_has_code},
    statement::Sql,
};
use crate::SearchPlan;
use crate::ranking::ranking_signals::{
    POPULARITY_STEPS, RATINGS_OF_WEIGHT, USUAL_RATING, fading_ms,
};

/// What it counts to have all words, where some may be missing: more than any text's rank.
const EVERY_WORD: &str = "1000";
/// The most that boosts and ranking_signals make of a text's rank: less than all words count.
const MOST: &str = "999.0";

impl TextMatch {
    /// Appends the common table expressions that [`Self::write_score`] needs, each followed by a comma.
    pub(super) fn write_score_tables(&self, sql: &mut Sql) {
        if sql.is_postgres() || self.any_query().is_empty() {
            return;
        }
        // Apart and once, because FTS5 ranks a row only while it reads its own result.
        sql.push(
            "scores AS MATERIALIZED (SELECT rowid AS id, \
             -bm25(search_products, 8.0, 4.0, 2.0, 1.0) AS score \
             FROM search_products WHERE search_products MATCH ",
        )
        .bind(self.any_query())
        .push("), ");
    }

    /// Appends the joins that [`Self::write_score`] needs.
    pub(super) fn write_score_joins(&self, sql: &mut Sql) {
        if !sql.is_postgres() && !self.any_query().is_empty() {
            sql.push(" LEFT JOIN scores s ON s.id = p.id");
        }
    }

    /// Appends the score of product `p` in whole [`SCORE_UNITS`](super::hits::SCORE_UNITS).
    pub(super) fn write_score(&self, sql: &mut Sql, search: &Search<'_>) {
        let plan = search.plan;
        // Whole codes lie above beginnings, and those above all that a text can reach.
        sql.push("(");
        if let Some(code) = &self.code {
            sql.push("CASE WHEN ");
            write_has_code(sql, plan, code, false);
            sql.push(" THEN 8000 WHEN ");
            write_has_code(sql, plan, code, true);
            sql.push(" THEN 4000 ELSE 0 END + ");
        }
        let least = if sql.is_postgres() { "least" } else { "min" };
        sql.push(least).push("(");
        self.write_words(sql, search, least);
        self.write_every_word(sql, plan);
        sql.push(", 3000.0))");
    }

    /// What the words say, multiplied by boosts and ranking_signals.
    fn write_words(&self, sql: &mut Sql, search: &Search<'_>, least: &str) {
        let boosted = !search.merchandising.boosts.is_empty();
        let with_factors = search.plan.settings.ranking_signals.are_on();
        if boosted || with_factors {
            sql.push(least).push("(");
        }
        sql.push("(0.0");
        self.write_text_score(sql);
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

    fn write_text_score(&self, sql: &mut Sql) {
        let query = self.any_query();
        if query.is_empty() {
            return;
        }
        if sql.is_postgres() {
            sql.push(" + 40 * ts_rank('{0.1, 0.2, 0.4, 1.0}', p.words, ")
                .tsquery(&query)
                .push(")");
        } else {
            sql.push(" + coalesce(s.score, 0)");
        }
    }

    /// What the full-text rank does not see: names of what the product belongs to, and codes.
    fn write_bonuses(&self, sql: &mut Sql, plan: &SearchPlan) {
        for word in self.words.iter().flat_map(WordMatch::parts) {
            for (column, ids) in word.names() {
                if ids.is_empty() {
                    continue;
                }
                sql.push(&format!(" + CASE WHEN p.{column}")).in_ids(ids);
                sql.push(" THEN 4 ELSE 0 END");
            }
            if let Some(code) = &word.code {
                sql.push(" + CASE WHEN ");
                write_has_code(sql, plan, code, true);
                sql.push(" THEN 100 ELSE 0 END");
            }
        }
    }

    /// Where some words may be missing, products that have all of them come first.
    fn write_every_word(&self, sql: &mut Sql, plan: &SearchPlan) {
        let lacks_one = self.words.is_empty() || self.words.iter().any(WordMatch::is_empty);
        if !self.any || lacks_one {
            return;
        }
        sql.push(" + CASE WHEN ");
        if sql.is_postgres() {
            let words = self.words.iter().map(WordMatch::tsquery);
            sql.push("p.words @@ ").tsquery(&marks::every(words));
        } else {
            sql.push("p.id IN (");
            self.write_ids_of_every_word(sql, plan);
            sql.push(")");
        }
        sql.push(&format!(" THEN {EVERY_WORD} ELSE 0 END"));
    }

    /// The query for products with any of the words.
    fn any_query(&self) -> String {
        let queries: Vec<_> = self
            .words
            .iter()
            .flat_map(WordMatch::parts)
            .map(|word| word.query.as_str())
            .filter(|query| !query.is_empty())
            .collect();
        queries.join(if self.is_postgres() { " | " } else { " OR " })
    }
}

/// Appends what the ranking_signals multiply the score of product `p` with, see [`crate::ranking::ranking_signals`].
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
        let rating = rating(sql.is_postgres());
        sql.push(" + ")
            .bind(double(ranking_signals.rating))
            .push(" * ")
            .push(&rating);
    }
    if ranking_signals.freshness > 0.0 {
        let most = if sql.is_postgres() { "greatest" } else { "max" };
        sql.push(" + ")
            .bind(double(ranking_signals.freshness))
            .push(&format!(" * {most}(0.0, 1.0 - abs("))
            .bind(plan.today_ms)
            .push(" - p.created_at) / ")
            .bind(fading_ms(ranking_signals))
            .push(")");
    }
    if ranking_signals.stock > 0.0 {
        sql.push(" + CASE WHEN p.stock > 0 THEN ")
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

fn rating(postgres: bool) -> String {
    // What a search reads of a product on PostgreSQL has no count of ratings.
    let count = if postgres {
        "(SELECT r.rating_count FROM products r WHERE r.id = p.id)"
    } else {
        "p.rating_count"
    };
    let sum = format!(
        "coalesce(p.rating * {count}, 0.0) + {}",
        USUAL_RATING * RATINGS_OF_WEIGHT
    );
    format!("(({sum}) / ({count} + {RATINGS_OF_WEIGHT:.1}) - 1.0) / 4.0")
}
