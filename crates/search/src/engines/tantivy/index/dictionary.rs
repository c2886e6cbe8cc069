//! Numbers for facet values, shared by all segments of an index, so that counts merge by addition.
//!
//! Numbers are append-only. A renamed value keeps its number, because the slug is the key.

use std::collections::HashMap;
use std::sync::Arc;

use souk_domain::value_key;

use crate::facets::encoding;

/// Number of an absent value.
pub(crate) const NONE: u32 = 0;

/// Numbered facet values of an index.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    pub(crate) categories: Places,
    pub(crate) fandoms: Places,
    pub(crate) brands: Brands,
    pub(crate) sellers: Places,
    pub(crate) attributes: Attributes,
}

/// Numbers by the key of what they stand for. Spellings that people take for one have a key in common.
#[derive(Debug, Default)]
struct Spellings {
    firsts: HashMap<Box<str>, u32>,
    /// Numbers of further spellings, by the first one's.
    others: HashMap<u32, Vec<u32>>,
}

impl Spellings {
    /// Returns the numbers of all spellings of a key.
    fn of(&self, key: &str) -> impl Iterator<Item = u32> + use<'_> {
        let first = self.firsts.get(key).copied();
        let others = first.and_then(|first| self.others.get(&first));
        first
            .into_iter()
            .chain(others.into_iter().flatten().copied())
    }

    fn add(&mut self, key: &str, number: u32) {
        match self.firsts.get(key) {
            Some(&first) => self.others.entry(first).or_default().push(number),
            None => drop(self.firsts.insert(key.into(), number)),
        }
    }
}

/// Numbered brands, a number for each spelling.
#[derive(Debug)]
pub(crate) struct Brands {
    spellings: Spellings,
    names: Vec<Arc<str>>,
}

impl Default for Brands {
    fn default() -> Self {
        Self {
            spellings: Spellings::default(),
            names: vec!["".into()],
        }
    }
}

impl Brands {
    /// Returns the number of a spelling, assigning one if needed.
    pub(crate) fn intern(&mut self, brand: &str) -> u32 {
        let key = value_key(brand);
        let mut known = self.spellings.of(&key);
        if let Some(number) = known.find(|number| *self.names[*number as usize] == *brand) {
            return number;
        }
        drop(known);
        let number = self.names.len() as u32;
        self.names.push(brand.into());
        self.spellings.add(&key, number);
        number
    }

    /// Returns the numbers of all spellings of a brand.
    pub(crate) fn numbers(&self, brand: &str) -> impl Iterator<Item = u32> + use<'_> {
        self.spellings.of(&value_key(brand))
    }

    pub(crate) fn get(&self, number: u32) -> &Arc<str> {
        &self.names[number as usize]
    }

    /// Returns the highest number plus one.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns true if some brand has several spellings.
    pub(crate) fn are_ambiguous(&self) -> bool {
        !self.spellings.others.is_empty()
    }
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

/// Categories, fandoms or sellers. Those of a product are a set, numbered as a whole; a product counts under the number of its set.
/// Fandoms and sellers are categories that have none above or below.
#[derive(Debug)]
pub(crate) struct Places {
    numbers: HashMap<Box<str>, u32>,
    sets: Vec<PlaceSet>,
    pub(crate) nodes: Values,
    parents: Vec<u32>,
    /// True if some set has more than one path.
    pub(crate) has_several: bool,
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
            has_several: false,
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
        self.has_several |= set.ends.len() > 1;
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

/// Numbered attribute values. Names and values share one range of numbers, see [`NameSpelling::repeats`].
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    spellings: Spellings,
    /// Places by the key of the name.
    names: HashMap<Box<str>, usize>,
    by_name: Vec<AttributeName>,
    values: Vec<Arc<str>>,
    /// Place of the name's spelling in [`AttributeName::spellings`], of each value.
    spelled: Vec<u32>,
}

/// Spelling of an attribute's name.
#[derive(Debug)]
pub(crate) struct NameSpelling {
    pub(crate) name: Arc<str>,
    /// Number counted once for each value of the attribute that a product has besides its first, if the product spells the
    /// name so. The number of products with the attribute is the sum of its values' counts minus these counts.
    pub(crate) repeats: u32,
}

/// Attribute with the numbers of its values.
#[derive(Debug)]
pub(crate) struct AttributeName {
    /// Spellings of the name.
    pub(crate) spellings: Vec<NameSpelling>,
    /// Numbers of the attribute's values.
    pub(crate) values: Vec<u32>,
    /// True if a value of it has several spellings.
    pub(crate) is_ambiguous: bool,
}

impl Attributes {
    /// Returns the number of a value that [`encoding::attribute`] encoded, assigning one if needed.
    pub(crate) fn intern(&mut self, encoded: &str) -> u32 {
        let (name, value) = encoding::parts(encoded);
        let key = pair_key(name, value);
        let is_it = |number: &u32| {
            let number = *number as usize;
            *self.values[number] == *value && self.is_spelled(number, name)
        };
        if let Some(number) = self.spellings.of(&key).find(is_it) {
            return number;
        }
        let is_ambiguous = self.spellings.of(&key).next().is_some();
        let index = self.intern_name(name);
        self.by_name[index].is_ambiguous |= is_ambiguous;
        let number = self.values.len() as u32;
        let spellings = &self.by_name[index].spellings;
        let spelled = spellings.iter().position(|own| *own.name == *name);
        self.values.push(value.into());
        self.spelled.push(spelled.unwrap_or(0) as u32);
        self.by_name[index].values.push(number);
        self.spellings.add(&key, number);
        number
    }

    /// Returns true if the value of a number was written with the name in this spelling.
    fn is_spelled(&self, number: usize, name: &str) -> bool {
        self.named(name).is_some_and(|named| {
            let spelling = named.spellings.get(self.spelled[number] as usize);
            spelling.is_some_and(|own| *own.name == *name)
        })
    }

    fn intern_name(&mut self, name: &str) -> usize {
        let key = value_key(name);
        let known = self.names.get(&*key).copied();
        let spellings = known.map_or(&[][..], |index| &self.by_name[index].spellings);
        if let Some(index) = known
            && spellings.iter().any(|own| *own.name == *name)
        {
            return index;
        }
        let spelling = NameSpelling {
            name: name.into(),
            repeats: self.values.len() as u32,
        };
        self.values.push(Arc::clone(&spelling.name));
        self.spelled.push(0);
        if let Some(index) = known {
            self.by_name[index].spellings.push(spelling);
            return index;
        }
        self.names.insert((*key).into(), self.by_name.len());
        self.by_name.push(AttributeName {
            spellings: vec![spelling],
            values: Vec::new(),
            is_ambiguous: false,
        });
        self.by_name.len() - 1
    }

    /// Returns [`NameSpelling::repeats`] of an encoded value's attribute.
    pub(crate) fn repeats_of(&self, encoded: &str) -> u32 {
        let (name, _) = encoding::parts(encoded);
        let spellings = self.named(name).map(|named| named.spellings.iter());
        let mut spellings = spellings.into_iter().flatten();
        let own = spellings.find(|own| *own.name == *name);
        own.map_or(0, |own| own.repeats)
    }

    /// Returns the numbers of all spellings of a value.
    pub(crate) fn numbers(&self, name: &str, value: &str) -> impl Iterator<Item = u32> + use<'_> {
        self.spellings.of(&pair_key(&encoding::plain(name), value))
    }

    pub(crate) fn named(&self, name: &str) -> Option<&AttributeName> {
        let index = self.names.get(&*value_key(name))?;
        Some(&self.by_name[*index])
    }

    /// Returns the place of the spelling of an attribute's name in which a value was written.
    pub(crate) fn spelling(&self, number: u32) -> usize {
        self.spelled[number as usize] as usize
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

fn pair_key(name: &str, value: &str) -> String {
    format!(
        "{}{}{}",
        value_key(name),
        encoding::SEPARATOR,
        value_key(value)
    )
}
