//! Facets of the model, counted one by one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    Facet, FacetName, FacetValue, Facets, Label, PriceBucket, PriceFacet, ProductDocument,
    VariantDocument, most_frequent, price_ladder, value_key,
};
use souk_search::query::ATTRIBUTE_FACETS;

use super::{Matching, Seen};
use crate::value_counts::{count, listed, unified};

impl Matching<'_> {
    /// A facet of what each document has of it, as label and parent.
    fn terms(
        &self,
        facet: FacetName,
        selected: &BTreeSet<String>,
        own: impl Fn(&ProductDocument) -> Vec<(Label, Option<String>)>,
    ) -> Facet {
        let seen = self.seen_by(Some(facet), None);
        let counted = count(seen.iter().flat_map(|seen| own(&seen.entry.document)));
        let counted = match facet {
            FacetName::Brand => unified(counted),
            _ => counted,
        };
        listed(facet.as_str(), counted, selected)
    }

    fn facet(&self, facet: FacetName) -> Facet {
        let filters = &self.plan.filters;
        let plain = |label: &Label| (label.clone(), None);
        match facet {
            FacetName::Category => self.terms(facet, &filters.category, |document| {
                let steps = |path: &[Label]| {
                    let parents: Vec<_> =
                        path.iter().map(|label| Some(label.slug.clone())).collect();
                    let parents = [None].into_iter().chain(parents);
                    path.iter().cloned().zip(parents).collect::<Vec<_>>()
                };
                // A product is once in a category, however many of its own lead there.
                let all: BTreeSet<_> = document.category_paths().flat_map(steps).collect();
                all.into_iter().collect()
            }),
            FacetName::Fandom => self.terms(facet, &filters.fandom, |document| {
                document.all_fandoms().map(plain).collect()
            }),
            FacetName::Brand => self.terms(facet, &filters.brand, |document| {
                let brands = document.brand.iter();
                brands
                    .map(|brand| plain(&Label::new(brand, brand)))
                    .collect()
            }),
            _ => {
                let seen = self.seen_by(Some(facet), None);
                let sellers = seen.iter().flat_map(|seen| {
                    let own = seen.variants.iter();
                    let own = own.map(|variant| seen.entry.seller_of(variant));
                    own.collect::<BTreeSet<_>>()
                });
                listed(facet.as_str(), count(sellers.map(plain)), &filters.seller)
            }
        }
    }

    fn choices(&self, facet: FacetName, choices: Vec<Choice>) -> Facet {
        let seen = self.seen_by(Some(facet), None);
        let values = choices.into_iter().map(|choice| FacetValue {
            value: choice.value,
            label: choice.label,
            count: seen.iter().filter(|seen| (choice.of)(seen)).count() as u64,
            selected: choice.selected,
            parent: None,
        });
        Facet {
            name: facet.as_str().to_owned(),
            values: values
                .filter(|value| value.count > 0 || value.selected)
                .collect(),
            exact: true,
            left_out: 0,
        }
    }

    fn rating(&self) -> Facet {
        let choice = |stars: u8| Choice {
            value: stars.to_string(),
            label: format!("{stars} and up"),
            selected: self.plan.filters.rating_min == Some(f32::from(stars)),
            of: Box::new(move |seen| {
                let rating = seen.entry.document.rating;
                rating.is_some_and(|own| own >= f32::from(stars))
            }),
        };
        self.choices(FacetName::Rating, [4, 3, 2, 1].map(choice).into())
    }

    fn availability(&self) -> Facet {
        let choice = |(value, label, wanted): (&str, &str, bool)| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            selected: self.plan.filters.in_stock == Some(wanted),
            of: Box::new(move |seen| seen.variants.iter().any(|own| own.available == wanted)),
        };
        let sides = [
            ("in_stock", "In stock", true),
            ("out_of_stock", "Out of stock", false),
        ];
        self.choices(FacetName::Availability, sides.map(choice).into())
    }

    fn price(&self) -> PriceFacet {
        let seen = self.seen_by(Some(FacetName::Price), None);
        let variants = seen.iter().flat_map(|seen| &seen.variants);
        let prices: Vec<_> = variants.map(|variant| variant.price).collect();
        let ladder = price_ladder(2);
        let buckets = ladder.iter().enumerate().map(|(place, &from)| {
            let to = ladder.get(place + 1).copied();
            let within = |variant: &&VariantDocument| {
                variant.price >= from && to.is_none_or(|to| variant.price < to)
            };
            let has_one = |seen: &&Seen<'_>| seen.variants.iter().any(within);
            let count = seen.iter().filter(has_one).count() as u64;
            PriceBucket { from, to, count }
        });
        PriceFacet {
            bounds: prices
                .iter()
                .min()
                .copied()
                .zip(prices.iter().max().copied()),
            buckets: buckets.filter(|bucket| bucket.count > 0).collect(),
            exact: true,
        }
    }

    fn attributes(&self) -> Vec<Facet> {
        let selected = &self.plan.filters.attributes;
        let nothing = BTreeSet::new();
        let everywhere = self
            .found
            .iter()
            .flat_map(|entry| entry.document.attributes.keys());
        let mut names: BTreeMap<_, BTreeSet<&String>> = BTreeMap::new();
        for name in everywhere.chain(selected.keys()) {
            names.entry(value_key(name)).or_default().insert(name);
        }
        let mut facets = Vec::new();
        for spellings in names.values() {
            let spelling = |own: &&&String| selected.contains_key(**own);
            let typed = spellings.iter().find(spelling).or(spellings.first());
            let typed = typed.expect("a name has a spelling");
            let seen = self.seen_by(None, Some(typed));
            let by_spelling = spellings.iter().map(|name| {
                let having = seen.iter().filter(|seen| {
                    seen.entry.document.attributes.contains_key(*name)
                        && !seen.values(name).is_empty()
                });
                (*name, having.count())
            });
            let counted = by_spelling.filter(|(_, products)| *products > 0);
            let name = most_frequent(counted).unwrap_or(typed);
            let having = seen.iter().filter(|seen| !seen.values(name).is_empty());
            let products = having.count();
            let values = seen.iter().flat_map(|seen| seen.values(name));
            let counted = unified(count(values.map(|value| (Label::new(value, value), None))));
            let identifies = counted.len() > 50 && counted.len() * 2 > products;
            let chosen = self.plan.filters.values_of(name);
            if chosen.is_some() || (!counted.is_empty() && !identifies) {
                let chosen = chosen.unwrap_or(&nothing);
                let order = (counted.len() <= 1, Reverse(products));
                facets.push((order, listed(name, counted, chosen)));
            }
        }
        facets.sort_by(|(one, facet), (other, other_facet)| {
            (one, &facet.name).cmp(&(other, &other_facet.name))
        });
        let places = facets.into_iter().map(|(_, facet)| facet).enumerate();
        let shown = places.filter(|(place, facet)| {
            *place < ATTRIBUTE_FACETS || self.plan.filters.values_of(&facet.name).is_some()
        });
        shown.map(|(_, facet)| facet).collect()
    }

    pub(super) fn facets(&self) -> Facets {
        let asked = |facet| self.plan.facets.contains(&facet);
        let terms = |facet| asked(facet).then(|| self.facet(facet));
        Facets {
            category: terms(FacetName::Category),
            fandom: terms(FacetName::Fandom),
            brand: terms(FacetName::Brand),
            seller: terms(FacetName::Seller),
            price: asked(FacetName::Price).then(|| self.price()),
            rating: asked(FacetName::Rating).then(|| self.rating()),
            availability: asked(FacetName::Availability).then(|| self.availability()),
            attributes: if asked(FacetName::Attributes) {
                self.attributes()
            } else {
                Vec::new()
            },
            ranges: Vec::new(),
        }
    }
}

/// Choice of a facet that always has the same ones.
struct Choice {
    value: String,
    label: String,
    selected: bool,
    of: Box<dyn Fn(&Seen<'_>) -> bool>,
}
