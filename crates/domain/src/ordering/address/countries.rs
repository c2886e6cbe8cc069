//! Entries of countries: required parts and layout.
//!
//! The order of parts is that of the address data of [libaddressinput](https://github.com/google/libaddressinput),
//! which follows the Universal Postal Union. Fewer parts are required than there: only those that carriers
//! need.

use super::{
    Country,
    parts::{PostcodeName, RegionName},
};

/// Countries of one form.
pub(super) struct Entry {
    codes: &'static str,
    /// Letters of the parts that are required beside name and first line: `Z`, `C` and `S`.
    pub(super) required: &'static str,
    /// Layout; see [`super::layout::Layout`].
    pub(super) layout: &'static str,
}

const fn entry_of(codes: &'static str, required: &'static str, layout: &'static str) -> Entry {
    Entry {
        codes,
        required,
        layout,
    }
}

static OTHERS: Entry = entry_of("", "C", "N|O|A|B|C");

#[rustfmt::skip]
static ENTRIES: &[Entry] = &[
    // Europe and countries that write as it does.
    entry_of("AT AX BE BL CH FI FR GF GP LI LU MF MQ NC NL PM RE SE WF YT", "ZC", "O|N|A|B|Z C"),
    entry_of("CZ DE DK GL GR NO PL PT SJ SK", "ZC", "N|O|A|B|Z C"),
    entry_of("SM", "Z", "N|O|A|B|Z C"),
    entry_of("AD AZ BA BG CI CY DO DZ EH ET FO GE GN GT GW HR HT IS KG KW LA LR MA MC MD ME MG MK NE PY RS SI SN TJ TM TN TZ VA XK ZM", "C", "N|O|A|B|Z C"),
    entry_of("EE ES IT PF", "ZC", "N|O|A|B|Z C S"),
    entry_of("LT", "ZC", "O|N|A|B|Z C S"),
    entry_of("RO", "ZC", "N|O|A|B|Z S C"),
    entry_of("TR", "ZC", "N|O|A|B|Z C/S"),
    entry_of("LV", "ZC", "N|O|A|B|S|C, Z"),
    entry_of("HU", "ZC", "N|O|C|A|B|Z"),
    entry_of("MZ UY", "C", "N|O|A|B|Z C S"),
    entry_of("AL EC MU OM", "C", "N|O|A|B|Z|C"),
    entry_of("AM", "C", "N|O|A|B|Z|C|S"),
    entry_of("NI", "C", "N|O|A|B|Z|C, S"),
    entry_of("AR CL CV UZ", "C", "N|O|A|B|Z C|S"),
    entry_of("BY", "C", "O|N|A|B|Z, C|S"),
    entry_of("MY", "ZC", "N|O|A|B|Z C|S"),
    entry_of("SV", "C", "N|O|A|B|Z-C|S"),
    entry_of("MX", "ZCS", "N|O|A|B|Z C, S"),
    // The United Kingdom and countries that write as it does.
    entry_of("FK GB GG GS IM IO JE PN SH TC ZA", "ZC", "N|O|A|B|C|Z"),
    entry_of("AF AI KE LK NA SD SZ", "C", "N|O|A|B|C|Z"),
    entry_of("GI VG", "", "N|O|A|B|C|Z"),
    entry_of("IE EG", "C", "N|O|A|B|C|S|Z"),
    entry_of("RU UA", "ZC", "N|O|A|B|C|S|Z"),
    entry_of("NZ", "ZC", "N|O|A|B|C Z"),
    entry_of("SG", "Z", "N|O|A|B|C Z"),
    entry_of("BH BM BN BT IL JO KH LB LS MT MV NP SA VC", "C", "N|O|A|B|C Z"),
    entry_of("BD PK", "C", "N|O|A|B|C-Z"),
    entry_of("MM", "C", "N|O|A|B|C, Z"),
    // The United States and countries that write as they do.
    entry_of("US", "ZCS", "N|O|A|B|C, S Z"),
    entry_of("UM", "C", "N|O|A|B|C S Z"),
    entry_of("AS FM GU MH MP PR PW VI", "ZC", "N|O|A|B|C S Z"),
    entry_of("CA", "ZCS", "N|O|A|B|C S Z"),
    entry_of("AU", "ZCS", "O|N|A|B|C S Z"),
    entry_of("CC CX HM NF", "C", "O|N|A|B|C S Z"),
    entry_of("BR", "ZCS", "O|N|A|B|C-S|Z"),
    entry_of("IN", "ZCS", "N|O|A|B|C Z|S"),
    entry_of("NG PE", "C", "N|O|A|B|C Z|S"),
    entry_of("MN TH VN", "C", "N|O|A|B|C|S Z"),
    entry_of("ID", "", "N|O|A|B|C|S Z"),
    entry_of("PH", "C", "N|O|A|B|C|Z S"),
    entry_of("PG", "C", "N|O|A|B|C Z S"),
    entry_of("VE", "C", "N|O|A|B|C Z, S"),
    entry_of("CO", "C", "N|O|A|B|C, S, Z"),
    entry_of("BB SO", "C", "N|O|A|B|C, S Z"),
    entry_of("HN", "C", "N|O|A|B|C, S|Z"),
    entry_of("IQ", "C", "O|N|A|B|C, S|Z"),
    entry_of("CR", "C", "N|O|A|B|S, C|Z"),
    entry_of("CU", "C", "N|O|A|B|C S|Z"),
    entry_of("IR", "C", "O|N|S|C|A|B|Z"),
    // Without a postcode.
    entry_of("BS JM KN", "C", "N|O|A|B|C, S"),
    entry_of("PA SC SR TV", "C", "N|O|A|B|C|S"),
    entry_of("KI", "C", "N|O|A|B|S|C"),
    entry_of("AE", "S", "N|O|A|B|C|S"),
    entry_of("NR", "S", "N|O|A|B|C|S"),
    entry_of("KY", "S", "N|O|A|B|C|S Z"),
    entry_of("AG", "", "N|O|A|B|C"),
    // From the largest part to the name.
    entry_of("CN", "ZCS", "Z|SC|A|B|O|N"),
    entry_of("JP", "ZS", "〒Z|SC|A|B|O|N"),
    entry_of("KR", "ZS", "S C|A|B|O|N|Z"),
    entry_of("TW", "ZC", "Z|SC|A|B|O|N"),
    entry_of("HK", "", "S|C|A|B|O|N"),
    entry_of("MO", "", "C|A|B|O|N"),
    entry_of("KP KZ", "C", "Z|S|C|A|B|O|N"),
];

/// Returns the entry of a country.
pub(super) fn entry(country: Country) -> &'static Entry {
    let holds = |entry: &&Entry| entry.codes.split(' ').any(|code| code == country.code());
    ENTRIES.iter().find(holds).unwrap_or(&OTHERS)
}

/// Returns the local name of the postcode.
pub(super) fn postcode_name(country: Country) -> PostcodeName {
    match country.code() {
        "US" | "AS" | "FM" | "GU" | "MH" | "MP" | "PR" | "PW" | "UM" | "VI" | "PH" => {
            PostcodeName::Zip
        }
        "IN" => PostcodeName::Pin,
        "IE" => PostcodeName::Eircode,
        _ => PostcodeName::Postcode,
    }
}

/// Returns the local name of the region.
pub(super) fn region_name(country: Country) -> RegionName {
    match country.code() {
        "US" | "AU" | "BR" | "IN" | "MX" | "MY" | "NG" | "VE" => RegionName::State,
        "CA" | "CN" | "AR" | "ES" | "IT" | "TR" | "TH" | "ID" | "VN" | "KR" | "PH" | "CR"
        | "CU" | "IR" | "PA" => RegionName::Province,
        "JP" => RegionName::Prefecture,
        "IE" | "RO" | "EE" | "LT" | "TW" => RegionName::County,
        "AE" => RegionName::Emirate,
        "CO" | "HN" | "NI" | "SV" | "UY" => RegionName::Department,
        "NR" => RegionName::District,
        "BS" | "CV" | "KI" | "KN" | "KY" | "PF" | "SC" | "TV" => RegionName::Island,
        "HK" => RegionName::Area,
        _ => RegionName::Region,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_stands_in_one_entry() {
        let mut seen = BTreeSet::new();
        for code in ENTRIES.iter().flat_map(|entry| entry.codes.split(' ')) {
            assert!(seen.insert(code), "{code} is there twice");
            assert!(code.parse::<Country>().is_ok(), "{code} is no country");
        }
    }

    #[test]
    fn required_parts_are_in_the_layout() {
        for entry in ENTRIES.iter().chain([&OTHERS]) {
            assert!(
                entry
                    .required
                    .chars()
                    .all(|part| entry.layout.contains(part)),
                "{}",
                entry.codes
            );
        }
    }
}
