//! Encoding of labels and attributes as single strings, for fields that facets count.

use std::collections::BTreeSet;

use souk_domain::{Label, value_key};

/// Stands between the two parts of a string.
pub(crate) const SEPARATOR: char = '\u{1f}';
/// Stands between the categories of a path.
const STEP: char = '\u{1e}';
/// Stands between the paths of a set.
const PATH: char = '\u{1d}';

/// Longest set with names, in bytes. A longer one holds slugs alone, for an index takes no value of any length.
const MAX_NAMED_BYTES: usize = 32_000;

/// A slug and the name it goes by.
pub(crate) fn label(label: &Label) -> String {
    format!("{}{SEPARATOR}{}", label.slug, plain(&label.name))
}

/// Categories, root first.
pub(crate) fn path(categories: &[Label]) -> String {
    let steps: Vec<String> = categories.iter().map(label).collect();
    steps.join("\u{1e}")
}

/// An attribute's name and one value of it.
pub(crate) fn attribute(name: &str, value: &str) -> String {
    format!("{}{SEPARATOR}{value}", plain(name))
}

/// The form by which an attribute's name and value are filtered, whatever their spelling.
pub(crate) fn attribute_key(name: &str, value: &str) -> String {
    format!("{}{SEPARATOR}{}", name_key(name), value_key(value))
}

/// The form by which an attribute's name is compared.
pub(crate) fn name_key(name: &str) -> String {
    value_key(&plain(name)).into_owned()
}

/// Both parts of a label or attribute.
pub(crate) fn parts(encoded: &str) -> (&str, &str) {
    encoded.split_once(SEPARATOR).unwrap_or((encoded, encoded))
}

/// The labels of a path, root first.
pub(crate) fn steps(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.split(STEP).map(parts)
}

/// The main path of a product, if it has one, and its further ones as one value: a single path is encoded as [`path`]
/// does. What an earlier path has is not repeated: a path begins with the last of these steps, by its slug alone.
pub(crate) fn set<'a>(main: &'a [Label], further: impl Iterator<Item = &'a [Label]>) -> String {
    let mut further: Vec<&[Label]> = further.collect();
    let slugs = |path: &&[Label]| {
        path.iter()
            .map(|step| step.slug.clone())
            .collect::<Vec<_>>()
    };
    // Sets that differ in the order only are the same value.
    further.sort_by_cached_key(slugs);
    let paths: Vec<&[Label]> = [main].into_iter().chain(further).collect();
    let named = set_of(&paths, true);
    match named.len() {
        0..=MAX_NAMED_BYTES => named,
        _ => set_of(&paths, false),
    }
}

/// Sellers as one value: a single one is encoded as [`label`] does.
pub(crate) fn sellers(sellers: &[&Label]) -> String {
    let mut paths = sellers.iter().map(|seller| std::slice::from_ref(*seller));
    set(paths.next().unwrap_or_default(), paths)
}

fn set_of(paths: &[&[Label]], with_names: bool) -> String {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut encoded = String::new();
    for (place, path) in paths.iter().enumerate() {
        if place > 0 {
            encoded.push(PATH);
        }
        let from = path
            .iter()
            .rposition(|step| known.contains(step.slug.as_str()));
        let new = &path[from.unwrap_or(0)..];
        for (place, step) in new.iter().enumerate() {
            if place > 0 {
                encoded.push(STEP);
            }
            encoded.push_str(&step.slug);
            if known.insert(&step.slug) && with_names {
                encoded.push(SEPARATOR);
                encoded.push_str(&plain(&step.name));
            }
        }
    }
    encoded
}

/// Paths of a set, the main one first and empty if there is none. A step without a name is one of an earlier path, or
/// one whose name is left out.
pub(crate) fn paths(set: &str) -> impl Iterator<Item = Vec<(&str, Option<&str>)>> {
    let step = |step| match str::split_once(step, SEPARATOR) {
        Some((slug, name)) => (slug, Some(name)),
        None => (step, None),
    };
    set.split(PATH).map(move |path| {
        let steps = path.split(STEP).filter(|step| !step.is_empty());
        steps.map(step).collect()
    })
}

/// The text without what we use to separate: nobody types these characters on purpose.
pub(crate) fn plain(text: &str) -> String {
    text.replace([SEPARATOR, STEP, PATH], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(slugs: &[&str]) -> Vec<Label> {
        let label = |slug: &&str| Label::new(*slug, slug.to_uppercase());
        slugs.iter().map(label).collect()
    }

    #[test]
    fn set_of_one_path_is_that_path() {
        let mugs = labels(&["home", "mugs"]);
        assert_eq!(set(&mugs, [].into_iter()), path(&mugs));
    }

    #[test]
    fn further_path_repeats_only_the_last_shared_step() {
        let main = labels(&["home", "kitchen", "mugs"]);
        let further = [
            labels(&["home", "kitchen", "jugs"]),
            labels(&["gifts"]),
            labels(&["home", "kitchen"]),
        ];
        let encoded = set(&main, further.iter().map(Vec::as_slice));
        let reordered = set(&main, further.iter().rev().map(Vec::as_slice));
        assert_eq!(encoded, reordered);
        let found: Vec<_> = paths(&encoded).collect();
        let expected = [
            vec![
                ("home", Some("HOME")),
                ("kitchen", Some("KITCHEN")),
                ("mugs", Some("MUGS")),
            ],
            vec![("gifts", Some("GIFTS"))],
            vec![("kitchen", None)],
            vec![("kitchen", None), ("jugs", Some("JUGS"))],
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn set_without_main_path_begins_with_an_empty_one() {
        let gifts = labels(&["gifts"]);
        let encoded = set(&[], [gifts.as_slice()].into_iter());
        let found: Vec<_> = paths(&encoded).collect();
        assert_eq!(found, [vec![], vec![("gifts", Some("GIFTS"))]]);
    }

    #[test]
    fn long_set_goes_without_names() {
        let path = |number: usize| vec![Label::new(format!("c-{number}"), "N".repeat(1_000))];
        let further: Vec<_> = (0..50).map(path).collect();
        let encoded = set(&[], further.iter().map(Vec::as_slice));
        assert!(encoded.len() < 1_000, "{encoded}");
        assert_eq!(paths(&encoded).count(), 51);
    }
}
