//! Response of the cluster to a search, parsed once without a tree of values in between.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::card::Card;
use crate::engines::elasticsearch::facets::aggregations::{NO_VALUE, NUMBER_BOUNDS, number_bounds};
use crate::facets::encoding;

/// An answer to a search.
#[derive(Debug, Deserialize)]
pub(crate) struct SearchBody<'a> {
    #[serde(borrow)]
    pub(crate) hits: Hits<'a>,
    #[serde(borrow, default)]
    pub(crate) aggregations: Group<'a>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Hits<'a> {
    #[serde(default)]
    pub(crate) total: Total,
    #[serde(borrow)]
    pub(crate) hits: Vec<RawHit<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Total {
    pub(crate) value: u64,
}

/// Hit.
#[derive(Debug, Deserialize)]
pub(crate) struct RawHit<'a> {
    #[serde(borrow, rename = "_source")]
    pub(crate) source: Source<'a>,
    #[serde(borrow, default)]
    pub(crate) fields: Fields<'a>,
    /// The key it is sorted by, then its id.
    #[serde(borrow, default)]
    pub(crate) sort: Option<(&'a RawValue, i64)>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Source<'a> {
    #[serde(borrow)]
    pub(crate) card: Card<'a>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Fields<'a> {
    #[serde(borrow, default)]
    excerpt: Vec<Text<'a>>,
}

impl Fields<'_> {
    /// The description's beginning; empty if it was not asked for.
    pub(crate) fn excerpt(&self) -> &str {
        self.excerpt.first().map_or("", |text| &text.0)
    }
}

/// A text that is borrowed where the answer has it without escapes.
#[derive(Debug, Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Counts of the facets that the same filters narrow, and groups in which others do.
#[derive(Debug, Default)]
pub(crate) struct Group<'a> {
    pub(crate) category: Terms<Text<'a>>,
    pub(crate) further_category: Terms<Text<'a>>,
    pub(crate) fandom: Terms<Pair<'a>>,
    pub(crate) brand: Terms<Text<'a>>,
    pub(crate) seller: Terms<Pair<'a>>,
    pub(crate) price_bounds: Bounds,
    pub(crate) price_steps: Terms<Text<'a>>,
    pub(crate) rating: Terms<Text<'a>>,
    pub(crate) availability: Terms<Text<'a>>,
    pub(crate) attribute_names: Terms<Text<'a>>,
    pub(crate) attributes: Terms<Pair<'a>>,
    /// Bounds of attributes' numbers by name, see [`number_bounds`](crate::engines::elasticsearch::facets::aggregations::number_bounds).
    number_bounds: Vec<(Cow<'a, str>, Bounds)>,
    groups: Vec<(Cow<'a, str>, Group<'a>)>,
}

impl<'a> Group<'a> {
    /// Returns the lowest and the highest number of an attribute.
    pub(crate) fn bounds(&self, name: &str) -> Option<(f64, f64)> {
        let wanted = number_bounds(name);
        let (_, bounds) = self.number_bounds.iter().find(|(own, _)| *own == wanted)?;
        bounds.min.zip(bounds.max)
    }

    pub(crate) fn group(&self, name: &str) -> Option<&Group<'a>> {
        let mut groups = self.groups.iter();
        groups.find(|(own, _)| own == name).map(|(_, group)| group)
    }
}

/// Lowest and highest; none if there is nothing.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Bounds {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
}

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
pub(crate) trait Key {
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
    let mut buckets = Vec::<Bucket<K>>::deserialize(deserializer)?;
    buckets.retain(|bucket| !bucket.key.is_no_value());
    Ok(buckets)
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

#[derive(Debug, Deserialize)]
pub(crate) struct Bucket<K> {
    pub(crate) key: K,
    #[serde(rename = "doc_count")]
    pub(crate) count: u64,
}

/// Two texts that are counted as one, see [`encoding::parts`]. JSON escapes what stands between them; they are borrowed
/// all the same, because an answer has thousands of them.
#[derive(Debug)]
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

impl<'de: 'a, 'a> Deserialize<'de> for Group<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(GroupVisitor(PhantomData))
    }
}

struct GroupVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for GroupVisitor<'a> {
    type Value = Group<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("aggregations by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut group = Group::default();
        while let Some(Text(name)) = map.next_key()? {
            match &*name {
                "doc_count" | "meta" => drop(map.next_value::<IgnoredAny>()?),
                "category" => group.category = map.next_value()?,
                "further_category" => group.further_category = map.next_value()?,
                "fandom" => group.fandom = map.next_value()?,
                "brand" => group.brand = map.next_value()?,
                "seller" => group.seller = map.next_value()?,
                "price_bounds" => group.price_bounds = map.next_value()?,
                "price_steps" => group.price_steps = map.next_value()?,
                "rating" => group.rating = map.next_value()?,
                "availability" => group.availability = map.next_value()?,
                "attribute_names" => group.attribute_names = map.next_value()?,
                "attributes" => group.attributes = map.next_value()?,
                _ if name.starts_with(NUMBER_BOUNDS) => {
                    let bounds = map.next_value()?;
                    group.number_bounds.push((name, bounds));
                }
                _ => {
                    let inner = map.next_value()?;
                    group.groups.push((name, inner));
                }
            }
        }
        Ok(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_counts_are_told_apart() {
        let answer = r#"{
            "hits": {"total": {"value": 7}, "hits": []},
            "aggregations": {
                "brand": {"buckets": [{"key": "", "doc_count": 4}, {"key": "Acme", "doc_count": 3}]},
                "past_0": {"doc_count": 5, "attributes": {
                    "sum_other_doc_count": 2,
                    "buckets": [{"key": "Size\u001fM", "doc_count": 1}]
                }}
            }
        }"#;
        let answer: SearchBody<'_> = serde_json::from_str(answer).unwrap();
        assert_eq!(answer.hits.total.value, 7);
        assert_eq!(answer.aggregations.brand.buckets[0].key.0, "Acme");
        let inner = answer.aggregations.group("past_0").unwrap();
        assert_eq!(inner.attributes.buckets[0].key.parts(), ("Size", "M"));
        assert!(inner.attributes.is_cut() && !answer.aggregations.brand.is_cut());
        assert!(answer.aggregations.group("past_1").is_none());
    }

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
