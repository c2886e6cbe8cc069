#!/usr/bin/env bash
# csv 1.4.0 (crates.io): `Position::line()` of a record is one line too small in a file whose lines end with CRLF, and too
# small by every empty line before it.
#
# Expected: the line at which the record begins, as an editor numbers it; it is what people print to say which row is wrong.
# Seen: a record ends at the carriage return. The position of the next one is taken there, before the line feed and before
# empty lines are skipped. So the first record of a CRLF file (what Excel writes) is on line 1, that of the header, and all
# others follow one short. With line feeds alone and no empty lines the numbers are right, so that tests find nothing. The
# lines in the crate's own errors, such as that of a record with too many fields, are short by the same.
# Who needs the line skips `\r` and `\n` from `Position::byte()` on and counts the line feeds before.
#
# Output of the run that this was written after:
#   csv 1.4.0: records on lines 2 and 3 are said to be on [2, 3] with LF, on [1, 2] with CRLF; one on line 4 on [2]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cat >"$folder/Cargo.toml" <<'TOML'
[package]
name = "lines"
version = "0.1.0"
edition = "2021"

[dependencies]
csv = "=1.4.0"

[workspace]
TOML
cat >"$folder/src/main.rs" <<'RUST'
fn lines(text: &str) -> Vec<u64> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().position().unwrap().line())
        .collect()
}

fn main() {
    let (lf, crlf) = (lines("mail\na\nb\n"), lines("mail\r\na\r\nb\r\n"));
    let empty = lines("mail\n\n\na\n");
    println!("csv 1.4.0: records on lines 2 and 3 are said to be on {lf:?} with LF, on {crlf:?} with CRLF; one on line 4 on {empty:?}");
    assert_eq!((lf, crlf, empty), (vec![2, 3], vec![1, 2], vec![2]));
}
RUST
cargo run --quiet --manifest-path "$folder/Cargo.toml"
