//! E-mail addresses in values, which are never public.

use super::options::Options;
use crate::import::losses::{Loss, Losses, lose};

/// Marks that no e-mail address has without quotes, and that stand around one.
const AROUND: &[char] = &[
    '<', '>', '(', ')', ',', ';', ':', '"', '/', '|', '\\', '=', '?', '&', '{', '}', '\u{ff1c}',
    '\u{ff1e}',
];

/// Reports whether an e-mail address stands in a text; `1080p@59.94` and `5 V@2.4 A` are none.
pub(super) fn has_email(text: &str) -> bool {
    text.contains('@')
        && text
            .split(|c: char| c.is_whitespace() || AROUND.contains(&c))
            .any(|word| {
                let pieces: Vec<&str> = word.split('@').collect();
                pieces
                    .windows(2)
                    .any(|pair| !pair[0].is_empty() && is_host(pair[1]))
            })
}

/// Removes the options whose values are e-mail addresses, and counts them.
pub(super) fn remove_addresses(options: &mut Options, losses: &mut Losses) {
    let given = options.len();
    options.retain(|_, value| !has_email(value));
    lose(losses, Loss::Email, given - options.len());
}

/// Reports whether a text begins with the name of a host: labels between dots, of which the last is a word or an
/// encoded one, or a number in square brackets.
fn is_host(text: &str) -> bool {
    if text.starts_with('[') {
        return true;
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-' | '_'))
        .unwrap_or(text.len());
    let host = text[..end].trim_end_matches(['.', '-', '_']);
    let Some((before, last)) = host.rsplit_once('.') else {
        return false;
    };
    let is_word = last.chars().nth(1).is_some() && last.chars().all(char::is_alphabetic);
    !before.is_empty()
        && !host.starts_with('.')
        && (is_word || last.to_ascii_lowercase().starts_with("xn--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_every_writing() {
        for text in [
            "ada@shop.example",
            "Write to ada.byron+souk@mail.shop.example.",
            "<ada@shop.example>",
            "mailto:ada@shop.example?subject=x",
            "ada@shop.example/bob@shop.example",
            "ada@shop.example|x",
            "[ada@shop.example]",
            "ada@[192.0.2.1]",
            "ада@почта.рф",
            "ada@xn--e1afmkfd.xn--p1ai",
            "a@b@shop.example",
            "contact=ada@shop.example",
            "'ada@shop.example'",
        ] {
            assert!(has_email(text), "{text}");
        }
    }

    #[test]
    fn rates_and_currents_are_no_addresses() {
        for text in [
            "1920x1080@60fps",
            "1080p@59.94",
            "1080p@29.97fps",
            "5V@2.4A, 9V@1.8A",
            "f/2.8 @ 1.5 m",
            "@ada",
            "@shop.example",
            "https://video.example/@ada.byron",
            "react@18.2.0",
            "ada@localhost",
            "ada@.example",
            "@",
            "",
        ] {
            assert!(!has_email(text), "{text}");
        }
    }
}
