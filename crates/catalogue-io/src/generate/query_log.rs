//! `souk generate --query-log`: what shoppers would ask of the marketplace, some of it very often and most of it seldom.
//!
//! Shoppers come with intents, each about one product that they will find. Which intent comes next follows Zipf's law: the
//! second most wanted is wanted half as often as the first. Like the marketplace, a log is the same for the same seed,
//! size and length on every machine, and it needs no database.

use std::io::{self, Write};

use serde::Serialize;
use souk_domain::ProductInput;

use super::{DemoShop, dice::Dice};

/// Streams of the dice, beyond those of products and before those of references.
const STREAM_DRAWS: u64 = 1 << 62;
const STREAM_INTENTS: u64 = STREAM_DRAWS + 1;

/// Most different intents.
const MOST_INTENTS: u64 = 5_000;
/// Letters typed when suggestions are asked for.
const TYPED: [usize; 3] = [2, 4, 6];
const ORDERS: [&str; 3] = ["newest", "popular", "rating"];

/// Requests of one shopper, as paths of the API in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// A listing to look around.
    pub browse: String,
    /// Suggestions while a search is typed.
    pub suggestions: Vec<String>,
    /// The search, with all facets.
    pub search: String,
    /// The same, narrowed by a facet.
    pub narrowed: String,
    /// The product that it was about.
    pub product: String,
}

/// The sessions of a marketplace, in the order in which they come.
pub fn sessions(shop: &DemoShop, seed: u64) -> impl Iterator<Item = Session> + '_ {
    let intents = shop.size().clamp(1, MOST_INTENTS);
    let mut sum = 0.0;
    let shares: Vec<f64> = (1..=intents)
        .map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        })
        .collect();
    let mut dice = Dice::new(seed, STREAM_DRAWS);
    std::iter::repeat_with(move || {
        let share = dice.unit() * sum;
        let rank = shares.partition_point(|upto| *upto <= share);
        intent(shop, seed, rank as u64 % intents)
    })
}

/// Writes so many sessions, one a line, as JSON.
///
/// # Errors
/// If they cannot be written.
pub fn write(shop: &DemoShop, seed: u64, count: usize, mut target: impl Write) -> io::Result<()> {
    for session in sessions(shop, seed).take(count) {
        serde_json::to_writer(&mut target, &session)?;
        target.write_all(b"\n")?;
    }
    target.flush()
}

/// The intent of a rank, the most common being 0.
fn intent(shop: &DemoShop, seed: u64, rank: u64) -> Session {
    let dice = &mut Dice::new(seed, STREAM_INTENTS + rank);
    let number = dice.below(usize::try_from(shop.size()).unwrap_or(usize::MAX));
    let product = shop.product(number as u64);
    let text = text(&product, dice);
    let typed = |letters: &usize| text.chars().take(*letters).collect::<String>();
    let search = address("/api/search", &[("q", text.as_str())]);
    Session {
        browse: browse(&product, dice),
        suggestions: TYPED
            .iter()
            .map(|letters| address("/api/search/suggestions", &[("q", typed(letters).as_str())]))
            .collect(),
        narrowed: narrowed(&search, &product, dice),
        search,
        product: format!("/api/products/{}", product.slug.unwrap_or_default()),
    }
}

/// Draws one to three words of a title, in their order.
fn text(product: &ProductInput, dice: &mut Dice) -> String {
    let words: Vec<String> = product
        .title
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() > 2 && word.chars().all(char::is_alphabetic))
        .map(str::to_lowercase)
        .collect();
    let wanted = *dice.pick(&[1, 2, 2, 3]);
    let mut places: Vec<usize> = (0..words.len()).collect();
    dice.shuffle(&mut places);
    places.truncate(wanted);
    places.sort_unstable();
    let chosen: Vec<&str> = places.iter().map(|place| words[*place].as_str()).collect();
    chosen.join(" ")
}

/// A listing with the product somewhere in it.
fn browse(product: &ProductInput, dice: &mut Dice) -> String {
    let order = *dice.pick(&ORDERS);
    let category = product.category.as_deref().unwrap_or_default();
    let fandom = product.fandom.as_deref().unwrap_or_default();
    match dice.below(4) {
        0 => address("/api/products", &[("sort", order)]),
        1 => address("/api/products", &[("fandom", fandom), ("sort", order)]),
        2 => address("/api/search", &[("category", category)]),
        _ => address("/api/products", &[("category", category)]),
    }
}

/// A search, with a filter that the product passes.
fn narrowed(search: &str, product: &ProductInput, dice: &mut Dice) -> String {
    let filter = match (dice.below(4), product.brand.as_deref()) {
        (0, Some(brand)) => parameters(&[("brand", brand)]),
        (0 | 1, _) => {
            let price = product
                .variants
                .first()
                .map_or(1_000, |variant| variant.price);
            format!("price_min={}&price_max={}", price / 2, price * 2)
        }
        (2, _) => parameters(&[("category", product.category.as_deref().unwrap_or_default())]),
        _ => parameters(&[("fandom", product.fandom.as_deref().unwrap_or_default())]),
    };
    format!("{search}&{filter}")
}

fn address(path: &str, query: &[(&str, &str)]) -> String {
    format!("{path}?{}", parameters(query))
}

fn parameters(query: &[(&str, &str)]) -> String {
    let mut serializer = form_urlencoded::Serializer::new(String::new());
    serializer.extend_pairs(query);
    serializer.finish()
}
