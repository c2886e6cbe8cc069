//! Filters as SQL, each knowing the facet that it must not narrow.

use souk_domain::{FacetName, Filters, PriceFilter, TenantId};

use super::{
    categories::CategoryTree, floats, marks, rarity::Rarity, settings::Settings, statement::Sql,
};

/// What a clause narrows, and so the facet that looks past it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Narrowed {
    Facet(FacetName),
    Attribute(String),
}

/// One filter.
#[derive(Debug, Clone)]
pub(super) struct Clause<'a> {
    pub(super) narrowed: Narrowed,
    tenant: TenantId,
    filters: &'a Filters,
    settings: &'a Settings,
    categories: Vec<i64>,
}

impl<'a> Clause<'a> {
    /// Each of some filters of a tenant's products.
    pub(super) fn all(
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
        let roots = filters.category.iter();
        let roots = roots.filter_map(|slug| tree.by_slug(slug)).collect();
        let categories = tree.with_descendants(&roots);
        let clause = |narrowed| Self {
            narrowed,
            tenant,
            filters,
            settings,
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

    /// Its query of the full-text index, if the products it accepts are marked there. PostgreSQL only.
    pub(super) fn query(&self) -> Option<String> {
        self.marks().map(|(mark, ids)| marks::ids(mark, &ids))
    }

    /// The marks of the products it accepts, if they are marked.
    fn marks(&self) -> Option<(char, Vec<i64>)> {
        match self.narrowed {
            Narrowed::Facet(FacetName::Category) => Some(('c', self.categories.clone())),
            Narrowed::Facet(FacetName::Fandom) => Some(('f', self.fandoms())),
            Narrowed::Facet(FacetName::Seller) => Some(('s', self.sellers())),
            _ => None,
        }
    }

    /// What share of all products it accepts, at most, as far as marks tell. PostgreSQL only.
    pub(super) fn share(&self, rarity: &Rarity) -> f64 {
        let marks = self.marks();
        marks.map_or(1.0, |(mark, ids)| rarity.share_of_marks(mark, &ids))
    }

    /// Appends the condition on product `p`, asked of the full-text index if that holds it. PostgreSQL only.
    pub(super) fn write_marked(&self, sql: &mut Sql) {
        match self.query() {
            Some(query) => drop(sql.push("p.words @@ ").tsquery(&query)),
            None => self.write(sql),
        }
    }

    /// Appends the condition on product `p`; unknown where the product has no such value.
    pub(super) fn write(&self, sql: &mut Sql) {
        let filters = self.filters;
        match &self.narrowed {
            Narrowed::Attribute(name) => self.write_attribute(sql, name),
            Narrowed::Facet(FacetName::Category) => {
                sql.push("p.category_id").in_ids(&self.categories);
            }
            Narrowed::Facet(FacetName::Fandom) => {
                sql.push("p.fandom_id").in_ids(&self.fandoms());
            }
            Narrowed::Facet(FacetName::Seller) => {
                sql.push("p.seller_id").in_ids(&self.sellers());
            }
            Narrowed::Facet(FacetName::Brand) => {
                sql.push("p.brand").in_texts(&filters.brand);
                if sql.is_postgres() {
                    // What its index holds.
                    sql.push(" AND md5(p.brand)").in_hashes(&filters.brand);
                }
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

    fn fandoms(&self) -> Vec<i64> {
        self.settings.fandoms(&self.filters.fandom)
    }

    fn sellers(&self) -> Vec<i64> {
        self.settings.sellers(&self.filters.seller)
    }

    fn write_attribute(&self, sql: &mut Sql, name: &str) {
        let accepted = self.filters.attributes.get(name);
        if sql.is_postgres() {
            let codes = accepted.map(|values| self.settings.attribute(name, values));
            sql.push("p.attributes && ").array(codes.iter().flatten());
            return;
        }
        sql.push("p.id IN (SELECT product_id FROM search_attributes WHERE tenant_id = ")
            .bind(self.tenant.0)
            .push(" AND name = ")
            .bind_text(name)
            .push(" AND value")
            .in_texts(accepted.into_iter().flatten())
            .push(")");
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
