//! Searching within the values of one facet.

use souk_domain::{Facet, FacetValue};

use crate::query::analysis::{Folder, word_places};

/// The values with a word for each word of the needle that begins with it.
pub(crate) fn searched(name: &str, values: Vec<FacetValue>, needle: &str, limit: usize) -> Facet {
    let mut folder = Folder::new();
    let wanted = words(&mut folder, needle);
    let mut found: Vec<_> = values
        .into_iter()
        .filter(|value| value.count > 0 && matches(&mut folder, value, &wanted))
        .collect();
    let left_out = found.len().saturating_sub(limit) as u64;
    found.truncate(limit);
    Facet {
        name: name.to_owned(),
        values: found,
        exact: true,
        left_out,
    }
}

fn matches(folder: &mut Folder, value: &FacetValue, wanted: &[String]) -> bool {
    let mut own = words(folder, &value.value);
    own.extend(words(folder, &value.label));
    wanted
        .iter()
        .all(|wanted| own.iter().any(|word| word.starts_with(wanted)))
}

fn words(folder: &mut Folder, text: &str) -> Vec<String> {
    word_places(text)
        .map(|(start, end)| folder.fold(&text[start..end]).to_owned())
        .collect()
}
