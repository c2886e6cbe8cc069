//! Columns of a WooCommerce export whose names are translated, found by what stands in them and beside them.

use super::fields::Field;
use super::names::plain;
use crate::import::read::value;
use crate::import::syntax::row::Row;

/// Fields of the columns around the one that holds `simple` or `variation`, in the order of the exporter.
pub(super) fn fields(rows: &[&Row], type_column: &str) -> Vec<(Field, String)> {
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    let names: Vec<&str> = first.columns.iter().map(|(name, _)| &**name).collect();
    let Some(kind) = names.iter().position(|name| *name == type_column) else {
        return Vec::new();
    };
    let mut found = vec![(Field::RowType, kind)];
    if kind > 0 {
        found.push((Field::ExternalId, kind - 1));
    }
    found.push((Field::Sku, kind + 1));
    let all = |column: usize, words: &[&str]| column_is(rows, column, words);
    let from = kind + 2;
    if let Some(published) =
        (from..names.len()).find(|&column| all(column, &["0", "1", "-1", "'-1", "2"]))
    {
        found.push((Field::Published, published));
        found.push((Field::Title, published.saturating_sub(1)));
    }
    let visibilities = ["visible", "hidden", "catalog", "search"];
    if let Some(visible) = (from..names.len()).find(|&column| all(column, &visibilities)) {
        found.push((Field::Visible, visible));
        found.push((Field::MoreDescription, visible + 1));
        found.push((Field::Description, visible + 2));
        found.push((Field::SaleFrom, visible + 3));
        found.push((Field::SaleTo, visible + 4));
        if all(visible + 5, &["taxable", "none", "shipping"]) {
            found.push((Field::Availability, visible + 7));
            found.push((Field::Stock, visible + 8));
        }
    }
    let images = (from..names.len()).find(|&column| {
        rows.iter()
            .filter_map(|row| text(row, column))
            .any(|text| text.starts_with("http"))
    });
    if let Some(images) = images.filter(|images| *images >= 5) {
        found.push((Field::Images, images));
        found.push((Field::Tags, images - 2));
        found.push((Field::Category, images - 3));
        found.push((Field::Price, images - 4));
        found.push((Field::SalePrice, images - 5));
        found.push((Field::Parent, images + 3));
    }
    found
        .into_iter()
        .filter_map(|(field, column)| Some((field, plain(names.get(column)?))))
        .filter(|(_, name)| !name.is_empty())
        .collect()
}

fn column_is(rows: &[&Row], column: usize, words: &[&str]) -> bool {
    let mut any = false;
    for text in rows.iter().filter_map(|row| text(row, column)) {
        if !words.contains(&text.as_str()) {
            return false;
        }
        any = true;
    }
    any
}

fn text(row: &Row, column: usize) -> Option<String> {
    let (_, cell) = row.columns.get(column)?;
    value::text(cell)
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}
