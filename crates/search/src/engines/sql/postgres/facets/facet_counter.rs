//! Counts facets of a column batch.

use std::collections::{BTreeSet, HashMap};

use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;
use souk_domain::{FacetName, TenantId, price_ladder};

use super::{column_batch::ColumnBatch, dictionary::Dictionary, offers::Offers};
use crate::{
    SearchError,
    engines::sql::{
        facets::{
            count::{BOUNDS, BUCKET, Count, TOTAL},
            query::FacetQuery,
        },
        floats,
        postgres::conditions::SELLER_MARK,
        query::{excluded_filters::CountedFacets, filters::FilterTarget},
        statement::Sql,
    },
    facets::listing::{MOST_STARS, availability_key},
};

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
    pub(super) query: &'a FacetQuery<'a>,
    pub(super) batch: &'a ColumnBatch,
    /// Variants of rows that do not decide by themselves where they count.
    pub(super) offers: &'a Offers,
    pub(super) counts: Vec<Count>,
}

impl<'a> FacetCounter<'a> {
    pub(crate) fn new(
        query: &'a FacetQuery<'a>,
        batch: &'a ColumnBatch,
        offers: &'a Offers,
    ) -> Self {
        Self {
            query,
            batch,
            offers,
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
            let sellers = self.sellers();
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
                    sellers.into_iter(),
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
    pub(super) fn rows(&self, own: Option<usize>) -> impl Iterator<Item = usize> + use<'a> {
        let (query, offers, failed) = (self.query, self.offers, &self.batch.failed);
        (0..self.batch.rows).filter(move |row| {
            let failed = failed.get(*row);
            failed.is_none_or(|failed| query.takes(own, *failed)) && offers.pass(*row, own)
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

    pub(super) fn scale(&self, own: Option<usize>) -> i64 {
        i64::try_from(self.query.sample_rate(own).scale()).unwrap_or(i64::MAX)
    }

    pub(super) fn push(&mut self, kind: &str, (value, label): (&str, &str), id: i64, count: i64) {
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

    /// Counts a product in each step of the price ladder that one of its variants stands on.
    fn prices(&mut self) {
        let batch = self.batch;
        let own = self
            .query
            .excluded
            .place(&FilterTarget::Facet(FacetName::Price));
        let ladder = price_ladder(self.query.search.settings.price_scale);
        let step = |price: i64| {
            let step = ladder.partition_point(|&from| from <= price);
            step.saturating_sub(1)
        };
        let mut steps = vec![0; ladder.len()];
        let mut bounds: Option<(i64, i64)> = None;
        let ranges = batch.prices.iter().zip(&batch.highest_prices);
        let ranges: Vec<_> = ranges.collect();
        for row in self.rows(own) {
            let Some((&lowest, &highest)) = ranges.get(row).copied() else {
                break;
            };
            // Bits of the steps, of which there are a dozen.
            let (low, high, mut stands_on) = match self.offers.passing(row, own) {
                Some(offers) => {
                    let prices = offers.map(|offer| offer.price);
                    prices.fold((i64::MAX, i64::MIN, 0_u64), |(low, high, bits), price| {
                        (low.min(price), high.max(price), bits | 1 << step(price))
                    })
                }
                None if batch.variants.get(row) == Some(&1) => (lowest, lowest, 1 << step(lowest)),
                None => (lowest, highest, 1 << step(lowest) | 1 << step(highest)),
            };
            let (least, most) = bounds.unwrap_or((low, high));
            bounds = Some((least.min(low), most.max(high)));
            while stands_on > 0 {
                steps[stands_on.trailing_zeros() as usize] += 1;
                stands_on &= stands_on - 1;
            }
        }
        if let Some((low, high)) = bounds {
            self.push(BOUNDS, ("", ""), low, high);
        }
        let scale = self.scale(own);
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
        let batch = self.batch;
        let own = FilterTarget::Facet(FacetName::Availability);
        let own = self.query.excluded.place(&own);
        let (mut there, mut gone) = (0, 0);
        for row in self.rows(own) {
            let (Some(available), Some(variants)) =
                (batch.available.get(row), batch.variants.get(row))
            else {
                break;
            };
            let (mut is_there, mut is_gone) = (*available > 0, available < variants);
            if let Some(offers) = self.offers.passing(row, own) {
                (is_there, is_gone) = (false, false);
                offers.for_each(|offer| {
                    *(if offer.available {
                        &mut is_there
                    } else {
                        &mut is_gone
                    }) = true;
                });
            }
            there += i64::from(is_there);
            gone += i64::from(is_gone);
        }
        let scale = self.scale(own);
        let kind = FacetName::Availability.as_str();
        self.push(kind, (availability_key(true), ""), 0, there * scale);
        self.push(kind, (availability_key(false), ""), 0, gone * scale);
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
        let fandoms = further.filter(|id| (-SELLER_MARK..0).contains(*id));
        main.chain(fandoms.map(|id| -id))
    }

    /// Returns each seller of each row that counts: of several, those of passing offers.
    fn sellers(&self) -> Vec<i64> {
        let batch = self.batch;
        let own = FilterTarget::Facet(FacetName::Seller);
        let own = self.query.excluded.place(&own);
        let shares_products = self.query.search.plan.shares_products;
        let mut all = Vec::new();
        for row in self.rows(own) {
            let Some(&seller) = batch.sellers.get(row) else {
                break;
            };
            let passing = self.offers.passing(row, own);
            let mut sellers: Vec<i64> = match passing.filter(|_| shares_products) {
                Some(offers) => offers.map(|offer| offer.seller).collect(),
                None => {
                    let further = batch.further.get(row).unwrap_or_default();
                    let further = further.iter().filter(|id| **id < -SELLER_MARK);
                    let further = further.map(|id| -id - SELLER_MARK);
                    [seller].into_iter().chain(further).collect()
                }
            };
            sellers.sort_unstable();
            sellers.dedup();
            all.append(&mut sellers);
        }
        all
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
