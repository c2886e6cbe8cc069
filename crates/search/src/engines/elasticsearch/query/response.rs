//! Response of the cluster to a search, parsed once without a tree of values in between.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::buckets::{Pair, Terms, Text};
use super::card::Card;
use crate::engines::elasticsearch::facets::aggregation_dsl::{
    NUMBER_BOUNDS, OPTION_NAMES, OPTION_VALUES, PART, number_bounds,
};

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
    #[serde(borrow, default)]
    stored_variants: Vec<Text<'a>>,
    #[serde(borrow, default)]
    title_stems: Vec<Text<'a>>,
}

impl Fields<'_> {
    /// The description's beginning; empty if it was not asked for.
    pub(crate) fn excerpt(&self) -> &str {
        self.excerpt.first().map_or("", |text| &text.0)
    }

    /// The stems of the title; empty if they were not asked for.
    pub(crate) fn title_stems(&self) -> &str {
        self.title_stems.first().map_or("", |text| &text.0)
    }

    /// The variants, if they were asked for and are several.
    pub(crate) fn variants(&self) -> Option<&str> {
        self.stored_variants.first().map(|text| &*text.0)
    }
}

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
    /// Bounds of attributes' numbers by name, see [`number_bounds`].
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

    /// Adds what was counted of other products, or of other attributes of the same.
    fn absorb(&mut self, part: Self) {
        self.price_bounds.widen(&part.price_bounds);
        self.price_steps.add(part.price_steps);
        self.availability.add(part.availability);
        self.attribute_names.add(part.attribute_names);
        self.attributes.add(part.attributes);
        self.seller.add(part.seller);
        for (name, bounds) in part.number_bounds {
            match self.number_bounds.iter_mut().find(|(own, _)| *own == name) {
                Some((_, own)) => own.widen(&bounds),
                None => self.number_bounds.push((name, bounds)),
            }
        }
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

impl Bounds {
    fn widen(&mut self, other: &Self) {
        let least = self.min.into_iter().chain(other.min).reduce(f64::min);
        let most = self.max.into_iter().chain(other.max).reduce(f64::max);
        (self.min, self.max) = (least, most);
    }
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
                "seller" => group.seller.add(map.next_value()?),
                "price_bounds" => group.price_bounds = map.next_value()?,
                "price_steps" => group.price_steps = map.next_value()?,
                "rating" => group.rating = map.next_value()?,
                "availability" => group.availability = map.next_value()?,
                "attribute_names" | OPTION_NAMES => group.attribute_names.add(map.next_value()?),
                "attributes" | OPTION_VALUES => group.attributes.add(map.next_value()?),
                _ if name.starts_with(NUMBER_BOUNDS) => {
                    let bounds = map.next_value()?;
                    group.number_bounds.push((name, bounds));
                }
                _ if name.starts_with(PART) => group.absorb(map.next_value()?),
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
    fn counts_of_parts_are_added_up_by_products() {
        let answer = r#"{
            "part_plain": {"doc_count": 2, "attributes": {"sum_other_doc_count": 1, "buckets": [
                {"key": "Size\u001fM", "doc_count": 2}
            ]}},
            "part_variants": {"doc_count": 9, "part_passing": {"doc_count": 7,
                "price_bounds": {"min": 5.0, "max": 9.0},
                "attributes": {"buckets": [
                    {"key": "Size\u001fM", "doc_count": 4, "products": {"doc_count": 3}},
                    {"key": "Size\u001fL", "doc_count": 2, "products": {"doc_count": 1}}
                ]}
            }}
        }"#;
        let group: Group<'_> = serde_json::from_str(answer).unwrap();
        let counts = group.attributes.buckets.iter();
        let counts: Vec<_> = counts
            .map(|bucket| (bucket.key.parts().1, bucket.count))
            .collect();
        assert_eq!(counts, [("M", 5), ("L", 1)]);
        assert!(group.attributes.is_cut());
        assert_eq!(group.price_bounds.max, Some(9.0));
        assert!(group.groups.is_empty());
    }
}
