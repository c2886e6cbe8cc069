//! Numbers for facet values, shared by all segments of an index, so that counts merge by addition.
//!
//! Numbers are append-only. A renamed value keeps its number, because the slug is the key.

use std::collections::HashMap;
use std::sync::Arc;

use crate::facets::encoding;

/// Number of an absent value.
pub(crate) const NONE: u32 = 0;

/// Numbered facet values of an index.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    pub(crate) categories: Places,
    pub(crate) fandoms: Places,
    pub(crate) brands: Values,
    pub(crate) sellers: Values,
    pub(crate) attributes: Attributes,
}

/// Facet value and its label.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) value: Arc<str>,
    pub(crate) label: Arc<str>,
}

impl Value {
    /// Returns value and label.
    pub(crate) fn parts(&self) -> (&str, &str) {
        (&self.value, &self.label)
    }
}

/// Numbered values of one facet; number 0 is [`NONE`].
#[derive(Debug)]
pub(crate) struct Values {
    numbers: HashMap<Arc<str>, u32>,
    values: Vec<Value>,
}

impl Default for Values {
    fn default() -> Self {
        let nothing = Value {
            value: "".into(),
            label: "".into(),
        };
        Self {
            numbers: HashMap::new(),
            values: vec![nothing],
        }
    }
}

impl Values {
    /// Returns the value's number, assigning one if needed, and updates its label.
    pub(crate) fn intern(&mut self, value: &str, label: &str) -> u32 {
        if let Some(&number) = self.numbers.get(value) {
            let known = &mut self.values[number as usize];
            if *known.label != *label {
                known.label = label.into();
            }
            return number;
        }
        let number = self.values.len() as u32;
        let value: Arc<str> = value.into();
        self.numbers.insert(Arc::clone(&value), number);
        self.values.push(Value {
            value,
            label: label.into(),
        });
        number
    }

    pub(crate) fn number(&self, value: &str) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    pub(crate) fn get(&self, number: u32) -> &Value {
        &self.values[number as usize]
    }

    /// Returns the highest number plus one.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }
}

/// Categories or fandoms. Those of a product are a set, numbered as a whole; a product counts under the number of its set.
/// Fandoms are categories that have none above or below.
#[derive(Debug)]
pub(crate) struct Places {
    numbers: HashMap<Box<str>, u32>,
    sets: Vec<PlaceSet>,
    pub(crate) nodes: Values,
    parents: Vec<u32>,
}

/// Categories or fandoms of a product.
#[derive(Debug, Default)]
struct PlaceSet {
    /// Each place and all above it, each once.
    nodes: Vec<u32>,
    /// Ends of the paths, that of the main one first; [`NONE`] without a main one.
    ends: Vec<u32>,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            sets: vec![PlaceSet::default()],
            nodes: Values::default(),
            parents: vec![NONE],
        }
    }
}

impl Places {
    /// Returns the number of a set that [`encoding::set`] encoded, assigning one if needed.
    pub(crate) fn intern(&mut self, encoded: &str) -> u32 {
        let mut set = PlaceSet::default();
        for path in encoding::paths(encoded) {
            let mut parent = NONE;
            for (slug, name) in path {
                let node = self.intern_node(slug, name, parent);
                if !set.nodes.contains(&node) {
                    set.nodes.push(node);
                }
                parent = node;
            }
            set.ends.push(parent);
        }
        if let Some(&number) = self.numbers.get(encoded) {
            return number;
        }
        let number = self.sets.len() as u32;
        self.numbers.insert(encoded.into(), number);
        self.sets.push(set);
        number
    }

    /// Returns the number of a place. One without a name keeps the name and the parent that are known.
    fn intern_node(&mut self, slug: &str, name: Option<&str>, parent: u32) -> u32 {
        if name.is_none()
            && let Some(node) = self.nodes.number(slug)
        {
            return node;
        }
        let node = self.nodes.intern(slug, name.unwrap_or(slug));
        if node as usize == self.parents.len() {
            self.parents.push(parent);
        }
        self.parents[node as usize] = parent;
        node
    }

    /// Returns the places of a set and all above them, each once.
    pub(crate) fn nodes_of(&self, set: u32) -> &[u32] {
        &self.sets[set as usize].nodes
    }

    /// Returns the main place of a set.
    pub(crate) fn main_of(&self, set: u32) -> Option<u32> {
        let main = self.sets[set as usize].ends.first().copied();
        main.filter(|&main| main != NONE)
    }

    /// Returns true if a place is itself in a set, not only above one that is.
    pub(crate) fn has(&self, set: u32, place: u32) -> bool {
        self.sets[set as usize].ends.contains(&place)
    }

    /// Returns the highest number of a set plus one.
    pub(crate) fn sets(&self) -> usize {
        self.sets.len()
    }

    pub(crate) fn parent(&self, node: u32) -> Option<&Value> {
        let parent = self.parents[node as usize];
        (parent != NONE).then(|| self.nodes.get(parent))
    }

    /// Returns the distance from the root; a root category has depth 1, the maximum is 64.
    pub(crate) fn depth(&self, node: u32) -> usize {
        let parent = |&node: &u32| Some(self.parents[node as usize]).filter(|&up| up != NONE);
        // The bound ends the walk in a damaged tree with a cycle.
        std::iter::successors(Some(node), parent).take(64).count()
    }
}

/// Numbered attribute values. Names and values share one range of numbers, see [`AttributeName::repeats`].
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    numbers: HashMap<Box<str>, u32>,
    names: HashMap<Arc<str>, usize>,
    by_name: Vec<AttributeName>,
    values: Vec<Arc<str>>,
}

/// Name of an attribute with the numbers of its values.
#[derive(Debug)]
pub(crate) struct AttributeName {
    pub(crate) name: Arc<str>,
    /// Number counted once for each value of the attribute that a product has besides its first. The number of
    /// products with the attribute is the sum of its values' counts minus this count.
    pub(crate) repeats: u32,
    /// Numbers of the attribute's values.
    pub(crate) values: Vec<u32>,
}

impl Attributes {
    /// Returns the number of a value that [`encoding::attribute`] encoded, assigning one if needed.
    pub(crate) fn intern(&mut self, encoded: &str) -> u32 {
        if let Some(&number) = self.numbers.get(encoded) {
            return number;
        }
        let (name, value) = encoding::parts(encoded);
        let index = self.intern_name(name);
        let number = self.values.len() as u32;
        self.values.push(value.into());
        self.by_name[index].values.push(number);
        self.numbers.insert(encoded.into(), number);
        number
    }

    fn intern_name(&mut self, name: &str) -> usize {
        if let Some(&index) = self.names.get(name) {
            return index;
        }
        let name: Arc<str> = name.into();
        let repeats = self.values.len() as u32;
        self.values.push(Arc::clone(&name));
        self.names.insert(Arc::clone(&name), self.by_name.len());
        self.by_name.push(AttributeName {
            name,
            repeats,
            values: Vec::new(),
        });
        self.by_name.len() - 1
    }

    /// Returns [`AttributeName::repeats`] of an encoded value's attribute.
    pub(crate) fn repeats_of(&self, encoded: &str) -> u32 {
        let (name, _) = encoding::parts(encoded);
        self.names
            .get(name)
            .map_or(0, |&index| self.by_name[index].repeats)
    }

    pub(crate) fn number(&self, name: &str, value: &str) -> Option<u32> {
        let encoded = encoding::attribute(name, value);
        self.numbers.get(encoded.as_str()).copied()
    }

    pub(crate) fn named(&self, name: &str) -> Option<&AttributeName> {
        self.names.get(name).map(|&index| &self.by_name[index])
    }

    pub(crate) fn all(&self) -> &[AttributeName] {
        &self.by_name
    }

    pub(crate) fn value(&self, number: u32) -> &Arc<str> {
        &self.values[number as usize]
    }

    /// Returns the highest number plus one.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }
}
