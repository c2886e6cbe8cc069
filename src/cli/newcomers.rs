//! Files of customers that other systems export.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, bail};
use souk_accounts::Newcomer;

/// Names of each column, as header rows of other systems have them, without capitals, spaces, `-` and `_`.
const MAIL: &[&str] = &[
    "mail",
    "email",
    "useremail",
    "customeremail",
    "emailaddress",
];
const NAME: &[&str] = &["name", "displayname", "fullname"];
const FIRST_NAME: &[&str] = &["firstname", "givenname"];
const LAST_NAME: &[&str] = &["lastname", "familyname", "surname"];
const LANGUAGE: &[&str] = &["language", "locale", "lang"];
const HASH: &[&str] = &[
    "passwordhash",
    "userpass",
    "encryptedpassword",
    "hashedpassword",
    "password",
];

/// Longest file, in bytes.
const MAX_BYTES: u64 = 1 << 30;

/// Columns of a file by what they mean.
struct Columns {
    mail: usize,
    name: Option<usize>,
    first_name: Option<usize>,
    last_name: Option<usize>,
    language: Option<usize>,
    hash: Option<usize>,
}

/// Reads a file, or standard input for `-`.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<Newcomer>> {
    if file == Path::new("-") {
        return rows(io::stdin().lock());
    }
    let opened =
        File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    rows(opened).with_context(|| format!("{} cannot be read", file.display()))
}

fn rows(source: impl Read) -> anyhow::Result<Vec<Newcomer>> {
    let mut text = String::new();
    let length = source.take(MAX_BYTES + 1).read_to_string(&mut text);
    let length = length.context("it has to be CSV in UTF-8")?;
    if length as u64 > MAX_BYTES {
        bail!("it has more than {MAX_BYTES} bytes; split it");
    }
    let text = text.trim_start_matches('\u{FEFF}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers()?)?;
    let mut lines = Lines::of(text.as_bytes());
    let newcomers = reader.records().map(|record| {
        let record = record?;
        let line = lines.number_of(&record);
        Ok(columns.newcomer(line, &record))
    });
    newcomers.collect()
}

/// Numbers of the lines at which records begin, from 1 on.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    number: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            number: 1,
        }
    }

    /// Returns the line of a record that follows those asked for before. The reader's own count is of a place before empty
    /// lines, and before the second character of a line end.
    fn number_of(&mut self, record: &csv::StringRecord) -> u64 {
        let place = record.position().map_or(0, csv::Position::byte) as usize;
        let rest = self.text.get(place..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| b"\r\n".contains(byte));
        let start = place + ends.count();
        let between = self.text.get(self.at..start).unwrap_or_default();
        self.number += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = start;
        self.number
    }
}

/// Returns what separates the fields of the header.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |of: &&u8| header.bytes().filter(|byte| byte == *of).count();
    b",;\t"
        .iter()
        .rev()
        .max_by_key(count)
        .copied()
        .unwrap_or(b',')
}

impl Columns {
    fn of(header: &csv::StringRecord) -> anyhow::Result<Self> {
        let plain = |name: &str| {
            let letters = name.chars().filter(|letter| letter.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect::<String>()
        };
        let header: Vec<_> = header.iter().map(plain).collect();
        let find = |names: &[&str]| {
            let of_name = |name: &&str| header.iter().position(|column| column == name);
            names.iter().find_map(of_name)
        };
        let Some(mail) = find(MAIL) else {
            bail!(
                "no column is called `mail` or `email`; `souk people import --help` lists the columns"
            );
        };
        Ok(Self {
            mail,
            name: find(NAME),
            first_name: find(FIRST_NAME),
            last_name: find(LAST_NAME),
            language: find(LANGUAGE),
            hash: find(HASH),
        })
    }

    fn newcomer(&self, row: u64, record: &csv::StringRecord) -> Newcomer {
        let field = |column: Option<usize>| {
            let field = column.and_then(|column| record.get(column));
            field.unwrap_or_default().trim().to_owned()
        };
        let name = match field(self.name) {
            name if name.is_empty() => {
                let names = [field(self.first_name), field(self.last_name)];
                names.join(" ").trim().to_owned()
            }
            name => name,
        };
        // `de_DE` and `de-AT` are German.
        let language = field(self.language);
        let language = language.split(['-', '_']).next().unwrap_or_default();
        Newcomer {
            row,
            mail: field(Some(self.mail)),
            name,
            language: language.to_owned(),
            password_hash: field(self.hash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, String, String, String, String)> {
        let rows = rows(text.as_bytes()).unwrap().into_iter();
        rows.map(|one| (one.row, one.mail, one.name, one.language, one.password_hash))
            .collect()
    }

    fn row(row: u64, fields: [&str; 4]) -> (u64, String, String, String, String) {
        let [mail, name, language, hash] = fields.map(str::to_owned);
        (row, mail, name, language, hash)
    }

    #[test]
    fn columns_are_found_under_the_names_of_other_systems() {
        let wordpress =
            "user_email,display_name,user_pass\nada@mail.example,\"Lovelace, Ada\",$P$B\n";
        assert_eq!(
            read(wordpress),
            [row(2, ["ada@mail.example", "Lovelace, Ada", "", "$P$B"])]
        );
        let other = "\u{FEFF}Email;First Name;Last-Name;Locale\r\n\r\nada@mail.example;Ada;Lovelace;de_AT\r\neve@mail.example\r\n";
        assert_eq!(
            read(other),
            [
                row(3, ["ada@mail.example", "Ada Lovelace", "de", ""]),
                row(4, ["eve@mail.example", "", "", ""]),
            ]
        );
    }

    #[test]
    fn file_that_is_no_table_of_people_is_refused() {
        for text in ["", "name,role\nAda,owner\n"] {
            let refused = rows(text.as_bytes()).map(|rows| rows.len());
            assert!(
                refused.unwrap_err().to_string().contains("`mail`"),
                "{text}"
            );
        }
        assert!(rows(&b"mail\n\xFF\n"[..]).is_err());
    }
}
