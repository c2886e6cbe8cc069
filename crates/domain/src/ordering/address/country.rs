//! Countries by their code of ISO 3166-1.

use std::{fmt, str::FromStr, sync::LazyLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

static COUNTRIES: LazyLock<Vec<celes::Country>> = LazyLock::new(|| {
    let mut countries = celes::Country::get_countries().to_vec();
    countries.sort_by_key(|country| country.alpha2);
    countries
});

/// Text that is no code of a country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a code of ISO 3166-1 alpha-2 such as `DE`")]
pub struct UnknownCountry(pub String);

/// Country of ISO 3166-1 by its code alpha-2, or Kosovo by `XK`, which carriers and customs use for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// Returns every country in the order of codes.
    pub fn all() -> impl Iterator<Item = Self> {
        COUNTRIES.iter().map(|country| Self(country.alpha2))
    }

    /// Returns the code of two capital letters.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// Returns the English name.
    pub fn name(self) -> &'static str {
        let at = COUNTRIES.binary_search_by_key(&self.0, |country| country.alpha2);
        at.map_or(self.0, |at| COUNTRIES[at].long_name)
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let at = COUNTRIES.binary_search_by_key(&code, |country| country.alpha2);
        at.map(|at| Self(COUNTRIES[at].alpha2))
            .map_err(|_| UnknownCountry(code.to_owned()))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_is_known_by_its_code_alone() {
        assert_eq!("DE".parse::<Country>().map(Country::name), Ok("Germany"));
        for code in ["de", "DEU", "276", "Germany", "UK", "EU", "", "XX"] {
            assert_eq!(
                code.parse::<Country>(),
                Err(UnknownCountry(code.to_owned()))
            );
        }
    }

    #[test]
    fn all_countries_have_codes_that_read_back() {
        assert_eq!(
            Country::all().count(),
            250,
            "the 249 of ISO 3166-1 and Kosovo"
        );
        for country in Country::all() {
            assert_eq!(country.code().parse(), Ok(country));
            assert!(country.name().len() > 2, "{country}");
            let json = serde_json::to_string(&country).unwrap();
            assert_eq!(serde_json::from_str::<Country>(&json).unwrap(), country);
        }
    }
}
