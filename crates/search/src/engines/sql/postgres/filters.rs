//! Filters by the tags of the full-text index.

use souk_domain::FacetName;

use super::{selectivity::Selectivity, tsquery};
use crate::engines::sql::{
    query::{
        filters::{Clause, FilterTarget},
        merchandising::Products,
        variant_conditions::write_on_one,
    },
    statement::Sql,
};

/// Tag of further sellers.
const FURTHER_SELLER: char = 'o';

impl Clause<'_> {
    /// Returns a tsquery for the tags of accepted products; `None` if the filter has no tags.
    pub(crate) fn query(&self) -> Option<String> {
        let (tag, ids) = self.tags()?;
        let own = tsquery::ids(tag, &ids);
        Some(match self.is_shared_seller() {
            true => format!("({own} | {})", tsquery::ids(FURTHER_SELLER, &ids)),
            false => own,
        })
    }

    /// Returns true if the filter is on sellers, of whom a product may have several.
    fn is_shared_seller(&self) -> bool {
        self.target == FilterTarget::Facet(FacetName::Seller) && self.shares_products()
    }

    /// Returns kind and ids of the tags of accepted products; `None` if the filter has no tags.
    fn tags(&self) -> Option<(char, Vec<i64>)> {
        match self.target {
            FilterTarget::Facet(FacetName::Category) => Some(('c', self.categories.clone())),
            FilterTarget::Facet(FacetName::Fandom) => Some(('f', self.fandoms())),
            FilterTarget::Facet(FacetName::Seller) => Some(('s', self.sellers())),
            _ => None,
        }
    }

    /// Returns the fraction of all products that it accepts at most, from 0 to 1; 1 without tags.
    pub(crate) fn selectivity(&self, selectivity: &Selectivity) -> f64 {
        let tags = self.tags();
        tags.map_or(1.0, |(tag, ids)| {
            let further = match self.is_shared_seller() {
                true => selectivity.of_tags(FURTHER_SELLER, &ids),
                false => 0.0,
            };
            selectivity.of_tags(tag, &ids) + further
        })
    }

    /// Appends the condition on product `p`, by tags of the full-text index if it has them.
    pub(crate) fn write_indexed(&self, sql: &mut Sql) {
        match self.query() {
            // A product bears the tag of its own seller, even of a closed one.
            Some(query) if self.is_shared_seller() => {
                sql.push("(p.words @@ ").tsquery(&query).push(" AND ");
                self.write(sql);
                sql.push(")");
            }
            Some(query) => drop(sql.push("p.words @@ ").tsquery(&query)),
            None => self.write(sql),
        }
    }
}

impl Products<'_> {
    /// Appends the condition that product `p` is among them, by tags of the full-text index if they have them.
    pub(crate) fn write_indexed(&self, sql: &mut Sql) {
        let Self::Passing(clauses) = self else {
            return self.write(sql);
        };
        sql.push("(true");
        for clause in clauses {
            sql.push(" AND ");
            clause.write_indexed(sql);
        }
        write_on_one(sql, clauses);
        sql.push(")");
    }
}
