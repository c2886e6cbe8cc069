//! Bounds of workbooks, checked before one is read: its parts may unpack to far more than a memory holds.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::archive;
use super::bounded::Bounded;
use super::read_bytes::ReadBytes;
use crate::import::syntax::row::MOST_ROW_BYTES;
use crate::import::syntax::watched::{Watch, Watched};

/// Most bytes of a part that is kept in memory, such as the texts that cells share.
const MOST_PART_BYTES: u64 = 512 * 1024 * 1024;
/// Most texts that cells share.
const MOST_TEXTS: u64 = 50_000_000;

/// Checks all parts of a workbook. The sizes in an archive's list may lie, so it is unpacked once.
///
/// # Errors
/// If it unpacks to far more than its packed size, or a part, a cell or a text of it is too large.
pub(super) fn check(file: &File, packed: &ReadBytes) -> io::Result<()> {
    let mut archive = archive::open(file)?;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(io::Error::other)?;
        let name = entry.name().map_err(io::Error::other)?.into_owned();
        // Sheets are read cell by cell.
        let most = match name.starts_with("xl/worksheets/") {
            true => u64::MAX,
            false => MOST_PART_BYTES,
        };
        let mut part = Bounded::new(entry, packed.clone()).take(most);
        check_part(BufReader::new(&mut part), &name)?;
        archive::copy(&mut part, &mut io::sink())?;
        if part.limit() == 0 {
            return Err(invalid(format!(
                "the part {name} of the workbook is larger than {} MiB; save the sheet as CSV",
                MOST_PART_BYTES / 1024 / 1024
            )));
        }
    }
    Ok(())
}

/// Checks the texts, tags and cells of a part; what is no XML ends the check.
fn check_part(part: impl BufRead, name: &str) -> io::Result<()> {
    let watch = Watch::default();
    let mut reader = Reader::from_reader(Watched::new(part, watch.clone()));
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut cell = None;
    loop {
        buffer.clear();
        watch.begin_event();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) => match start.local_name().as_ref() {
                "c" => cell = Some(watch.bytes()),
                "sst" => check_count(&start)?,
                _ => {}
            },
            Ok(Event::End(end)) if end.local_name().as_ref() == "c" => cell = None,
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(quick_xml::Error::Io(error)) => {
                return Err(io::Error::new(error.kind(), format!("{name}: {error}")));
            }
            Err(_) => return Ok(()),
        }
        if cell.is_some_and(|begun| watch.bytes() - begun > MOST_ROW_BYTES as u64) {
            return Err(invalid(format!(
                "{name}: a cell near line {} is larger than {} MiB",
                watch.line(),
                MOST_ROW_BYTES / 1024 / 1024
            )));
        }
    }
}

/// Checks the number of shared texts, for which room is made at once.
fn check_count(start: &BytesStart<'_>) -> io::Result<()> {
    let count = start
        .attributes()
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == "uniqueCount")
        .and_then(|attribute| attribute.value.trim().parse::<u64>().ok());
    match count {
        Some(count) if count > MOST_TEXTS => Err(invalid(format!(
            "the workbook says that it has {count} texts, more than {MOST_TEXTS}"
        ))),
        _ => Ok(()),
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(part: &str) -> String {
        let part = BufReader::new(part.as_bytes());
        let error = check_part(part, "xl/worksheets/sheet1.xml").unwrap_err();
        error.to_string()
    }

    #[test]
    fn part_with_an_endless_text_is_refused() {
        let text = "x".repeat(17 * 1024 * 1024);
        let message = refused(&format!("<worksheet>{text}</worksheet>"));
        assert!(message.contains("longer than 16 MiB"), "{message}");
    }

    #[test]
    fn cell_of_endless_runs_is_refused() {
        let runs = "<t>text of a run</t>".repeat(1_000_000);
        let message = refused(&format!("<worksheet><c><is>{runs}</is></c></worksheet>"));
        assert!(message.contains("a cell near line 1"), "{message}");
    }

    #[test]
    fn count_of_texts_beyond_the_bound_is_refused() {
        let message = refused(r#"<sst count="1" uniqueCount="99999999999"></sst>"#);
        assert!(message.contains("99999999999 texts"), "{message}");
    }

    #[test]
    fn part_of_other_bytes_is_taken() {
        assert!(check_part(&b"\x89PNG <a <b \xff"[..], "xl/media/a.png").is_ok());
        assert!(check_part(&b"<worksheet><c/></worksheet>"[..], "a").is_ok());
    }
}
