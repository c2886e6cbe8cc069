//! Strong entity tags: a hash of the whole representation, so that no revision has to be counted.

use serde::Serialize;

use crate::StoreError;

/// The strong entity tag of a representation, in its quotes.
pub fn of(representation: &impl Serialize) -> String {
    // Records have no maps with keys other than texts, so they can always be written.
    let bytes = serde_json::to_vec(representation).unwrap_or_default();
    format!("\"{:032x}\"", xxhash_rust::xxh3::xxh3_128(&bytes))
}

/// Holds an `If-Match` against the current tag: `*` or a list of tags, compared strongly. None given, none asked.
///
/// # Errors
/// [`StoreError::PreconditionFailed`] if none of them is the current one.
pub fn check(if_match: Option<&str>, current: &str) -> Result<(), StoreError> {
    let Some(expected) = if_match else {
        return Ok(());
    };
    let matches = expected
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag == current);
    if matches {
        Ok(())
    } else {
        Err(StoreError::PreconditionFailed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_current_tag_or_a_star_matches() {
        let current = of(&"content");
        for good in [None, Some("*"), Some(current.as_str())] {
            assert!(check(good, &current).is_ok(), "{good:?}");
        }
        assert!(check(Some(&format!("\"other\", {current}")), &current).is_ok());
        for bad in ["", "\"other\"", &format!("W/{current}")] {
            assert!(matches!(
                check(Some(bad), &current),
                Err(StoreError::PreconditionFailed)
            ));
        }
    }
}
