//! Text of the catalogue as agents get it: without characters that nobody sees.
//!
//! Agents read titles and descriptions as they read everything else. Characters that a person does not see can hide
//! instructions in them, or show another order of letters than a program reads.

/// Drops control characters, directions and invisible tags.
pub(crate) fn clean(text: &str) -> String {
    match text.chars().any(is_hidden) {
        true => text.chars().filter(|c| !is_hidden(*c)).collect(),
        false => text.to_owned(),
    }
}

fn is_hidden(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\n' | '\t');
    let is_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_tag = matches!(c, '\u{e0000}'..='\u{e007f}');
    let is_invisible =
        matches!(c, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    is_control || is_direction || is_tag || is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_dropped_and_others_stay() {
        assert_eq!(clean("Mug\u{1b}[31m\u{202e}guM"), "Mug[31mguM");
        assert_eq!(clean("a\u{e0041}\u{e0042}b\u{200b}c"), "abc");
        let plain = "Tasse für „Tee“\n\tزهور 🏳️‍🌈";
        assert_eq!(clean(plain), plain);
    }
}
