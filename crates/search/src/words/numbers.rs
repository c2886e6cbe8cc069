//! Numbers in other characters than digits: fractions and Roman numerals.

/// Fractions: the character, its numerator and denominator, and its decimals.
const FRACTIONS: [(char, [&str; 2], Option<&str>); 20] = [
    ('¼', ["1", "4"], Some("25")),
    ('½', ["1", "2"], Some("5")),
    ('¾', ["3", "4"], Some("75")),
    ('⅐', ["1", "7"], None),
    ('⅑', ["1", "9"], None),
    ('⅒', ["1", "10"], Some("1")),
    ('⅓', ["1", "3"], Some("33")),
    ('⅔', ["2", "3"], Some("67")),
    ('⅕', ["1", "5"], Some("2")),
    ('⅖', ["2", "5"], Some("4")),
    ('⅗', ["3", "5"], Some("6")),
    ('⅘', ["4", "5"], Some("8")),
    ('⅙', ["1", "6"], None),
    ('⅚', ["5", "6"], None),
    ('⅛', ["1", "8"], Some("125")),
    ('⅜', ["3", "8"], Some("375")),
    ('⅝', ["5", "8"], Some("625")),
    ('⅞', ["7", "8"], Some("875")),
    ('↉', ["0", "3"], None),
    ('\u{215F}', ["1", "1"], None),
];

fn known(written: &str) -> Option<&'static (char, [&'static str; 2], Option<&'static str>)> {
    let letter = written.chars().next()?;
    FRACTIONS.iter().find(|(fraction, ..)| *fraction == letter)
}

/// Returns numerator and denominator of a fraction that is one character.
pub(super) fn fraction(written: &str) -> &'static [&'static str] {
    known(written).map_or(&[], |(_, numbers, _)| numbers)
}

/// Returns the decimals of a fraction, such as those of 0.5 for one half.
pub(super) fn decimals(written: &str) -> Option<&'static str> {
    known(written).and_then(|(.., decimals)| *decimals)
}

/// Returns the number that a Roman numeral as one character stands for.
pub(super) fn roman(written: &str) -> Option<&'static str> {
    const NUMBERS: [&str; 16] = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "50", "100", "500", "1000",
    ];
    let mut letters = written.chars();
    let place = u32::from(letters.next()?).checked_sub(0x2160)? as usize;
    if letters.next().is_some() || place >= 32 {
        return None;
    }
    NUMBERS.get(place % 16).copied()
}
