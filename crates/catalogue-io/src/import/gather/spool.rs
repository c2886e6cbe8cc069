//! Rows laid aside until their product is whole: in memory, and beyond a bound in a temporary file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use serde_json::Value;

use crate::import::syntax::row::Row;

/// Bytes that are kept in memory.
const IN_MEMORY: usize = 48 * 1024 * 1024;
/// Most columns of different names in all rows together.
const MOST_NAMES: usize = 100_000;

/// Place of a row.
#[derive(Debug, Clone, Copy)]
pub(in crate::import) struct Place {
    at: u64,
    length: u32,
}

impl Place {
    /// Length of the row where it lies.
    pub(in crate::import) fn bytes(self) -> usize {
        self.length as usize
    }
}

/// Rows by their places.
pub(in crate::import) struct Spool {
    most_in_memory: usize,
    memory: Vec<u8>,
    file: Option<BufWriter<File>>,
    length: u64,
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, usize>,
}

impl Spool {
    pub(in crate::import) fn new() -> Self {
        Self::bounded(IN_MEMORY)
    }

    fn bounded(most_in_memory: usize) -> Self {
        Self {
            most_in_memory,
            memory: Vec::new(),
            file: None,
            length: 0,
            names: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    /// Lays a row of one of the files aside.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub(in crate::import) fn put(&mut self, file: u8, row: &Row) -> io::Result<Place> {
        let cells: Vec<(usize, &Value)> = row
            .columns
            .iter()
            .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""))
            .map(|(name, value)| Ok((self.number(name)?, value)))
            .collect::<io::Result<_>>()?;
        let bytes = serde_json::to_vec(&(file, row.line, row.bytes, cells))?;
        let place = Place {
            at: self.length,
            length: u32::try_from(bytes.len()).map_err(io::Error::other)?,
        };
        self.length += bytes.len() as u64;
        if self.file.is_none() && self.memory.len() + bytes.len() > self.most_in_memory {
            self.file = Some(BufWriter::with_capacity(1 << 20, tempfile::tempfile()?));
        }
        match &mut self.file {
            Some(file) => file.write_all(&bytes)?,
            None => self.memory.extend_from_slice(&bytes),
        }
        Ok(place)
    }

    fn number(&mut self, name: &Arc<str>) -> io::Result<usize> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        if self.names.len() >= MOST_NAMES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("its rows have more than {MOST_NAMES} different columns"),
            ));
        }
        let number = self.names.len();
        self.names.push(name.clone());
        self.numbers.insert(name.clone(), number);
        Ok(number)
    }

    /// Takes a row back, with the number of its file.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub(in crate::import) fn get(&mut self, place: Place) -> io::Result<(u8, Row)> {
        let length = place.length as usize;
        let in_memory = self.memory.len() as u64;
        let read;
        let bytes = if place.at < in_memory {
            let at = place.at as usize;
            &self.memory[at..at + length]
        } else {
            let file = self.file.as_mut().ok_or(io::ErrorKind::UnexpectedEof)?;
            file.flush()?;
            let file = file.get_mut();
            let mut buffer = vec![0; length];
            file.seek(SeekFrom::Start(place.at - in_memory))?;
            file.read_exact(&mut buffer)?;
            read = buffer;
            &read
        };
        let (file, line, bytes, cells): (u8, u64, usize, Vec<(usize, Value)>) =
            serde_json::from_slice(bytes)?;
        let columns = cells
            .into_iter()
            .filter_map(|(number, value)| Some((self.names.get(number)?.clone(), value)))
            .collect();
        Ok((
            file,
            Row {
                line,
                bytes,
                columns,
            },
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_come_back_from_memory_and_from_the_file() {
        let mut spool = Spool::bounded(200);
        let row = |line: u64| Row {
            line,
            bytes: 7,
            columns: vec![
                ("id".into(), json!(line.to_string())),
                ("title".into(), json!("T")),
                ("blank".into(), json!("")),
            ],
        };
        let places: Vec<_> = (0..20)
            .map(|line| spool.put(1, &row(line)).unwrap())
            .collect();
        assert!(spool.file.is_some());
        for line in [19, 0, 7] {
            let (file, back) = spool.get(places[line as usize]).unwrap();
            assert_eq!((file, back.line, back.bytes), (1, line, 7));
            assert_eq!(back.columns, row(line).columns[..2]);
        }
    }
}
