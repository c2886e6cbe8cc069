//! Pins, boosts and what is left out, as SQL.

use super::{categories::CategoryTree, filters::Clause, settings::Settings, statement::Sql};
use crate::SearchPlan;
use crate::merchandising::{Chosen, MAX_FACTOR, Pin};

/// A plan's merchandising, looked up.
pub(super) struct Steered<'a> {
    pub(super) pins: Vec<Pin>,
    /// Filters that narrow every facet.
    pub(super) only: Vec<Clause<'a>>,
    hidden: Vec<Products<'a>>,
    pub(super) boosts: Vec<(Products<'a>, f32)>,
}

/// Some products.
pub(super) enum Products<'a> {
    These(Vec<i64>),
    Passing(Vec<Clause<'a>>),
}

impl Products<'_> {
    /// Appends the condition that product `p` is one of them; unknown where it lacks what is asked for.
    pub(super) fn write(&self, sql: &mut Sql) {
        match self {
            Self::These(ids) => drop(sql.push("(p.id").in_ids(ids).push(")")),
            Self::Passing(clauses) => {
                sql.push("(1 = 1");
                for clause in clauses {
                    sql.push(" AND ");
                    clause.write(sql);
                }
                sql.push(")");
            }
        }
    }

    /// Appends the same as one that the full-text index can be asked for, as far as it holds it. PostgreSQL only.
    pub(super) fn write_marked(&self, sql: &mut Sql) {
        let Self::Passing(clauses) = self else {
            return self.write(sql);
        };
        sql.push("(true");
        for clause in clauses {
            sql.push(" AND ");
            clause.write_marked(sql);
        }
        sql.push(")");
    }
}

impl<'a> Steered<'a> {
    pub(super) fn new(plan: &'a SearchPlan, settings: &'a Settings, tree: &CategoryTree) -> Self {
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

    /// Whether it leaves products out.
    pub(super) fn narrows(&self) -> bool {
        !self.only.is_empty() || !self.hidden.is_empty()
    }

    /// What is pinned.
    pub(super) fn pinned(&self) -> Vec<i64> {
        self.pins.iter().map(|pin| pin.id.0).collect()
    }

    /// Appends the conditions that product `p` is none of what is hidden.
    pub(super) fn write_hidden(&self, sql: &mut Sql) {
        for products in &self.hidden {
            sql.push(" AND ");
            products.write(sql);
            sql.push(" IS NOT TRUE");
        }
    }

    /// Appends what the boosts multiply the score of product `p` with.
    pub(super) fn write_boost(&self, sql: &mut Sql) {
        let least = if sql.is_postgres() { "least" } else { "min" };
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

    /// Appends a score of product `p`: that of its pin, or another.
    pub(super) fn write_pinned_or(
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

    /// Appends what product `p` is ordered by while browsing.
    pub(super) fn write_browsing_score(&self, sql: &mut Sql) {
        let score = |pin: &Pin| pin.browsing_score().into();
        self.write_pinned_or(sql, score, "double precision", |sql| {
            sql.push("CAST(p.popularity AS double precision) * ");
            self.write_boost(sql);
        });
    }
}
