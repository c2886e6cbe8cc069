//! What PostgreSQL reads for the counts: the packed columns of all products that count, one after the other.
//!
//! Reading some thousand narrow rows is what a database is good at. Counting them by eight columns, one of which is an
//! array, takes it twice as long as the reading, and a plan of forty nodes that is made and started each time; here it
//! takes a pass over memory. How a product is packed, its migration says.

use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::FacetName;

use super::{counts::Statement, soft::Counted, statement::Sql};
use crate::SearchError;

/// An array of PostgreSQL as it is sent: dimensions, flags and type of element.
const ARRAY_HEADER: usize = 12;
/// The lower bound of a dimension, after its length.
const LOWER_BOUND: usize = 4;
/// The size of a whole number, and the number.
const ELEMENT: usize = 12;

/// What stands for a column that nobody needs.
const NOTHING: &str = "CAST(NULL AS bytea)";

/// The columns of the products that count, one value each; those that no facet needs are empty.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) rows: usize,
    /// Which soft filters they fail; empty if there are none.
    pub(super) failed: Vec<i64>,
    /// The ids of what they belong to; 0 for none.
    pub(super) categories: Vec<i64>,
    pub(super) fandoms: Vec<i64>,
    pub(super) sellers: Vec<i64>,
    pub(super) prices: Vec<i64>,
    pub(super) stocks: Vec<i64>,
    /// Negative for the unrated.
    pub(super) ratings: Vec<f64>,
    pub(super) brands: Brands,
    /// Codes of attributes, see the migration.
    pub(super) attributes: Lists,
    /// The ids of the page, if they were asked for.
    pub(super) page: Vec<i64>,
}

/// A list of whole numbers for each row, in one place.
#[derive(Debug, Default)]
pub(super) struct Lists {
    numbers: Vec<i64>,
    ends: Vec<usize>,
}

impl Lists {
    /// The list of a row; none if they were not asked for.
    pub(super) fn get(&self, row: usize) -> Option<&[i64]> {
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.numbers.get(start..end)
    }
}

/// The brand of each row, in one place.
#[derive(Debug, Default)]
pub(super) struct Brands {
    text: String,
    /// Where each begins and ends; none for none.
    places: Vec<Option<(usize, usize)>>,
}

impl Brands {
    /// The brand of a row, if it has one.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
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

/// Reads them.
pub(super) async fn gather<C: ConnectionTrait>(
    connection: &C,
    statement: &Statement<'_>,
) -> Result<Gathered, SearchError> {
    let sql = statement.sql(connection.get_database_backend());
    let rows = sql.rows(connection).await?;
    let row = rows.first();
    let row = row.ok_or_else(|| SearchError::engine("nothing was gathered"))?;
    read(row, statement.counted)
}

fn read(row: &QueryResult, counted: &Counted) -> Result<Gathered, SearchError> {
    let rows: i64 = row.try_get_by_index(0)?;
    let bytes = |place: usize| -> Result<Vec<u8>, SearchError> {
        Ok(row
            .try_get_by_index::<Option<_>>(place)?
            .unwrap_or_default())
    };
    let numbers = |place| Ok::<_, SearchError>(numbers(&bytes(place)?));
    let mut gathered = Gathered {
        rows: usize::try_from(rows).unwrap_or(0),
        failed: numbers(1)?,
        page: numbers(3)?,
        ..Gathered::default()
    };
    gathered.unpack(&bytes(2)?, counted)?;
    Ok(gathered)
}

fn numbers(bytes: &[u8]) -> Vec<i64> {
    let (numbers, _) = bytes.as_chunks();
    numbers.iter().copied().map(i64::from_be_bytes).collect()
}

impl Gathered {
    /// Reads packed products to their end.
    fn unpack(&mut self, packed: &[u8], counted: &Counted) -> Result<(), SearchError> {
        let mut rest = Packed(packed);
        let is_counted = |facet| counted.has(facet);
        let wanted = [
            is_counted(FacetName::Category),
            is_counted(FacetName::Fandom),
            is_counted(FacetName::Seller),
            is_counted(FacetName::Price),
            is_counted(FacetName::Availability),
        ];
        let (rates, brands) = (is_counted(FacetName::Rating), is_counted(FacetName::Brand));
        let attributes = counted.counts_attributes();
        while !rest.0.is_empty() {
            let columns = [
                &mut self.categories,
                &mut self.fandoms,
                &mut self.sellers,
                &mut self.prices,
                &mut self.stocks,
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
                self.attributes.numbers.extend(list);
                self.attributes.ends.push(self.attributes.numbers.len());
            }
        }
        Ok(())
    }
}

/// What is left to be read.
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

    /// A length before what it is of; none if that is not there.
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

/// Appends the table `matched`'s columns that are read, besides which filters a product fails.
pub(super) fn write_columns(sql: &mut Sql) {
    sql.push("SELECT p.packed, ");
}

/// Appends what is read of table `matched`.
pub(super) fn write(sql: &mut Sql, statement: &Statement<'_>) {
    let filtered = !statement.soft.clauses.is_empty();
    let columns = [
        (filtered, "string_agg(int8send(failed), '')"),
        (statement.counted.counts_any(), "string_agg(packed, '')"),
    ];
    sql.push(" SELECT count(*)");
    for (is_wanted, column) in columns {
        sql.push(", ")
            .push(if is_wanted { column } else { NOTHING });
    }
    if statement.with_page {
        sql.push(", (SELECT string_agg(int8send(id), '') FROM (");
        statement.write_page(sql);
        sql.push(") AS page)");
    } else {
        sql.push(", ").push(NOTHING);
    }
    sql.push(" FROM matched");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the migration packs a product.
    fn packed(seller: i64, brand: Option<&str>, attributes: &[i64]) -> Vec<u8> {
        const INT8: i32 = 20;
        let mut packed: Vec<u8> = [7, 0, seller, 1_999, 3]
            .iter()
            .flat_map(|number: &i64| number.to_be_bytes())
            .collect();
        packed.extend((-1.0_f64).to_be_bytes());
        packed.extend(brand.map_or(-1, |brand| brand.len() as i32).to_be_bytes());
        packed.extend(brand.unwrap_or_default().as_bytes());
        let dimensions = i32::from(!attributes.is_empty());
        for number in [dimensions, 0, INT8] {
            packed.extend(number.to_be_bytes());
        }
        if !attributes.is_empty() {
            packed.extend((attributes.len() as i32).to_be_bytes());
            packed.extend(1_i32.to_be_bytes());
        }
        for number in attributes {
            packed.extend(8_i32.to_be_bytes());
            packed.extend(number.to_be_bytes());
        }
        packed
    }

    #[test]
    fn products_are_told_apart() {
        let products = [
            packed(5, Some("Ü"), &[1, -2]),
            packed(6, None, &[]),
            packed(7, Some(""), &[i64::MAX]),
        ]
        .concat();
        let mut gathered = Gathered::default();
        let everything = Counted::Facets(FacetName::ALL.into());
        gathered.unpack(&products, &everything).unwrap();
        assert_eq!(gathered.categories, [7; 3]);
        assert_eq!(gathered.sellers, [5, 6, 7]);
        assert_eq!(gathered.prices, [1_999; 3]);
        assert_eq!(gathered.ratings, [-1.0; 3]);
        let brands = [0, 1, 2, 3].map(|row| gathered.brands.get(row));
        assert_eq!(brands, [Some("Ü"), None, Some(""), None]);
        let lists = [0, 1, 2, 3].map(|row| gathered.attributes.get(row));
        let expected = [Some(&[1, -2][..]), Some(&[]), Some(&[i64::MAX]), None];
        assert_eq!(lists, expected);
    }

    #[test]
    fn what_no_facet_needs_is_left_out() {
        let mut gathered = Gathered::default();
        let prices = Counted::Facets([FacetName::Price].into());
        let product = packed(5, Some("B"), &[1]);
        gathered.unpack(&product, &prices).unwrap();
        assert_eq!(gathered.prices, [1_999]);
        assert!(gathered.sellers.is_empty() && gathered.ratings.is_empty());
        assert_eq!(
            (gathered.brands.get(0), gathered.attributes.get(0)),
            (None, None)
        );
    }

    #[test]
    fn what_is_cut_off_is_no_product() {
        let product = packed(5, Some("B"), &[1]);
        let everything = Counted::Facets(FacetName::ALL.into());
        for length in 1..product.len() {
            let mut gathered = Gathered::default();
            assert!(gathered.unpack(&product[..length], &everything).is_err());
        }
    }
}
