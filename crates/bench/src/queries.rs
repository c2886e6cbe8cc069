//! The queries to measure with, made of the generated catalogue's own words.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use rand::{
    Rng, RngExt, SeedableRng,
    seq::{IndexedRandom, SliceRandom},
};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use souk_domain::{FacetName, PriceFilter, SearchQuery};

use crate::http::{Connection, encoded};

const SEED: u64 = 3;
const TEXTS: usize = 240;
const FILTERED_TEXTS: usize = 160;
const WITHOUT_TEXT: usize = 60;
const CATEGORY_PAGES: usize = 40;

/// How many pages of products the words are taken from.
const SAMPLED_PAGES: u32 = 12;
/// The deepest page by number.
const DEEPEST_PAGE: u32 = 100;
const ORDERS: [&str; 5] = ["newest", "price_asc", "price_desc", "rating", "popular"];

/// One search.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Query {
    pub(crate) text: Option<String>,
    pub(crate) filter: Option<Filter>,
    pub(crate) order: Option<&'static str>,
}

/// What narrows it.
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
}

impl Query {
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

/// A product as its hit shows it.
struct Sample {
    words: Vec<String>,
    category: Option<String>,
    fandom: Option<(String, String)>,
    brand: Option<String>,
    price: i64,
}

/// Asks the server for some of its products and makes queries of them, the same for the same catalogue.
pub(crate) async fn derive(address: SocketAddr) -> Result<Vec<Query>> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let samples = samples(address, &mut random).await?;
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

async fn samples(address: SocketAddr, random: &mut ChaCha8Rng) -> Result<Vec<Sample>> {
    let mut connection = Connection::open(address).await?;
    let first = connection
        .get_json("/api/search?per_page=1&facets=none")
        .await?;
    let total = first["total"].as_u64().context("no total")?;
    let pages = u32::try_from(total / 100)?.clamp(1, DEEPEST_PAGE);
    let mut samples = Vec::new();
    for number in 0..SAMPLED_PAGES {
        let page = random.random_range(1..=pages);
        let order = ORDERS[number as usize % ORDERS.len()];
        let path = format!("/api/search?per_page=100&page={page}&sort={order}&facets=none");
        let answer = connection.get_json(&path).await?;
        let hits = answer["hits"].as_array().context("no hits")?;
        samples.extend(hits.iter().filter_map(read_sample));
    }
    ensure!(
        samples.iter().any(|sample| sample.category.is_some()),
        "no product has a category"
    );
    Ok(samples)
}

fn read_sample(hit: &Value) -> Option<Sample> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let words: Vec<String> = hit["title"]
        .as_str()?
        .split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| word.chars().count() > 2 && word.chars().all(char::is_alphabetic))
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return None;
    }
    Some(Sample {
        words,
        category: text(&hit["category"]["slug"]),
        fandom: text(&hit["fandom"]["slug"]).zip(text(&hit["fandom"]["name"])),
        brand: text(&hit["brand"]),
        price: hit["price"]["amount"].as_i64()?,
    })
}

/// One to three words of a product's title, in their order.
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
        read_sample(&hit).unwrap()
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
}
