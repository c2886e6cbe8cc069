//! Counts what was gathered.

use std::collections::{BTreeSet, HashMap, HashSet};

use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;
use souk_domain::{FacetName, TenantId, price_ladder};

use super::{
    counts::{ATTRIBUTE, BOUNDS, BUCKET, Count, Statement, TOTAL},
    dictionary::Dictionary,
    filters::Narrowed,
    floats,
    gathered::Gathered,
    soft::Counted,
    statement::Sql,
};
use crate::{
    SearchError,
    facets::listing::{MOST_STARS, availability_key, is_choice, leading},
    query::FACET_VALUES,
};

/// How often a value of an attribute stands in products, and how often it is a product's first of that attribute.
#[derive(Debug, Clone, Copy, Default)]
struct Stands {
    times: i64,
    first: i64,
}

/// A facet whose labels are in a table.
struct Named<'a> {
    facet: FacetName,
    table: &'static str,
    counts: FxHashMap<i64, i64>,
    scale: i64,
    /// Those that may be among the first to be listed.
    listed: Vec<i64>,
    /// Those that are listed even when no product has them.
    selected: &'a BTreeSet<String>,
}

impl<'a> Named<'a> {
    fn new(
        tally: &Tally<'a>,
        facet: FacetName,
        table: &'static str,
        ids: &'a [i64],
        selected: &'a BTreeSet<String>,
    ) -> Self {
        let (ids, scale) = tally.of(facet, ids);
        let counts = by_id(ids);
        let least = least_listed(counts.values().copied(), tally.statement.most_values);
        let listed = counts.iter().filter(|(_, count)| **count >= least);
        Self {
            facet,
            table,
            scale,
            listed: listed.map(|(id, _)| *id).collect(),
            counts,
            selected,
        }
    }

    /// Selected values are listed of a facet that is counted, and of no other.
    fn lists_any(&self, counted: &Counted) -> bool {
        counted.has(self.facet) && !(self.listed.is_empty() && self.selected.is_empty())
    }

    /// Appends the rest of a query for ids, slugs and names.
    fn write(&self, sql: &mut Sql, tenant: TenantId) {
        sql.push(&format!(
            "id, slug, name FROM {} WHERE tenant_id = ",
            self.table
        ))
        .bind(tenant.0)
        .push(" AND (id")
        .in_ids(&self.listed)
        .push(" OR slug")
        .in_texts(self.selected)
        .push(")");
    }
}

/// Counts by statement.
pub(super) struct Tally<'a> {
    statement: &'a Statement<'a>,
    gathered: &'a Gathered,
    counts: Vec<Count>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(statement: &'a Statement<'a>, gathered: &'a Gathered) -> Self {
        Self {
            statement,
            gathered,
            counts: Vec::new(),
        }
    }

    /// All counts; what is not in the products themselves is looked up.
    pub(super) async fn count<C: ConnectionTrait>(
        mut self,
        connection: &C,
        dictionary: &Dictionary,
    ) -> Result<Vec<Count>, SearchError> {
        if let Counted::Facets(_) = self.statement.counted {
            self.total();
            self.prices();
            self.ratings();
            self.availability();
            self.categories();
            self.brands();
            let filters = &self.statement.search.plan.filters;
            let (fandoms, sellers) = (&self.gathered.fandoms, &self.gathered.sellers);
            let named = [
                Named::new(
                    &self,
                    FacetName::Fandom,
                    "fandoms",
                    fandoms,
                    &filters.fandom,
                ),
                Named::new(
                    &self,
                    FacetName::Seller,
                    "sellers",
                    sellers,
                    &filters.seller,
                ),
            ];
            self.named(connection, &named).await?;
        }
        if self.statement.counted.counts_attributes() {
            self.attributes(connection, dictionary).await?;
        }
        Ok(self.counts)
    }

    /// The places of the rows that count for what has its own filter at a place, or for the hits.
    fn rows(&self, own: Option<usize>) -> impl Iterator<Item = usize> + use<'a> {
        let (statement, failed) = (self.statement, &self.gathered.failed);
        (0..self.gathered.rows).filter(move |row| {
            failed
                .get(*row)
                .is_none_or(|failed| statement.takes(own, *failed))
        })
    }

    /// The values of the rows that count in a facet, and what its counts have to be multiplied by.
    fn of<T: Copy>(
        &self,
        facet: FacetName,
        column: &'a [T],
    ) -> (impl Iterator<Item = T> + use<'a, T>, i64) {
        let own = self.statement.soft.place(&Narrowed::Facet(facet));
        let values = self
            .rows(own)
            .filter_map(move |row| column.get(row).copied());
        (values, self.scale(own))
    }

    fn scale(&self, own: Option<usize>) -> i64 {
        i64::try_from(self.statement.share(own).scale()).unwrap_or(i64::MAX)
    }

    fn push(&mut self, kind: &str, (value, label): (&str, &str), id: i64, count: i64) {
        self.counts.push(Count {
            kind: kind.to_owned(),
            value: value.to_owned(),
            label: label.to_owned(),
            id,
            count,
            ..Count::default()
        });
    }

    fn total(&mut self) {
        let hits = self.rows(None).count() as i64 * self.scale(None);
        self.push(TOTAL, ("", ""), 0, hits);
    }

    fn prices(&mut self) {
        let (prices, scale) = self.of(FacetName::Price, &self.gathered.prices);
        let ladder = price_ladder(self.statement.search.settings.currency_exponent);
        let mut steps = vec![0; ladder.len()];
        let mut bounds: Option<(i64, i64)> = None;
        for price in prices {
            let (low, high) = bounds.unwrap_or((price, price));
            bounds = Some((low.min(price), high.max(price)));
            let step = ladder
                .partition_point(|&from| from <= price)
                .saturating_sub(1);
            steps[step] += 1;
        }
        if let Some((low, high)) = bounds {
            self.push(BOUNDS, ("", ""), low, high);
        }
        for (step, count) in (0..).zip(steps).filter(|(_, count)| *count > 0) {
            self.push(BUCKET, ("", ""), step, count * scale);
        }
    }

    fn ratings(&mut self) {
        if !self.statement.counted.has(FacetName::Rating) {
            return;
        }
        for stars in (1..=MOST_STARS).rev() {
            let least = floats::rounding_to(f32::from(stars)).0;
            let (ratings, scale) = self.of(FacetName::Rating, &self.gathered.ratings);
            let rated = ratings.filter(|rating| *rating >= least).count() as i64;
            let kind = FacetName::Rating.as_str();
            self.push(kind, (&stars.to_string(), ""), stars.into(), rated * scale);
        }
    }

    fn availability(&mut self) {
        if !self.statement.counted.has(FacetName::Availability) {
            return;
        }
        let (stocks, scale) = self.of(FacetName::Availability, &self.gathered.stocks);
        let (mut there, mut gone) = (0, 0);
        stocks.for_each(|stock| *(if stock > 0 { &mut there } else { &mut gone }) += scale);
        let kind = FacetName::Availability.as_str();
        self.push(kind, (availability_key(true), ""), 0, there);
        self.push(kind, (availability_key(false), ""), 0, gone);
    }

    fn categories(&mut self) {
        let (ids, scale) = self.of(FacetName::Category, &self.gathered.categories);
        for (id, count) in by_id(ids) {
            self.push(FacetName::Category.as_str(), ("", ""), id, count * scale);
        }
    }

    fn brands(&mut self) {
        let own = self
            .statement
            .soft
            .place(&Narrowed::Facet(FacetName::Brand));
        let mut counts: HashMap<&str, i64> = HashMap::new();
        let brands = &self.gathered.brands;
        let brands = self.rows(own).filter_map(|row| brands.get(row));
        brands.for_each(|brand| *counts.entry(brand).or_default() += 1);
        let scale = self.scale(own);
        for (brand, count) in counts {
            self.push(FacetName::Brand.as_str(), (brand, brand), 0, count * scale);
        }
    }

    /// Facets whose labels are in tables, looked up in one go.
    async fn named<C: ConnectionTrait>(
        &mut self,
        connection: &C,
        named: &[Named<'a>],
    ) -> Result<(), SearchError> {
        let mut sql = Sql::new(connection.get_database_backend());
        let mut union = "";
        let counted = self.statement.counted;
        let listing = named.iter().enumerate();
        for (place, named) in listing.filter(|(_, it)| it.lists_any(counted)) {
            sql.push(&format!("{union}SELECT CAST({place} AS bigint), "));
            named.write(&mut sql, self.statement.search.plan.tenant);
            union = " UNION ALL ";
        }
        if union.is_empty() {
            return Ok(());
        }
        for row in sql.rows(connection).await? {
            let (place, id): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let Some(named) = usize::try_from(place).ok().and_then(|it| named.get(it)) else {
                continue;
            };
            self.counts.push(Count {
                kind: named.facet.as_str().to_owned(),
                value: row.try_get_by_index(2)?,
                label: row.try_get_by_index(3)?,
                id,
                count: named.counts.get(&id).copied().unwrap_or(0) * named.scale,
                values: named.counts.len() as i64,
                ..Count::default()
            });
        }
        Ok(())
    }

    async fn attributes<C: ConnectionTrait>(
        &mut self,
        connection: &C,
        dictionary: &Dictionary,
    ) -> Result<(), SearchError> {
        let search = self.statement.search;
        let soft: Vec<_> = self.statement.soft.attributes().collect();
        let owns = soft.iter().map(|(place, _)| Some(*place));
        let owns: Vec<_> = [None].into_iter().chain(owns).collect();
        let sets: HashMap<_, _> = owns.iter().map(|own| (*own, self.codes(*own))).collect();
        let codes: HashSet<i64> = sets.values().flat_map(FxHashMap::keys).copied().collect();
        let entries = dictionary
            .look_up(connection, search.plan.tenant, codes)
            .await?;
        let mut attributes: HashMap<&str, Vec<(&str, i64, Stands)>> = HashMap::new();
        for (code, entry) in &entries {
            let (name, value) = (entry.name.as_str(), entry.value.as_str());
            let own = soft
                .iter()
                .find(|(_, own)| *own == name)
                .map(|(place, _)| *place);
            if let Some(stands) = sets[&own].get(code) {
                attributes
                    .entry(name)
                    .or_default()
                    .push((value, self.scale(own), *stands));
            }
        }
        match self.statement.counted {
            Counted::Attribute(wanted) => {
                for (value, scale, stands) in attributes.remove(wanted.as_str()).unwrap_or_default()
                {
                    self.push(ATTRIBUTE, (value, wanted), 0, stands.times * scale);
                }
            }
            Counted::Facets(_) => self.list_attributes(attributes),
        }
        Ok(())
    }

    /// How often each code stands in the rows that count.
    fn codes(&self, own: Option<usize>) -> FxHashMap<i64, Stands> {
        let mut codes: FxHashMap<i64, Stands> = FxHashMap::default();
        let rows = self
            .rows(own)
            .filter_map(|row| self.gathered.attributes.get(row));
        for entry in rows.flatten().copied() {
            let stands = codes.entry(entry & -2).or_default();
            stands.times += 1;
            stands.first += entry & 1;
        }
        codes
    }

    /// The most common values of the attributes that most products have.
    fn list_attributes(&mut self, attributes: HashMap<&str, Vec<(&str, i64, Stands)>>) {
        let filters = &self.statement.search.plan.filters;
        let selected = &filters.attributes;
        let selected_values: HashSet<&str> =
            selected.values().flatten().map(String::as_str).collect();
        let mut found = Vec::new();
        for (name, values) in attributes {
            let firsts: i64 = values.iter().map(|(_, _, stands)| stands.first).sum();
            let is_choice = is_choice(values.len() as u64, firsts.unsigned_abs());
            if is_choice || selected.contains_key(name) {
                let products: i64 = values
                    .iter()
                    .map(|(_, scale, stands)| stands.first * scale)
                    .sum();
                found.push((products.unsigned_abs(), name, values));
            }
        }
        for (products, name, mut values) in leading(found, filters) {
            let distinct = values.len() as i64;
            values.sort_by(|(value, _, stands), (other, _, others)| {
                others
                    .times
                    .cmp(&stands.times)
                    .then_with(|| value.cmp(other))
            });
            for (place, (value, scale, stands)) in values.into_iter().enumerate() {
                if place >= FACET_VALUES && !selected_values.contains(value) {
                    continue;
                }
                self.counts.push(Count {
                    kind: ATTRIBUTE.to_owned(),
                    value: value.to_owned(),
                    label: name.to_owned(),
                    id: 0,
                    count: stands.times * scale,
                    values: distinct,
                    products: products.cast_signed(),
                });
            }
        }
    }
}

/// How often each id is there; 0 is none.
fn by_id(ids: impl Iterator<Item = i64>) -> FxHashMap<i64, i64> {
    let mut counts = FxHashMap::default();
    ids.filter(|id| *id != 0)
        .for_each(|id| *counts.entry(id).or_default() += 1);
    counts
}

/// The count below which nothing is among the first so many, whatever decides between equals.
fn least_listed(counts: impl Iterator<Item = i64>, most: usize) -> i64 {
    let mut counts: Vec<_> = counts.collect();
    if counts.len() <= most || most == 0 {
        return 0;
    }
    let (_, least, _) = counts.select_nth_unstable_by(most - 1, |one, other| other.cmp(one));
    *least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_of_the_last_that_is_listed_may_be_listed() {
        assert_eq!(least_listed([5, 9, 7, 7, 1].into_iter(), 2), 7);
        assert_eq!(least_listed([5, 9].into_iter(), 2), 0);
        assert_eq!(least_listed([].into_iter(), 2), 0);
    }
}
