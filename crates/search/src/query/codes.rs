//! Parts of codes, under which a code is found from within.

use super::analysis::{Folder, word_places};
use super::text_query::MIN_CODE_CHARS;

/// Maximum number of parts of one code.
const MAX_PARTS: usize = 8;

/// Returns the rest of a code, in normal form, behind each of its signs and each change between letters and digits:
/// `ins114dre`, `114dre` and `dre` of `KT-INS114-DRE`. Rests shorter than a code are left out.
pub fn inner_codes(code: &str) -> Vec<String> {
    let mut folder = Folder::new();
    let mut normal = String::with_capacity(code.len());
    let mut starts = Vec::new();
    for (start, end) in word_places(code) {
        let mut is_after_digit = None;
        for letter in folder.fold(&code[start..end]).chars() {
            let is_digit = letter.is_numeric();
            if is_after_digit != Some(is_digit) && !normal.is_empty() {
                starts.push(normal.len());
            }
            is_after_digit = Some(is_digit);
            normal.push(letter);
        }
    }
    let parts = starts.into_iter().map(|start| &normal[start..]);
    let parts = parts.filter(|part| part.chars().count() >= MIN_CODE_CHARS);
    parts.take(MAX_PARTS).map(str::to_owned).collect()
}

/// Returns the inner codes of a product, each once.
pub fn inner_codes_of<'a>(codes: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut inner: Vec<_> = codes
        .into_iter()
        .flat_map(|code| inner_codes(code))
        .collect();
    inner.sort_unstable();
    inner.dedup();
    inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_parts_at_signs_and_between_letters_and_digits() {
        assert_eq!(inner_codes("KT-INS114-DRE"), ["ins114dre", "114dre", "dre"]);
        assert_eq!(inner_codes("006R90321"), ["r90321", "90321"]);
        assert_eq!(inner_codes("abc"), [""; 0]);
        assert_eq!(inner_codes("AB-1"), [""; 0], "too short");
        assert_eq!(inner_codes("a1b2c3d4e5f6g7h8i9j0").len(), MAX_PARTS);
        assert_eq!(inner_codes("4006381333931"), [""; 0]);
    }
}
