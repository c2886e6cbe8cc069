//! Counts facets of a column batch.

use std::collections::{BTreeSet, HashMap, HashSet};

use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;
use souk_domain::{FacetName, TenantId, price_ladder};

use super::{column_batch::ColumnBatch, dictionary::Dictionary};
use crate::{
    SearchError,
    engines::sql::{
        facets::{
            count::{ATTRIBUTE, BOUNDS, BUCKET, Count, RANGE, TOTAL},
            query::FacetQuery,
        },
        query::{excluded_filters::CountedFacets, filters::FilterTarget, floats},
        statement::Sql,
    },
    facets::listing::{CountedAttribute, MOST_STARS, availability_key, is_choice, leading},
    query::FACET_VALUES,
};

/// Occurrences of an attribute value in products, and those in which it is the product's first of that attribute.
#[derive(Debug, Clone, Copy, Default)]
struct ValueOccurrences {
    times: i64,
    first: i64,
}

/// Facet whose labels are in a table.
struct Named<'a> {
    facet: FacetName,
    table: &'static str,
    counts: FxHashMap<i64, i64>,
    scale: i64,
    /// Ids that may be among the leading values.
    listed: Vec<i64>,
    /// Slugs of selected values, which are listed even with a count of 0.
    selected: &'a BTreeSet<String>,
}

impl<'a> Named<'a> {
    fn new(
        counter: &FacetCounter<'a>,
        facet: FacetName,
        table: &'static str,
        ids: impl Iterator<Item = i64>,
        selected: &'a BTreeSet<String>,
    ) -> Self {
        let own = counter.query.excluded.place(&FilterTarget::Facet(facet));
        let scale = counter.scale(own);
        let counts = by_id(ids);
        let least = least_listed(counts.values().copied(), counter.query.most_values);
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

    /// Returns true if the facet is counted and has values to list.
    fn lists_any(&self, counted: &CountedFacets) -> bool {
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

/// Counts by query.
pub(crate) struct FacetCounter<'a> {
    query: &'a FacetQuery<'a>,
    batch: &'a ColumnBatch,
    counts: Vec<Count>,
}

impl<'a> FacetCounter<'a> {
    pub(crate) fn new(query: &'a FacetQuery<'a>, batch: &'a ColumnBatch) -> Self {
        Self {
            query,
            batch,
            counts: Vec::new(),
        }
    }

    /// Returns all counts. Labels that are not in the products themselves are looked up.
    pub(crate) async fn count<C: ConnectionTrait>(
        mut self,
        connection: &C,
        dictionary: &Dictionary,
    ) -> Result<Vec<Count>, SearchError> {
        if let CountedFacets::Facets(_) = self.query.counted {
            self.total();
            self.prices();
            self.ratings();
            self.availability();
            self.categories();
            self.brands();
            let filters = &self.query.search.plan.filters;
            let fandoms = self.fandoms();
            let (sellers, _) = self.of(FacetName::Seller, &self.batch.sellers);
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
        if self.query.counted.counts_attributes() {
            self.attributes(connection, dictionary).await?;
        }
        Ok(self.counts)
    }

    /// Returns the rows that count for the facet of the filter at a place, or the hits.
    fn rows(&self, own: Option<usize>) -> impl Iterator<Item = usize> + use<'a> {
        let (query, failed) = (self.query, &self.batch.failed);
        (0..self.batch.rows).filter(move |row| {
            failed
                .get(*row)
                .is_none_or(|failed| query.takes(own, *failed))
        })
    }

    /// Returns the values of the rows that count in a facet, and the factor of its counts.
    fn of<T: Copy>(
        &self,
        facet: FacetName,
        column: &'a [T],
    ) -> (impl Iterator<Item = T> + use<'a, T>, i64) {
        let own = self.query.excluded.place(&FilterTarget::Facet(facet));
        let values = self
            .rows(own)
            .filter_map(move |row| column.get(row).copied());
        (values, self.scale(own))
    }

    fn scale(&self, own: Option<usize>) -> i64 {
        i64::try_from(self.query.sample_rate(own).scale()).unwrap_or(i64::MAX)
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
        let (prices, scale) = self.of(FacetName::Price, &self.batch.prices);
        let ladder = price_ladder(self.query.search.settings.currency_exponent);
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
        if !self.query.counted.has(FacetName::Rating) {
            return;
        }
        for stars in (1..=MOST_STARS).rev() {
            let least = floats::rounding_to(f32::from(stars)).0;
            let (ratings, scale) = self.of(FacetName::Rating, &self.batch.ratings);
            let rated = ratings.filter(|rating| *rating >= least).count() as i64;
            let kind = FacetName::Rating.as_str();
            self.push(kind, (&stars.to_string(), ""), stars.into(), rated * scale);
        }
    }

    fn availability(&mut self) {
        if !self.query.counted.has(FacetName::Availability) {
            return;
        }
        let (stocks, scale) = self.of(FacetName::Availability, &self.batch.stocks);
        let (mut there, mut gone) = (0, 0);
        stocks.for_each(|stock| *(if stock > 0 { &mut there } else { &mut gone }) += scale);
        let kind = FacetName::Availability.as_str();
        self.push(kind, (availability_key(true), ""), 0, there);
        self.push(kind, (availability_key(false), ""), 0, gone);
    }

    /// Counts sets of categories.
    fn categories(&mut self) {
        let batch = self.batch;
        let own = FilterTarget::Facet(FacetName::Category);
        let own = self.query.excluded.place(&own);
        let mut sets: FxHashMap<(i64, &[i64]), i64> = FxHashMap::default();
        for row in self.rows(own) {
            let Some(&main) = batch.categories.get(row) else {
                break;
            };
            let further = batch.further.get(row).unwrap_or_default();
            let categories = &further[further.partition_point(|id| *id < 0)..];
            *sets.entry((main, categories)).or_default() += 1;
        }
        let scale = self.scale(own);
        for ((main, further), count) in sets {
            let ids = [main].into_iter().chain(further.iter().copied());
            let ids: Vec<String> = ids.filter(|id| *id != 0).map(|id| id.to_string()).collect();
            self.push(
                FacetName::Category.as_str(),
                (&ids.join(","), ""),
                0,
                count * scale,
            );
        }
    }

    /// Returns each fandom of each row that counts.
    fn fandoms(&self) -> impl Iterator<Item = i64> + use<'a> {
        let batch = self.batch;
        let (main, _) = self.of(FacetName::Fandom, &batch.fandoms);
        let own = FilterTarget::Facet(FacetName::Fandom);
        let rows = self.rows(self.query.excluded.place(&own));
        let further = rows.flat_map(move |row| batch.further.get(row).unwrap_or_default());
        main.chain(further.filter(|id| **id < 0).map(|id| -id))
    }

    fn brands(&mut self) {
        let own = self
            .query
            .excluded
            .place(&FilterTarget::Facet(FacetName::Brand));
        let mut counts: HashMap<&str, i64> = HashMap::new();
        let brands = &self.batch.brands;
        let brands = self.rows(own).filter_map(|row| brands.get(row));
        brands.for_each(|brand| *counts.entry(brand).or_default() += 1);
        let scale = self.scale(own);
        for (brand, count) in counts {
            self.push(FacetName::Brand.as_str(), (brand, brand), 0, count * scale);
        }
    }

    /// Counts facets whose labels are in tables, with one look-up.
    async fn named<C: ConnectionTrait>(
        &mut self,
        connection: &C,
        named: &[Named<'a>],
    ) -> Result<(), SearchError> {
        let mut sql = Sql::for_database(connection);
        let mut union = "";
        let counted = self.query.counted;
        let listing = named.iter().enumerate();
        for (place, named) in listing.filter(|(_, it)| it.lists_any(counted)) {
            sql.push(&format!("{union}SELECT CAST({place} AS bigint), "));
            named.write(&mut sql, self.query.search.plan.tenant);
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
        let search = self.query.search;
        let excluded: Vec<_> = self.query.excluded.attributes().collect();
        let owns = excluded.iter().map(|(place, _)| Some(*place));
        let owns: Vec<_> = [None].into_iter().chain(owns).collect();
        let sets: HashMap<_, _> = owns.iter().map(|own| (*own, self.codes(*own))).collect();
        let codes: HashSet<i64> = sets.values().flat_map(FxHashMap::keys).copied().collect();
        let entries = dictionary
            .look_up(connection, search.plan.tenant, codes)
            .await?;
        let mut attributes: HashMap<&str, Vec<(&str, i64, ValueOccurrences)>> = HashMap::new();
        for (code, entry) in &entries {
            let (name, value) = (entry.name.as_str(), entry.value.as_str());
            let own = excluded
                .iter()
                .find(|(_, own)| *own == name)
                .map(|(place, _)| *place);
            if let Some(occurrences) = sets[&own].get(code) {
                attributes
                    .entry(name)
                    .or_default()
                    .push((value, self.scale(own), *occurrences));
            }
        }
        match self.query.counted {
            CountedFacets::Attribute(wanted) => {
                for (value, scale, occurrences) in
                    attributes.remove(wanted.as_str()).unwrap_or_default()
                {
                    self.push(ATTRIBUTE, (value, wanted), 0, occurrences.times * scale);
                }
            }
            CountedFacets::Facets(_) => self.list_attributes(attributes),
        }
        Ok(())
    }

    /// Returns the occurrences of each code in the rows that count.
    fn codes(&self, own: Option<usize>) -> FxHashMap<i64, ValueOccurrences> {
        let mut codes: FxHashMap<i64, ValueOccurrences> = FxHashMap::default();
        let rows = self
            .rows(own)
            .filter_map(|row| self.batch.attributes.get(row));
        for entry in rows.flatten().copied() {
            let occurrences = codes.entry(entry & -2).or_default();
            occurrences.times += 1;
            occurrences.first += entry & 1;
        }
        codes
    }

    /// Lists the most common values of the attributes that most products have.
    fn list_attributes(&mut self, attributes: HashMap<&str, Vec<(&str, i64, ValueOccurrences)>>) {
        let plan = self.query.search.plan;
        let selected = &plan.filters.attributes;
        let selected_values: HashSet<&str> =
            selected.values().flatten().map(String::as_str).collect();
        let mut found = Vec::new();
        let ranges = plan.definitions.ranges();
        let ranges: HashSet<&str> = ranges.map(|range| range.name.as_str()).collect();
        for (name, values) in attributes {
            if ranges.contains(name) {
                for (value, scale, occurrences) in values {
                    self.push(RANGE, (value, name), 0, occurrences.times * scale);
                }
                continue;
            }
            let firsts: i64 = values
                .iter()
                .map(|(_, _, occurrences)| occurrences.first)
                .sum();
            let count = values.len() as u64;
            let is_choice = is_choice(&plan.definitions, name, count, firsts.unsigned_abs());
            if is_choice || selected.contains_key(name) {
                let products: i64 = values
                    .iter()
                    .map(|(_, scale, occurrences)| occurrences.first * scale)
                    .sum();
                found.push(CountedAttribute {
                    name,
                    products: products.unsigned_abs(),
                    values: values.len() as u64,
                    counts: values,
                });
            }
        }
        for attribute in leading(found, &plan.filters, &plan.definitions) {
            let (name, products) = (attribute.name, attribute.products);
            let mut values = attribute.counts;
            let distinct = values.len() as i64;
            values.sort_by(|(value, _, occurrences), (other, _, others)| {
                others
                    .times
                    .cmp(&occurrences.times)
                    .then_with(|| value.cmp(other))
            });
            for (place, (value, scale, occurrences)) in values.into_iter().enumerate() {
                if place >= FACET_VALUES && !selected_values.contains(value) {
                    continue;
                }
                self.counts.push(Count {
                    kind: ATTRIBUTE.to_owned(),
                    value: value.to_owned(),
                    label: name.to_owned(),
                    id: 0,
                    count: occurrences.times * scale,
                    values: distinct,
                    products: products.cast_signed(),
                });
            }
        }
    }
}

/// Returns the count of each id; 0 stands for none and is left out.
fn by_id(ids: impl Iterator<Item = i64>) -> FxHashMap<i64, i64> {
    let mut counts = FxHashMap::default();
    ids.filter(|id| *id != 0)
        .for_each(|id| *counts.entry(id).or_default() += 1);
    counts
}

/// Returns the count of the last value that may be among the `most` leading ones; 0 if all are.
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
    fn values_equal_to_last_listed_are_looked_up() {
        assert_eq!(least_listed([5, 9, 7, 7, 1].into_iter(), 2), 7);
        assert_eq!(least_listed([5, 9].into_iter(), 2), 0);
        assert_eq!(least_listed([].into_iter(), 2), 0);
    }
}
