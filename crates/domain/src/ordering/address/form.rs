//! Forms of addresses by country: which parts there are, and in which order they are written.

use super::{
    Country, PostalAddress, countries,
    layout::Layout,
    parts::{AddressPart, PartUse, PostcodeName, RegionName},
};

/// Form of the addresses of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressForm {
    /// Use of the postcode.
    pub postcode: PartUse,
    /// Use of the city.
    pub city: PartUse,
    /// Use of the region.
    pub region: PartUse,
    /// Local name of the postcode.
    pub postcode_name: PostcodeName,
    /// Local name of the region.
    pub region_name: RegionName,
    layout: Layout,
}

impl AddressForm {
    /// Returns the form of a country.
    pub fn of(country: Country) -> Self {
        let entry = countries::entry(country);
        let part_use = |letter: char| match entry {
            entry if entry.required.contains(letter) => PartUse::Required,
            entry if entry.layout.contains(letter) => PartUse::Optional,
            _ => PartUse::Unused,
        };
        Self {
            postcode: part_use('Z'),
            city: part_use('C'),
            region: part_use('S'),
            postcode_name: countries::postcode_name(country),
            region_name: countries::region_name(country),
            layout: Layout(entry.layout),
        }
    }

    /// Returns the parts that a form asks for, in the order in which they are written, each with its use.
    ///
    /// Country and phone number come last.
    pub fn fields(&self) -> Vec<(AddressPart, PartUse)> {
        let written = self.layout.parts().map(|part| (part, self.use_of(part)));
        let last = [AddressPart::Country, AddressPart::Phone];
        let last = last.map(|part| (part, self.use_of(part)));
        written.chain(last).collect()
    }

    /// Returns the use of a part.
    pub fn use_of(&self, part: AddressPart) -> PartUse {
        match part {
            AddressPart::Name | AddressPart::Line1 | AddressPart::Country => PartUse::Required,
            AddressPart::Company | AddressPart::Line2 | AddressPart::Phone => PartUse::Optional,
            AddressPart::Postcode => self.postcode,
            AddressPart::City => self.city,
            AddressPart::Region => self.region,
        }
    }

    pub(super) fn lines(&self, address: &PostalAddress) -> Vec<String> {
        let own = self.layout;
        let is_latin = |text: &str| text.chars().all(|c| !c.is_alphabetic() || c < LATIN_END);
        if own.is_large_first() && is_latin(&address.line1) {
            return LATIN.lines(address);
        }
        own.lines(address)
    }
}

/// First letter behind the Latin ones.
const LATIN_END: char = '\u{250}';
/// Layout of an address in Latin letters, in a country that begins with the region otherwise.
const LATIN: Layout = Layout("N|O|A|B|C|S Z");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ordering::AddressInput;

    fn form(code: &str) -> AddressForm {
        AddressForm::of(code.parse().unwrap())
    }

    fn address(country: &str, parts: [&str; 6]) -> PostalAddress {
        let [name, company, line1, postcode, city, region] = parts;
        let optional = |text: &str| Some(text.to_owned());
        let input = AddressInput {
            name: name.to_owned(),
            company: optional(company),
            line1: line1.to_owned(),
            line2: None,
            postcode: optional(postcode),
            city: optional(city),
            region: optional(region),
            country: country.to_owned(),
            phone: None,
        };
        input.check().unwrap()
    }

    #[test]
    fn lines_follow_the_custom_of_the_country() {
        for (country, parts, lines) in [
            (
                "DE",
                ["Ada", "", "Ring 1", "20095", "Hamburg", ""],
                "Ada|Ring 1|20095 Hamburg",
            ),
            (
                "FR",
                ["Ada", "Souk", "1 rue X", "75001", "Paris", ""],
                "Souk|Ada|1 rue X|75001 Paris",
            ),
            (
                "US",
                ["Ada", "", "1 Main St", "10001", "New York", "NY"],
                "Ada|1 Main St|New York, NY 10001",
            ),
            (
                "GB",
                ["Ada", "", "1 High St", "SW1A 1AA", "London", ""],
                "Ada|1 High St|London|SW1A 1AA",
            ),
            (
                "BR",
                ["Ada", "", "Rua 1", "01000-000", "São Paulo", "SP"],
                "Ada|Rua 1|São Paulo-SP|01000-000",
            ),
            (
                "HU",
                ["Ada", "", "Fő u. 1", "1011", "Budapest", ""],
                "Ada|Budapest|Fő u. 1|1011",
            ),
            (
                "AE",
                ["Ada", "", "Road 1", "", "", "Dubai"],
                "Ada|Road 1|Dubai",
            ),
            (
                "JP",
                ["山田", "", "丸の内1", "100-0005", "千代田区", "東京都"],
                "〒100-0005|東京都千代田区|丸の内1|山田",
            ),
            (
                "JP",
                ["Ada", "", "1 Marunouchi", "100-0005", "Chiyoda", "Tokyo"],
                "Ada|1 Marunouchi|Chiyoda|Tokyo 100-0005",
            ),
            (
                "CA",
                ["Ada", "", "1 Rue Y", "H2X 1Y4", "Montréal", "QC"],
                "Ada|1 Rue Y|Montréal QC H2X 1Y4",
            ),
        ] {
            assert_eq!(
                address(country, parts).lines().join("|"),
                lines,
                "{country}"
            );
        }
    }

    #[test]
    fn part_that_the_country_does_not_use_is_written_all_the_same() {
        let lines = address("DE", ["Ada", "", "Ring 1", "20095", "Hamburg", "HH"]).lines();
        assert_eq!(lines.join("|"), "Ada|Ring 1|20095 Hamburg|HH");
        let lines = address("HK", ["Ada", "", "1 Queen's Road", "999077", "Central", ""]).lines();
        assert_eq!(lines.join("|"), "Ada|1 Queen's Road|Central|999077");
    }

    #[test]
    fn missing_part_leaves_no_sign_behind() {
        let lines = address("MX", ["Ada", "", "Calle 1", "06000", "CDMX", "CDMX"]).lines();
        assert_eq!(lines.join("|"), "Ada|Calle 1|06000 CDMX, CDMX");
        let lines = address("TR", ["Ada", "", "Cad. 1", "34000", "Fatih", ""]).lines();
        assert_eq!(lines.join("|"), "Ada|Cad. 1|34000 Fatih");
    }

    #[test]
    fn postcode_and_region_are_required_where_carriers_need_them() {
        use PartUse::{Optional, Required, Unused};
        for (code, postcode, city, region) in [
            ("DE", Required, Required, Unused),
            ("US", Required, Required, Required),
            ("CA", Required, Required, Required),
            ("AU", Required, Required, Required),
            ("BR", Required, Required, Required),
            ("IN", Required, Required, Required),
            ("JP", Required, Optional, Required),
            ("IE", Optional, Required, Optional),
            ("HK", Unused, Optional, Optional),
            ("AE", Unused, Optional, Required),
            ("SG", Required, Optional, Unused),
            ("ES", Required, Required, Optional),
            ("AO", Unused, Required, Unused),
        ] {
            let form = form(code);
            let uses = (form.postcode, form.city, form.region);
            assert_eq!(uses, (postcode, city, region), "{code}");
        }
        assert_eq!(form("US").postcode_name, PostcodeName::Zip);
        assert_eq!(form("JP").region_name, RegionName::Prefecture);
    }

    #[test]
    fn form_of_every_country_asks_for_each_part_once() {
        for country in Country::all() {
            let fields = AddressForm::of(country).fields();
            let mut parts: Vec<_> = fields.iter().map(|(part, _)| format!("{part:?}")).collect();
            parts.sort_unstable();
            let count = parts.len();
            parts.dedup();
            assert_eq!(parts.len(), count, "{country}");
            assert!(
                fields
                    .iter()
                    .all(|(_, part_use)| *part_use != PartUse::Unused),
                "{country}"
            );
            for part in ["Name", "Company", "Line1", "Line2", "Country", "Phone"] {
                assert!(parts.iter().any(|found| found == part), "{country} {part}");
            }
        }
    }
}
