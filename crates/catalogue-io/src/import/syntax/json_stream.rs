//! JSON that is no object a line: an array of objects, an object with one list of objects, or a single object.
//!
//! Values are cut out of the text one by one, so that the size of the file does not matter.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::row::{MOST_ROW_BYTES, Row, too_long};
use crate::import::report::RowFault;

/// Members that hold the list, or an object with it.
const LISTS: &[&str] = &[
    "products",
    "items",
    "data",
    "results",
    "hits",
    "records",
    "catalog",
    "catalogue",
    "entries",
    "listings",
    "objects",
    "offers_list",
    "@graph",
    "itemListElement",
    "rows",
    "edges",
    "nodes",
    "product_list",
];
/// Members by which an object is a product itself.
const PRODUCT_MEMBERS: &[&str] = &[
    "@type",
    "title",
    "name",
    "sku",
    "price",
    "external_id",
    "offers",
    "handle",
];
/// Objects around a product within a list.
const WRAPPERS: &[&str] = &["node", "_source", "item", "product"];

/// Objects of a JSON text.
pub(in crate::import) struct JsonStream<R> {
    bytes: Bytes<R>,
    state: State,
    /// Members of the outermost object that are no list.
    own: Map<String, Value>,
    /// Length of those members.
    own_bytes: usize,
    /// True once a list of the outermost object was taken for the products.
    listed: bool,
    waiting: VecDeque<Row>,
}

#[derive(PartialEq)]
enum State {
    Start,
    /// In a list, that many objects deep.
    InList,
    /// Between the members of an object.
    InObject,
    End,
}

impl<R: BufRead> JsonStream<R> {
    pub(in crate::import) fn new(reader: R) -> Self {
        Self {
            bytes: Bytes { reader, line: 1 },
            state: State::Start,
            own: Map::new(),
            own_bytes: 0,
            listed: false,
            waiting: VecDeque::new(),
        }
    }

    pub(in crate::import) fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                return Ok(Some(Ok(row)));
            }
            match self.state {
                State::End => return Ok(None),
                State::Start => match self.bytes.skip_space()? {
                    Some(b'[') => {
                        self.bytes.take()?;
                        self.state = State::InList;
                    }
                    Some(b'{') => {
                        self.bytes.take()?;
                        self.state = State::InObject;
                    }
                    Some(_) => {
                        return Ok(Some(Err(self.broken("does not begin an object or a list"))));
                    }
                    None => self.state = State::End,
                },
                State::InList => match self.bytes.skip_space()? {
                    Some(b',') => {
                        self.bytes.take()?;
                    }
                    Some(b']') => {
                        self.bytes.take()?;
                        // What follows the list is not about its products.
                        self.state = State::End;
                    }
                    Some(_) => {
                        let line = self.bytes.line;
                        let text = match self.bytes.value()? {
                            Cut::Whole(text) => text,
                            Cut::TooLong => return Ok(Some(Err(too_long(line)))),
                            Cut::Broken => return Ok(Some(Err(self.broken("is cut short")))),
                        };
                        match serde_json::from_slice::<Value>(&text) {
                            Ok(value) => self.keep(value, line, text.len()),
                            Err(error) => {
                                return Ok(Some(Err(RowFault::of_row(
                                    line,
                                    format!("is not a JSON value: {error}"),
                                ))));
                            }
                        }
                    }
                    None => return Ok(Some(Err(self.broken("is cut short")))),
                },
                State::InObject => {
                    if let Some(fault) = self.member()? {
                        return Ok(Some(Err(fault)));
                    }
                }
            }
        }
    }

    /// Reads one member of the object, or its end.
    fn member(&mut self) -> io::Result<Option<RowFault>> {
        match self.bytes.skip_space()? {
            Some(b',') => {
                self.bytes.take()?;
                return Ok(None);
            }
            Some(b'}') => {
                self.bytes.take()?;
                self.state = match self.bytes.skip_space()? {
                    // Objects one after another, each over several lines.
                    Some(b'{') => State::Start,
                    _ => State::End,
                };
                let own = std::mem::take(&mut self.own);
                self.own_bytes = 0;
                let line = self.bytes.line;
                if !own.is_empty() && !self.listed {
                    self.keep(Value::Object(own), line, 0);
                }
                return Ok(None);
            }
            Some(b'"') => {}
            _ => return Ok(Some(self.broken("is not JSON"))),
        }
        let name = match self.bytes.value()? {
            Cut::Whole(text) => serde_json::from_slice::<String>(&text).unwrap_or_default(),
            _ => return Ok(Some(self.broken("is cut short"))),
        };
        if self.bytes.skip_space()? == Some(b':') {
            self.bytes.take()?;
        }
        let is_product = PRODUCT_MEMBERS
            .iter()
            .any(|member| self.own.contains_key(*member));
        if !is_product && LISTS.contains(&name.as_str()) {
            match self.bytes.skip_space()? {
                Some(b'[') => {
                    self.bytes.take()?;
                    self.state = State::InList;
                    return Ok(None);
                }
                Some(b'{') => {
                    self.bytes.take()?;
                    return Ok(None);
                }
                _ => {}
            }
        }
        let line = self.bytes.line;
        match self.bytes.value()? {
            Cut::Whole(text) => {
                self.own_bytes += name.len() + text.len();
                if self.own_bytes > MOST_ROW_BYTES {
                    self.state = State::End;
                    return Ok(Some(too_long(line)));
                }
                let value = serde_json::from_slice(&text).unwrap_or(Value::Null);
                self.member_value(name, value, line, is_product);
                Ok(None)
            }
            Cut::TooLong => Ok(Some(too_long(line))),
            Cut::Broken => Ok(Some(self.broken("is cut short"))),
        }
    }

    /// Keeps a member; a list of several objects in an object that is no product is the list of products.
    fn member_value(&mut self, name: String, value: Value, line: u64, is_product: bool) {
        match value {
            Value::Array(values)
                if !is_product && values.len() > 1 && values.iter().all(looks_like_product) =>
            {
                self.listed = true;
                for value in values {
                    self.keep(value, line, 0);
                }
            }
            value => {
                self.own.insert(name, value);
            }
        }
    }

    fn keep(&mut self, value: Value, line: u64, bytes: usize) {
        match value {
            Value::Object(mut members) => {
                if members.len() <= 3 {
                    let wrapped = WRAPPERS
                        .iter()
                        .find(|name| members.get(**name).is_some_and(Value::is_object));
                    if let Some(name) = wrapped
                        && let Some(inner) = members.remove(*name)
                    {
                        return self.keep(inner, line, bytes);
                    }
                }
                if let Some(Value::Array(graph)) = members.remove("@graph") {
                    for value in graph {
                        self.keep(value, line, bytes);
                    }
                    return;
                }
                let columns = members
                    .into_iter()
                    .map(|(name, value)| (Arc::from(name), value))
                    .collect();
                self.waiting.push_back(Row {
                    line,
                    bytes,
                    columns,
                });
            }
            Value::Array(values) => {
                for value in values {
                    self.keep(value, line, 0);
                }
            }
            _ => {}
        }
    }

    /// The last fault: what comes after it cannot be told apart.
    fn broken(&mut self, reason: &str) -> RowFault {
        self.state = State::End;
        RowFault::of_row(self.bytes.line, format!("the JSON text {reason}"))
    }
}

fn looks_like_product(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        PRODUCT_MEMBERS
            .iter()
            .filter(|member| members.contains_key(**member))
            .count()
            >= 2
    })
}

/// A value cut out of the text.
enum Cut {
    Whole(Vec<u8>),
    TooLong,
    Broken,
}

/// Bytes one by one, with the line they are on.
struct Bytes<R> {
    reader: R,
    line: u64,
}

impl<R: BufRead> Bytes<R> {
    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    fn take(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.reader.consume(1);
        }
        self.line += u64::from(byte == Some(b'\n'));
        Ok(byte)
    }

    /// Skips white space, and shows the byte behind it.
    fn skip_space(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.take()?;
        }
        Ok(None)
    }

    /// Cuts a value out, up to the mark behind it.
    fn value(&mut self) -> io::Result<Cut> {
        let mut text = Vec::new();
        let mut scan = Scan::default();
        let mut too_long = false;
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                let whole = scan.depth == 0 && !scan.in_text && !text.is_empty();
                return Ok(if whole { Cut::Whole(text) } else { Cut::Broken });
            }
            let (count, ended) = scan.take(available);
            let piece = &available[..count];
            self.line += piece.iter().filter(|&&byte| byte == b'\n').count() as u64;
            too_long |= text.len() + count > MOST_ROW_BYTES;
            if !too_long {
                text.extend_from_slice(piece);
            }
            self.reader.consume(count);
            if ended {
                return Ok(if too_long {
                    Cut::TooLong
                } else {
                    Cut::Whole(text)
                });
            }
        }
    }
}

/// State within a value.
#[derive(Default)]
struct Scan {
    depth: u32,
    in_text: bool,
    escaped: bool,
    /// True once something of the value was seen.
    begun: bool,
    /// True if it is a text, list or object, which ends with a byte of its own.
    closed: bool,
}

impl Scan {
    /// Counts the bytes that belong to the value, and says if it ends there.
    fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_text = false;
                        if self.depth == 0 {
                            return (at + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => {
                    self.in_text = true;
                    self.closed = true;
                }
                b'{' | b'[' => {
                    self.depth += 1;
                    self.closed = true;
                }
                b'}' | b']' if self.depth == 0 => return (at, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                b',' | b':' if self.depth == 0 && (self.begun || self.closed) => return (at, true),
                b',' | b':' if self.depth == 0 => return (at + 1, true),
                _ => {}
            }
            self.begun |= !byte.is_ascii_whitespace();
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<Result<Value, String>> {
        let mut rows = JsonStream::new(text.as_bytes());
        std::iter::from_fn(|| rows.next().unwrap())
            .map(|row| match row {
                Ok(row) => Ok(row.get("id").cloned().unwrap_or_default()),
                Err(fault) => Err(fault.reason),
            })
            .collect()
    }

    #[test]
    fn objects_are_found_in_lists_and_wrappers() {
        let two = [Ok(1.into()), Ok(2.into())];
        for text in [
            r#"[{"id":1,"t":"a,]}\""}, {"id":2}]"#,
            r#"{"total":2,"products":[{"id":1},{"id":2}],"limit":5}"#,
            r#"{"data":{"products":{"edges":[{"node":{"id":1}},{"node":{"id":2}}]}}}"#,
            r#"{"shop":"x","shoes":[{"id":1,"name":"a","price":2},{"id":2,"name":"b","price":3}]}"#,
            "{\n\"id\":1,\"name\":\"a\"\n}\n{\n\"id\":2,\"name\":\"b\"\n}",
            r#"{"hits":{"hits":[{"_source":{"id":1}},{"_source":{"id":2}}]}}"#,
            r#"{"@graph":[{"id":1},{"id":2}]}"#,
        ] {
            assert_eq!(ids(text), two, "{text}");
        }
        assert_eq!(
            ids(r#"{"id":7,"name":"x","offers":[{"price":1}]}"#),
            [Ok(7.into())]
        );
    }

    #[test]
    fn a_text_cut_short_is_said() {
        let found = ids(r#"[{"id":1},{"id":2"#);
        assert_eq!(found[0], Ok(1.into()));
        assert!(found[1].as_ref().unwrap_err().contains("cut short"));
        assert_eq!(found.len(), 2);
    }
}
