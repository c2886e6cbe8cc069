//! Delimiters of tables, found by how evenly they part the first rows.

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter by which most rows have the same number of cells, and more than one.
pub(in crate::import) fn likely(sample: &[u8]) -> u8 {
    let score = |delimiter: u8| {
        let widths = widths(sample, delimiter);
        let total = widths.len().max(1);
        widths
            .iter()
            .copied()
            .filter(|&width| width > 1)
            .map(|width| {
                let same = widths.iter().filter(|&&other| other == width).count();
                (same * 100 / total, width)
            })
            .max()
            .unwrap_or((0, 1))
    };
    // Of equals the first: a table of one column has none of them.
    let mut best = (DELIMITERS[0], score(DELIMITERS[0]));
    for delimiter in &DELIMITERS[1..] {
        let found = score(*delimiter);
        let evener = found.0 > best.1.0 + 10 || (found.0 + 10 >= best.1.0 && found.1 > best.1.1);
        if evener {
            best = (*delimiter, found);
        }
    }
    best.0
}

fn widths(sample: &[u8], delimiter: u8) -> Vec<usize> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(sample);
    let mut record = csv::ByteRecord::new();
    let mut widths = Vec::new();
    while let Ok(true) = reader.read_byte_record(&mut record) {
        if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
            widths.push(record.len());
        }
    }
    widths
}

/// Reads a delimiter as people write it.
///
/// # Errors
/// If it is not one plain character.
pub(in crate::import) fn parse(text: &str) -> Result<u8, String> {
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
    fn delimiters_are_found() {
        assert_eq!(likely(b"id;title;price, net\n1;a;2,50\n"), b';');
        assert_eq!(likely(b"id\t\"a,b,c\"\n1\tx\n"), b'\t');
        assert_eq!(likely(b"id\n1\n"), b',');
        assert_eq!(likely(b"id|title|price\n1|a, b|2\n"), b'|');
        assert_eq!(likely(b"id,title\n1,\"a;b;c\nd;e\"\n2,x\n"), b',');
        assert_eq!(parse("tab"), Ok(b'\t'));
        assert!(parse("ab").is_err());
    }
}
