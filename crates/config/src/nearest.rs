//! Suggestion for a misspelt name.

/// Similarity from which a name is suggested, 0 to 1.
const SIMILAR: f64 = 0.8;

/// Returns the candidate whose name is most similar, if any is similar enough.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = (&'a str, &'static str)>,
) -> Option<&'static str> {
    candidates
        .map(|(text, candidate)| (strsim::jaro_winkler(name, text), candidate))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}
