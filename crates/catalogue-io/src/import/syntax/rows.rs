//! Rows of a file in the syntax that its content shows.

use std::io::{self, BufRead};

use super::json_lines::JsonLines;
use super::json_stream::JsonStream;
use super::row::Row;
use super::table::{RateHeader, Table};
use super::xml::XmlItems;
use crate::import::format::Format;
use crate::import::report::RowFault;

/// A reader of rows.
pub(in crate::import) enum Rows<R> {
    Lines(JsonLines<R>),
    Json(JsonStream<R>),
    Table(Table<R>),
    Xml(XmlItems<R>),
}

impl<R: BufRead> Rows<R> {
    /// Finds the syntax, unless a format is given.
    ///
    /// # Errors
    /// If the file cannot be read; the inner error says why it is no catalogue.
    pub(in crate::import) fn open(
        mut reader: R,
        format: Option<Format>,
        delimiter: Option<u8>,
        rate: RateHeader<'_>,
    ) -> io::Result<Result<Self, String>> {
        let start = reader.fill_buf()?;
        let format = match format {
            // A file of JSON Lines may well be an array: its content tells.
            Some(Format::Jsonl) if start.trim_ascii_start().starts_with(b"[") => Format::Json,
            None => of_content(start),
            Some(given) => given,
        };
        Ok(Ok(match format {
            Format::Jsonl => Self::Lines(JsonLines::new(reader)),
            Format::Json => Self::Json(JsonStream::new(reader)),
            Format::Xml => Self::Xml(XmlItems::new(reader)),
            Format::Csv | Format::Tsv => {
                let delimiter = match format {
                    Format::Tsv => Some(delimiter.unwrap_or(b'\t')),
                    _ => delimiter,
                };
                match Table::open(reader, delimiter, rate)? {
                    Ok(table) => Self::Table(table),
                    Err(reason) => return Ok(Err(reason)),
                }
            }
        }))
    }

    /// The next row, a fault in its place, or none at the end.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(in crate::import) fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        match self {
            Self::Lines(rows) => rows.next(),
            Self::Json(rows) => rows.next(),
            Self::Table(rows) => rows.next(),
            Self::Xml(rows) => rows.next(),
        }
    }

    /// Says the syntax, for people.
    pub(in crate::import) fn describe(&self) -> String {
        match self {
            Self::Lines(_) => "JSON Lines".to_owned(),
            Self::Json(_) => "JSON".to_owned(),
            Self::Xml(items) => match items.item_name() {
                Some(name) => format!("XML, an item in each <{name}>"),
                None => "XML".to_owned(),
            },
            Self::Table(table) => {
                let delimiter = match table.delimiter {
                    b'\t' => "tab".to_owned(),
                    other => format!("`{}`", char::from(other)),
                };
                let passed = match table.passed {
                    0 => String::new(),
                    passed => format!(", {passed} lines above the header passed over"),
                };
                format!(
                    "table of {} columns, parted by {delimiter}{passed}",
                    table.header.len()
                )
            }
        }
    }
}

/// Syntax by the first bytes.
fn of_content(start: &[u8]) -> Format {
    let start = start.trim_ascii_start();
    match start.first() {
        Some(b'<') => Format::Xml,
        Some(b'[') => Format::Json,
        Some(b'{') => {
            let line = start
                .split(|&byte| byte == b'\n')
                .next()
                .unwrap_or_default();
            let whole = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line);
            let rest = start[line.len()..].trim_ascii_start();
            match whole {
                // A line that holds a whole object, and nothing or another object behind it.
                Ok(members) if rest.is_empty() => {
                    let listed = members.values().any(|value| {
                        value
                            .as_array()
                            .is_some_and(|values| values.iter().any(|value| value.is_object()))
                    });
                    // An object with a list of objects may be all of them.
                    if listed { Format::Json } else { Format::Jsonl }
                }
                Ok(_) => Format::Jsonl,
                // A first line with a fault, if the next one is an object too.
                Err(_) if rest.first() == Some(&b'{') => Format::Jsonl,
                Err(_) => Format::Json,
            }
        }
        _ => Format::Csv,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_syntax() {
        for (text, format) in [
            ("{\"id\":1}\n{\"id\":2}", Format::Jsonl),
            ("{\"id\":1}", Format::Jsonl),
            ("{\n\"id\":1}", Format::Json),
            ("{\"products\":[{\"id\":1}]}", Format::Json),
            (" [{}]", Format::Json),
            ("<rss>", Format::Xml),
            ("id,title", Format::Csv),
        ] {
            assert_eq!(of_content(text.as_bytes()), format, "{text}");
        }
    }
}
