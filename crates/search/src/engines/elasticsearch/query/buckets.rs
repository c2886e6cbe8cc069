//! Counted values of a response.

use std::borrow::Cow;
use std::hash::Hash;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::value::RawValue;

use crate::engines::elasticsearch::facets::aggregation_dsl::NO_VALUE;
use crate::facets::encoding;

/// A text that is borrowed where the answer has it without escapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Values with their counts, most frequent first; [`NO_VALUE`] is left out.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "K: Deserialize<'de> + Key"))]
pub(crate) struct Terms<K> {
    #[serde(default)]
    doc_count_error_upper_bound: i64,
    #[serde(default)]
    sum_other_doc_count: u64,
    #[serde(deserialize_with = "buckets")]
    pub(crate) buckets: Vec<Bucket<K>>,
}

/// Key of the bucket.
pub(crate) trait Key: Clone + Eq + Hash {
    /// Reports whether the bucket stands for products without a value.
    fn is_no_value(&self) -> bool;
}

impl Key for Text<'_> {
    fn is_no_value(&self) -> bool {
        self.0 == NO_VALUE
    }
}

impl Key for Pair<'_> {
    fn is_no_value(&self) -> bool {
        self.0 == NO_VALUE && self.1 == NO_VALUE
    }
}

fn buckets<'de, D, K>(deserializer: D) -> Result<Vec<Bucket<K>>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Key,
{
    let buckets = Vec::<RawBucket<K>>::deserialize(deserializer)?;
    let buckets = buckets.into_iter().filter(|raw| !raw.key.is_no_value());
    Ok(buckets.map(Bucket::from).collect())
}

impl<K> Default for Terms<K> {
    fn default() -> Self {
        Self {
            doc_count_error_upper_bound: 0,
            sum_other_doc_count: 0,
            buckets: Vec::new(),
        }
    }
}

impl<K: Key> Terms<K> {
    /// Adds counts of the same values, and of others.
    pub(super) fn add(&mut self, other: Self) {
        self.doc_count_error_upper_bound += other.doc_count_error_upper_bound;
        self.sum_other_doc_count += other.sum_other_doc_count;
        if self.buckets.is_empty() {
            self.buckets = other.buckets;
            return;
        }
        if other.buckets.is_empty() {
            return;
        }
        let places = self.buckets.iter().enumerate();
        let places: FxHashMap<K, usize> = places
            .map(|(place, bucket)| (bucket.key.clone(), place))
            .collect();
        for bucket in other.buckets {
            match places.get(&bucket.key) {
                Some(&place) => self.buckets[place].count += bucket.count,
                None => self.buckets.push(bucket),
            }
        }
    }
}

impl<K> Terms<K> {
    /// Reports whether values exist besides the listed ones.
    pub(crate) fn is_cut(&self) -> bool {
        self.sum_other_doc_count > 0
    }

    /// Reports whether each count is exact; shards that list different values may make it too low.
    pub(crate) fn is_exact(&self) -> bool {
        self.doc_count_error_upper_bound == 0
    }
}

#[derive(Debug)]
pub(crate) struct Bucket<K> {
    pub(crate) key: K,
    /// Number of products.
    pub(crate) count: u64,
}

#[derive(Deserialize)]
struct RawBucket<K> {
    key: K,
    doc_count: u64,
    /// Products of the nested documents that were counted, if it was those.
    products: Option<Products>,
}

#[derive(Deserialize)]
struct Products {
    doc_count: u64,
}

impl<K> From<RawBucket<K>> for Bucket<K> {
    fn from(raw: RawBucket<K>) -> Self {
        let products = raw.products.map(|products| products.doc_count);
        Self {
            key: raw.key,
            count: products.unwrap_or(raw.doc_count),
        }
    }
}

/// Two texts that are counted as one, see [`encoding::parts`]. JSON escapes what stands between them; they are borrowed
/// all the same, because an answer has thousands of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pair<'a>(Cow<'a, str>, Cow<'a, str>);

impl Pair<'_> {
    pub(crate) fn parts(&self) -> (&str, &str) {
        (&self.0, &self.1)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pair<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = <&RawValue>::deserialize(deserializer)?.get();
        let within = written
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        if let Some((one, rest)) = within.and_then(|text| text.split_once('\\'))
            && let Some(other) = after_separator(rest)
            && !other.contains('\\')
        {
            return Ok(Self(one.into(), other.into()));
        }
        let text: String = serde_json::from_str(written).map_err(D::Error::custom)?;
        let (one, other) = encoding::parts(&text);
        Ok(Self(one.to_owned().into(), other.to_owned().into()))
    }
}

/// Rest after the separator, if a backslash begins one here.
fn after_separator(escaped: &str) -> Option<&str> {
    let (code, rest) = escaped.split_at_checked("u001f".len())?;
    code.eq_ignore_ascii_case("u001f").then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_split_however_they_are_written() {
        for (written, parts) in [
            (r#""Size\u001fM""#, ("Size", "M")),
            (r#""Size\u001FM""#, ("Size", "M")),
            (r#""Größe\u001f15\"""#, ("Größe", "15\"")),
            (r#""a\\b\u001fc""#, ("a\\b", "c")),
            (r#""a\u001fb\u001fc""#, ("a", "b\u{1f}c")),
            (r#""alone""#, ("alone", "alone")),
            (r#""\u001f""#, ("", "")),
        ] {
            let pair: Pair<'_> = serde_json::from_str(written).unwrap();
            assert_eq!(pair.parts(), parts, "{written}");
        }
        assert!(serde_json::from_str::<Pair<'_>>("7").is_err());
    }
}
