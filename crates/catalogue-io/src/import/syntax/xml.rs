//! XML feeds: an element an item (RSS, Atom, YML, and others of their kind), streamed.

use std::collections::HashMap;
use std::io::{self, BufRead};
use std::sync::Arc;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};

use super::row::{MOST_ROW_BYTES, Row, too_long};
use super::watched::{Watch, Watched};
use crate::import::report::RowFault;

/// Elements that are an item wherever they stand.
const ITEMS: &[&str] = &[
    "item", "entry", "offer", "product", "shopitem", "produkt", "artikel", "article", "listing",
    "good", "prod", "o",
];
/// Attributes that are the value of an element without text.
const VALUES: &[&str] = &["href", "url", "src", "value", "content", "id"];
const MOST_LEVELS: usize = 32;
const MOST_ANCESTORS: usize = 16;
/// Most open elements around items.
const MOST_OUTER_LEVELS: usize = 256;
const MOST_CATEGORIES: usize = 500_000;

/// Items of an XML text.
pub(in crate::import) struct XmlItems<R> {
    reader: Reader<Watched<R>>,
    watch: Watch,
    buffer: Vec<u8>,
    /// Local names of the open elements outside of items.
    path: Vec<String>,
    /// Local name of the element that is an item, once one was seen.
    item: Option<String>,
    /// Names and parents of categories that items name by their ids.
    categories: HashMap<String, (String, Option<String>)>,
    finished: bool,
}

/// Element with its content.
#[derive(Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl<R: BufRead> XmlItems<R> {
    pub(in crate::import) fn new(reader: R) -> Self {
        let watch = Watch::default();
        let mut reader = Reader::from_reader(Watched::new(reader, watch.clone()));
        reader.config_mut().check_end_names = false;
        Self {
            reader,
            watch,
            buffer: Vec::new(),
            path: Vec::new(),
            item: None,
            categories: HashMap::new(),
            finished: false,
        }
    }

    /// Local name of the element that is an item.
    pub(in crate::import) fn item_name(&self) -> Option<&str> {
        self.item.as_deref()
    }

    pub(in crate::import) fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        while !self.finished {
            self.buffer.clear();
            self.watch.begin_event();
            match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(start)) => {
                    let node = Node::of(&start);
                    if self.is_item(&node.name) {
                        let line = self.watch.line();
                        let before = self.watch.bytes();
                        self.item = Some(node.name.clone());
                        return match self.read_node(node)? {
                            Ok(item) => {
                                let bytes = (self.watch.bytes() - before) as usize;
                                Ok(Some(Ok(self.row(item, line, bytes))))
                            }
                            Err(fault) => Ok(Some(Err(fault))),
                        };
                    }
                    if node.name == "category" {
                        if self.categories.len() >= MOST_CATEGORIES {
                            return Ok(Some(Err(self.over("categories", MOST_CATEGORIES))));
                        }
                        match self.read_node(node)? {
                            Ok(category) => self.learn(&category),
                            Err(fault) => return Ok(Some(Err(fault))),
                        }
                        continue;
                    }
                    if self.path.len() >= MOST_OUTER_LEVELS {
                        return Ok(Some(Err(self.over("levels", MOST_OUTER_LEVELS))));
                    }
                    self.path.push(node.name);
                }
                Ok(Event::Empty(start)) => {
                    let node = Node::of(&start);
                    if self.is_item(&node.name) && node.attributes.len() > 2 {
                        let line = self.watch.line();
                        return Ok(Some(Ok(self.row(node, line, 0))));
                    }
                }
                Ok(Event::End(_)) => {
                    self.path.pop();
                }
                Ok(Event::Eof) => self.finished = true,
                Ok(_) => {}
                Err(error) => return self.failed(error).map(|fault| Some(Err(fault))),
            }
        }
        Ok(None)
    }

    fn is_item(&self, name: &str) -> bool {
        if let Some(item) = &self.item {
            return item == name;
        }
        if self.path.is_empty() {
            return false;
        }
        let parent = self.path.last().map(String::as_str).unwrap_or_default();
        let of_list = parent
            .strip_prefix(name)
            .is_some_and(|rest| matches!(rest, "s" | "es" | "list" | "liste" | "n"));
        (ITEMS.contains(&name) || of_list) && !matches!(name, "category" | "currency")
    }

    /// Ends the text, of which there is more than can be kept.
    fn over(&mut self, what: &str, most: usize) -> RowFault {
        self.finished = true;
        let reason = format!("the XML text has more than {most} {what}");
        RowFault::of_row(self.watch.line(), reason)
    }

    /// Reads an element to its end. One that is longer than a row may be is read over.
    fn read_node(&mut self, root: Node) -> io::Result<Result<Node, RowFault>> {
        let (line, begun) = (self.watch.line(), self.watch.bytes());
        let mut open = vec![root];
        loop {
            let is_too_long = self.watch.bytes() - begun > MOST_ROW_BYTES as u64;
            if is_too_long {
                for node in &mut open {
                    *node = Node::default();
                }
            }
            self.buffer.clear();
            self.watch.begin_event();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return self.failed(error).map(Err),
            };
            match event {
                Event::Start(start) => {
                    let node = Node::of(&start);
                    if open.len() >= MOST_LEVELS {
                        return Ok(Err(self.over("levels", MOST_LEVELS)));
                    }
                    open.push(node);
                }
                Event::Empty(start) => {
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(Node::of(&start));
                    }
                }
                Event::Text(text) => add_text(&mut open, &text.xml10_content()),
                Event::CData(text) => add_text(&mut open, &text.xml10_content()),
                Event::GeneralRef(reference) => add_text(&mut open, &resolved(&reference)),
                Event::End(_) => {
                    if let Some(closed) = open.pop() {
                        match open.last_mut() {
                            Some(parent) => parent.children.push(closed),
                            None if is_too_long => return Ok(Err(too_long(line))),
                            None => return Ok(Ok(closed)),
                        }
                    }
                }
                Event::Eof => {
                    self.finished = true;
                    let reason = "the XML text is cut short";
                    return Ok(Err(RowFault::of_row(self.watch.line(), reason)));
                }
                _ => {}
            }
        }
    }

    fn failed(&mut self, error: quick_xml::Error) -> io::Result<RowFault> {
        self.finished = true;
        if let quick_xml::Error::Io(error) = &error {
            return Err(io::Error::new(error.kind(), error.to_string()));
        }
        let reason = format!("the XML text is broken: {error}");
        Ok(RowFault::of_row(self.watch.line(), reason))
    }

    fn learn(&mut self, category: &Node) {
        let Some(id) = category.attribute("id") else {
            return;
        };
        let parent = category
            .attribute("parentId")
            .or_else(|| category.attribute("parent_id"))
            .map(str::to_owned);
        let name = category.text.trim().to_owned();
        self.categories.insert(id.to_owned(), (name, parent));
    }

    fn row(&self, item: Node, line: u64, bytes: usize) -> Row {
        let mut members = Map::new();
        for (name, value) in &item.attributes {
            put(&mut members, name.clone(), Value::String(value.clone()));
        }
        for child in item.children {
            let name = child.column();
            let value = match child.name.as_str() {
                "categoryId" => self.category_path(child.text.trim()).into(),
                _ => child.value(),
            };
            put(&mut members, name, value);
        }
        Row {
            line,
            bytes,
            columns: members
                .into_iter()
                .map(|(name, value)| (Arc::from(name), value))
                .collect(),
        }
    }

    fn category_path(&self, id: &str) -> String {
        let mut names = Vec::new();
        let mut next = Some(id.to_owned());
        while let Some(id) = next {
            let Some((name, parent)) = self.categories.get(&id) else {
                break;
            };
            names.push(name.clone());
            if names.len() >= MOST_ANCESTORS {
                break;
            }
            next = parent.clone();
        }
        names.reverse();
        names.join(" > ")
    }
}

impl Node {
    fn of(start: &BytesStart<'_>) -> Self {
        let attributes = start
            .attributes()
            .filter_map(Result::ok)
            .filter(|attribute| !attribute.key.as_ref().starts_with("xmlns"))
            .map(|attribute| {
                let name = attribute.key.local_name().as_ref().to_owned();
                let value = attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .unwrap_or_default()
                    .into_owned();
                (name, value)
            })
            .collect();
        Self {
            name: local(start),
            attributes,
            ..Self::default()
        }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Column that it is: `<param name="Color">` is `param:Color`.
    fn column(&self) -> String {
        match self.attribute("name") {
            Some(name) if self.children.is_empty() => format!("{}:{name}", self.name),
            _ => self.name.clone(),
        }
    }

    fn value(self) -> Value {
        if !self.children.is_empty() {
            let mut members = Map::new();
            for child in self.children {
                put(&mut members, child.column(), child.value());
            }
            return Value::Object(members);
        }
        if self.text.trim().is_empty() {
            let by_attribute = VALUES.iter().find_map(|name| self.attribute(name));
            return by_attribute.unwrap_or_default().into();
        }
        match self.attribute("unit") {
            Some(unit) => format!("{} {unit}", self.text.trim()).into(),
            None => self.text.into(),
        }
    }
}

/// Adds a value; several of one name are a list.
fn put(members: &mut Map<String, Value>, name: String, value: Value) {
    match members.get_mut(&name) {
        None => {
            members.insert(name, value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(first) => {
            if *first != value {
                let before = first.take();
                *first = Value::Array(vec![before, value]);
            }
        }
    }
}

fn local(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

fn add_text(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

/// Character of a reference; one of HTML stays for the conversion of texts.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    match &*reference.xml10_content() {
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "amp" => "&".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<Value> {
        let mut items = XmlItems::new(text.as_bytes());
        std::iter::from_fn(|| items.next().unwrap())
            .map(|row| {
                let columns = row.unwrap().columns;
                Value::Object(
                    columns
                        .into_iter()
                        .map(|(name, value)| (name.to_string(), value))
                        .collect(),
                )
            })
            .collect()
    }

    #[test]
    fn an_item_of_a_feed_keeps_its_own_price_apart_from_nested_ones() {
        let found = items(
            "<rss xmlns:g='x'><channel><title>Shop</title><item><g:id>1</g:id><title>A &amp; B</title>\
             <g:shipping><g:price>5 USD</g:price></g:shipping><g:price>7 USD</g:price>\
             <g:additional_image_link>a</g:additional_image_link><g:additional_image_link>b</g:additional_image_link>\
             <description><![CDATA[<p>x</p>]]></description></item></channel></rss>",
        );
        assert_eq!(
            found,
            [serde_json::json!({
                "id": "1", "title": "A & B", "shipping": {"price": "5 USD"}, "price": "7 USD",
                "additional_image_link": ["a", "b"], "description": "<p>x</p>",
            })]
        );
    }

    #[test]
    fn categories_by_id_become_paths() {
        let found = items(
            "<yml_catalog><shop><categories><category id='1'>A</category><category id='2' parentId='1'>B</category>\
             </categories><offers><offer id='9' available='true'><categoryId>2</categoryId>\
             <param name='Weight' unit='g'>5</param></offer></offers></shop></yml_catalog>",
        );
        assert_eq!(
            found,
            [serde_json::json!({
                "id": "9", "available": "true", "categoryId": "A > B", "param:Weight": "5 g",
            })]
        );
    }
}
