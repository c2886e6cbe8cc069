//! Identifier of a search in analytics.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text that is no id of a search.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is `query_id` of a search's answer, unchanged: 48 hexadecimal digits")]
pub struct QueryIdError;

/// Hash of a search: equal for equal searches of all shoppers, so that a response may be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QueryId {
    /// Stands for the text, however it was written.
    pub text: u64,
    /// The version of the marketplace's settings that answered.
    pub settings: u32,
    /// Stands for filters and order.
    pub rest: u32,
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            text,
            settings,
            rest,
        } = self;
        write!(f, "{text:016x}{settings:08x}{rest:08x}")
    }
}

impl FromStr for QueryId {
    type Err = QueryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(QueryIdError);
        }
        let half = |text: &str| u32::from_str_radix(text, 16).map_err(|_| QueryIdError);
        Ok(Self {
            text: u64::from_str_radix(&text[..16], 16).map_err(|_| QueryIdError)?,
            settings: half(&text[16..24])?,
            rest: half(&text[24..])?,
        })
    }
}

/// Id of a search with the proof that it was given out, as it goes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignedQueryId {
    /// The id.
    pub id: QueryId,
    /// Signature of tenant, day and id.
    pub signature: u64,
}

impl fmt::Display for SignedQueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:016x}", self.id, self.signature)
    }
}

impl FromStr for SignedQueryId {
    type Err = QueryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, signature) = text.split_at_checked(32).ok_or(QueryIdError)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if signature.len() != 16 || !signature.bytes().all(is_digit) {
            return Err(QueryIdError);
        }
        Ok(Self {
            id: id.parse()?,
            signature: u64::from_str_radix(signature, 16).map_err(|_| QueryIdError)?,
        })
    }
}

impl Serialize for SignedQueryId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SignedQueryId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_read_as_it_was_written(text: u64, settings: u32, rest: u32, signature: u64) {
            let signed = SignedQueryId { id: QueryId { text, settings, rest }, signature };
            let written = signed.to_string();
            prop_assert_eq!(written.len(), 48);
            prop_assert_eq!(written.parse(), Ok(signed));
        }

        #[test]
        fn other_text_is_rejected(text in "([0-9a-f]{47,49}|[0-9a-gA-F é+-]{0,50})") {
            let is_one = text.len() == 48
                && text.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
            prop_assert_eq!(text.parse::<SignedQueryId>().is_ok(), is_one);
        }
    }
}
