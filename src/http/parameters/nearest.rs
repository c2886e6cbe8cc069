//! The known name that a wrong one probably means.

/// Similarity from which a known name is proposed for another one, from 0 to 1.
const SIMILAR: f64 = 0.84;

/// Returns the name of `known` that is nearest to another one, whatever its case, separators and order of words. None if none
/// is near.
///
/// Nearness is that of Jaro and Winkler.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = sorted_words(name);
    known
        .map(|known| (strsim::jaro_winkler(&name, &sorted_words(known)), known))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

/// Splits `maxPrice`, `MAX_PRICE` and `price[max]` into the same words, in order of the alphabet.
pub(super) fn sorted_words(name: &str) -> String {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (after_small && letter.is_uppercase()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        after_small = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_near_whatever_its_case_separators_and_order() {
        let known = ["price_min", "price_max", "category", "sort"];
        for (name, expected) in [
            ("priceMax", Some("price_max")),
            ("MIN-PRICE", Some("price_min")),
            ("price[min]", Some("price_min")),
            ("categorie", Some("category")),
            ("color", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        }
    }
}
