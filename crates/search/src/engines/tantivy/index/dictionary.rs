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
    pub(crate) categories: Categories,
    pub(crate) fandoms: Values,
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

/// Category tree. Paths and categories are numbered separately; a product counts under the number of its path.
#[derive(Debug)]
pub(crate) struct Categories {
    paths: HashMap<Box<str>, u32>,
    steps: Vec<Vec<u32>>,
    pub(crate) nodes: Values,
    parents: Vec<u32>,
}

impl Default for Categories {
    fn default() -> Self {
        Self {
            paths: HashMap::new(),
            steps: vec![Vec::new()],
            nodes: Values::default(),
            parents: vec![NONE],
        }
    }
}

impl Categories {
    /// Returns the number of a path that [`encoding::path`] encoded, assigning one if needed.
    pub(crate) fn intern(&mut self, path: &str) -> u32 {
        let mut parent = NONE;
        let mut steps = Vec::new();
        for (slug, name) in encoding::steps(path) {
            let node = self.nodes.intern(slug, name);
            if node as usize == self.parents.len() {
                self.parents.push(parent);
            }
            self.parents[node as usize] = parent;
            parent = node;
            steps.push(node);
        }
        if let Some(&number) = self.paths.get(path) {
            return number;
        }
        let number = self.steps.len() as u32;
        self.paths.insert(path.into(), number);
        self.steps.push(steps);
        number
    }

    /// Returns the categories on a path, root first.
    pub(crate) fn steps(&self, path: u32) -> &[u32] {
        &self.steps[path as usize]
    }

    /// Returns the highest number of a path plus one.
    pub(crate) fn paths(&self) -> usize {
        self.steps.len()
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
