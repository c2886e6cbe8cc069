//! Groups of rows: those that have a key in common are one product.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_128;

use super::spool::Place;
use crate::import::profile::fields::Field;
use crate::import::profile::known::{Grouping, Profile};
use crate::import::read::columns::Columns;
use crate::import::read::kinds::{Kind, kind};
use crate::import::read::options::children;

/// Rows by their group, in the order of the groups' first rows.
#[derive(Default)]
pub(in crate::import) struct Groups {
    /// Group of each key, by the key's hash.
    by_key: HashMap<u128, u32>,
    /// Group into which a group was merged; itself if it was not.
    merged_into: Vec<u32>,
    rows: Vec<(u32, Place)>,
    /// Group of the row before, for those that continue it.
    last: Option<u32>,
    /// Groups of an id of which no row has named a seller yet.
    of_nobody: HashSet<u32>,
}

impl Groups {
    /// Adds a row to the group of its keys.
    pub(in crate::import) fn add(&mut self, keys: &Keys, place: Place) {
        let group = match keys {
            Keys::OfRowAbove => self.last,
            Keys::Named(keys) => self.of_keys(keys),
            Keys::OfSeller { id, seller } => Some(self.of_seller(id, seller.as_deref())),
        };
        let group = group.unwrap_or_else(|| self.new_group());
        self.last = Some(group);
        self.rows.push((group, place));
    }

    fn of_keys(&mut self, keys: &[String]) -> Option<u32> {
        let mut group: Option<u32> = None;
        let hashes: Vec<u128> = keys.iter().map(|key| xxh3_128(key.as_bytes())).collect();
        for hash in &hashes {
            if let Some(&known) = self.by_key.get(hash) {
                let known = self.root(known);
                group = Some(match group {
                    Some(other) => self.merge(other, known),
                    None => known,
                });
            }
        }
        if hashes.is_empty() {
            return None;
        }
        let group = group.unwrap_or_else(|| self.new_group());
        for hash in hashes {
            self.by_key.insert(hash, group);
        }
        Some(group)
    }

    /// Finds the group of an id by seller. Rows without a seller belong to the last group of the id.
    fn of_seller(&mut self, id: &str, seller: Option<&str>) -> u32 {
        let plain = xxh3_128(id.as_bytes());
        let last = self.by_key.get(&plain).copied();
        let Some(seller) = seller else {
            return last.unwrap_or_else(|| {
                let group = self.new_group();
                self.by_key.insert(plain, group);
                self.of_nobody.insert(group);
                group
            });
        };
        let own = xxh3_128(format!("{id}\n{seller}").as_bytes());
        let known = self.by_key.get(&own).copied();
        let group = known
            .or_else(|| last.filter(|group| self.of_nobody.remove(group)))
            .unwrap_or_else(|| self.new_group());
        self.by_key.insert(own, group);
        self.by_key.insert(plain, group);
        group
    }

    fn new_group(&mut self) -> u32 {
        let group = self.merged_into.len() as u32;
        self.merged_into.push(group);
        group
    }

    fn root(&mut self, group: u32) -> u32 {
        let mut root = group;
        while self.merged_into[root as usize] != root {
            root = self.merged_into[root as usize];
        }
        self.merged_into[group as usize] = root;
        root
    }

    /// Merges two groups into the earlier one.
    fn merge(&mut self, one: u32, other: u32) -> u32 {
        let (one, other) = (self.root(one), self.root(other));
        let (first, second) = (one.min(other), one.max(other));
        self.merged_into[second as usize] = first;
        first
    }

    /// The rows of each group, in the order of their first rows.
    pub(in crate::import) fn into_ordered(mut self) -> Vec<Vec<Place>> {
        self.by_key = HashMap::new();
        let mut rows = std::mem::take(&mut self.rows);
        for (group, _) in &mut rows {
            *group = self.root(*group);
        }
        // A stable sort: rows stay in their order within a group.
        rows.sort_by_key(|(group, _)| *group);
        let mut ordered: Vec<Vec<Place>> = Vec::new();
        let mut last = None;
        for (group, place) in rows {
            match ordered.last_mut() {
                Some(places) if last == Some(group) => places.push(place),
                _ => ordered.push(vec![place]),
            }
            last = Some(group);
        }
        ordered
    }
}

/// Keys of a row.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::import) enum Keys {
    /// Texts that rows of one product share; none if it belongs to no other row.
    Named(Vec<String>),
    /// An id that is unique per seller, as far as the row names one.
    OfSeller {
        id: String,
        seller: Option<String>,
    },
    OfRowAbove,
}

/// Finds the keys of a row.
pub(in crate::import) fn keys(profile: &Profile, columns: &Columns) -> Keys {
    let text = |field: Field| {
        columns
            .text(field)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    if profile.grouping == Grouping::Position {
        let kind = kind(profile, columns);
        let begins = match kind {
            Kind::Product | Kind::Parent if !profile.row_types.is_empty() => true,
            Kind::Variant | Kind::Image | Kind::Rule | Kind::Skip => false,
            _ => profile
                .starts
                .iter()
                .filter_map(|name| Field::of_name(name))
                .any(|field| text(field).is_some()),
        };
        return match begins {
            true => Keys::Named(Vec::new()),
            false => Keys::OfRowAbove,
        };
    }
    let links = profile.fields.contains_key("parent") || profile.fields.contains_key("children");
    if links {
        let mut keys = Vec::new();
        keys.extend(text(Field::ExternalId).map(|id| format!("i:{id}")));
        keys.extend(text(Field::Group).map(|id| format!("i:{id}")));
        keys.extend(text(Field::Sku).map(|sku| format!("s:{sku}")));
        if let Some(parent) = text(Field::Parent) {
            keys.push(match parent.strip_prefix("id:") {
                Some(id) => format!("i:{}", id.trim()),
                None => format!("s:{parent}"),
            });
        }
        if let Some(listed) = columns.get(Field::Children) {
            keys.extend(
                children(listed)
                    .into_iter()
                    .map(|(sku, _)| format!("s:{sku}")),
            );
        }
        return Keys::Named(keys);
    }
    if let Some(id) = text(Field::Group).or_else(|| text(Field::ExternalId)) {
        return Keys::OfSeller {
            id: format!("i:{id}"),
            seller: text(Field::Seller).or_else(|| text(Field::SellerName)),
        };
    }
    let by_title = profile.grouping == Grouping::Title;
    let key = by_title
        .then(|| text(Field::Title).map(|title| format!("t:{title}")))
        .flatten()
        .or_else(|| text(Field::Sku).map(|sku| format!("s:{sku}")));
    Keys::Named(key.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::gather::spool::Spool;
    use crate::import::syntax::row::Row;

    /// Lines of each group.
    fn grouped(order: &[Keys]) -> Vec<Vec<u64>> {
        let mut spool = Spool::new();
        let mut groups = Groups::default();
        for (line, keys) in order.iter().enumerate() {
            let row = Row {
                line: line as u64,
                bytes: 0,
                columns: vec![],
            };
            let place = spool.put(0, &row).unwrap();
            groups.add(keys, place);
        }
        groups
            .into_ordered()
            .into_iter()
            .map(|places| {
                places
                    .into_iter()
                    .map(|place| spool.get(place).unwrap().1.line)
                    .collect()
            })
            .collect()
    }

    #[test]
    fn rows_of_one_id_are_one_product_for_each_seller() {
        let of = |seller: Option<&str>| Keys::OfSeller {
            id: "i:1".to_owned(),
            seller: seller.map(str::to_owned),
        };
        let order = [
            of(None),
            of(Some("a")),
            of(Some("b")),
            of(None),
            of(Some("a")),
            of(None),
        ];
        assert_eq!(grouped(&order), [vec![0, 1, 4, 5], vec![2, 3]]);
    }

    #[test]
    fn groups_are_found_in_any_order() {
        let named = |keys: &[&str]| Keys::Named(keys.iter().map(|key| (*key).to_owned()).collect());
        let order = [
            named(&["s:a"]),
            named(&["s:x"]),
            named(&["s:b"]),
            named(&["s:p", "s:a", "s:b"]),
            Keys::OfRowAbove,
            named(&[]),
            named(&[]),
        ];
        assert_eq!(
            grouped(&order),
            [vec![0, 2, 3, 4], vec![1], vec![5], vec![6]]
        );
    }
}
