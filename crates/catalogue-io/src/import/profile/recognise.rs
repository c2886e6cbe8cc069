//! Recognition of a file's profile by the names of its columns, or by typical values where names are translated.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::fields::Field;
use super::known::{Profile, all, generic};
use super::names::{matches, plain};
use crate::import::read::value;
use crate::import::syntax::row::Row;

/// A profile, and columns that were found by what stands in them.
pub(in crate::import) struct Recognised {
    pub profile: Arc<Profile>,
    /// Fields of columns whose names are translated.
    pub by_values: Vec<(Field, String)>,
    /// Names by which it was recognised.
    pub anchors: Vec<String>,
}

/// Finds the profile of some rows.
pub(in crate::import) fn recognise(rows: &[&Row]) -> Recognised {
    let names: HashSet<String> = rows
        .iter()
        .flat_map(|row| &row.columns)
        .map(|(name, _)| plain(name))
        .collect();
    let best = all()
        .iter()
        .enumerate()
        .filter_map(|(place, profile)| {
            let anchors = satisfied(profile, &names)?;
            Some((
                (
                    anchors.len(),
                    fields_known(profile, &names),
                    usize::MAX - place,
                ),
                profile,
                anchors,
            ))
        })
        .max_by_key(|(rating, ..)| *rating);
    if let Some((_, profile, anchors)) = best {
        return Recognised {
            profile: profile.clone(),
            by_values: Vec::new(),
            anchors: anchors.to_vec(),
        };
    }
    for profile in all()
        .iter()
        .filter(|profile| !profile.typical_values.is_empty())
    {
        if let Some(column) = typical_column(profile, rows) {
            return Recognised {
                profile: profile.clone(),
                by_values: super::translated::fields(rows, &column),
                anchors: vec![column],
            };
        }
    }
    Recognised {
        profile: generic(),
        by_values: Vec::new(),
        anchors: Vec::new(),
    }
}

/// Rates a row as a header: a whole set of anchors counts most, then names that some profile knows.
pub(in crate::import) fn rate_header(cells: &[String]) -> usize {
    let names: HashSet<String> = cells.iter().map(|cell| plain(cell)).collect();
    let anchored = all()
        .iter()
        .filter_map(|profile| satisfied(profile, &names))
        .map(<[String]>::len)
        .max()
        .unwrap_or_default();
    let known = names.iter().filter(|name| is_known(name)).count();
    anchored * 1_000 + known
}

fn satisfied<'a>(profile: &'a Profile, names: &HashSet<String>) -> Option<&'a [String]> {
    profile
        .anchors
        .iter()
        .filter(|anchors| {
            anchors.iter().all(|anchor| {
                names.contains(anchor) || names.iter().any(|name| matches_localised(anchor, name))
            })
        })
        .max_by_key(|anchors| anchors.len())
        .map(Vec::as_slice)
}

/// Names of some systems end in a locale: `name_en` is `name`.
fn matches_localised(anchor: &str, name: &str) -> bool {
    name.strip_prefix(anchor)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|locale| {
            locale.len() == 2 && locale.bytes().all(|byte| byte.is_ascii_lowercase())
        })
}

fn fields_known(profile: &Profile, names: &HashSet<String>) -> usize {
    let patterns: Vec<&String> = profile.fields.values().flatten().collect();
    names
        .iter()
        .filter(|name| {
            patterns
                .iter()
                .any(|pattern| matches(pattern, name).is_some())
        })
        .count()
}

fn is_known(name: &str) -> bool {
    static KNOWN: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        all()
            .iter()
            .flat_map(|profile| {
                profile
                    .fields
                    .values()
                    .flatten()
                    .chain(profile.anchors.iter().flatten())
            })
            .map(String::as_str)
            .collect()
    });
    !name.is_empty() && known.contains(name)
}

/// The column whose every value is typical, such as `simple` or `variation`.
fn typical_column(profile: &Profile, rows: &[&Row]) -> Option<String> {
    let mut typical: HashMap<&str, (usize, bool)> = HashMap::new();
    for row in rows {
        for (name, cell) in &row.columns {
            let Some(text) = value::text(cell).filter(|text| !text.trim().is_empty()) else {
                continue;
            };
            let is_typical = text
                .split(',')
                .all(|word| profile.typical_values.contains(&word.trim().to_lowercase()));
            let found = typical.entry(name).or_insert((0, true));
            found.0 += 1;
            found.1 &= is_typical;
        }
    }
    let all_rows = rows.len();
    typical
        .into_iter()
        .filter(|(_, (count, is_typical))| *is_typical && *count == all_rows && all_rows > 0)
        .map(|(name, _)| name.to_owned())
        .min()
}
