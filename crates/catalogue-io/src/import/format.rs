//! Detection of a file's format.

use std::path::Path;

use clap::ValueEnum;

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON Lines: an object a line.
    Jsonl,
    /// Comma-separated values with a header; the delimiter is found out.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
}

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

impl Format {
    /// Format by the name, compressed or not.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" | "json" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            _ => None,
        }
    }

    /// Format by the first bytes.
    pub(super) fn of_content(start: &[u8]) -> Self {
        match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') => Self::Jsonl,
            _ => Self::Csv,
        }
    }
}

/// The delimiter that a header uses most, outside of quotes.
pub(super) fn likely_delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        header
            .iter()
            .filter(|&&byte| {
                quoted ^= byte == b'"';
                !quoted && byte == delimiter
            })
            .count()
    };
    // The first of equals: a header of one column has none of them.
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|&delimiter| count(delimiter))
        .unwrap_or(b',')
}

/// Reads a delimiter as people write it.
///
/// # Errors
/// If it is not one plain character.
pub(super) fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
            _ => Err("a delimiter is one character, or `tab`".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents_tell_the_format() {
        let of_name = |name: &str| Format::of_name(Path::new(name));
        assert_eq!(of_name("a/Products.JSONL.gz"), Some(Format::Jsonl));
        assert_eq!(of_name("a.csv"), Some(Format::Csv));
        assert_eq!(of_name("a.tsv.gz"), Some(Format::Tsv));
        assert_eq!(of_name("-"), None);
        assert_eq!(of_name("dump.gz"), None);
        assert_eq!(Format::of_content(b" \n{\"id\":1}"), Format::Jsonl);
        assert_eq!(Format::of_content(b"id,title"), Format::Csv);
    }

    #[test]
    fn delimiters_are_found() {
        assert_eq!(likely_delimiter(b"id;title;price, net"), b';');
        assert_eq!(likely_delimiter(b"id\t\"a,b,c\""), b'\t');
        assert_eq!(likely_delimiter(b"id"), b',');
        assert_eq!(parse_delimiter("tab"), Ok(b'\t'));
        assert!(parse_delimiter("ab").is_err());
    }
}
