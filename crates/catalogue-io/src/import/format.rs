//! Detection of a file's format by its name.

use std::path::Path;

use clap::ValueEnum;

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON Lines: an object a line.
    Jsonl,
    /// JSON: an array of objects, or an object with one list of objects.
    Json,
    /// Comma-separated values with a header; the delimiter is found out.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// XML: a feed with an element an item.
    Xml,
}

impl Format {
    /// Format by the name, compressed or not; only JSON Lines is sure enough to overrule the content.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name
            .strip_suffix(".gz")
            .or_else(|| name.strip_suffix(".zst"))
            .unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_json_lines() {
        let of_name = |name: &str| Format::of_name(Path::new(name));
        assert_eq!(of_name("a/Products.JSONL.gz"), Some(Format::Jsonl));
        assert_eq!(of_name("a.csv"), None);
        assert_eq!(of_name("-"), None);
        assert_eq!(of_name("dump.gz"), None);
    }
}
