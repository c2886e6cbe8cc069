//! Slugs: what a product or category is called in an address.

const MAX_SLUG_CHARS: usize = 120;

/// A text that cannot be a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a slug has 1 to {MAX_SLUG_CHARS} lower-case letters, digits and single dashes")]
pub struct SlugError;

/// A slug of the given text: folded to ASCII, at most 120 characters, cut at a word where possible.
/// Empty if the text has nothing that a slug can hold.
pub fn slugify(text: &str) -> String {
    let mut slug = slug::slugify(text);
    if slug.len() > MAX_SLUG_CHARS {
        let cut = slug[..=MAX_SLUG_CHARS].rfind('-').unwrap_or(MAX_SLUG_CHARS);
        slug.truncate(cut);
    }
    slug
}

/// Takes a text that already is a slug.
///
/// # Errors
/// If it is not one.
pub fn parse_slug(text: &str) -> Result<&str, SlugError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let well_formed = !text.is_empty()
        && text.len() <= MAX_SLUG_CHARS
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--");
    well_formed.then_some(text).ok_or(SlugError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slugified_text_is_a_valid_slug(text in ".{0,300}") {
            let slug = slugify(&text);
            prop_assert!(slug.is_empty() || parse_slug(&slug).is_ok(), "{slug}");
        }
    }

    #[test]
    fn invalid_slug_is_rejected() {
        for text in ["", "-a", "a-", "a--b", "A", "a b", "é", &"a".repeat(121)] {
            assert_eq!(parse_slug(text), Err(SlugError), "{text}");
        }
    }
}
