//! Lines of bounded length: one without an end must not fill the memory.

use std::io::{self, BufRead};

/// Next item of the file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::import) enum Line {
    /// A line, put into the buffer with its end.
    Whole,
    /// A line longer than allowed; it was read to its end and forgotten.
    TooLong,
    /// Nothing more.
    End,
}

/// Reads lines and counts them.
pub(in crate::import) struct Lines<R> {
    reader: R,
    most_bytes: usize,
    /// Last byte of a line.
    end: u8,
    /// Number of the line read last, from 1.
    pub number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(in crate::import) fn new(reader: R, most_bytes: usize) -> Self {
        Self {
            reader,
            most_bytes,
            end: b'\n',
            number: 0,
        }
    }

    /// Finds out where lines end: at a carriage return if the beginning has those only.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(in crate::import) fn find_ends(&mut self) -> io::Result<()> {
        let start = self.reader.fill_buf()?;
        if start.contains(&b'\r') && !start.contains(&b'\n') {
            self.end = b'\r';
        }
        Ok(())
    }

    /// Puts the next line behind what the buffer holds; all of it together is to stay within the bound.
    pub(in crate::import) fn append_next(&mut self, buffer: &mut Vec<u8>) -> io::Result<Line> {
        let mut any = false;
        let mut too_long = false;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            any = true;
            let end = available.iter().position(|&byte| byte == self.end);
            let taken = end.map_or(available.len(), |at| at + 1);
            too_long |= buffer.len() + taken > self.most_bytes;
            if !too_long {
                buffer.extend_from_slice(&available[..taken]);
            }
            self.reader.consume(taken);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(Line::End);
        }
        self.number += 1;
        Ok(if too_long { Line::TooLong } else { Line::Whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_too_long_is_skipped_and_the_next_is_whole() {
        let mut lines = Lines::new(io::Cursor::new(b"ab\nabcdefgh\ncd"), 4);
        let mut read = || {
            let mut buffer = Vec::new();
            let line = lines.append_next(&mut buffer).unwrap();
            (line, String::from_utf8(buffer).unwrap(), lines.number)
        };
        assert_eq!(read(), (Line::Whole, "ab\n".into(), 1));
        assert_eq!(read().0, Line::TooLong);
        assert_eq!(read(), (Line::Whole, "cd".into(), 3));
        assert_eq!(read(), (Line::End, String::new(), 3));
    }
}
