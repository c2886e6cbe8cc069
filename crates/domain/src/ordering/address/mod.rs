//! Postal addresses: checked by the form of their country, and never for more than a carrier asks.

mod countries;
mod country;
mod form;
mod input;
mod layout;
mod parts;

use serde::{Deserialize, Serialize};

pub use self::{
    country::{Country, UnknownCountry},
    form::AddressForm,
    input::AddressInput,
    parts::{AddressPart, PartUse, PostcodeName, RegionName},
};

/// Address that goods or invoices can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Name of the person.
    pub name: String,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and number, or what stands for them.
    pub line1: String,
    /// Further line, such as a floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Postcode as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State, province, county or the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Country.
    pub country: Country,
    /// Phone number for the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl PostalAddress {
    /// Returns the lines of a label in the order of the country, without the country and the phone number.
    pub fn lines(&self) -> Vec<String> {
        AddressForm::of(self.country).lines(self)
    }

    /// Returns the text of a part, if the address has it.
    pub fn part(&self, part: AddressPart) -> Option<&str> {
        match part {
            AddressPart::Name => Some(&self.name),
            AddressPart::Company => self.company.as_deref(),
            AddressPart::Line1 => Some(&self.line1),
            AddressPart::Line2 => self.line2.as_deref(),
            AddressPart::Postcode => self.postcode.as_deref(),
            AddressPart::City => self.city.as_deref(),
            AddressPart::Region => self.region.as_deref(),
            AddressPart::Country => Some(self.country.code()),
            AddressPart::Phone => self.phone.as_deref(),
        }
    }
}
