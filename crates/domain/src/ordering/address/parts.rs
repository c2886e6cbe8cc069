//! Parts of addresses and their local names.

use serde::Serialize;

/// Part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressPart {
    /// Name of the person.
    Name,
    /// Company.
    Company,
    /// Street and number.
    Line1,
    /// Further line.
    Line2,
    /// Postcode.
    Postcode,
    /// City.
    City,
    /// State, province, county or the like.
    Region,
    /// Country.
    Country,
    /// Phone number.
    Phone,
}

/// Use that a country makes of a part. A part that is not used is kept if it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartUse {
    /// Has to be given.
    Required,
    /// May be given.
    Optional,
    /// Not asked for.
    Unused,
}

/// Local name of the postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostcodeName {
    /// Postcode.
    Postcode,
    /// ZIP code.
    Zip,
    /// PIN code.
    Pin,
    /// Eircode.
    Eircode,
}

/// Local name of the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionName {
    /// Region of no special name.
    Region,
    /// State.
    State,
    /// Province.
    Province,
    /// Prefecture.
    Prefecture,
    /// County.
    County,
    /// Emirate.
    Emirate,
    /// Department.
    Department,
    /// District.
    District,
    /// Island.
    Island,
    /// Area.
    Area,
}
