//! Suggestion for a misspelt name.

/// Returns the candidate whose name, or the beginning of it, takes the fewest edits: at most one for three characters.
/// Of equals, the shortest whole name wins.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = (&'a str, &'static str)>,
) -> Option<&'static str> {
    let limit = name.chars().count() / 3;
    candidates
        .map(|(text, candidate)| {
            let beginnings = (1..=text.len()).filter_map(|end| text.get(..end));
            let edits = beginnings.map(|beginning| strsim::levenshtein(name, beginning));
            let all = strsim::levenshtein(name, text);
            ((edits.min().unwrap_or(all), all), candidate)
        })
        .filter(|((edits, _), _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}
