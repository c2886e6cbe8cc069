//! Cells that a spreadsheet would take for a formula.
//!
//! A text of a seller that begins with `=` would be computed by whoever opens the file. An apostrophe before it makes it a
//! text, and is not shown. Reading takes it off again.

use std::borrow::Cow;

/// First characters of what a spreadsheet computes.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
const TEXT_MARK: char = '\'';

/// Marks a cell as a text if it might be taken for a formula.
pub(crate) fn marked(cell: &str) -> Cow<'_, str> {
    match is_taken_for_formula(cell) {
        true => Cow::Owned(format!("{TEXT_MARK}{cell}")),
        false => Cow::Borrowed(cell),
    }
}

/// Takes the mark off a cell that has one.
pub(crate) fn unmarked(cell: String) -> String {
    match cell.strip_prefix(TEXT_MARK) {
        Some(text) if is_taken_for_formula(text) => text.to_owned(),
        _ => cell,
    }
}

/// Marks themselves are marked, so that taking one off gives what was there.
fn is_taken_for_formula(cell: &str) -> bool {
    cell.trim_start_matches(TEXT_MARK).starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_become_texts_and_others_stay() {
        assert_eq!(marked("=1+1"), "'=1+1");
        assert_eq!(marked("@x"), "'@x");
        assert_eq!(marked("''=x"), "'''=x");
        assert_eq!(marked("'tis"), "'tis");
        assert_eq!(marked("1=1"), "1=1");
        assert_eq!(unmarked("'tis".to_owned()), "'tis");
    }

    proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(cell in "['=+@\t -]{0,4}.{0,3}") {
            let written = marked(&cell).into_owned();
            prop_assert!(!written.starts_with(FORMULA));
            prop_assert_eq!(unmarked(written), cell);
        }
    }
}
