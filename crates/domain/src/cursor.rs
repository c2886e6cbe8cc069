//! Cursors: an opaque place in an ordered result, safe to hand to a stranger and take back.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{ProductId, Sort};

/// A text that is no cursor of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor; take it from `next_cursor` of an earlier page, unchanged")]
pub struct CursorError;

/// The value that a hit was ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum SortKey {
    /// Relevance: the score.
    Score(f32),
    /// Price, creation time or popularity.
    Integer(i64),
    /// Mean rating; 0 for the unrated.
    Rating(f32),
}

impl SortKey {
    /// Reports whether hits in this order have such a key. Relevance without text is ordered by popularity.
    pub fn fits(&self, effective: Sort) -> bool {
        match self {
            Self::Score(_) => effective == Sort::Relevance,
            Self::Rating(_) => effective == Sort::Rating,
            Self::Integer(_) => {
                matches!(
                    effective,
                    Sort::PriceAsc | Sort::PriceDesc | Sort::Newest | Sort::Popular
                )
            }
        }
    }
}

/// The last hit of a page: the next one begins after it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// Value by which the hit was ordered.
    pub key: SortKey,
    /// The hit, which breaks ties.
    pub id: ProductId,
}

impl Cursor {
    /// Returns the cursor behind so many hits of an order that has no key. The last of them is `id`.
    pub fn behind(hits: u32, id: ProductId) -> Self {
        // No score is negative.
        let key = SortKey::Score(-(hits as f32));
        Self { key, id }
    }

    /// Returns the number of hits that a cursor of [`Self::behind`] stands behind.
    pub fn place(&self) -> Option<u32> {
        match self.key {
            SortKey::Score(score) if score < 0.0 => Some((-score) as u32),
            _ => None,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tag, bits) = match self.key {
            SortKey::Score(score) => (b's', i64::from(score.to_bits())),
            SortKey::Rating(rating) => (b'r', i64::from(rating.to_bits())),
            SortKey::Integer(value) => (b'i', value),
        };
        let mut bytes = [0; 17];
        bytes[0] = tag;
        bytes[1..9].copy_from_slice(&bits.to_be_bytes());
        bytes[9..].copy_from_slice(&self.id.0.to_be_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let bytes: [u8; 17] = bytes.try_into().map_err(|_| CursorError)?;
        let number = |from: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[from..from + 8]);
            i64::from_be_bytes(eight)
        };
        let float = || {
            u32::try_from(number(1))
                .map(f32::from_bits)
                .ok()
                .filter(|value| value.is_finite())
                .ok_or(CursorError)
        };
        let key = match bytes[0] {
            b's' => SortKey::Score(float()?),
            b'r' => SortKey::Rating(float()?),
            b'i' => SortKey::Integer(number(1)),
            _ => return Err(CursorError),
        };
        Ok(Self {
            key,
            id: ProductId(number(9)),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back(value: i64, score in -1e30_f32..1e30, id: i64) {
            for key in [SortKey::Integer(value), SortKey::Score(score), SortKey::Rating(score)] {
                let cursor = Cursor { key, id: ProductId(id) };
                prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
            }
        }

        #[test]
        fn nothing_else_is_a_cursor_or_panics(text in ".{0,60}") {
            let _ = text.parse::<Cursor>();
        }
    }

    #[test]
    fn a_place_reads_back_and_no_score_is_one() {
        let cursor = Cursor::behind(120, ProductId(7));
        let read: Cursor = cursor.to_string().parse().unwrap();
        assert_eq!(read.place(), Some(120));
        for key in [
            SortKey::Score(0.0),
            SortKey::Score(3.5),
            SortKey::Integer(-4),
        ] {
            let cursor = Cursor {
                key,
                id: ProductId(7),
            };
            assert_eq!(cursor.place(), None);
        }
    }

    #[test]
    fn a_score_that_is_no_number_is_refused() {
        let nan = Cursor {
            key: SortKey::Score(f32::NAN),
            id: ProductId(1),
        };
        assert_eq!(nan.to_string().parse::<Cursor>(), Err(CursorError));
    }
}
