//! The queries to measure with, made of the generated catalogue's own words.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use rand::{
    Rng, RngExt, SeedableRng,
    seq::{IndexedRandom, SliceRandom},
};
use rand_chacha::ChaCha8Rng;
use souk_domain::{FacetName, PriceFilter, SearchQuery};

use crate::{
    http::encoded,
    samples::{self, ORDERS, Sample},
};

const SEED: u64 = 3;
const TEXTS: usize = 240;
const FILTERED_TEXTS: usize = 160;
const WITHOUT_TEXT: usize = 60;
const CATEGORY_PAGES: usize = 40;

/// Search.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Query {
    pub(crate) text: Option<String>,
    pub(crate) filter: Option<Filter>,
    pub(crate) order: Option<&'static str>,
}

/// Filters of the search.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Category { slug: String },
    Fandom { slug: String, name: String },
    Brand(String),
    Price { min: i64, max: i64 },
}

impl Query {
    /// The path that asks for it, with all facets.
    pub(crate) fn path(&self) -> String {
        let mut parameters = Vec::new();
        if let Some(text) = &self.text {
            parameters.push(format!("q={}", encoded(text)));
        }
        match &self.filter {
            Some(Filter::Category { slug }) => parameters.push(format!("category={slug}")),
            Some(Filter::Fandom { slug, .. }) => parameters.push(format!("fandom={slug}")),
            Some(Filter::Brand(brand)) => parameters.push(format!("brand={}", encoded(brand))),
            Some(Filter::Price { min, max }) => {
                parameters.push(format!("price_min={min}&price_max={max}"));
            }
            None => {}
        }
        if let Some(order) = self.order {
            parameters.push(format!("sort={order}"));
        }
        format!("/api/search?{}", parameters.join("&"))
    }

    /// The path of the listing that shows what it finds, if it has neither a text nor what listings cannot filter by.
    pub(crate) fn listing_path(&self) -> Option<String> {
        let plain = matches!(
            self.filter,
            None | Some(Filter::Category { .. } | Filter::Fandom { .. })
        );
        let parameters = self.path();
        let (_, parameters) = parameters.split_once('?')?;
        (plain && self.text.is_none()).then(|| format!("/api/products?{parameters}"))
    }

    /// The same as a query of the domain, with all facets.
    pub(crate) fn query(&self) -> Result<SearchQuery> {
        let mut query = SearchQuery {
            text: self.text.clone(),
            facets: FacetName::ALL.into(),
            ..SearchQuery::default()
        };
        if let Some(order) = self.order {
            query.sort = order.parse().ok().context("an unknown order")?;
        }
        let filters = &mut query.filters;
        match self.filter.clone() {
            Some(Filter::Category { slug }) => drop(filters.category.insert(slug)),
            Some(Filter::Fandom { slug, .. }) => drop(filters.fandom.insert(slug)),
            Some(Filter::Brand(brand)) => drop(filters.brand.insert(brand)),
            Some(Filter::Price { min, max }) => {
                filters.price = Some(PriceFilter {
                    min: Some(min),
                    max: Some(max),
                });
            }
            None => {}
        }
        Ok(query.validated()?)
    }
}

/// Asks the server for some of its products and makes queries of them, the same for the same catalogue.
pub(crate) async fn derive(address: SocketAddr) -> Result<Vec<Query>> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let samples = samples::take(address, &mut random).await?;
    let sample = |random: &mut ChaCha8Rng| samples.choose(random).context("no products");
    let mut queries = Vec::new();
    for _ in 0..TEXTS {
        let text = Some(text(sample(&mut random)?, &mut random));
        queries.push(Query {
            text,
            ..Query::default()
        });
    }
    for _ in 0..FILTERED_TEXTS {
        let sample = sample(&mut random)?;
        queries.push(Query {
            text: Some(text(sample, &mut random)),
            filter: Some(filter(sample, &mut random)),
            order: None,
        });
    }
    for number in 0..WITHOUT_TEXT {
        let order = Some(ORDERS[number % ORDERS.len()]);
        queries.push(Query {
            order,
            ..Query::default()
        });
    }
    while queries.len() < TEXTS + FILTERED_TEXTS + WITHOUT_TEXT + CATEGORY_PAGES {
        let slug = sample(&mut random)?.category.clone();
        let filter = slug.map(|slug| Filter::Category { slug });
        queries.extend(filter.map(|filter| Query {
            filter: Some(filter),
            ..Query::default()
        }));
    }
    queries.shuffle(&mut random);
    Ok(queries)
}

/// Draws one to three words of a product's title, in their order.
fn text(sample: &Sample, random: &mut impl Rng) -> String {
    let wanted = *[1, 2, 2, 3].choose(random).unwrap_or(&1);
    let mut places: Vec<usize> = (0..sample.words.len()).collect();
    places.shuffle(random);
    places.truncate(wanted);
    places.sort_unstable();
    let words: Vec<&str> = places
        .into_iter()
        .map(|place| sample.words[place].as_str())
        .collect();
    words.join(" ")
}

/// A filter that the product passes.
fn filter(sample: &Sample, random: &mut impl Rng) -> Filter {
    let mut filters = vec![Filter::Price {
        min: sample.price / 2,
        max: sample.price * 2,
    }];
    filters.extend(
        sample
            .category
            .clone()
            .map(|slug| Filter::Category { slug }),
    );
    filters.extend(sample.brand.clone().map(Filter::Brand));
    filters.extend(
        sample
            .fandom
            .clone()
            .map(|(slug, name)| Filter::Fandom { slug, name }),
    );
    filters.swap_remove(random.random_range(0..filters.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hit() -> Sample {
        let hit = json!({
            "title": "Dragon Mug (350 ml), red",
            "price": {"amount": 1000, "currency": "EUR"},
            "brand": "Acme & Co",
        });
        Sample::of(&hit).unwrap()
    }

    #[test]
    fn texts_are_words_of_the_title() {
        let sample = hit();
        assert_eq!(sample.words, ["dragon", "mug", "red"]);
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..50 {
            let text = text(&sample, &mut random);
            assert!(
                text.split(' ')
                    .all(|word| sample.words.iter().any(|known| known == word))
            );
        }
    }

    #[test]
    fn filters_are_passed_by_their_product() {
        let sample = hit();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..20 {
            let filter = filter(&sample, &mut random);
            assert!(matches!(
                filter,
                Filter::Brand(_)
                    | Filter::Price {
                        min: 500,
                        max: 2000
                    }
            ));
        }
    }

    #[test]
    fn a_path_says_it_all() {
        let query = Query {
            text: Some("red mug".to_owned()),
            filter: Some(Filter::Brand("Acme & Co".to_owned())),
            order: Some("newest"),
        };
        assert_eq!(
            query.path(),
            "/api/search?q=red%20mug&brand=Acme%20%26%20Co&sort=newest"
        );
    }

    #[test]
    fn a_listing_has_no_text_and_no_brand() {
        let mug = Query {
            filter: Some(Filter::Category {
                slug: "mugs".to_owned(),
            }),
            ..Query::default()
        };
        let path = mug.listing_path();
        assert_eq!(path.as_deref(), Some("/api/products?category=mugs"));
        let red = Query {
            text: Some("red".to_owned()),
            ..mug
        };
        assert_eq!(red.listing_path(), None);
        let brand = Query {
            filter: Some(Filter::Brand("Acme".to_owned())),
            ..Query::default()
        };
        assert_eq!(brand.listing_path(), None);
    }
}
