//! Names within titles and values: what titles share, part numbers, and colours.

const MOST_PART_NUMBER_CHARS: usize = 64;

/// `graphic-t-shirts` as `Graphic T Shirts`.
pub(in crate::import) fn name_of_slug(slug: &str) -> String {
    let words: Vec<String> = slug
        .split('-')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        })
        .collect();
    words.join(" ")
}

/// Reports whether a name is a single word with a digit in it, such as `MX-500B/2`.
pub(super) fn looks_like_part_number(name: &str) -> bool {
    let name = name.trim();
    name.chars().count() <= MOST_PART_NUMBER_CHARS
        && name.chars().any(|c| c.is_ascii_digit())
        && !name.contains(char::is_whitespace)
}

/// Words with which all titles begin, without marks at the end.
pub(super) fn shared_beginning(titles: &[String]) -> Option<String> {
    let first: Vec<&str> = titles.first()?.split_whitespace().collect();
    let mut shared = first.len();
    for title in titles {
        let same = title
            .split_whitespace()
            .zip(&first)
            .take_while(|(one, other)| one == *other)
            .count();
        shared = shared.min(same);
    }
    let title = first[..shared].join(" ");
    let title = title
        .trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | ',' | '/' | '(' | ':' | '[')
        })
        .to_owned();
    (!title.is_empty()).then_some(title)
}

/// `Red` of a colour that Wix writes as `#ff0000:Red`.
pub(super) fn without_colour_code(text: &str) -> &str {
    match text.strip_prefix('#').and_then(|rest| rest.split_once(':')) {
        Some((_, name)) => name,
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_share_their_first_words() {
        let titles = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shared_beginning(&titles(&["Trail shoe - Red / S", "Trail shoe - Red / M"])).as_deref(),
            Some("Trail shoe - Red")
        );
        assert_eq!(
            shared_beginning(&titles(&["Tee (S)", "Tee (M)"])).as_deref(),
            Some("Tee")
        );
        assert_eq!(shared_beginning(&titles(&["A", "B"])), None);
        assert_eq!(without_colour_code("#ff0000:Red"), "Red");
    }
}
