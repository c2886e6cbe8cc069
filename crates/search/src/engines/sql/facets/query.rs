//! Query that selects the products to count.
//!
//! A result that is counted exactly is read once. Each product bears a mask of the excluded filters that it fails: with
//! none it is a hit, with one it counts in the facet of that filter. A large result is read as one sample of the hits,
//! and one sample for each excluded filter.
//!
//! A product that passes each filter on variants may have no variant that passes all of them. Where that is not decided
//! yet, its variants bear masks as well, and it counts where one of them does.

use souk_domain::FacetName;

use crate::engines::sql::{
    dialect::search as products,
    query::{
        excluded_filters::{CountedFacets, ExcludedFilters, bit},
        filters::FilterTarget,
        paging::{write_cut, write_key},
        search::Search,
        variant_conditions::write_on_one,
    },
    sampling::{CountStrategy, SampleRate},
    statement::Sql,
};

/// Facets to count, of a search and by a strategy.
pub(crate) struct FacetQuery<'a> {
    pub(crate) search: &'a Search<'a>,
    pub(crate) counted: &'a CountedFacets,
    pub(crate) excluded: &'a ExcludedFilters<'a>,
    pub(crate) strategy: &'a CountStrategy,
    /// True to return the ids of the page as well, because all hits are read anyway. Never on SQLite.
    pub(crate) with_page: bool,
    /// Most values of a facet whose labels are looked up, besides the selected ones. Ignored on SQLite.
    pub(crate) most_values: usize,
}

impl FacetQuery<'_> {
    /// Returns the sample rate of the products without the excluded filter at a place, or of the hits.
    pub(crate) fn sample_rate(&self, own: Option<usize>) -> SampleRate {
        match (self.strategy, own) {
            (CountStrategy::Exact, _) => SampleRate::ALL,
            (CountStrategy::Sampled(estimates), Some(place)) => estimates.facet_rate(place),
            (CountStrategy::Sampled(estimates), None) => estimates.hit_rate(),
        }
    }

    /// Returns the sample rate of the products that count for a filter's facet.
    pub(crate) fn sample_rate_of(&self, target: &FilterTarget) -> SampleRate {
        self.sample_rate(self.excluded.place(target))
    }

    /// Returns true if of some products the variants tell where they count: those of which no variant passes all filters
    /// on variants, or which are counted by properties of the variants that do.
    pub(crate) fn counts_by_variant(&self) -> bool {
        let clauses = &self.excluded.clauses;
        let by_variant = [FacetName::Price, FacetName::Availability];
        !self.search.of_variants().is_empty()
            && (clauses.iter().any(|clause| clause.is_of_variants())
                || self.counted.counts_attributes()
                || self.search.plan.shares_products && self.counted.has(FacetName::Seller)
                || by_variant.into_iter().any(|facet| self.counted.has(facet)))
    }

    /// Appends a table of the products that count. Of products that pass each filter on variants, but perhaps with no
    /// variant all of them, it has those as well.
    pub(crate) fn write_matched(&self, sql: &mut Sql, name: &str) {
        sql.push(&format!("WITH {name} AS MATERIALIZED ("));
        match self.strategy {
            CountStrategy::Exact => self.write_masked(sql),
            CountStrategy::Sampled(_) => self.write_sets(sql),
        }
        sql.push(")");
    }

    /// Appends the products that fail at most one excluded filter, with the mask of those they fail.
    fn write_masked(&self, sql: &mut Sql) {
        if self.excluded.clauses.is_empty() {
            return self.write_hits(sql);
        }
        sql.push(sql.syntax().counted_columns);
        sql.push("p.failed");
        if self.with_page {
            // Only hits are ranked, which takes longer than holding them against filters.
            sql.push(", CASE WHEN p.failed = 0");
            let clauses = self.search.clauses.iter();
            write_on_one(sql, clauses.chain(&self.search.merchandising.only));
            sql.push(" THEN p.id END AS hit, CASE WHEN p.failed = 0 THEN ");
            write_key(sql, self.search, "p");
            sql.push(" END AS sort_key");
        }
        sql.push(" FROM (SELECT p.*, ");
        self.excluded.write_mask(sql);
        sql.push(" AS failed");
        products::write_from(sql);
        products::write_set(sql, self.search, SampleRate::ALL, &self.excluded.always);
        sql.push(sql.syntax().evaluated_once);
        sql.push(") AS p WHERE p.failed IN (0");
        for place in 0..self.excluded.clauses.len() {
            sql.push(&format!(", {}", bit(place)));
        }
        sql.push(")");
    }

    /// Appends the hits, with an empty mask.
    fn write_hits(&self, sql: &mut Sql) {
        sql.push(sql.syntax().counted_columns);
        sql.push("CAST(0 AS bigint) AS failed");
        if self.with_page {
            sql.push(", p.id AS hit, ");
            write_key(sql, self.search, "p");
            sql.push(" AS sort_key");
        }
        products::write_from(sql);
        let clauses = self.excluded.without(None);
        products::write_set(sql, self.search, self.sample_rate(None), &clauses);
    }

    /// Appends a sample of the hits, then for each excluded filter a sample of the products without it, masked as
    /// failing it.
    fn write_sets(&self, sql: &mut Sql) {
        self.write_hits(sql);
        for place in 0..self.excluded.clauses.len() {
            sql.push(" UNION ALL ");
            sql.push(sql.syntax().counted_columns);
            sql.push(&bit(place).to_string());
            sql.push(if self.with_page { ", NULL, NULL" } else { "" });
            products::write_from(sql);
            let clauses = self.excluded.without(Some(place));
            products::write_set(sql, self.search, self.sample_rate(Some(place)), &clauses);
        }
    }

    /// Returns true if a row with this mask counts for the facet of the filter at a place, or is a hit.
    pub(crate) fn takes(&self, own: Option<usize>, failed: i64) -> bool {
        match (self.strategy, own) {
            (CountStrategy::Exact, Some(place)) => failed == 0 || failed == bit(place),
            (CountStrategy::Sampled(_), Some(place)) => failed == bit(place),
            (_, None) => failed == 0,
        }
    }

    /// Appends the ids of the page among the rows.
    pub(crate) fn write_page(&self, sql: &mut Sql) {
        sql.push(
            "SELECT id, sort_key FROM (SELECT hit AS id, sort_key FROM matched WHERE failed = 0 AND hit IS NOT NULL",
        );
        write_cut(sql, self.search.plan);
    }
}
