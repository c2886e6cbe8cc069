//! Marked texts: as they are, between the tags that the front end asks for.

use serde_json::{Value, json};

/// Tags around what matched.
#[derive(Debug, Clone)]
pub(crate) struct Tags {
    /// Before it.
    pub(crate) before: String,
    /// After it.
    pub(crate) after: String,
}

/// Returns a whole attribute that may have matches in it. `marked` is HTML with `<mark>`.
pub(crate) fn highlighted(raw: &str, marked: Option<&str>, words: usize, tags: &Tags) -> Value {
    let Some(marked) = marked else {
        return json!({"value": raw, "matchLevel": "none", "matchedWords": []});
    };
    let (value, matched) = retagged(marked, tags);
    let level = match matched.len() {
        0 => "none",
        found if found >= words => "full",
        _ => "partial",
    };
    json!({"value": value, "fullyHighlighted": false, "matchLevel": level, "matchedWords": matched})
}

/// Returns the text with other tags and without HTML's escapes, and the distinct words between the tags.
fn retagged(marked: &str, tags: &Tags) -> (String, Vec<String>) {
    let mut value = String::new();
    let mut matched: Vec<String> = Vec::new();
    for (place, part) in marked.split("<mark>").enumerate() {
        let Some((inside, outside)) = part.split_once("</mark>").filter(|_| place > 0) else {
            value.push_str(&unescaped(part));
            continue;
        };
        let inside = unescaped(inside);
        value.extend([&tags.before, &inside, &tags.after].map(String::as_str));
        value.push_str(&unescaped(outside));
        let word = inside.to_lowercase();
        if !matched.contains(&word) {
            matched.push(word);
        }
    }
    (value, matched)
}

fn unescaped(html: &str) -> String {
    let rest = html
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    rest.replace("&#39;", "'").replace("&amp;", "&")
}

/// Returns a value with the beginnings of its words between tags, where they are what was typed.
pub(crate) fn prefixes(value: &str, typed: &str, tags: &Tags) -> String {
    let typed: Vec<Vec<char>> = typed
        .split_whitespace()
        .map(|word| word.chars().flat_map(char::to_lowercase).collect())
        .collect();
    let letters: Vec<(usize, char)> = value.char_indices().collect();
    let lower = |letter: char| letter.to_lowercase().next().unwrap_or(letter);
    let matching = |at: usize| {
        let begins = |word: &&Vec<char>| {
            let rest = letters[at..].iter().map(|(_, letter)| lower(*letter));
            rest.take(word.len()).eq(word.iter().copied())
        };
        typed.iter().filter(begins).map(Vec::len).max()
    };
    let mut marked = String::new();
    let mut at = 0;
    while at < letters.len() {
        let is_start = at == 0 || !letters[at - 1].1.is_alphanumeric();
        let length = if is_start {
            matching(at).unwrap_or(0)
        } else {
            0
        };
        let end = (at + length.max(1)).min(letters.len());
        let text: String = letters[at..end].iter().map(|(_, letter)| letter).collect();
        match length {
            0 => marked.push_str(&text),
            _ => marked.extend([&tags.before, &text, &tags.after].map(String::as_str)),
        }
        at = end;
    }
    marked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tags() -> Tags {
        Tags {
            before: "[".to_owned(),
            after: "]".to_owned(),
        }
    }

    #[test]
    fn a_text_is_raw_between_other_tags() {
        let marked = "<mark>Mugs</mark> &amp; &lt;b&gt;<mark>mugs</mark> it&#39;s";
        let shown = highlighted("raw", Some(marked), 1, &tags());
        assert_eq!(shown["value"], "[Mugs] & <b>[mugs] it's");
        assert_eq!(shown["matchedWords"], json!(["mugs"]));
        assert_eq!(shown["matchLevel"], "full");
        assert_eq!(
            highlighted("raw", Some(marked), 2, &tags())["matchLevel"],
            "partial"
        );
        let none = highlighted("a <b>", None, 1, &tags());
        assert_eq!(
            (&none["value"], &none["matchLevel"]),
            (&json!("a <b>"), &json!("none"))
        );
    }

    #[test]
    fn beginnings_of_words_are_marked() {
        assert_eq!(prefixes("Old Fellow", "fe", &tags()), "Old [Fe]llow");
        assert_eq!(
            prefixes("Étoile étoile", "ét", &tags()),
            "[Ét]oile [ét]oile"
        );
        assert_eq!(prefixes("Unmarked", "mark", &tags()), "Unmarked");
    }

    proptest! {
        #[test]
        fn marking_adds_tags_alone(value in "[^\\[\\]]*", typed in ".*") {
            let marked = prefixes(&value, &typed, &tags());
            prop_assert_eq!(marked.replace(['[', ']'], ""), value);
        }
    }
}
