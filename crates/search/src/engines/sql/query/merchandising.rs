//! Pins, boosts and hidden products as SQL.

use super::{
    categories::CategoryTree, filters::Clause, settings::Settings, variant_conditions::write_on_one,
};
use crate::SearchPlan;
use crate::engines::sql::statement::Sql;
use crate::merchandising::{Chosen, MAX_FACTOR, Pin};

/// Merchandising of a plan, with its filters resolved.
pub(crate) struct MerchandisingClauses<'a> {
    pub(crate) pins: Vec<Pin>,
    /// Filters that narrow hits and every facet.
    pub(crate) only: Vec<Clause<'a>>,
    hidden: Vec<Products<'a>>,
    pub(crate) boosts: Vec<(Products<'a>, f32)>,
}

/// Products that a rule selects.
pub(crate) enum Products<'a> {
    These(Vec<i64>),
    Passing(Vec<Clause<'a>>),
}

impl Products<'_> {
    /// Appends the condition that product `p` is selected; NULL where it lacks the value that a filter needs.
    pub(crate) fn write(&self, sql: &mut Sql) {
        match self {
            Self::These(ids) => drop(sql.push("(p.id").in_ids(ids).push(")")),
            Self::Passing(clauses) => {
                sql.push("(1 = 1");
                for clause in clauses {
                    sql.push(" AND ");
                    clause.write(sql);
                }
                write_on_one(sql, clauses);
                sql.push(")");
            }
        }
    }
}

impl<'a> MerchandisingClauses<'a> {
    pub(crate) fn new(plan: &'a SearchPlan, settings: &'a Settings, tree: &CategoryTree) -> Self {
        let merchandising = &plan.merchandising;
        let clauses = |filters| Clause::all(plan.tenant, filters, settings, tree);
        let products = |chosen: &'a Chosen| match chosen {
            Chosen::Products(ids) => Products::These(ids.iter().map(|id| id.0).collect()),
            Chosen::Matching(filters) => Products::Passing(clauses(filters)),
        };
        let boosts = merchandising.ranking_signals();
        Self {
            pins: merchandising.pins().collect(),
            only: merchandising.only.iter().flat_map(clauses).collect(),
            hidden: merchandising.hidden.iter().map(products).collect(),
            boosts: boosts
                .map(|(chosen, factor)| (products(chosen), factor))
                .collect(),
        }
    }

    /// Returns true if products are hidden or filtered out.
    pub(crate) fn narrows(&self) -> bool {
        !self.only.is_empty() || !self.hidden.is_empty()
    }

    /// Ids of the pinned products.
    pub(crate) fn pinned(&self) -> Vec<i64> {
        self.pins.iter().map(|pin| pin.id.0).collect()
    }

    /// Appends the conditions that product `p` is not hidden.
    pub(crate) fn write_hidden(&self, sql: &mut Sql) {
        for products in &self.hidden {
            sql.push(" AND ");
            products.write(sql);
            sql.push(" IS NOT TRUE");
        }
    }

    /// Appends the factor of all boosts on the score of product `p`.
    pub(crate) fn write_boost(&self, sql: &mut Sql) {
        let least = sql.syntax().least;
        sql.push(&format!("{least}({MAX_FACTOR:.1}, 1.0"));
        for (products, factor) in &self.boosts {
            sql.push(" * CASE WHEN ");
            products.write(sql);
            sql.push(" THEN CAST(")
                .bind(f64::from(*factor))
                .push(" AS double precision) ELSE 1.0 END");
        }
        sql.push(")");
    }

    /// Appends the score of product `p`'s pin, or another score without one.
    pub(crate) fn write_pinned_or(
        &self,
        sql: &mut Sql,
        score: impl Fn(&Pin) -> sea_orm::Value,
        kind: &str,
        other: impl FnOnce(&mut Sql),
    ) {
        if self.pins.is_empty() {
            return other(sql);
        }
        sql.push("CASE p.id");
        for pin in &self.pins {
            sql.push(" WHEN ")
                .bind(pin.id.0)
                .push(" THEN CAST(")
                .bind(score(pin))
                .push(&format!(" AS {kind})"));
        }
        sql.push(" ELSE ");
        other(sql);
        sql.push(" END");
    }

    /// Appends the score by which product `p` is ordered while browsing.
    pub(crate) fn write_browsing_score(&self, sql: &mut Sql) {
        let score = |pin: &Pin| pin.browsing_score().into();
        self.write_pinned_or(sql, score, "double precision", |sql| {
            sql.push("CAST(p.popularity AS double precision) * ");
            self.write_boost(sql);
        });
    }
}
