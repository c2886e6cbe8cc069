//! The languages whose words a tenant's search knows.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language whose words Souk does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{0}`; known are: {known}", known = Language::codes())]
pub struct UnknownLanguage(pub String);

macro_rules! languages {
    ($($name:ident = $code:literal, $postgres:literal);+ $(;)?) => {
        /// A tenant's language: decides stemming and stop words. ISO 639-1 on the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum Language {
            $(
                #[doc = concat!("`", $code, "`.")]
                $name
            ),+,
            /// `simple`: words are folded but not stemmed.
            #[default]
            Simple,
        }

        impl Language {
            /// Every language there is.
            pub const ALL: &[Self] = &[$(Self::$name),+, Self::Simple];

            /// The ISO 639-1 code, or `simple`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+, Self::Simple => "simple" }
            }

            /// The name of PostgreSQL's text search configuration for it.
            pub fn postgres_config(self) -> &'static str {
                match self { $(Self::$name => $postgres),+, Self::Simple => "simple" }
            }
        }
    };
}

languages! {
    English = "en", "english";
    Arabic = "ar", "arabic";
    Armenian = "hy", "armenian";
    Basque = "eu", "basque";
    Burmese = "my", "simple";
    Catalan = "ca", "catalan";
    Chinese = "zh", "simple";
    Czech = "cs", "simple";
    Danish = "da", "danish";
    Dutch = "nl", "dutch";
    Esperanto = "eo", "simple";
    Estonian = "et", "simple";
    Finnish = "fi", "finnish";
    French = "fr", "french";
    German = "de", "german";
    Greek = "el", "greek";
    Hindi = "hi", "hindi";
    Hungarian = "hu", "hungarian";
    Indonesian = "id", "indonesian";
    Irish = "ga", "irish";
    Italian = "it", "italian";
    Japanese = "ja", "simple";
    Khmer = "km", "simple";
    Korean = "ko", "simple";
    Lao = "lo", "simple";
    Lithuanian = "lt", "lithuanian";
    Nepali = "ne", "nepali";
    Norwegian = "no", "norwegian";
    Persian = "fa", "simple";
    Polish = "pl", "simple";
    Portuguese = "pt", "portuguese";
    Romanian = "ro", "romanian";
    Russian = "ru", "russian";
    Serbian = "sr", "serbian";
    Spanish = "es", "spanish";
    Swedish = "sv", "swedish";
    Tamil = "ta", "tamil";
    Thai = "th", "simple";
    Turkish = "tr", "turkish";
    Vietnamese = "vi", "simple";
    Yiddish = "yi", "yiddish";
}

impl Language {
    /// The codes, as an error message lists them.
    pub fn codes() -> String {
        Self::ALL
            .iter()
            .map(|language| language.code())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|language| language.code() == code)
            .ok_or_else(|| UnknownLanguage(code.to_owned()))
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.code().to_owned()
    }
}

impl TryFrom<String> for Language {
    type Error = UnknownLanguage;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}
