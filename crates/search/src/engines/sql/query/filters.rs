//! Filters as SQL, each with the facet that excludes it.

use std::collections::BTreeSet;

use souk_domain::{FacetName, Filters, PriceFilter, TenantId};

use super::{categories::CategoryTree, settings::Settings};
use crate::engines::sql::{
    dialect::conditions, floats, offered::offer_count, place::Place, statement::Sql,
};

/// Facet or attribute that a filter narrows, and whose counts exclude it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilterTarget {
    Facet(FacetName),
    Attribute(String),
}

/// Filter on one facet or attribute.
#[derive(Debug, Clone)]
pub(crate) struct Clause<'a> {
    pub(crate) target: FilterTarget,
    tenant: TenantId,
    pub(crate) filters: &'a Filters,
    settings: &'a Settings,
    /// Accepted categories, descendants included.
    pub(crate) categories: Vec<i64>,
}

impl<'a> Clause<'a> {
    /// Returns a clause for each filter that is set.
    pub(crate) fn all(
        tenant: TenantId,
        filters: &'a Filters,
        settings: &'a Settings,
        tree: &CategoryTree,
    ) -> Vec<Self> {
        let facets = [
            (FacetName::Category, !filters.category.is_empty()),
            (FacetName::Fandom, !filters.fandom.is_empty()),
            (FacetName::Brand, !filters.brand.is_empty()),
            (FacetName::Seller, !filters.seller.is_empty()),
            (FacetName::Price, filters.price.is_some()),
            (FacetName::Rating, filters.rating_min.is_some()),
            (FacetName::Availability, filters.in_stock.is_some()),
        ];
        let roots = filters
            .category
            .iter()
            .filter_map(|slug| tree.by_slug(slug))
            .collect();
        let categories = tree.with_descendants(&roots);
        let clause = |target| Self {
            target,
            tenant,
            filters,
            settings,
            categories: categories.clone(),
        };
        let attributes = filters
            .attributes
            .keys()
            .cloned()
            .map(FilterTarget::Attribute);
        facets
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(facet, _)| FilterTarget::Facet(facet))
            .chain(attributes)
            .map(clause)
            .collect()
    }

    /// Appends the condition on product `p`; unknown where the product has no such value. Of a filter on variants it is
    /// that one of them passes, or may pass.
    pub(crate) fn write(&self, sql: &mut Sql) {
        let filters = self.filters;
        match &self.target {
            FilterTarget::Attribute(name) => self.write_attribute(sql, name),
            FilterTarget::Facet(FacetName::Category) => {
                let place = Place::Category;
                conditions::write_in_places(sql, self.tenant, place, &self.categories);
            }
            FilterTarget::Facet(FacetName::Fandom) => {
                conditions::write_in_places(sql, self.tenant, Place::Fandom, &self.fandoms());
            }
            FilterTarget::Facet(FacetName::Seller) => {
                conditions::write_sellers(
                    sql,
                    self.tenant,
                    &self.sellers(),
                    self.shares_products(),
                );
            }
            FilterTarget::Facet(FacetName::Brand) => {
                conditions::write_brand(sql, &filters.brand);
            }
            FilterTarget::Facet(FacetName::Price) => write_price(sql, filters.price),
            FilterTarget::Facet(FacetName::Rating) => {
                let least = filters.rating_min.unwrap_or_default();
                sql.push("p.rating >= ").bind(floats::rounding_to(least).0);
            }
            FilterTarget::Facet(FacetName::Availability) => {
                let wanted = filters.in_stock.unwrap_or_default();
                if wanted {
                    sql.push("p.available_count > 0");
                } else {
                    let offers = offer_count(sql, self.shares_products());
                    sql.push("p.available_count < ").push(offers);
                }
            }
            FilterTarget::Facet(FacetName::Attributes) => {
                sql.push("1 = 1");
            }
        }
    }

    /// Returns true if products may have offers of several sellers.
    pub(crate) fn shares_products(&self) -> bool {
        self.settings.shares_products
    }

    /// Accepted fandoms.
    pub(crate) fn fandoms(&self) -> Vec<i64> {
        self.settings.fandoms(&self.filters.fandom)
    }

    /// Accepted sellers.
    pub(crate) fn sellers(&self) -> Vec<i64> {
        self.settings.sellers(&self.filters.seller)
    }

    fn write_attribute(&self, sql: &mut Sql, name: &str) {
        let accepted = self.filters.attributes.get(name);
        let names = self.names(name);
        conditions::write_attribute(sql, self.tenant, (&names, accepted), &self.codes(name));
    }

    /// Spellings of an attribute's name.
    pub(super) fn names(&self, name: &str) -> BTreeSet<String> {
        self.settings.names(name)
    }

    /// Accepted values of an attribute, each with its codes under one spelling of the attribute's name.
    pub(super) fn codes_by_value(&self, name: &str, spelling: &str) -> Vec<(&'a String, Vec<i64>)> {
        let accepted = self.filters.attributes.get(name);
        let values = accepted.into_iter().flatten();
        let codes = |value: &String| self.settings.attribute(spelling, &[value.clone()].into());
        values.map(|value| (value, codes(value))).collect()
    }

    /// Codes of the accepted values of an attribute, under all spellings of its name.
    pub(crate) fn codes(&self, name: &str) -> Vec<i64> {
        let accepted = self.filters.attributes.get(name);
        let names = self.names(name).into_iter();
        let codes = accepted.map(|values| {
            names
                .flat_map(|name| self.settings.attribute(&name, values))
                .collect()
        });
        codes.unwrap_or_default()
    }
}

fn write_price(sql: &mut Sql, price: Option<PriceFilter>) {
    sql.push("(1 = 1");
    if let Some(min) = price.and_then(|price| price.min) {
        sql.push(" AND p.price_max >= ").bind(min);
    }
    if let Some(max) = price.and_then(|price| price.max) {
        sql.push(" AND p.price_min <= ").bind(max);
    }
    sql.push(")");
}
