//! Plain text of descriptions and titles that may hold HTML.

use html2text::config;
use html2text::render::TrivialDecorator;

/// Far beyond any paragraph: lines are broken where the text breaks them.
const WIDTH: usize = 1_000_000;
/// Longest text that is searched for markup.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Plain text with line breaks.
pub(in crate::import) fn plain(text: &str, escaped_breaks: bool) -> String {
    let mut text = text.to_owned();
    if escaped_breaks || (text.contains("\\n") && !text.contains('\n')) {
        text = text.replace("\\r\\n", "\n").replace("\\n", "\n");
    }
    // Markup that was escaped twice comes out at the second time.
    for _ in 0..2 {
        if !has_markup(&text) || text.len() > MOST_BYTES {
            break;
        }
        text = rendered(&text);
    }
    text
}

/// A title without markup, on one line.
pub(in crate::import) fn line(text: &str) -> String {
    let plain = plain(text, false);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reports whether a text holds tags or references of HTML.
fn has_markup(text: &str) -> bool {
    let tag = text.match_indices('<').any(|(at, _)| {
        let rest = &text[at + 1..];
        let begins = rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        begins && rest.contains('>')
    });
    tag || has_reference(text)
}

fn has_reference(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| {
        let rest = &text[at + 1..];
        let name: usize = rest
            .bytes()
            .take(10)
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
            .count();
        name >= 2 && rest[name..].starts_with(';')
    })
}

fn rendered(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let has_blocks = [
        "<p", "<br", "<div", "<li", "<h1", "<h2", "<h3", "<h4", "<table", "<ul",
    ]
    .iter()
    .any(|tag| lower.contains(tag));
    // Without blocks, line breaks are meant as such.
    let source = match has_blocks {
        true => html.to_owned(),
        false => html.replace("\r\n", "\n").replace('\n', "<br>"),
    };
    let text = config::with_decorator(TrivialDecorator::new())
        .raw_mode(true)
        .no_table_borders()
        .string_from_read(source.as_bytes(), WIDTH)
        .unwrap_or_else(|_| without_tags(html));
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        let blank_again = line.is_empty() && lines.last().is_none_or(|last| last.is_empty());
        if !blank_again {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

/// Text between tags, where HTML cannot be laid out.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_lines() {
        assert_eq!(
            plain(
                "<p>Soft <strong>cotton</strong>.</p>\\n<ul>\\n<li>Wash cold</li>\\n</ul>",
                true
            ),
            "Soft cotton.\nWash cold"
        );
        assert_eq!(plain("a<br>b &amp; c", false), "a\nb & c");
        assert_eq!(plain("&lt;p&gt;x&lt;/p&gt;", false), "x");
        assert_eq!(plain("one\ntwo &eacute;", false), "one\ntwo é");
        assert_eq!(plain("a < b, 3 > 2", false), "a < b, 3 > 2");
        assert_eq!(plain("AT&T", false), "AT&T");
        assert_eq!(line(" Tom &amp; <b>Jerry</b>\n2 "), "Tom & Jerry 2");
        assert_eq!(plain("<script>alert(1)</script><p>x</p>", false), "x");
    }
}
