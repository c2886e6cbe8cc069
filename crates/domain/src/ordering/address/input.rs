//! Addresses as they are typed, and their check.

use serde::{Deserialize, Serialize};

use super::{AddressForm, AddressPart, Country, PartUse, PostalAddress, UnknownCountry};
use crate::{InvalidField, checks::at_most, text::tidied};

/// Address as somebody typed it; absent and blank parts are the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressInput {
    /// Name of the person.
    pub name: String,
    /// Company.
    pub company: Option<String>,
    /// Street and number.
    pub line1: String,
    /// Further line.
    pub line2: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State, province, county or the like.
    pub region: Option<String>,
    /// Code of the country, in letters of either case.
    pub country: String,
    /// Phone number.
    pub phone: Option<String>,
}

impl AddressInput {
    /// Tidies the parts and checks their lengths and that those are there that the country requires.
    ///
    /// No part is compared with a pattern, and none is refused for not being used in the country.
    ///
    /// # Errors
    /// Naming the field at fault, such as `postcode`.
    pub fn check(self) -> Result<PostalAddress, InvalidField> {
        let code = self.country.trim().to_ascii_uppercase();
        if code.is_empty() {
            return Err(InvalidField::new("country", "is required"));
        }
        let country: Country = code
            .parse()
            .map_err(|error: UnknownCountry| InvalidField::new("country", error.to_string()))?;
        let address = PostalAddress {
            name: tidied(&self.name),
            company: present(self.company),
            line1: tidied(&self.line1),
            line2: present(self.line2),
            postcode: present(self.postcode),
            city: present(self.city),
            region: present(self.region),
            country,
            phone: present(self.phone),
        };
        let form = AddressForm::of(country);
        for (part, field, most) in PARTS {
            match address.part(part) {
                Some(text) if !text.is_empty() => at_most(field, text, most)?,
                _ if form.use_of(part) == PartUse::Required => {
                    let rule = format!("is required in {}", country.name());
                    return Err(InvalidField::new(field, rule));
                }
                _ => (),
            }
        }
        Ok(address)
    }
}

/// Parts with their fields and their most characters.
const PARTS: [(AddressPart, &str, usize); 8] = [
    (AddressPart::Name, "name", 200),
    (AddressPart::Company, "company", 200),
    (AddressPart::Line1, "line1", 200),
    (AddressPart::Line2, "line2", 200),
    (AddressPart::Postcode, "postcode", 20),
    (AddressPart::City, "city", 100),
    (AddressPart::Region, "region", 100),
    (AddressPart::Phone, "phone", 50),
];

fn present(text: Option<String>) -> Option<String> {
    text.map(|text| tidied(&text))
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> AddressInput {
        AddressInput {
            name: "  Ada Lovelace\t".to_owned(),
            line1: "Ring 1".to_owned(),
            postcode: Some("10115".to_owned()),
            city: Some("Berlin".to_owned()),
            country: " de ".to_owned(),
            company: Some("  ".to_owned()),
            ..AddressInput::default()
        }
    }

    fn blamed(change: impl FnOnce(&mut AddressInput)) -> Option<String> {
        let mut input = berlin();
        change(&mut input);
        input.check().err().map(|error| error.field.into_owned())
    }

    #[test]
    fn address_is_tidied_and_its_country_named_by_code() {
        let address = berlin().check().unwrap();
        assert_eq!(
            (address.name.as_str(), address.company),
            ("Ada Lovelace", None)
        );
        assert_eq!(address.country.code(), "DE");
    }

    #[test]
    fn fault_of_an_address_names_its_field() {
        assert_eq!(blamed(|_| ()), None);
        assert_eq!(
            blamed(|input| input.name = " ".into()).as_deref(),
            Some("name")
        );
        assert_eq!(
            blamed(|input| input.line1.clear()).as_deref(),
            Some("line1")
        );
        assert_eq!(
            blamed(|input| input.postcode = None).as_deref(),
            Some("postcode")
        );
        assert_eq!(
            blamed(|input| input.city = Some(String::new())).as_deref(),
            Some("city")
        );
        assert_eq!(
            blamed(|input| input.country = "XX".into()).as_deref(),
            Some("country")
        );
        assert_eq!(
            blamed(|input| input.country.clear()).as_deref(),
            Some("country")
        );
        assert_eq!(
            blamed(|input| input.country = "US".into()).as_deref(),
            Some("region")
        );
        let long = "x".repeat(201);
        assert_eq!(
            blamed(|input| input.line2 = Some(long)).as_deref(),
            Some("line2")
        );
        assert_eq!(
            blamed(|input| input.phone = Some("0\0".into())).as_deref(),
            Some("phone")
        );
    }

    #[test]
    fn odd_parts_that_a_carrier_takes_are_taken() {
        for change in [
            |input: &mut AddressInput| input.postcode = Some("D-10115".into()),
            |input: &mut AddressInput| input.region = Some("Mitte".into()),
            |input: &mut AddressInput| input.phone = Some("030/12 34 56 (evenings)".into()),
            |input: &mut AddressInput| input.line1 = "Packstation 101".into(),
            |input: &mut AddressInput| input.name = "李".into(),
            |input: &mut AddressInput| (input.country, input.postcode) = ("IE".into(), None),
            |input: &mut AddressInput| {
                (input.country, input.postcode, input.city) =
                    ("HK".into(), Some("0000".into()), None);
            },
        ] {
            assert_eq!(blamed(change), None);
        }
    }
}
