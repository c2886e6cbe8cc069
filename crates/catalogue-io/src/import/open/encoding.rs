//! Encodings of text: by its mark, by its declaration, or by what its bytes can be.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const PDF_MAGIC: &[u8] = b"%PDF-";
const CHUNK: usize = 64 * 1024;
/// Most bytes of a line that are read at a time.
const MOST_PIECE: u64 = 1024 * 1024;
/// Bytes in which an XML declaration ends.
const DECLARATION_BYTES: usize = 300;

/// Encoding of a text as it was found.
#[derive(Debug, Clone)]
pub(in crate::import) struct Found {
    name: &'static str,
    by: &'static str,
    other_lines: Arc<AtomicU64>,
}

impl Found {
    /// Says the encoding, for people; whole only once all was read.
    pub(in crate::import) fn describe(&self) -> String {
        match self.other_lines.load(Ordering::Relaxed) {
            0 => format!("{} ({})", self.name, self.by),
            lines => format!("Windows-1252 ({lines} lines are not UTF-8)"),
        }
    }
}

/// UTF-8 of a text in whatever encoding.
pub(in crate::import) struct Decoded<R> {
    inner: R,
    decoder: Option<Decoder>,
    ready: Vec<u8>,
    taken: usize,
    finished: bool,
    /// Beginning of a character that a piece of an endless line was cut in.
    cut: Vec<u8>,
    /// True once a line has shown characters of UTF-8 beyond ASCII.
    is_utf8: bool,
    other_lines: Arc<AtomicU64>,
}

impl<R: BufRead> Decoded<R> {
    /// Finds the encoding, unless one is given, and drops the blank lines and the mark before the text.
    ///
    /// # Errors
    /// If the text cannot be read, or its first bytes are no text.
    pub(in crate::import) fn open(
        mut inner: R,
        given: Option<&'static Encoding>,
    ) -> io::Result<(Self, Found)> {
        let mut start = Vec::new();
        inner.by_ref().take(4096).read_to_end(&mut start)?;
        let blank = start
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let (encoding, by) = match given {
            Some(encoding) => (Some(encoding), "as told"),
            None => find(&start, blank),
        };
        if !is_text(&start, encoding) {
            let message = "is not text, and no archive, workbook or Parquet file";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let mark = match encoding {
            _ if start[blank..].starts_with(UTF8_MARK) => blank + UTF8_MARK.len(),
            Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
                let marked = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
                if marked { 2 } else { 0 }
            }
            _ => 0,
        };
        let other_lines = Arc::new(AtomicU64::new(0));
        let is_utf8 = encoding == Some(UTF_8);
        let mut decoded = Self {
            inner,
            decoder: encoding
                .filter(|encoding| *encoding != UTF_8)
                .map(Encoding::new_decoder_without_bom_handling),
            ready: Vec::new(),
            taken: 0,
            finished: false,
            cut: Vec::new(),
            is_utf8,
            other_lines: other_lines.clone(),
        };
        let mut first = start.split_off(mark);
        // The text goes on in the middle of a line, or of a character.
        if decoded.decoder.is_none() {
            decoded.read_piece(&mut first)?;
        }
        decoded.convert(&first, false);
        let found = Found {
            name: encoding.map_or("UTF-8", Encoding::name),
            by,
            other_lines,
        };
        Ok((decoded, found))
    }

    /// Reads up to the end of the line. An endless one comes in pieces, which end between characters: a bound on lines
    /// is for those who read them.
    fn read_piece(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.append(&mut self.cut);
        let count = self
            .inner
            .by_ref()
            .take(MOST_PIECE)
            .read_until(b'\n', bytes)?;
        if count as u64 == MOST_PIECE && !bytes.ends_with(b"\n") {
            self.cut = bytes.split_off(bytes.len() - begun_bytes(bytes));
        }
        Ok(())
    }

    fn convert(&mut self, bytes: &[u8], last: bool) {
        let Some(decoder) = &mut self.decoder else {
            for line in bytes.split_inclusive(|&byte| byte == b'\n') {
                self.take_line(line);
            }
            return;
        };
        let mut text = String::new();
        let room = decoder
            .max_utf8_buffer_length(bytes.len())
            .unwrap_or(bytes.len() * 3 + 16);
        text.reserve(room);
        let _ = decoder.decode_to_string(bytes, &mut text, last);
        self.ready.extend_from_slice(text.as_bytes());
    }

    /// Takes a line as UTF-8 if it can be that, else as Windows-1252. In a text that has shown itself to be UTF-8 it
    /// stays broken: its row is at fault.
    fn take_line(&mut self, line: &[u8]) {
        match std::str::from_utf8(line) {
            Ok(text) => {
                self.is_utf8 |= !text.is_ascii();
                self.ready.extend_from_slice(line);
            }
            Err(_) if self.is_utf8 => self.ready.extend_from_slice(line),
            Err(_) => {
                self.other_lines.fetch_add(1, Ordering::Relaxed);
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(line);
                self.ready.extend_from_slice(text.as_bytes());
            }
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        while self.ready.is_empty() && !self.finished {
            let mut bytes = Vec::new();
            if self.decoder.is_some() {
                self.inner
                    .by_ref()
                    .take(CHUNK as u64)
                    .read_to_end(&mut bytes)?;
            } else {
                self.read_piece(&mut bytes)?;
            }
            self.finished = bytes.is_empty();
            let last = self.finished;
            self.convert(&bytes, last);
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken >= self.ready.len() {
            self.refill()?;
        }
        Ok(&self.ready[self.taken..])
    }

    fn consume(&mut self, count: usize) {
        self.taken = (self.taken + count).min(self.ready.len());
    }
}

/// Number of bytes at the end of a text that begin a character of UTF-8 and do not end it.
fn begun_bytes(text: &[u8]) -> usize {
    let continued = text
        .iter()
        .rev()
        .take(3)
        .take_while(|byte| (0x80..0xc0).contains(*byte))
        .count();
    let first = text.len().checked_sub(continued + 1).map(|at| text[at]);
    let length = match first {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => 0,
    };
    match continued + 1 < length {
        true => continued + 1,
        false => 0,
    }
}

/// Encoding by the beginning of a text; none if its bytes have to tell, line by line.
fn find(start: &[u8], blank: usize) -> (Option<&'static Encoding>, &'static str) {
    if start[blank..].starts_with(UTF8_MARK) {
        return (Some(UTF_8), "by its mark");
    }
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return (Some(encoding), "by its mark");
    }
    // Letters of UTF-16 have a zero byte beside them.
    let pairs = start.len() / 2;
    if pairs >= 8 {
        let zeros = |offset: usize| {
            start
                .iter()
                .skip(offset)
                .step_by(2)
                .filter(|&&byte| byte == 0)
                .count()
        };
        if zeros(1) * 2 > pairs && zeros(0) * 10 < pairs {
            return (Some(UTF_16LE), "by its zero bytes");
        }
        if zeros(0) * 2 > pairs && zeros(1) * 10 < pairs {
            return (Some(UTF_16BE), "by its zero bytes");
        }
    }
    match declared(&start[blank..]) {
        Some(encoding) if encoding != UTF_8 => (Some(encoding), "by its declaration"),
        _ => (None, "by its bytes"),
    }
}

/// Tells text from other files by its beginning. Text has no zero bytes unless they are half of a character of UTF-16,
/// and hardly any other control characters; a PDF begins with lines of text, and says what it is.
fn is_text(start: &[u8], encoding: Option<&'static Encoding>) -> bool {
    let is_utf16 = encoding.is_some_and(|encoding| encoding == UTF_16LE || encoding == UTF_16BE);
    if is_utf16 {
        return true;
    }
    // ISO-2022-JP changes its character sets by escapes.
    let is_control =
        |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace() && **byte != b'\x1b';
    let controls = start.iter().filter(is_control).count();
    !start.contains(&0) && controls * 20 <= start.len() && !start.starts_with(PDF_MAGIC)
}

fn declared(start: &[u8]) -> Option<&'static Encoding> {
    let start = &start[..start.len().min(DECLARATION_BYTES)];
    let text = String::from_utf8_lossy(start);
    let declaration = text.strip_prefix("<?xml")?.split_once("?>")?.0.to_owned();
    let value = declaration.split_once("encoding")?.1;
    let label: String = value
        .trim_start_matches([' ', '=', '"', '\''])
        .chars()
        .take_while(|c| !matches!(c, '"' | '\''))
        .collect();
    // A text that was read so far cannot be UTF-16, whatever it says.
    Encoding::for_label(label.as_bytes()).filter(|encoding| !encoding.name().starts_with("UTF-16"))
}

/// Reads the name of an encoding.
///
/// # Errors
/// If it is not known.
pub(in crate::import) fn parse_label(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes())
        .ok_or_else(|| "is no encoding such as utf-8, windows-1252 or shift_jis".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, String) {
        let (mut decoded, found) = Decoded::open(bytes, None).unwrap();
        let mut text = Vec::new();
        decoded.read_to_end(&mut text).unwrap();
        (
            String::from_utf8_lossy(&text).into_owned(),
            found.describe(),
        )
    }

    #[test]
    fn encodings_are_found_and_said() {
        assert_eq!(read(b"\n\n\xef\xbb\xbfid").0, "id");
        assert_eq!(read("\u{feff}é".as_bytes()).0, "é");
        let (text, found) = read(b"a;b\nM\xfcller;1\n");
        assert_eq!(text, "a;b\nMüller;1\n");
        assert!(found.starts_with("Windows-1252 (1 lines"), "{found}");
        let utf16: Vec<u8> = "id\té\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&[b"\xff\xfe", utf16.as_slice()].concat()).0, "id\té\n");
        let long = "title,price\n".repeat(2_000);
        let utf16: Vec<u8> = long.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&utf16).0, long);
        let xml = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xcf</a>";
        assert!(read(xml).0.ends_with("<a>П</a>"));
        let long = "é,x\n".repeat(9_000);
        assert_eq!(read(long.as_bytes()).0, long);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for bytes in [
            &b"\x7fELF\x00\x01\xff"[..],
            b"%PDF-1.7\n1 0 obj\n",
            b"\x01\x02\x03\x04title",
            b"id,title\n1,\0",
        ] {
            let refused = Decoded::open(bytes, None).err().unwrap();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData, "{bytes:?}");
        }
        // A table may hold a stray control character.
        let rows = "id,title\n1,a lamp\u{b}of brass\n".repeat(9);
        assert_eq!(read(rows.as_bytes()).0, rows);
        assert_eq!(read(b"").0, "");
    }

    #[test]
    fn a_broken_line_of_utf8_stays_broken() {
        let (text, _) = read(b"\xc3\xa9\nb\xff\n");
        assert!(text.ends_with("b\u{fffd}\n"));
    }

    #[test]
    fn endless_line_comes_in_pieces_that_end_between_characters() {
        for text in ["é", "€", "aé", "a😀€"] {
            let text = text.repeat(3 * MOST_PIECE as usize / text.len());
            let (mut decoded, found) = Decoded::open(text.as_bytes(), None).unwrap();
            let piece = decoded.fill_buf().unwrap().len();
            assert!(piece <= MOST_PIECE as usize + 4096, "{piece}");
            let mut read = String::new();
            decoded.read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
            assert!(found.describe().starts_with("UTF-8"));
        }
    }

    #[test]
    fn begun_character_at_the_end_is_counted() {
        for (text, count) in [
            (&b"a"[..], 0),
            (b"\xc3", 1),
            (b"a\xe2\x82", 2),
            (b"\xe2\x82\xac", 0),
            (b"\xf0\x9f\x98", 3),
            (b"\x80\x80\x80\x80", 0),
            (b"", 0),
        ] {
            assert_eq!(begun_bytes(text), count, "{text:?}");
        }
    }
}
