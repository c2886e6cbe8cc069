//! Options of variants in the forms in which exports write them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::value;

/// Options by name.
pub(in crate::import) type Options = BTreeMap<String, String>;

/// Adds an option, if both its name and its value say something.
pub(in crate::import) fn add(options: &mut Options, name: &str, value: &str) {
    let (name, value) = (tidy(name), value.trim());
    let is_default = value.eq_ignore_ascii_case("default title");
    if !name.is_empty() && !value.is_empty() && !is_default {
        options.insert(name, value.to_owned());
    }
}

/// A name that an option can have: without colons, and not in the code's form.
pub(in crate::import) fn tidy(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| c == '_' || c == ':' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    let name = words.join(" ");
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name,
    }
}

/// Reads `Color=Red|Size=S`, `[S]Size=Small,[S]Color=Silver` and `Size: S; Color: Red`.
pub(in crate::import) fn pairs(text: &str) -> Options {
    let mut options = Options::new();
    let pair_mark = if text.contains('=') { '=' } else { ':' };
    for (name, value) in parted(text, pair_mark) {
        let name = name
            .trim()
            .trim_start_matches(|c: char| c == '*' || c.is_whitespace());
        let name = match (name.starts_with('['), name.find(']')) {
            (true, Some(end)) => &name[end + 1..],
            _ => name,
        };
        add(&mut options, name, &value);
    }
    options
}

/// Parts a text at marks behind which another name and its pair mark follow.
pub(in crate::import) fn parted(text: &str, pair_mark: char) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for piece in text.split([';', '|', ',', '\n']) {
        match piece.split_once(pair_mark) {
            Some((name, value)) => pairs.push((name.trim().to_owned(), value.trim().to_owned())),
            // The mark belonged to the value before.
            None => {
                if let Some((_, value)) = pairs.last_mut()
                    && !piece.trim().is_empty()
                {
                    value.push_str(", ");
                    value.push_str(piece.trim());
                }
            }
        }
    }
    pairs
}

/// Options of two columns: `Size|Color` and `S|Red`, or `Size:select:0, Color:color:1` and `S:0, Red:1`.
pub(in crate::import) fn of_two_columns(names: &str, values: &str) -> Options {
    let mark = if names.contains('|') || values.contains('|') {
        '|'
    } else {
        ','
    };
    let first = |text: &str| text.split(':').next().unwrap_or_default().trim().to_owned();
    let mut options = Options::new();
    for (name, value) in names.split(mark).zip(values.split(mark)) {
        add(&mut options, &first(name), &first(value));
    }
    options
}

/// Variants that a parent row lists: `sku=A,size=XS|sku=B,size=S`.
pub(in crate::import) fn children(listed: &Value) -> Vec<(String, Options)> {
    value::texts(listed)
        .iter()
        .flat_map(|text| text.split('|').map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|variant| {
            let mut pairs = parted(&variant, '=');
            let Some(at) = pairs
                .iter()
                .position(|(name, _)| name.eq_ignore_ascii_case("sku"))
            else {
                // Just the id, as in a list of references.
                let id = variant.trim();
                return (!id.is_empty() && !id.contains('='))
                    .then(|| (id.to_owned(), Options::new()));
            };
            let (_, sku) = pairs.remove(at);
            let mut options = Options::new();
            for (name, value) in pairs {
                add(&mut options, &name, &value);
            }
            Some((sku, options))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(options: &Options) -> String {
        let pairs: Vec<String> = options
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join(" ")
    }

    #[test]
    fn options_are_read_in_every_form() {
        assert_eq!(shown(&pairs("Color=Red|Size=S")), "Color=Red Size=S");
        assert_eq!(
            shown(&pairs("[S]Size=Small,[RB]Color=Silver, light")),
            "Color=Silver, light Size=Small"
        );
        assert_eq!(
            shown(&of_two_columns("Size|Color", "S|Red")),
            "Color=Red Size=S"
        );
        assert_eq!(
            shown(&of_two_columns(
                "Size:select:0, Color:color:1",
                "S:0, Black:1"
            )),
            "Color=Black Size=S"
        );
        let listed = children(&json!("sku=A,size=XS,color=Black|sku=B,size=S,color=Red"));
        assert_eq!(listed[0].0, "A");
        assert_eq!(shown(&listed[1].1), "Color=Red Size=S");
        let mut options = Options::new();
        add(&mut options, "Title", "Default Title");
        assert!(options.is_empty());
    }
}
