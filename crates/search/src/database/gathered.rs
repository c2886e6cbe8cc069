//! What PostgreSQL reads for the counts: the columns of all products that count, packed into one row.
//!
//! Reading some thousand narrow rows is what a database is good at. Counting them by eight columns, one of which is an
//! array, takes it twice as long as the reading, and a plan of forty nodes that is made and started each time; here it
//! takes a pass over memory.

use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::FacetName;

use super::{counts::Statement, sql::Sql};
use crate::SearchError;

/// An array of PostgreSQL as it is sent: dimensions, flags and type of element.
const ARRAY_HEADER: usize = 12;
/// Length and lower bound of a dimension.
const DIMENSION: usize = 8;
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
    pub(super) brands: Vec<Option<String>>,
    /// Codes of attributes, see the migration.
    pub(super) attributes: Vec<Vec<i64>>,
    /// The ids of the page, if they were asked for.
    pub(super) page: Vec<i64>,
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
    read(row)
}

fn read(row: &QueryResult) -> Result<Gathered, SearchError> {
    let rows: i64 = row.try_get_by_index(0)?;
    let packed = |place: usize| -> Result<Vec<u8>, SearchError> {
        Ok(row
            .try_get_by_index::<Option<_>>(place)?
            .unwrap_or_default())
    };
    let numbers = |place| Ok::<_, SearchError>(unpack(&packed(place)?, i64::from_be_bytes));
    Ok(Gathered {
        rows: usize::try_from(rows).unwrap_or(0),
        failed: numbers(1)?,
        categories: numbers(2)?,
        fandoms: numbers(3)?,
        sellers: numbers(4)?,
        prices: numbers(5)?,
        stocks: numbers(6)?,
        ratings: unpack(&packed(7)?, f64::from_be_bytes),
        brands: unpack_texts(&packed(8)?)?,
        attributes: unpack_arrays(&packed(9)?),
        page: numbers(10)?,
    })
}

fn unpack<T>(packed: &[u8], read: impl Fn([u8; 8]) -> T) -> Vec<T> {
    let (numbers, _) = packed.as_chunks();
    numbers.iter().map(|number| read(*number)).collect()
}

/// Arrays of whole numbers, one after the other.
fn unpack_arrays(mut packed: &[u8]) -> Vec<Vec<i64>> {
    let mut arrays = Vec::new();
    while let Some((array, rest)) = unpack_array(packed) {
        arrays.push(array);
        packed = rest;
    }
    arrays
}

/// The first array and what follows it; none at the end.
fn unpack_array(packed: &[u8]) -> Option<(Vec<i64>, &[u8])> {
    let (length, rest) = unpack_header(packed)?;
    let (elements, rest) = rest.split_at_checked(length * ELEMENT)?;
    let (elements, _) = elements.as_chunks::<ELEMENT>();
    let numbers = elements
        .iter()
        .filter_map(|element| element.last_chunk().copied().map(i64::from_be_bytes));
    Some((numbers.collect(), rest))
}

/// How many elements an array has, and what follows its header; none at the end.
fn unpack_header(packed: &[u8]) -> Option<(usize, &[u8])> {
    let (header, rest) = packed.split_first_chunk::<ARRAY_HEADER>()?;
    if header[..4] == [0; 4] {
        return Some((0, rest));
    }
    let (dimension, rest) = rest.split_first_chunk::<DIMENSION>()?;
    let (length, _) = dimension.split_first_chunk()?;
    Some((usize::try_from(i32::from_be_bytes(*length)).ok()?, rest))
}

/// An array of texts, of which some may be null.
fn unpack_texts(packed: &[u8]) -> Result<Vec<Option<String>>, SearchError> {
    let Some((length, mut rest)) = unpack_header(packed) else {
        return Ok(Vec::new());
    };
    let cut_off = || SearchError::engine("an array of texts is cut off");
    let mut texts = Vec::with_capacity(length);
    for _ in 0..length {
        let (size, after) = rest.split_first_chunk().ok_or_else(cut_off)?;
        rest = after;
        // The size of null is -1.
        let Ok(size) = usize::try_from(i32::from_be_bytes(*size)) else {
            texts.push(None);
            continue;
        };
        let (text, after) = rest.split_at_checked(size).ok_or_else(cut_off)?;
        rest = after;
        let text = std::str::from_utf8(text).map_err(SearchError::engine)?;
        texts.push(Some(text.to_owned()));
    }
    Ok(texts)
}

/// The columns of a product that are read, besides which filters it fails.
pub(super) fn write_columns(sql: &mut Sql) {
    sql.push(
        "SELECT p.attributes, p.category_id, p.fandom_id, p.brand, p.seller_id, p.price_min, p.rating, p.stock, ",
    );
}

/// Appends the columns of table `matched`, packed.
pub(super) fn write(sql: &mut Sql, statement: &Statement<'_>) {
    let counted = statement.counted;
    let of = |facet, column: &str| (counted.has(facet), column.to_owned());
    let number = |expression: &str| format!("string_agg(int8send({expression}), '')");
    let columns = [
        (!statement.soft.clauses.is_empty(), number("failed")),
        of(FacetName::Category, &number("coalesce(category_id, 0)")),
        of(FacetName::Fandom, &number("coalesce(fandom_id, 0)")),
        of(FacetName::Seller, &number("seller_id")),
        of(FacetName::Price, &number("price_min")),
        of(FacetName::Availability, &number("stock")),
        of(
            FacetName::Rating,
            "string_agg(float8send(coalesce(rating, -1)), '')",
        ),
        of(FacetName::Brand, "array_send(array_agg(brand))"),
        (
            counted.counts_attributes(),
            "string_agg(array_send(attributes), '')".to_owned(),
        ),
    ];
    sql.push(" SELECT count(*)");
    for (is_wanted, column) in columns {
        let column = if is_wanted { &column } else { NOTHING };
        sql.push(", ").push(column);
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

    /// As PostgreSQL sends `{1,-2}` and `{}`.
    fn sent(numbers: &[i64]) -> Vec<u8> {
        const INT8: i32 = 20;
        let dimensions = i32::from(!numbers.is_empty());
        let mut sent: Vec<u8> = [dimensions, 0, INT8]
            .iter()
            .flat_map(|it| it.to_be_bytes())
            .collect();
        if !numbers.is_empty() {
            sent.extend((numbers.len() as i32).to_be_bytes());
            sent.extend(1_i32.to_be_bytes());
        }
        for number in numbers {
            sent.extend(8_i32.to_be_bytes());
            sent.extend(number.to_be_bytes());
        }
        sent
    }

    #[test]
    fn arrays_are_told_apart() {
        let lists = [&[1, -2][..], &[], &[i64::MAX]];
        let packed: Vec<u8> = lists.iter().flat_map(|list| sent(list)).collect();
        assert_eq!(unpack_arrays(&packed), lists);
        assert_eq!(
            unpack_arrays(&packed[..packed.len() - 1]).len(),
            2,
            "cut off"
        );
        assert!(unpack_arrays(&[]).is_empty());
    }

    #[test]
    fn texts_are_told_from_null() {
        // As PostgreSQL sends `{Ü,NULL,""}`.
        let mut packed: Vec<u8> = [1, 1, 25, 3, 1_i32]
            .iter()
            .flat_map(|it| it.to_be_bytes())
            .collect();
        packed.extend([0, 0, 0, 2, 0xc3, 0x9c]);
        packed.extend([0xff; 4]);
        packed.extend([0; 4]);
        let texts = unpack_texts(&packed).unwrap();
        assert_eq!(texts, [Some("Ü".to_owned()), None, Some(String::new())]);
        assert!(unpack_texts(&packed[..packed.len() - 1]).is_err());
        assert!(unpack_texts(&[]).unwrap().is_empty());
    }
}
