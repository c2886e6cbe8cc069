//! Deterministic catalogue of generated products, with queries.
#![allow(unreachable_pub, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    Currency, FacetName, Filters, Label, PriceRange, ProductDocument, ProductId, SearchQuery,
    TenantId,
};

pub(crate) const TENANT: TenantId = TenantId(1);
const COLOURS: [&str; 12] = [
    "red", "blue", "green", "black", "white", "yellow", "pink", "grey", "brown", "orange",
    "violet", "gold",
];
const SIZES: [&str; 6] = ["XS", "S", "M", "L", "XL", "XXL"];
const MATERIALS: [&str; 8] = [
    "cotton", "wool", "steel", "wood", "glass", "ceramic", "leather", "plastic",
];
const SYLLABLES: [&str; 20] = [
    "ka", "lo", "mi", "ter", "san", "vel", "dor", "qui", "ren", "pas", "tol", "be", "gri", "nu",
    "fa", "shi", "or", "lan", "ce", "wy",
];

/// Deterministic xorshift generator.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    /// Returns a number below `limit`, small ones far more often, like the frequencies of words and sellers.
    pub(crate) fn skewed_below(&mut self, limit: usize) -> usize {
        let unit = (self.below(1 << 20) as f64 + 1.0) / f64::from(1 << 20);
        ((limit as f64).powf(unit) - 1.0) as usize
    }
}

/// Returns the word of a frequency rank.
pub(crate) fn word(rank: usize) -> String {
    let mut rest = rank + 20;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    word
}

fn words(dice: &mut Dice, count: usize) -> String {
    let words: Vec<String> = (0..count)
        .map(|_| word(dice.skewed_below(20_000)))
        .collect();
    words.join(" ")
}

fn category(number: usize) -> Vec<Label> {
    let label = |text: String| Label::new(text.clone(), text);
    vec![
        label(format!("department-{}", number % 10)),
        label(format!("section-{}", number % 40)),
        label(format!("category-{number}")),
    ]
}

pub(crate) fn product(id: i64) -> ProductDocument {
    let mut dice = Dice::new(id as u64);
    for _ in 0..4 {
        dice.below(2);
    }
    let one = |dice: &mut Dice, values: &[&str]| vec![values[dice.below(values.len())].to_owned()];
    let title_words = 3 + dice.below(5);
    let price = 99 + (dice.skewed_below(50_000) * 7) as i64;
    let fandom = dice.skewed_below(300);
    let seller = dice.skewed_below(1_000);
    let sizes = SIZES[..1 + dice.below(SIZES.len())].iter();
    let attributes = [
        ("colour", one(&mut dice, &COLOURS)),
        ("material", one(&mut dice, &MATERIALS)),
        ("size", sizes.map(|&size| size.to_owned()).collect()),
    ];
    let stock = dice.below(5) as i64;
    ProductDocument {
        tenant_id: TENANT,
        id: ProductId(id),
        external_id: format!("ext-{id}"),
        slug: format!("product-{id}"),
        title: words(&mut dice, title_words),
        description: words(&mut dice, 45),
        brand: Some(format!("Brand {}", dice.skewed_below(400))),
        categories: category(dice.below(120)),
        further_categories: vec![],
        fandom: Some(Label::new(
            format!("fandom-{fandom}"),
            format!("Fandom {fandom}"),
        )),
        further_fandoms: vec![],
        unsearched: BTreeSet::new(),
        numbers: BTreeMap::new(),
        seller: Label::new(format!("seller-{seller}"), format!("Seller {seller}")),
        attributes: BTreeMap::from(attributes.map(|(name, values)| (name.to_owned(), values))),
        codes: vec![format!("SKU-{id:07}")],
        image: Some(format!("https://images.example/{id}.jpg")),
        image_alt: None,
        price: PriceRange {
            min: price,
            max: price,
            currency: Currency::EUR,
        },
        list_price: None,
        lowest_price_30d: None,
        stock,
        available: stock > 0,
        rating: (dice.below(4) > 0).then(|| 1.0 + dice.below(9) as f32 / 2.0),
        rating_count: dice.below(100) as u32,
        popularity: dice.skewed_below(100_000) as i64,
        created_at_ms: 1_700_000_000_000 + id * 1_000,
        variants: vec![],
    }
}

/// Returns 240 texts, 160 texts with a filter, 60 queries without text, and 40 category pages.
pub(crate) fn queries() -> Vec<SearchQuery> {
    let mut dice = Dice::new(7);
    let text = |dice: &mut Dice| {
        let count = 1 + dice.below(2);
        let words: Vec<String> = (0..count).map(|_| word(dice.skewed_below(3_000))).collect();
        // The trailing space marks the last word as complete.
        Some(format!("{} ", words.join(" ")))
    };
    let in_category = |dice: &mut Dice| Filters {
        category: [format!("category-{}", dice.below(120))].into(),
        ..Filters::default()
    };
    (0..500)
        .map(|index| SearchQuery {
            text: if index < 400 { text(&mut dice) } else { None },
            filters: match index {
                240..400 | 460.. => in_category(&mut dice),
                _ => Filters::default(),
            },
            facets: FacetName::ALL.into_iter().collect(),
            ..SearchQuery::default()
        })
        .collect()
}
