//! ZIP archives: the one data file in them.

use std::fs::File;
use std::io::{self, Read, Write};

use zip::ZipArchive;

use super::bounded::Bounded;
use super::read_bytes::ReadBytes;

/// Endings of files that may be a catalogue.
const DATA: &[&str] = &[
    "csv", "tsv", "tab", "txt", "xml", "yml", "json", "jsonl", "ndjson", "jsonld", "xlsx",
    "parquet", "gz", "zst",
];
const SHOWN_NAMES: usize = 5;

/// Reports whether an archive is a spreadsheet.
pub(super) fn is_workbook(file: &File) -> io::Result<bool> {
    let archive = open(file)?;
    Ok(archive
        .file_names()
        .filter_map(Result::ok)
        .any(|name| name == "xl/workbook.xml"))
}

/// Unpacks the one data file of an archive, with its name.
///
/// # Errors
/// If there is none or several, or if it unpacks to far more than its packed size.
pub(super) fn data_file(file: &File, packed: &ReadBytes) -> io::Result<(String, File)> {
    let mut archive = open(file)?;
    let names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .filter(|name| is_data(name))
        .map(|name| name.into_owned())
        .collect();
    let name = match names.as_slice() {
        [] => return Err(invalid("the ZIP archive holds no data file".to_owned())),
        [name] => name.clone(),
        several => {
            let shown: Vec<&str> = several
                .iter()
                .take(SHOWN_NAMES)
                .map(String::as_str)
                .collect();
            return Err(invalid(format!(
                "the ZIP archive holds {} data files ({}): unpack it and import one, with --with for a second",
                several.len(),
                shown.join(", ")
            )));
        }
    };
    let entry = archive.by_name(&name).map_err(io::Error::other)?;
    let mut content = tempfile::tempfile()?;
    let mut bounded = Bounded::new(entry, packed.clone());
    copy(&mut bounded, &mut content)?;
    Ok((name, content))
}

pub(super) fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    io::copy(from, to).map(|_| ())
}

pub(super) fn open(file: &File) -> io::Result<ZipArchive<File>> {
    ZipArchive::new(file.try_clone()?)
        .map_err(|error| invalid(format!("the ZIP archive cannot be read: {error}")))
}

fn is_data(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    let hidden = file.starts_with('.') || name.starts_with("__MACOSX");
    let ending = file
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    !hidden && ending.is_some_and(|ending| DATA.contains(&ending.as_str()))
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
