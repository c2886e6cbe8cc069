//! Columns of all products that count, unpacked from one value.
//!
//! Reading some thousand narrow rows is cheap for a database. Counting them by eight columns there, one of which is an
//! array, takes twice as long as reading them; a pass over memory is faster. The migration of `search_products` defines
//! the packed format.

use sea_orm::QueryResult;
use souk_domain::FacetName;

use crate::{SearchError, engines::sql::query::excluded_filters::CountedFacets};

/// Bytes of a binary array's header: dimensions, flags and type of element.
const ARRAY_HEADER: usize = 12;
/// Bytes of a dimension's lower bound, which follows its length.
const LOWER_BOUND: usize = 4;
/// Bytes of an element: its size and an 8-byte integer.
const ELEMENT: usize = 12;

/// Columns of the products that count, one entry per row. A column that no facet needs is empty.
#[derive(Debug, Default)]
pub(crate) struct ColumnBatch {
    pub(crate) rows: usize,
    /// Masks of the excluded filters that rows fail; empty without excluded filters.
    pub(crate) failed: Vec<i64>,
    /// Ids of categories; 0 for none.
    pub(crate) categories: Vec<i64>,
    pub(crate) fandoms: Vec<i64>,
    pub(crate) sellers: Vec<i64>,
    /// Lowest prices.
    pub(crate) prices: Vec<i64>,
    /// Numbers of variants that can be bought.
    pub(crate) available: Vec<i64>,
    pub(crate) highest_prices: Vec<i64>,
    /// Numbers of variants.
    pub(crate) variants: Vec<i64>,
    /// Average ratings; negative if unrated.
    pub(crate) ratings: Vec<f64>,
    pub(crate) brands: Brands,
    /// Codes of attribute values, as the migration defines them.
    pub(crate) attributes: Lists,
    /// Ids of further sellers, of further fandoms, which are negated, and of further categories.
    pub(crate) further: Lists,
    /// Ids of the page, if the query includes them.
    pub(crate) page: Vec<i64>,
    /// Ids of the products, if their variants may have to be looked at.
    pub(crate) ids: Vec<i64>,
}

/// List of integers for each row, in one allocation.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    numbers: Vec<i64>,
    ends: Vec<usize>,
}

impl Lists {
    fn push(&mut self, list: impl Iterator<Item = i64>) {
        self.numbers.extend(list);
        self.ends.push(self.numbers.len());
    }

    /// Returns the entries of all rows.
    pub(crate) fn all(&self) -> impl Iterator<Item = i64> + use<'_> {
        self.numbers.iter().copied()
    }

    /// Returns the list of a row; `None` if the column was not read.
    pub(crate) fn get(&self, row: usize) -> Option<&[i64]> {
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.numbers.get(start..end)
    }
}

/// Brand of each row, in one allocation.
#[derive(Debug, Default)]
pub(crate) struct Brands {
    text: String,
    /// Start and end of each brand in `text`; `None` without a brand.
    places: Vec<Option<(usize, usize)>>,
}

impl Brands {
    /// Returns the brand of a row, if it has one.
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        let (start, end) = (*self.places.get(row)?)?;
        self.text.get(start..end)
    }

    fn push(&mut self, brand: Option<&[u8]>) -> Result<(), SearchError> {
        let start = self.text.len();
        if let Some(brand) = brand {
            self.text
                .push_str(std::str::from_utf8(brand).map_err(SearchError::engine)?);
        }
        self.places.push(brand.map(|_| (start, self.text.len())));
        Ok(())
    }
}

/// Reads the columns. `by_variant` if the attributes are needed to tell which variants count.
pub(crate) fn read(
    row: &QueryResult,
    counted: &CountedFacets,
    by_variant: bool,
) -> Result<ColumnBatch, SearchError> {
    let rows: i64 = row.try_get_by_index(0)?;
    let bytes = |place: usize| -> Result<Vec<u8>, SearchError> {
        Ok(row
            .try_get_by_index::<Option<_>>(place)?
            .unwrap_or_default())
    };
    let numbers = |place| Ok::<_, SearchError>(numbers(&bytes(place)?));
    let mut batch = ColumnBatch {
        rows: usize::try_from(rows).unwrap_or(0),
        failed: numbers(1)?,
        page: numbers(3)?,
        ids: numbers(4)?,
        ..ColumnBatch::default()
    };
    batch.unpack(&bytes(2)?, counted, by_variant)?;
    Ok(batch)
}

fn numbers(bytes: &[u8]) -> Vec<i64> {
    let (numbers, _) = bytes.as_chunks();
    numbers.iter().copied().map(i64::from_be_bytes).collect()
}

impl ColumnBatch {
    /// Unpacks products to the end of the value.
    fn unpack(
        &mut self,
        packed: &[u8],
        counted: &CountedFacets,
        by_variant: bool,
    ) -> Result<(), SearchError> {
        let mut rest = Packed(packed);
        let is_counted = |facet| counted.has(facet);
        let wanted = [
            is_counted(FacetName::Category),
            is_counted(FacetName::Fandom),
            is_counted(FacetName::Seller),
            is_counted(FacetName::Price),
            is_counted(FacetName::Availability),
            is_counted(FacetName::Price),
            by_variant || is_counted(FacetName::Price) || is_counted(FacetName::Availability),
        ];
        let (rates, brands) = (is_counted(FacetName::Rating), is_counted(FacetName::Brand));
        let attributes = counted.counts_attributes() || by_variant;
        let of_further = [FacetName::Category, FacetName::Fandom, FacetName::Seller];
        let further = of_further.into_iter().any(is_counted);
        while !rest.0.is_empty() {
            let columns = [
                &mut self.categories,
                &mut self.fandoms,
                &mut self.sellers,
                &mut self.prices,
                &mut self.available,
                &mut self.highest_prices,
                &mut self.variants,
            ];
            for (column, is_wanted) in columns.into_iter().zip(wanted) {
                let number = rest.take().map(i64::from_be_bytes)?;
                if is_wanted {
                    column.push(number);
                }
            }
            let rating = rest.take().map(f64::from_be_bytes)?;
            if rates {
                self.ratings.push(rating);
            }
            let length = rest.take_length()?;
            let brand = length.map(|length| rest.take_bytes(length)).transpose()?;
            if brands {
                self.brands.push(brand)?;
            }
            let list = rest.take_array()?;
            if attributes {
                self.attributes.push(list);
            }
            let list = rest.take_array()?;
            if further {
                self.further.push(list);
            }
        }
        Ok(())
    }
}

/// Unread part of the value.
struct Packed<'a>(&'a [u8]);

impl<'a> Packed<'a> {
    fn take<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], SearchError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn take_bytes(&mut self, length: usize) -> Result<&'a [u8], SearchError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Takes a length prefix; `None` stands for SQL NULL.
    fn take_length(&mut self) -> Result<Option<usize>, SearchError> {
        // The length of null is -1.
        Ok(usize::try_from(i32::from_be_bytes(self.take()?)).ok())
    }

    fn take_array(&mut self) -> Result<impl Iterator<Item = i64> + use<'a>, SearchError> {
        let header: [u8; ARRAY_HEADER] = self.take()?;
        let mut length = 0;
        // An array without elements has no dimension.
        if header[..4] != [0; 4] {
            length = self.take_length()?.ok_or_else(cut_off)?;
            self.take::<LOWER_BOUND>()?;
        }
        let elements = self.take_bytes(length * ELEMENT)?;
        let (elements, _) = elements.as_chunks::<ELEMENT>();
        let numbers = elements
            .iter()
            .filter_map(|element| element.last_chunk().copied());
        Ok(numbers.map(i64::from_be_bytes))
    }
}

fn cut_off() -> SearchError {
    SearchError::engine("a packed product is cut off")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FURTHER: [i64; 2] = [-3, 9];

    /// Packs a product as the migrations do.
    fn packed(seller: i64, brand: Option<&str>, attributes: &[i64]) -> Vec<u8> {
        const INT8: i32 = 20;
        let mut packed: Vec<u8> = [7, 0, seller, 1_999, 3, 2_999, 4]
            .iter()
            .flat_map(|number: &i64| number.to_be_bytes())
            .collect();
        packed.extend((-1.0_f64).to_be_bytes());
        packed.extend(brand.map_or(-1, |brand| brand.len() as i32).to_be_bytes());
        packed.extend(brand.unwrap_or_default().as_bytes());
        for list in [attributes, &FURTHER[..]] {
            let dimensions = i32::from(!list.is_empty());
            for number in [dimensions, 0, INT8] {
                packed.extend(number.to_be_bytes());
            }
            if !list.is_empty() {
                packed.extend((list.len() as i32).to_be_bytes());
                packed.extend(1_i32.to_be_bytes());
            }
            for number in list {
                packed.extend(8_i32.to_be_bytes());
                packed.extend(number.to_be_bytes());
            }
        }
        packed
    }

    #[test]
    fn packed_products_are_unpacked_in_order() {
        let products = [
            packed(5, Some("Ü"), &[1, -2]),
            packed(6, None, &[]),
            packed(7, Some(""), &[i64::MAX]),
        ]
        .concat();
        let mut batch = ColumnBatch::default();
        let everything = CountedFacets::Facets(FacetName::ALL.into());
        batch.unpack(&products, &everything, false).unwrap();
        assert_eq!(batch.categories, [7; 3]);
        assert_eq!(batch.sellers, [5, 6, 7]);
        assert_eq!(batch.prices, [1_999; 3]);
        assert_eq!(batch.highest_prices, [2_999; 3]);
        assert_eq!((batch.available, batch.variants), (vec![3; 3], vec![4; 3]));
        assert_eq!(batch.ratings, [-1.0; 3]);
        let brands = [0, 1, 2, 3].map(|row| batch.brands.get(row));
        assert_eq!(brands, [Some("Ü"), None, Some(""), None]);
        let lists = [0, 1, 2, 3].map(|row| batch.attributes.get(row));
        let expected = [Some(&[1, -2][..]), Some(&[]), Some(&[i64::MAX]), None];
        assert_eq!(lists, expected);
        let further = [0, 2, 3].map(|row| batch.further.get(row));
        assert_eq!(further, [Some(&FURTHER[..]), Some(&FURTHER[..]), None]);
    }

    #[test]
    fn unpack_without_facet_skips_column() {
        let mut batch = ColumnBatch::default();
        let prices = CountedFacets::Facets([FacetName::Price].into());
        let product = packed(5, Some("B"), &[1]);
        batch.unpack(&product, &prices, false).unwrap();
        assert_eq!(batch.prices, [1_999]);
        assert!(batch.sellers.is_empty() && batch.ratings.is_empty());
        assert_eq!((batch.brands.get(0), batch.attributes.get(0)), (None, None));
    }

    #[test]
    fn unpack_of_truncated_product_fails() {
        let product = packed(5, Some("B"), &[1]);
        let everything = CountedFacets::Facets(FacetName::ALL.into());
        for length in 1..product.len() {
            let mut batch = ColumnBatch::default();
            assert!(
                batch
                    .unpack(&product[..length], &everything, false)
                    .is_err()
            );
        }
    }
}
