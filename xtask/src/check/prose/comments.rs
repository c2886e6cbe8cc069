//! Finds the doc comments of a source file.

/// Doc comment of one item or module: consecutive `///` or `//!` lines.
pub(super) struct Block<'a> {
    /// Line of the file on which it starts, from 1.
    pub(super) line: usize,
    /// Lines with their markers.
    pub(super) lines: Vec<&'a str>,
}

impl<'a> Block<'a> {
    /// First word of the text, markers and punctuation aside; empty if there is none.
    pub(super) fn first_word(&self) -> &'a str {
        self.words().next().unwrap_or_default()
    }

    /// Words of the text outside of code.
    pub(super) fn words(&self) -> impl Iterator<Item = &'a str> {
        let texts = self.lines.iter().map(|line| &line.trim_start()[3..]);
        texts
            .flat_map(|text| text.split('`').step_by(2))
            .flat_map(|text| text.split(|letter: char| !letter.is_alphabetic()))
            .filter(|word| !word.is_empty())
    }
}

/// Doc comments in the order of the file.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    let mut marker_before = None;
    for (number, line) in text.lines().enumerate() {
        let marker = marker(line);
        match (marker, found.last_mut()) {
            (Some(marker), Some(block)) if marker_before == Some(marker) => block.lines.push(line),
            (Some(_), _) => found.push(Block {
                line: number + 1,
                lines: vec![line],
            }),
            (None, _) => {}
        }
        marker_before = marker;
    }
    found
}

fn marker(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let marker = line.get(..3)?;
    (matches!(marker, "///" | "//!") && !line.starts_with("////")).then_some(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_lines_of_one_kind_form_one_block() {
        let text = "//! Module.\n\n/// First\n/// `What` goes on.\nfn a() {}\n    /// Second.\n";
        let found = blocks(text);
        let lines: Vec<_> = found
            .iter()
            .map(|block| (block.line, block.lines.len()))
            .collect();
        assert_eq!(lines, [(1, 1), (3, 2), (6, 1)]);
        assert_eq!(
            found[1].words().collect::<Vec<_>>(),
            ["First", "goes", "on"]
        );
    }
}
