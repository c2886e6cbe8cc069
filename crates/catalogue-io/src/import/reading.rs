//! First reading of the files: what they are, and the rows of each product gathered before anything is written.

use std::collections::{HashSet, VecDeque};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use souk_domain::Currency;

use super::args::ImportArgs;
use super::error::ImportError;
use super::expand;
use super::format::Format;
use super::gather::facts::Facts;
use super::gather::keys::{Groups, keys};
use super::gather::spool::{Place, Spool};
use super::losses::Losses;
use super::open::encoding::{Decoded, Found};
use super::open::{read_bytes::ReadBytes, source::Source};
use super::profile::fields::MappedColumn;
use super::profile::known::{Profile, named};
use super::profile::mapping::Mapping;
use super::profile::names::plain;
use super::profile::recognise::{Recognised, rate_header, recognise};
use super::read::assemble::{Assembler, FileReading};
use super::report::RowFault;
use super::syntax::row::Row;
use super::syntax::rows::Rows;

/// Rows by which a profile is recognised.
const SAMPLE_ROWS: usize = 100;
/// Bytes of rows after which the sample ends.
const SAMPLE_BYTES: usize = 4 * 1024 * 1024;
/// Faults that are kept with their lines.
const MOST_FAULTS: usize = 100_000;
/// Rows in a row with the same fault after which a file is taken for another kind.
pub(super) const SAME_FAULTS: u64 = 100;

type Reader = Box<dyn BufRead + Send>;
type Line = Result<Row, RowFault>;
/// Receiver of rows and bytes read; an error ends the reading.
pub(super) type Report<'a> = dyn Fn(u64, u64) -> Result<(), ImportError> + 'a;

/// A file as it was found.
#[derive(Debug, Clone)]
pub(super) struct Description {
    pub profile: Arc<Profile>,
    pub anchors: Vec<String>,
    pub told: bool,
    pub packing: Vec<String>,
    pub encoding: String,
    pub syntax: String,
}

/// A file being read.
struct Opened {
    rows: Rows<Decoded<Reader>>,
    ahead: VecDeque<Line>,
    description: Description,
    found: Found,
}

/// All that was read, ready to be assembled.
pub(super) struct Gathered {
    pub assembler: Assembler,
    pub descriptions: Vec<Description>,
    pub rows: u64,
    /// Faults of rows that cannot be read, by line.
    pub faults: VecDeque<RowFault>,
    /// Number of such faults beyond those that are kept.
    pub further_faults: u64,
    pub products: Products,
}

/// Rows of the products, by where they are.
pub(super) enum Products {
    /// Each row is a whole product: Souk's own export is not laid aside.
    Streamed(Box<Stream>),
    Gathered {
        spool: Spool,
        groups: VecDeque<Vec<Place>>,
    },
}

/// Rows of whole products.
pub(super) struct Stream {
    rows: Rows<Decoded<Reader>>,
    ahead: VecDeque<Line>,
    /// Number of rows still to be read; all of them if none.
    left: Option<u64>,
}

impl Stream {
    /// The first good rows, which stay where they are.
    pub(super) fn first(&self) -> impl Iterator<Item = &Row> {
        self.ahead.iter().filter_map(|row| row.as_ref().ok())
    }

    /// The next row, a fault in its place, or none at the end.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Line>> {
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return Ok(None);
            }
            *left -= 1;
        }
        match self.ahead.pop_front() {
            Some(row) => Ok(Some(row)),
            None => self.rows.next(),
        }
    }
}

/// Reads the files as far as is needed before anything can be written.
///
/// # Errors
/// If a file cannot be read, is no catalogue, or has amounts that cannot be told apart.
pub(super) fn gather(
    args: &ImportArgs,
    source: Source,
    currency: Currency,
    progress: &Report<'_>,
) -> Result<Gathered, ImportError> {
    let read = source.read.clone();
    let mut first = open(args, &args.file, source, args.from.as_deref())?;
    if !first.description.profile.completes.is_empty() && args.with.is_none() {
        let profile = &first.description.profile;
        let reason = format!(
            "these are {}, which belong to another file: souk import PRODUCTS --with {}",
            profile.title,
            args.file.display()
        );
        return Err(ImportError::Header {
            path: args.file.clone(),
            reason,
        });
    }
    let mapping = first.mapping(args);
    let mut assembler = Assembler {
        files: vec![FileReading {
            mapping,
            facts: Facts::default(),
            currency: None,
        }],
        currency,
        unit: args.price_unit,
        seller: args.seller.clone(),
        losses: Losses::new(),
        made_ids: HashSet::new(),
    };
    let is_whole = |row: &Line| row.as_ref().is_ok_and(|row| row.get("variants").is_some());
    if first.description.profile.name == "souk"
        && args.with.is_none()
        && first.ahead.iter().any(is_whole)
    {
        first.description.encoding = first.found.describe();
        return Ok(Gathered {
            assembler,
            descriptions: vec![first.description],
            rows: 0,
            faults: VecDeque::new(),
            further_faults: 0,
            products: Products::Streamed(Box::new(Stream {
                rows: first.rows,
                ahead: first.ahead,
                left: args.max_rows,
            })),
        });
    }
    let mut gathering = Gathering {
        spool: Spool::new(),
        groups: Groups::default(),
        faults: Vec::new(),
        further_faults: 0,
        rows: 0,
        max_rows: args.max_rows,
        same: SameFaults::default(),
    };
    let mut descriptions =
        vec![gathering.read_all(first, &mut assembler, 0, &args.file, &read, progress)?];
    if let Some(path) = &args.with {
        let source =
            Source::open(path, ReadBytes::default()).map_err(|source| ImportError::Open {
                path: path.clone(),
                source,
            })?;
        let read = source.read.clone();
        let second = open(args, path, source, None)?;
        let mapping = second.mapping(args);
        assembler.files.push(FileReading {
            mapping,
            facts: Facts::default(),
            currency: None,
        });
        descriptions.push(gathering.read_all(second, &mut assembler, 1, path, &read, progress)?);
    }
    for (file, description) in assembler.files.iter().zip(&descriptions) {
        let mixed = file.facts.mixed();
        if !mixed.is_empty() && args.price_unit.is_none() {
            let reason = format!(
                "{}: nothing was imported. {}",
                mixed.join("; "),
                looks_like(description)
            );
            return Err(ImportError::Header {
                path: args.file.clone(),
                reason,
            });
        }
    }
    gathering.faults.sort_by_key(|fault| fault.line);
    Ok(Gathered {
        assembler,
        descriptions,
        rows: gathering.rows,
        faults: gathering.faults.into(),
        further_faults: gathering.further_faults,
        products: Products::Gathered {
            spool: gathering.spool,
            groups: gathering.groups.into_ordered().into(),
        },
    })
}

/// Says what a file was taken for.
pub(super) fn looks_like(description: &Description) -> String {
    format!(
        "The file looks like {}: {}, {}",
        description.profile.title, description.syntax, description.encoding
    )
}

fn open(
    args: &ImportArgs,
    path: &Path,
    source: Source,
    from: Option<&str>,
) -> Result<Opened, ImportError> {
    let failed = ImportError::read(path);
    let encoding = match source.is_utf8 {
        true => Some(encoding_rs::UTF_8),
        false => args.encoding,
    };
    let (decoded, found) = Decoded::open(source.reader, encoding).map_err(failed)?;
    let (packing, has_number_marks) = (source.packing, source.has_number_marks);
    let format = args.format.or_else(|| Format::of_name(path));
    let given: Vec<String> = args
        .mapped
        .iter()
        .map(|mapped| plain(&mapped.column))
        .collect();
    let rate = |cells: &[String]| {
        let mapped = cells
            .iter()
            .filter(|cell| given.contains(&plain(cell)))
            .count();
        rate_header(cells) + mapped * 100
    };
    let rows = Rows::open(decoded, format, args.delimiter, &rate).map_err(failed)?;
    let mut rows = rows.map_err(|reason| ImportError::Header {
        path: path.to_owned(),
        reason,
    })?;
    let told = from.and_then(named);
    if let Rows::Table(table) = &mut rows {
        let header = Row {
            line: 0,
            bytes: 0,
            columns: table
                .header
                .iter()
                .map(|name| (name.clone(), serde_json::Value::Null))
                .collect(),
        };
        let by_header = told
            .clone()
            .unwrap_or_else(|| recognise(&[&header]).profile);
        if has_number_marks {
            table.take_marked_numbers();
        }
        if by_header.plain_quotes && !has_number_marks {
            table.take_quotes_as_they_are();
        }
        if by_header.exact {
            table.take_cells_as_they_are();
        }
    }
    let mut ahead: VecDeque<Line> = VecDeque::new();
    let mut bytes = 0;
    while ahead.len() < SAMPLE_ROWS && bytes < SAMPLE_BYTES {
        let Some(row) = rows.next().map_err(failed)? else {
            break;
        };
        bytes += row.as_ref().map_or(0, |row| row.bytes);
        ahead.push_back(row);
    }
    let sample: Vec<&Row> = ahead.iter().filter_map(|row| row.as_ref().ok()).collect();
    let recognised = recognise(&sample);
    let description = Description {
        told: told.is_some(),
        anchors: recognised.anchors.clone(),
        profile: told.unwrap_or_else(|| with_positions(&recognised)),
        packing,
        encoding: found.describe(),
        syntax: rows.describe(),
    };
    Ok(Opened {
        rows,
        ahead,
        description,
        found,
    })
}

/// The profile with the columns whose names are translated.
fn with_positions(recognised: &Recognised) -> Arc<Profile> {
    if recognised.by_values.is_empty() {
        return recognised.profile.clone();
    }
    let mut profile = (*recognised.profile).clone();
    for (field, column) in &recognised.by_values {
        let names = profile.fields.entry(field.name().to_owned()).or_default();
        names.retain(|name| name != column);
        names.insert(0, column.clone());
    }
    Arc::new(profile)
}

impl Opened {
    fn mapping(&self, args: &ImportArgs) -> Mapping {
        let profile = self.description.profile.clone();
        let mapped: &[MappedColumn] = &args.mapped;
        let mut mapping = Mapping::new(profile, mapped, &args.ignored);
        if let Rows::Table(table) = &self.rows {
            for name in &table.header {
                mapping.use_of(name);
            }
        }
        mapping
    }
}

struct Gathering {
    spool: Spool,
    groups: Groups,
    faults: Vec<RowFault>,
    further_faults: u64,
    rows: u64,
    max_rows: Option<u64>,
    same: SameFaults,
}

impl Gathering {
    fn read_all(
        &mut self,
        mut opened: Opened,
        assembler: &mut Assembler,
        file: usize,
        path: &Path,
        read: &ReadBytes,
        progress: &Report<'_>,
    ) -> Result<Description, ImportError> {
        let failed = ImportError::read(path);
        let profile = opened.description.profile.clone();
        if let Rows::Table(table) = &opened.rows {
            assembler.files[file].currency =
                table.header.iter().find_map(|name| header_currency(name));
        }
        while self.max_rows.is_none_or(|most| self.rows < most) {
            let next = match opened.ahead.pop_front() {
                Some(row) => Some(row),
                None => opened.rows.next().map_err(failed)?,
            };
            let Some(row) = next else {
                break;
            };
            self.rows += 1;
            if self.rows.is_multiple_of(500) {
                progress(self.rows, read.get())?;
            }
            match row {
                Ok(row) => {
                    self.same = SameFaults::default();
                    for row in expand::rows(&profile, row) {
                        self.take(row, assembler, file).map_err(failed)?;
                    }
                }
                Err(fault) => {
                    if let Some(rows) = self.same.add(&fault) {
                        return Err(ImportError::SameFault {
                            path: path.to_owned(),
                            rows,
                            reason: fault.to_string(),
                            looks_like: looks_like(&opened.description),
                        });
                    }
                    if self.faults.len() < MOST_FAULTS {
                        self.faults.push(fault);
                    } else {
                        self.further_faults += 1;
                    }
                }
            }
        }
        let mut description = opened.description;
        description.encoding = opened.found.describe();
        description.syntax = opened.rows.describe();
        Ok(description)
    }

    fn take(&mut self, row: Row, assembler: &mut Assembler, file: usize) -> std::io::Result<()> {
        let reading = &mut assembler.files[file];
        let currency = reading.currency.unwrap_or(assembler.currency);
        reading.facts.learn(&row, &mut reading.mapping, currency);
        let number = u8::try_from(file).unwrap_or(u8::MAX);
        let place = self.spool.put(number, &row)?;
        let part = assembler.part(file, row);
        let keys = keys(assembler.files[file].mapping.profile(), &part.columns);
        self.groups.add(&keys, place);
        Ok(())
    }
}

/// Currency that a column's name holds, as eBay's first does: `*Action(SiteID=US|Currency=USD)`.
fn header_currency(name: &str) -> Option<Currency> {
    let (_, rest) = name.split_once("Currency=")?;
    let code: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    Currency::from_code(&code.to_uppercase())
}

/// Counts rows in a row that have the same fault.
#[derive(Default)]
pub(super) struct SameFaults {
    last: Option<String>,
    rows: u64,
}

impl SameFaults {
    /// Adds a fault, and says how many there are once they are too many.
    pub(super) fn add(&mut self, fault: &RowFault) -> Option<u64> {
        let reason = pattern(fault);
        if self.last.as_ref() == Some(&reason) {
            self.rows += 1;
        } else {
            self.last = Some(reason);
            self.rows = 1;
        }
        (self.rows >= SAME_FAULTS).then_some(self.rows)
    }
}

/// A fault without the values in it.
fn pattern(fault: &RowFault) -> String {
    let mut pattern = fault.field.clone().unwrap_or_default();
    for (index, piece) in fault.reason.split('`').enumerate() {
        if index % 2 == 0 {
            pattern.extend(piece.chars().filter(|c| !c.is_ascii_digit()));
        }
    }
    pattern
}
