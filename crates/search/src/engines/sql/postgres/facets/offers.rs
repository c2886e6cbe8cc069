//! Variants of products that count, where the row of a product does not tell on which sides of a facet it stands.
//!
//! Without filters on variants these are products with prices on distant steps of the price ladder. With such filters
//! they are all products with several variants: each of those bears a mask of the excluded filters that it fails, as
//! products do, and a product counts where one of its variants does.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use rustc_hash::{FxHashMap, FxHashSet};
use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::{FacetName, PriceFilter, price_ladder};

use super::{column_batch::ColumnBatch, dictionary::Dictionary};
use crate::{
    SearchError,
    engines::sql::{
        dialect::Dialect,
        facets::query::FacetQuery,
        offered::offers as variants,
        query::{
            excluded_filters::{ALWAYS, bit},
            filters::{Clause, FilterTarget},
            shown_variants::options,
            variant_conditions::{AVAILABLE, PRICE},
        },
        statement::Sql,
    },
};

/// Bytes of a packed variant before its options: four numbers, and the length of the options.
const HEADER: usize = 36;

/// Variant of a product that counts.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) price: i64,
    pub(crate) available: bool,
    /// Id of the seller; 0 if each product has one.
    pub(crate) seller: i64,
    /// Mask of the filters on variants that it fails.
    failed: i64,
    /// Place of its options among all that differ.
    options: usize,
}

/// Variants that were looked at.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    offers: Vec<Offer>,
    /// Range of `offers` for each row; empty where the row decides, and without entries if it always does.
    of_rows: Vec<Range<usize>>,
    /// Codes of the values of each set of options.
    options: Vec<Vec<i64>>,
}

impl Offers {
    /// Returns the variants of a row that count for the facet of the filter at a place, or of hits; `None` if the row
    /// itself decides.
    pub(crate) fn passing(
        &self,
        row: usize,
        own: Option<usize>,
    ) -> Option<impl Iterator<Item = &Offer>> {
        let excluded = own.map_or(0, bit);
        let offers = self.of(row)?.iter();
        Some(offers.filter(move |offer| offer.failed & !excluded == 0))
    }

    /// Returns true if a row that passes the filters on products counts.
    pub(crate) fn pass(&self, row: usize, own: Option<usize>) -> bool {
        let passing = self.passing(row, own);
        passing.is_none_or(|mut passing| passing.next().is_some())
    }

    /// Returns true if some rows are left to their variants.
    pub(crate) fn any(&self) -> bool {
        !self.offers.is_empty()
    }

    /// Returns true if a row is left to its variants.
    pub(crate) fn decide(&self, row: usize) -> bool {
        self.of(row).is_some()
    }

    /// Returns true if a row has a value that is not just an option of variants that do not count.
    pub(crate) fn have(&self, row: usize, own: Option<usize>, code: i64) -> bool {
        let Some(mut passing) = self.passing(row, own) else {
            return true;
        };
        passing.any(|offer| self.is_option(offer, code)) || self.is_common(row, code)
    }

    fn of(&self, row: usize) -> Option<&[Offer]> {
        let range = self.of_rows.get(row)?.clone();
        self.offers.get(range).filter(|offers| !offers.is_empty())
    }

    fn is_option(&self, offer: &Offer, code: i64) -> bool {
        self.options[offer.options].contains(&code)
    }

    /// Returns true if no variant of a row has a value as an option.
    fn is_common(&self, row: usize, code: i64) -> bool {
        let mut offers = self.of(row).into_iter().flatten();
        !offers.any(|offer| self.is_option(offer, code))
    }

    /// Notes which filters each variant fails.
    fn hold_against(&mut self, filters: &[VariantFilter], batch: &ColumnBatch) {
        for row in 0..self.of_rows.len() {
            let range = self.of_rows[row].clone();
            if range.is_empty() {
                continue;
            }
            let codes = batch.attributes.get(row).unwrap_or_default();
            for filter in filters {
                let has_common = filter.codes.as_ref().is_some_and(|accepted| {
                    let mut own = codes.iter().map(|code| code & -2);
                    own.any(|code| accepted.contains(&code) && self.is_common(row, code))
                });
                for place in range.clone() {
                    let offer = &self.offers[place];
                    if !has_common && !filter.accepts(offer, &self.options[offer.options]) {
                        self.offers[place].failed |= filter.bit;
                    }
                }
            }
        }
    }
}

/// Filter on variants, with the bit of its place.
struct VariantFilter {
    bit: i64,
    /// Codes of the accepted values of an attribute.
    codes: Option<FxHashSet<i64>>,
    price: Option<PriceFilter>,
    in_stock: Option<bool>,
    /// Ids of the accepted sellers.
    sellers: Option<Vec<i64>>,
}

impl VariantFilter {
    fn new(bit: i64, clause: &Clause<'_>) -> Self {
        let mut filter = Self {
            bit,
            codes: None,
            price: None,
            in_stock: None,
            sellers: None,
        };
        match &clause.target {
            FilterTarget::Attribute(name) => {
                filter.codes = Some(clause.codes(name).into_iter().collect());
            }
            FilterTarget::Facet(FacetName::Price) => filter.price = clause.filters.price,
            FilterTarget::Facet(FacetName::Seller) => filter.sellers = Some(clause.sellers()),
            FilterTarget::Facet(_) => filter.in_stock = clause.filters.in_stock,
        }
        filter
    }

    fn accepts(&self, offer: &Offer, options: &[i64]) -> bool {
        let codes = self.codes.as_ref();
        codes.is_none_or(|accepted| options.iter().any(|code| accepted.contains(code)))
            && self.price.is_none_or(|price| price.contains(offer.price))
            && self.in_stock.is_none_or(|wanted| wanted == offer.available)
            && self
                .sellers
                .as_ref()
                .is_none_or(|sellers| sellers.contains(&offer.seller))
    }
}

/// Returns the filters on variants of a query.
fn filters(query: &FacetQuery<'_>) -> Vec<VariantFilter> {
    let excluded = query.excluded.clauses.iter().copied().enumerate();
    let excluded = excluded.map(|(place, clause)| (bit(place), clause));
    let always = query.excluded.always.iter().copied();
    let always = always.chain(&query.search.merchandising.only);
    let all = excluded.chain(always.map(|clause| (ALWAYS, clause)));
    all.filter(|(_, clause)| clause.is_of_variants())
        .map(|(bit, clause)| VariantFilter::new(bit, clause))
        .collect()
}

/// Looks at the variants that are needed to count a batch.
pub(crate) async fn read<C: ConnectionTrait>(
    connection: &C,
    query: &FacetQuery<'_>,
    batch: &ColumnBatch,
    dictionary: &Dictionary,
) -> Result<Offers, SearchError> {
    let by_variant = query.counts_by_variant();
    let ladder = price_ladder(query.search.settings.price_scale);
    let step = |price: i64| ladder.partition_point(|&from| from <= price);
    let is_needed = |row: usize| {
        let lowest = batch.prices.get(row).copied();
        let highest = batch.highest_prices.get(row).copied();
        let steps = lowest.zip(highest);
        let has_steps_between = || steps.is_some_and(|(low, high)| step(low) + 1 < step(high));
        match batch.variants.get(row) {
            Some(variants) if by_variant => *variants > 1,
            Some(variants) => *variants > 2 && has_steps_between(),
            None => false,
        }
    };
    let rows = (0..batch.ids.len()).filter(|row| is_needed(*row));
    let needed: BTreeSet<i64> = rows.map(|row| batch.ids[row]).collect();
    if needed.is_empty() {
        return Ok(Offers::default());
    }
    let needed: Vec<i64> = needed.into_iter().collect();
    let sql = statement(query, &needed, by_variant);
    let rows = sql.rows(connection).await?;
    let mut packed = rows.first().map(unpack).transpose()?.unwrap_or_default();
    packed.sort_by_key(|(product, _, _)| *product);

    let mut texts: Vec<&str> = packed
        .iter()
        .map(|(_, _, options)| options.as_str())
        .collect();
    texts.sort_unstable();
    texts.dedup();
    let codes = match by_variant {
        true => codes(connection, query, batch, dictionary, &texts).await?,
        false => vec![Vec::new(); texts.len()],
    };
    let mut offers = Offers {
        options: codes,
        ..Offers::default()
    };
    let mut ranges: FxHashMap<i64, Range<usize>> = FxHashMap::default();
    for (place, (product, offer, text)) in packed.iter().enumerate() {
        let range = ranges.entry(*product).or_insert(place..place);
        range.end = place + 1;
        offers.offers.push(Offer {
            options: texts.binary_search(&text.as_str()).unwrap_or(0),
            ..*offer
        });
    }
    let of_row = |id: &i64| ranges.get(id).cloned().unwrap_or_default();
    offers.of_rows = batch.ids.iter().map(of_row).collect();
    offers.hold_against(&filters(query), batch);
    Ok(offers)
}

/// Returns the statement that reads the variants of products, packed into one value.
fn statement(query: &FacetQuery<'_>, products: &[i64], with_options: bool) -> Sql {
    let options = if with_options {
        "convert_to(CAST(v.options AS text), 'UTF8')"
    } else {
        "CAST('' AS bytea)"
    };
    let shares_products = query.search.plan.shares_products;
    let seller = match shares_products {
        true => "v.seller_id",
        false => "CAST(0 AS bigint)",
    };
    let mut sql = Sql::new(Dialect::Postgres);
    sql.push(&format!(
        "SELECT string_agg(int8send(product_id) || int8send(price) || int8send(available) \
         || int8send(seller_id) || int4send(octet_length(options)) || options, '') FROM (\
         SELECT v.product_id, {PRICE} AS price, CAST(CASE WHEN {AVAILABLE} THEN 1 ELSE 0 END AS bigint) AS available, \
         {seller} AS seller_id, {options} AS options FROM {} v WHERE v.tenant_id = ",
        variants(shares_products)
    ))
    .bind(query.search.plan.tenant.0)
    .push(" AND v.product_id")
    .in_ids(products)
    .push(" OFFSET 0) AS offers");
    sql
}

/// Unpacks variants, each with its product and its options as JSON.
fn unpack(row: &QueryResult) -> Result<Vec<(i64, Offer, String)>, SearchError> {
    let packed: Option<Vec<u8>> = row.try_get_by_index(0)?;
    let packed = packed.unwrap_or_default();
    let cut_off = || SearchError::engine("a packed variant is cut off");
    let mut rest = &packed[..];
    let mut offers = Vec::new();
    while !rest.is_empty() {
        let (header, after) = rest.split_first_chunk::<HEADER>().ok_or_else(cut_off)?;
        let (numbers, length) = header.as_chunks::<8>();
        let numbers: Vec<i64> = numbers
            .iter()
            .map(|bytes| i64::from_be_bytes(*bytes))
            .collect();
        let length: [u8; 4] = length.try_into().map_err(|_| cut_off())?;
        let length = usize::try_from(i32::from_be_bytes(length)).map_err(|_| cut_off())?;
        let (options, after) = after.split_at_checked(length).ok_or_else(cut_off)?;
        let offer = Offer {
            price: numbers[1],
            available: numbers[2] > 0,
            seller: numbers[3],
            failed: 0,
            options: 0,
        };
        let options = std::str::from_utf8(options).map_err(SearchError::engine)?;
        offers.push((numbers[0], offer, options.to_owned()));
        rest = after;
    }
    Ok(offers)
}

/// Returns the codes of each of some sets of options. What no product has as a value, such as an internal option, has none.
async fn codes<C: ConnectionTrait>(
    connection: &C,
    query: &FacetQuery<'_>,
    batch: &ColumnBatch,
    dictionary: &Dictionary,
    texts: &[&str],
) -> Result<Vec<Vec<i64>>, SearchError> {
    let all = batch.attributes.all().map(|code| code & -2).collect();
    let entries = dictionary
        .look_up(connection, query.search.plan.tenant, all)
        .await?;
    let entries = entries.iter();
    let known: HashMap<(&str, &str), i64> = entries
        .map(|(code, entry)| ((entry.name.as_str(), entry.value.as_str()), *code))
        .collect();
    let codes = texts.iter().map(|text| {
        let options = options(text);
        let codes = options.iter();
        codes
            .filter_map(|(name, value)| known.get(&(name.as_str(), value.as_str())).copied())
            .collect()
    });
    Ok(codes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: i64 = 2;
    const BLUE: i64 = 4;
    const STRIPED: i64 = 6;

    fn offer(price: i64, available: bool, options: usize) -> Offer {
        Offer {
            price,
            available,
            seller: 0,
            failed: 0,
            options,
        }
    }

    fn filter(place: usize) -> VariantFilter {
        VariantFilter {
            bit: bit(place),
            codes: None,
            price: None,
            in_stock: None,
            sellers: None,
        }
    }

    /// A row that decides for itself, and one of a red variant that is sold out and a blue one that is not.
    fn offers() -> Offers {
        Offers {
            offers: vec![offer(1_000, false, 0), offer(4_000, true, 1)],
            of_rows: vec![0..0, 0..2],
            options: vec![vec![RED], vec![BLUE]],
        }
    }

    #[test]
    fn row_passes_with_one_variant_that_passes_all() {
        let mut offers = offers();
        let red = VariantFilter {
            codes: Some([RED].into_iter().collect()),
            ..filter(0)
        };
        let buyable = VariantFilter {
            in_stock: Some(true),
            ..filter(1)
        };
        offers.hold_against(&[red, buyable], &ColumnBatch::default());
        assert!(offers.pass(0, None) && !offers.pass(1, None));
        let prices = |own| {
            let passing = offers.passing(1, Some(own)).unwrap();
            passing.map(|offer| offer.price).collect::<Vec<_>>()
        };
        assert_eq!((prices(0), prices(1)), (vec![4_000], vec![1_000]));
        assert!(offers.have(1, Some(0), BLUE) && !offers.have(1, Some(0), RED));
        assert!(offers.have(1, Some(0), STRIPED) && offers.have(0, None, RED));
    }
}
