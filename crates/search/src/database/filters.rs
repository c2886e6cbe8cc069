//! Filters as SQL, each knowing the facet that it must not narrow.

use souk_domain::{FacetName, PriceFilter};

use super::{categories::CategoryTree, floats, sql::Sql};
use crate::SearchPlan;

/// What a clause narrows, and so the facet that looks past it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Narrowed {
    Facet(FacetName),
    Attribute(String),
}

/// One filter of the plan.
#[derive(Debug, Clone)]
pub(super) struct Clause<'a> {
    pub(super) narrowed: Narrowed,
    plan: &'a SearchPlan,
    categories: Vec<i64>,
}

impl<'a> Clause<'a> {
    /// All filters of a plan.
    pub(super) fn all(plan: &'a SearchPlan, tree: &CategoryTree) -> Vec<Self> {
        let filters = &plan.filters;
        let facets = [
            (FacetName::Category, !filters.category.is_empty()),
            (FacetName::Fandom, !filters.fandom.is_empty()),
            (FacetName::Brand, !filters.brand.is_empty()),
            (FacetName::Seller, !filters.seller.is_empty()),
            (FacetName::Price, filters.price.is_some()),
            (FacetName::Rating, filters.rating_min.is_some()),
            (FacetName::Availability, filters.in_stock.is_some()),
        ];
        let roots = filters.category.iter();
        let roots = roots.filter_map(|slug| tree.by_slug(slug)).collect();
        let categories = tree.with_descendants(&roots);
        let clause = |narrowed| Self {
            narrowed,
            plan,
            categories: categories.clone(),
        };
        let attributes = filters.attributes.keys().cloned().map(Narrowed::Attribute);
        facets
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(facet, _)| Narrowed::Facet(facet))
            .chain(attributes)
            .map(clause)
            .collect()
    }

    /// Appends the condition on product `p`; unknown where the product has no such value.
    pub(super) fn write(&self, sql: &mut Sql) {
        let filters = &self.plan.filters;
        match &self.narrowed {
            Narrowed::Attribute(name) => self.write_attribute(sql, name),
            Narrowed::Facet(FacetName::Category) => {
                sql.push("p.category_id").in_ids(&self.categories);
            }
            Narrowed::Facet(FacetName::Fandom) => {
                self.write_slugs(sql, "fandom_id", "fandoms", &filters.fandom);
            }
            Narrowed::Facet(FacetName::Seller) => {
                self.write_slugs(sql, "seller_id", "sellers", &filters.seller);
            }
            Narrowed::Facet(FacetName::Brand) => {
                sql.push("p.brand").in_texts(&filters.brand);
            }
            Narrowed::Facet(FacetName::Price) => write_price(sql, filters.price),
            Narrowed::Facet(FacetName::Rating) => {
                let least = filters.rating_min.unwrap_or_default();
                sql.push("p.rating >= ").bind(floats::rounding_to(least).0);
            }
            Narrowed::Facet(FacetName::Availability) => {
                let wanted = filters.in_stock.unwrap_or_default();
                sql.push(if wanted {
                    "p.stock > 0"
                } else {
                    "p.stock <= 0"
                });
            }
            Narrowed::Facet(FacetName::Attributes) => {
                sql.push("1 = 1");
            }
        }
    }

    fn write_slugs<'b>(
        &self,
        sql: &mut Sql,
        column: &str,
        table: &str,
        slugs: impl IntoIterator<Item = &'b String>,
    ) {
        sql.push(&format!(
            "p.{column} IN (SELECT id FROM {table} WHERE tenant_id = "
        ))
        .bind(self.plan.tenant.0)
        .push(" AND slug")
        .in_texts(slugs)
        .push(")");
    }

    fn write_attribute(&self, sql: &mut Sql, name: &str) {
        let accepted = self.plan.filters.attributes.get(name);
        let accepted = || accepted.into_iter().flatten();
        sql.push("p.id IN (SELECT product_id FROM search_attributes WHERE tenant_id = ")
            .bind(self.plan.tenant.0)
            .push(" AND name = ")
            .bind_text(name)
            .push(" AND value")
            .in_texts(accepted());
        if sql.is_postgres() {
            // What its index holds.
            sql.push(" AND md5(name) = md5(")
                .bind_text(name)
                .push(") AND md5(value)")
                .in_hashes(accepted());
        }
        sql.push(")");
    }
}

fn write_price(sql: &mut Sql, price: Option<PriceFilter>) {
    sql.push("(1 = 1");
    if let Some(min) = price.and_then(|price| price.min) {
        sql.push(" AND p.price_min >= ").bind(min);
    }
    if let Some(max) = price.and_then(|price| price.max) {
        sql.push(" AND p.price_min <= ").bind(max);
    }
    sql.push(")");
}
