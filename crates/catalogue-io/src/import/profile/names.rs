//! Names of columns in the form in which profiles write them, and patterns of such names.

/// A column's name in lower case with single underscores: `Image URL`, `image-url` and `*Image (URL)` are `image_url`.
pub(in crate::import) fn plain(column: &str) -> String {
    let mut name = String::with_capacity(column.len());
    for c in column.chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    if name.ends_with('_') {
        name.pop();
    }
    name
}

/// Underscores as spaces, each run of them one, and no colon, which an attribute's name cannot have.
pub(in crate::import) fn readable(column: &str) -> String {
    let words: Vec<&str> = column
        .split(|c: char| c == '_' || c == ':' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// The rest of a column's name behind one of some prefixes.
pub(in crate::import) fn after_prefix<'a>(column: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    let column = column.trim();
    prefixes.iter().find_map(|prefix| {
        let start = column.get(..prefix.len())?;
        let rest = &column[prefix.len()..];
        (start.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
    })
}

/// Parts of a name that its pattern leaves open.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::import) struct Match {
    /// Digits at `#`.
    pub number: Option<u32>,
    /// Text at `*`.
    pub text: Option<String>,
}

/// Compares a plain name with a pattern: `#` stands for digits, `*` for anything, the first `#` before any `*`.
pub(in crate::import) fn matches(pattern: &str, name: &str) -> Option<Match> {
    if let Some((before, after)) = pattern.split_once('#') {
        let rest = name.strip_prefix(before)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest[..digits].parse().ok()?;
        let text = matches(after, &rest[digits..])?.text;
        return Some(Match {
            number: Some(number),
            text,
        });
    }
    if let Some((before, after)) = pattern.split_once('*') {
        let rest = name.strip_prefix(before)?;
        // The shortest text behind which the rest of the pattern fits.
        let (end, number) = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .find_map(|end| Some((end, matches(after, &rest[end..])?.number)))?;
        return Some(Match {
            number,
            text: Some(rest[..end].trim_matches('_').to_owned()),
        });
    }
    (pattern == name).then_some(Match {
        number: None,
        text: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_have_no_marks() {
        for (column, name) in [
            ("Image URL", "image_url"),
            ("*Action(SiteID=US)", "action_siteid_us"),
            ("GTIN, UPC, EAN, or ISBN", "gtin_upc_ean_or_isbn"),
            ("  Имя ", "имя"),
            ("productOptionName[1]", "productoptionname_1"),
        ] {
            assert_eq!(plain(column), name);
        }
        assert_eq!(readable("weight__with_stand_"), "weight with stand");
    }

    #[test]
    fn patterns_capture_number_and_text() {
        let found = matches("attribute_#_name", "attribute_12_name").unwrap();
        assert_eq!(found.number, Some(12));
        let found = matches("meta_*", "meta_x_y").unwrap();
        assert_eq!(found.text.as_deref(), Some("x_y"));
        assert!(matches("meta_*", "meta_").is_none());
        assert!(matches("a", "b").is_none());
    }
}
