//! Layouts: letters for the parts of an address, in the order in which a country writes them.

use super::{PostalAddress, parts::AddressPart};

/// Lines of an address, separated by `|`.
///
/// `N` is the name, `O` the company, `A` and `B` the two lines, `Z` the postcode, `C` the city and `S` the region. Other
/// characters stand between two parts if both are there, or before a part at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout(pub(super) &'static str);

impl Layout {
    /// Returns the parts in their order.
    pub(super) fn parts(self) -> impl Iterator<Item = AddressPart> {
        self.0.chars().filter_map(part)
    }

    /// Reports whether the address begins with its largest part and ends with the name.
    pub(super) fn is_large_first(self) -> bool {
        self.parts().next() != Some(AddressPart::Name) && self.0.contains("A|B|O|N")
    }

    /// Writes the lines of an address; parts that are not in the layout have lines at the end.
    pub(super) fn lines(self, address: &PostalAddress) -> Vec<String> {
        let laid_out = self.0.split('|').map(|layout| line(layout, address));
        let rest = [
            AddressPart::City,
            AddressPart::Region,
            AddressPart::Postcode,
        ];
        let rest = rest
            .into_iter()
            .filter(|&rest| self.parts().all(|part| part != rest));
        let rest = rest.filter_map(|part| address.part(part).map(str::to_owned));
        laid_out
            .chain(rest)
            .filter(|line| !line.is_empty())
            .collect()
    }
}

fn line(layout: &str, address: &PostalAddress) -> String {
    let mut line = String::new();
    let mut between = String::new();
    for letter in layout.chars() {
        let Some(part) = part(letter) else {
            between.push(letter);
            continue;
        };
        if let Some(text) = address.part(part) {
            line.push_str(&between);
            line.push_str(text);
        }
        between.clear();
    }
    // A sign before a part that is missing is not at the beginning of the line then.
    line.trim_start_matches([' ', ',', '-', '/']).to_owned()
}

fn part(letter: char) -> Option<AddressPart> {
    Some(match letter {
        'N' => AddressPart::Name,
        'O' => AddressPart::Company,
        'A' => AddressPart::Line1,
        'B' => AddressPart::Line2,
        'Z' => AddressPart::Postcode,
        'C' => AddressPart::City,
        'S' => AddressPart::Region,
        _ => return None,
    })
}
