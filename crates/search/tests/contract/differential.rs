//! Random searches of a generated catalogue: every engine finds and counts what the [`Model`] does.
//!
//! Words of every kind are searched for, at every stage: all engines stem with the same stemmers, so nothing has to
//! be left out. Only the order of relevance is an engine's own.

use std::future::Future;

use proptest::{
    prelude::*,
    sample::{Index, select},
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use souk_domain::{
    Condition, Facets, Hit, HitVariant, Language, OfferInput, PriceRange, Prices, ProductDocument,
    ProductId, ProductInput, SellerOffer, Sort, StockPolicy, TenantId,
};
use souk_search::{
    SearchEngine,
    merchandising::{Boost, Chosen, Merchandising},
};
use souk_testkit::product;

use crate::{
    fixture::Opened,
    model::Model,
    query::{Query, everything, text},
    shops::Shop,
};

const PRODUCTS: usize = 300;
const QUERIES: u32 = 150;

const WORDS: [&str; 41] = [
    "mug",
    "jug",
    "mugs",
    "kettle",
    "kettles",
    "boil",
    "boiling",
    "garden",
    "gardens",
    "gardener",
    "Éclair",
    "crème",
    "Straße",
    "Ærø",
    "Łódź",
    "Ångström",
    "naïve",
    "øre",
    "œuvre",
    "rock'n'roll",
    "e-book",
    "C++",
    "10.5",
    "A4",
    "3000",
    "XL-200",
    "run",
    "running",
    "runner",
    "knight",
    "knights",
    "knightly",
    "the",
    "of",
    "with",
    "star",
    "stars",
    "starry",
    "voyage",
    "voyages",
    "Жёлтый",
];
const BRANDS: [&str; 6] = ["Acme", "Bistro & Co", "Éclat", "O'Neil", "acme", "100%"];
const COLOURS: [&str; 5] = ["Red", "Blue", "blue", "Crème", "50% \"grey\""];
const SIZES: [&str; 4] = ["S", "M", "L", "A4"];
const CATEGORIES: [&str; 7] = [
    "home", "kitchen", "mugs", "garden", "clothing", "shirts", "bare",
];
const FANDOMS: [&str; 3] = ["star-voyage", "knights", "unloved"];
const SELLERS: [&str; 3] = ["main", "attic", "hub"];
/// Dates of sales that are always on, on now, to come, and over.
const SALES: [(Option<i64>, Option<i64>); 4] = [
    (None, None),
    (Some(1), Some(4_000_000_000_000)),
    (Some(4_000_000_000_000), None),
    (None, Some(1)),
];

fn sentence(words: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(select(&WORDS[..]), 1..=words).prop_map(|words| words.join(" "))
}

fn a_product() -> impl Strategy<Value = ProductInput> {
    let texts = (sentence(4), prop::option::of(sentence(12)));
    let places = (
        prop::option::weighted(0.9, select(&CATEGORIES[..6])),
        prop::option::of(select(&FANDOMS[..2])),
        prop::collection::vec(select(&CATEGORIES[..6]), 0..3),
        prop::collection::vec(select(&FANDOMS[..2]), 0..2),
        select(&SELLERS[..]),
        prop::option::weighted(0.8, select(&BRANDS[..])),
    );
    let variant = (0..4_000_i64, 0..3_i64, select(&SIZES[..]));
    let terms = (
        prop::option::of((0..1_000_i64, select(&SALES[..]))),
        select(&StockPolicy::ALL[..]),
        prop::collection::vec(select(&COLOURS[..]), 0..2),
    );
    let attributes = (
        prop::collection::vec(select(&COLOURS[..]), 0..3),
        prop::option::of(0..8_u8),
    );
    let numbers = (
        prop::option::of((1..6_u32, 0..=4_u64)),
        0..20_i64,
        0..20_i64,
    );
    let variants = prop::collection::vec(variant, 1..4);
    (texts, places, variants, attributes, (numbers, terms)).prop_map(
        |(
            (title, description),
            (category, fandom, further_categories, further_fandoms, seller, brand),
            variants,
            (colours, kind),
            (numbers, (sale, policy, tags)),
        )| {
            let (ratings, popularity, created) = numbers;
            let mut made = product("")
                .title(&title)
                .description(&description.unwrap_or_default())
                .seller(seller)
                .popularity(popularity)
                .created_at(created)
                .without_variants();
            for colour in colours {
                made = made.attribute("Colour", colour);
            }
            if let Some(kind) = kind {
                made = made.attribute("Part number", &format!("PN-{kind}0/{kind}"));
                made = made.attribute(
                    &format!("Kind {kind}"),
                    ["one", "two"][usize::from(kind % 2)],
                );
            }
            for (place, (price, stock, size)) in variants.into_iter().enumerate() {
                // Some have a colour of their own, beside those of the product.
                let colour = COLOURS.get(price as usize % 9);
                let colour = colour.map(|colour| ("Colour", *colour));
                let options: Vec<_> = [("Size", size)].into_iter().chain(colour).collect();
                made = made.variant(&place.to_string(), price, stock, &options);
            }
            made = made.stock_policy(policy);
            for tag in tags {
                made = made.tag(tag);
            }
            if let Some((count, more)) = ratings {
                made = made.ratings(count, u64::from(count) * (1 + more));
            }
            let mut made = made.build();
            if let Some((reduction, (from, until))) = sale {
                for variant in &mut made.variants {
                    variant.list_price = Some(variant.price + reduction);
                    (variant.sale_from_ms, variant.sale_until_ms) = (from, until);
                }
            }
            made.category = category.map(str::to_owned);
            made.fandom = fandom.map(str::to_owned);
            made.further_categories = further_categories.into_iter().map(str::to_owned).collect();
            made.further_fandoms = further_fandoms.into_iter().map(str::to_owned).collect();
            made.brand = brand.map(str::to_owned);
            made
        },
    )
}

/// The same catalogue in every run.
pub(crate) fn catalogue() -> Shop {
    let mut runner = TestRunner::deterministic();
    let products = (0..PRODUCTS).map(|number| {
        let tree = a_product().new_tree(&mut runner).expect("a product");
        let mut product = tree.current();
        product.external_id = format!("EXT-{number:03}");
        // Some spell the name of an attribute otherwise, and some a value.
        let spelling = match number % 7 {
            0 => "COLOUR",
            1 => "colour",
            _ => "Colour",
        };
        if let Some(values) = product.attributes.remove("Colour") {
            product.attributes.insert(spelling.to_owned(), values);
        }
        for (place, variant) in product.variants.iter_mut().enumerate() {
            if let Some(value) = variant.options.remove("Colour") {
                variant.options.insert(spelling.to_owned(), value);
            }
            variant.sku = format!("SKU {number}.{place}");
        }
        product
    });
    let products: Vec<ProductInput> = products.collect();
    Shop {
        slug: "generated",
        language: "en",
        categories: &[
            ("home", "Home & Living", None),
            ("kitchen", "Kitchen", Some("home")),
            ("mugs", "Mugs", Some("kitchen")),
            ("garden", "Gärten", Some("home")),
            ("clothing", "Clothing", None),
            ("shirts", "Running Shirts", Some("clothing")),
            ("bare", "Bare", None),
        ],
        fandoms: &[
            ("star-voyage", "Star Voyage", None),
            ("knights", "Éclair Knights", None),
            ("unloved", "Unloved", None),
        ],
        sellers: &[
            ("main", "Main Straße", None),
            ("attic", "The Attic", None),
            ("hub", "Hub 3000", None),
        ],
        attributes: vec![],
        offers: products.iter().flat_map(further_offers).collect(),
        products,
    }
}

/// Offers that other sellers have of some of a product's variants.
fn further_offers(product: &ProductInput) -> Vec<(String, OfferInput)> {
    let number: usize = product.external_id["EXT-".len()..]
        .parse()
        .expect("a number");
    let own = product.seller.as_deref();
    let others = SELLERS.iter().filter(|seller| own != Some(**seller));
    let offers = others.enumerate().flat_map(|(other, seller)| {
        let variants = product.variants.iter().enumerate();
        // Of some products each variant, of some only one, and of others none.
        let offered = variants.filter(move |(place, _)| match number % 5 {
            0 => true,
            1 => (place + other) % 2 == 0,
            2 => other == 0 && *place == 0,
            _ => false,
        });
        offered.map(move |(place, variant)| {
            let turn = number + place * 3 + other * 7;
            let prices = match turn % 4 {
                0 => Prices::of(variant.price),
                1 => Prices::of(variant.price / 2),
                2 => Prices::of(variant.price + 700),
                _ => Prices {
                    list_price: Some(variant.price + 300),
                    sale_until_ms: (turn % 8 == 3).then_some(1),
                    ..Prices::of(variant.price + 100)
                },
            };
            let offer = SellerOffer {
                seller: (*seller).to_owned(),
                external_id: None,
                prices,
                stock: (turn % 3) as i64,
                stock_policy: StockPolicy::ALL[turn % 7 % 3],
                condition: Condition::ALL[turn % 4],
            };
            let offer = OfferInput {
                sku: variant.sku.clone(),
                offer,
            };
            (product.external_id.clone(), offer)
        })
    });
    offers.collect()
}

/// A word as people type it: whole, begun, mistyped.
fn typed_word() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        12 => select(&WORDS[..]),
        2 => select(&["Acme", "kitchen", "attic", "Crème", "unheard"][..]),
        2 => select(&["EXT-01", "ext0", "SKU 12.0", "sku121", "PN-30/3", "pn4", "xl200"][..]),
    ];
    (word, any::<Index>(), 0..10_u8).prop_map(|(word, place, change)| {
        let mut letters: Vec<_> = word.chars().collect();
        let place = place.index(letters.len());
        match change {
            0 => drop(letters.remove(place)),
            1 => letters.insert(place, 'x'),
            2 => letters[place] = 'z',
            3 if place + 1 < letters.len() => letters.swap(place, place + 1),
            4 => letters.truncate(place + 1),
            5 => letters = word.to_uppercase().chars().collect(),
            _ => {}
        }
        letters.into_iter().collect()
    })
}

/// A query, and how it is steered.
pub(crate) fn a_search() -> impl Strategy<Value = Search> {
    (a_query(), synonyms(), a_steering()).prop_map(|(query, synonyms, merchandising)| Search {
        query: synonyms
            .into_iter()
            .fold(query, |query, (from, words, phrase)| {
                query.synonym(from..from + words, &phrase)
            }),
        merchandising,
    })
}

/// Synonyms of one or two words of a text, if it has so many.
fn synonyms() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    prop::collection::vec((0..4_usize, 1..3_usize, sentence(2)), 0..3)
}

/// A query, and how it is steered.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) query: Query,
    pub(crate) merchandising: Steer,
}

impl Search {
    /// The query over these documents.
    pub(crate) fn of(&self, documents: &[ProductDocument]) -> Query {
        self.query.clone().steered(self.merchandising.of(documents))
    }
}

/// A merchandising of products whose ids are not known yet.
#[derive(Debug, Clone)]
pub(crate) struct Steer {
    pinned: Vec<Index>,
    hidden: Vec<Choice>,
    only: Vec<Vec<Narrow>>,
    boosts: Vec<(Choice, f32)>,
}

#[derive(Debug, Clone)]
enum Choice {
    These(Vec<Index>),
    Passing(Vec<Narrow>),
}

impl Choice {
    fn of(&self, documents: &[ProductDocument]) -> Chosen {
        match self {
            Self::These(places) => {
                let ids = places.iter().map(|place| place.get(documents).id);
                Chosen::Products(ids.collect())
            }
            Self::Passing(filters) => narrowed(filters).matching(),
        }
    }
}

fn narrowed(filters: &[Narrow]) -> Query {
    let filters = filters.iter().cloned();
    filters.fold(everything(), |query, narrow| narrow.apply(query))
}

impl Steer {
    fn of(&self, documents: &[ProductDocument]) -> Merchandising {
        let pinned = self.pinned.iter();
        let hidden = self.hidden.iter();
        let boosts = self.boosts.iter();
        Merchandising {
            pinned: pinned.map(|place| place.get(documents).id).collect(),
            hidden: hidden.map(|products| products.of(documents)).collect(),
            only: self
                .only
                .iter()
                .map(|filters| narrowed(filters).0.filters)
                .collect(),
            boosts: boosts
                .map(|(products, factor)| Boost {
                    chosen: products.of(documents),
                    factor: *factor,
                })
                .collect(),
        }
    }
}

fn a_steering() -> impl Strategy<Value = Steer> {
    let products = || {
        prop_oneof![
            prop::collection::vec(any::<Index>(), 1..20).prop_map(Choice::These),
            prop::collection::vec(narrowing(), 1..3).prop_map(Choice::Passing),
        ]
    };
    // Their products are exact in any engine's numbers.
    let factor = select(&[0.25_f32, 0.5, 2.0, 4.0, 16.0][..]);
    let merchandising = (
        prop::collection::vec(any::<Index>(), 0..5),
        prop::collection::vec(products(), 0..3),
        prop::collection::vec(prop::collection::vec(narrowing(), 1..2), 0..2),
        prop::collection::vec((products(), factor), 0..4),
    );
    let merchandising = merchandising.prop_map(|(pinned, hidden, only, boosts)| Steer {
        pinned,
        hidden,
        only,
        boosts,
    });
    prop_oneof![
        Just(Steer {
            pinned: Vec::new(),
            hidden: Vec::new(),
            only: Vec::new(),
            boosts: Vec::new(),
        }),
        merchandising,
    ]
}

/// Puts words between quotes or behind a minus.
fn operated(typed: &str, operator: u8) -> String {
    let words: Vec<_> = typed.split(' ').collect();
    match (operator, words.as_slice()) {
        (0, [one, other, rest @ ..]) if !other.is_empty() => {
            format!("\"{one} {other}\" {}", rest.join(" "))
        }
        // PostgreSQL and SQLite find a quoted word also where a text writes it in parts, or within another (ADR 0040).
        (1, [one, rest @ ..]) if WORDS.iter().any(|own| own.eq_ignore_ascii_case(one)) => {
            format!("\"{one}\" {}", rest.join(" "))
        }
        (2, [one, rest @ ..]) => format!("-{one} {}", rest.join(" ")),
        (3, [one, two, three, rest @ ..]) if !three.is_empty() => {
            format!("{one} -\"{two} {three}\" {}", rest.join(" "))
        }
        _ => typed.to_owned(),
    }
}

fn a_query() -> impl Strategy<Value = Query> {
    let typed = prop::collection::vec(typed_word(), 0..4);
    let typed = (typed, prop::bool::ANY).prop_map(|(words, finished)| {
        let mut typed = words.join(" ");
        if finished {
            typed.push(' ');
        }
        typed
    });
    let narrowing = prop::collection::vec(narrowing(), 0..4);
    let searched = (typed, narrowing, select(&Sort::ALL[..]), 0..12_u8);
    searched.prop_map(|(typed, narrowing, sort, operator)| {
        let query = match typed.trim() {
            "" => everything(),
            _ => text(&operated(&typed, operator)),
        };
        let query = narrowing
            .into_iter()
            .fold(query, |query, narrow| narrow.apply(query));
        query.sort(sort).all_facets()
    })
}

/// A filter.
#[derive(Debug, Clone)]
enum Narrow {
    Category(&'static str),
    Fandom(&'static str),
    Brand(&'static str),
    Seller(&'static str),
    Attribute(&'static str, &'static str),
    Price(i64, Option<i64>),
    Rating(f32),
    InStock(bool),
}

impl Narrow {
    fn apply(self, query: Query) -> Query {
        match self {
            Self::Category(slug) => query.category(slug),
            Self::Fandom(slug) => query.fandom(slug),
            Self::Brand(brand) => query.brand(brand),
            Self::Seller(slug) => query.seller(slug),
            Self::Attribute(name, value) => query.attribute(name, value),
            Self::Price(min, max) => query.price(min, max),
            Self::Rating(least) => query.rating_min(least),
            Self::InStock(wanted) => query.in_stock(wanted),
        }
    }
}

fn narrowing() -> impl Strategy<Value = Narrow> {
    prop_oneof![
        select(&CATEGORIES[..]).prop_map(Narrow::Category),
        select(&FANDOMS[..]).prop_map(Narrow::Fandom),
        select(&BRANDS[..]).prop_map(Narrow::Brand),
        select(&SELLERS[..]).prop_map(Narrow::Seller),
        select(&["ACME", "Bistro  & CO"][..]).prop_map(Narrow::Brand),
        select(&COLOURS[..]).prop_map(|colour| Narrow::Attribute("Colour", colour)),
        select(&["RED", "cRÈME"][..]).prop_map(|colour| Narrow::Attribute("colour", colour)),
        select(&SIZES[..]).prop_map(|size| Narrow::Attribute("Size", size)),
        Just(Narrow::Attribute("Kind 3", "two")),
        (0..2_000_i64, 0..2_000_i64).prop_map(|(min, more)| Narrow::Price(min, Some(min + more))),
        (0..2_000_i64).prop_map(|min| Narrow::Price(min, None)),
        select(&[1.0_f32, 2.5, 3.0, 4.0, 5.0][..]).prop_map(Narrow::Rating),
        any::<bool>().prop_map(Narrow::InStock),
    ]
}

/// Compares an engine with the model.
pub(crate) fn compare<O: Future<Output = Opened>>(open: impl FnOnce(Vec<Shop>) -> O) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let opened = runtime.block_on(open(vec![catalogue()]));
    let market = &opened.market;
    let (tenant, documents) = &market.documents["generated"];
    let language = runtime.block_on(market.language(*tenant));
    let model = Model::new(documents, language);

    let config = Config {
        cases: QUERIES,
        failure_persistence: None,
        ..Config::default()
    };
    let tested = TestRunner::new(config).run(&a_search(), |search| {
        let query = search.of(documents);
        runtime.block_on(same(opened.engine.as_ref(), &model, &query, *tenant))
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

async fn same(
    engine: &dyn SearchEngine,
    model: &Model,
    query: &Query,
    tenant: TenantId,
) -> Result<(), TestCaseError> {
    let language = Language::English;
    let plan = query.plan(tenant, language);
    let expected = souk_search::search(model, &plan)
        .await
        .expect("the model answers");
    let page = souk_search::search(engine, &plan)
        .await
        .expect("the engine answers");
    prop_assert_eq!(page.stage, expected.stage);
    prop_assert_eq!(page.total, expected.total);
    prop_assert_eq!(comparable(page.facets), comparable(expected.facets));

    for hit in &page.hits {
        let shown = expected.hits.iter().find(|other| other.id == hit.id);
        prop_assert_eq!(shown.map(variants_of), Some(variants_of(hit)));
    }

    let mut found: Vec<_> = page.hits.iter().map(|hit| hit.id).collect();
    let mut next = page.next;
    while let Some(cursor) = next {
        let plan = query.clone().after(cursor).plan(tenant, language);
        let page = souk_search::search(engine, &plan).await;
        let page = page.expect("the engine answers");
        found.extend(page.hits.iter().map(|hit| hit.id));
        prop_assert!(found.len() <= PRODUCTS, "cursors go round in a circle");
        next = page.next;
    }
    let mut expected: Vec<_> = expected.hits.iter().map(|hit| hit.id).collect();
    if plan.sort == Sort::Relevance {
        // Only what is pinned has a place in the model.
        let pinned = |id: &ProductId| plan.merchandising.pinned.contains(id);
        let pins = expected.iter().filter(|id| pinned(id)).count();
        prop_assert_eq!(&found[..pins], &expected[..pins]);
        expected.sort();
        found.sort();
    }
    prop_assert_eq!(found, expected);
    Ok(())
}

/// The part of a hit that its passing variants make.
fn variants_of(hit: &Hit) -> (PriceRange, [Option<i64>; 2], i64, bool, Option<&HitVariant>) {
    let reduction = [hit.list_price, hit.lowest_price_30d];
    let variant = hit.variant.as_ref();
    (hit.price, reduction, hit.stock, hit.available, variant)
}

/// Facets without what an engine need not know: how a selected value that no product has is called, and its place.
pub(crate) fn comparable(mut facets: Facets) -> Facets {
    let terms = [
        &mut facets.category,
        &mut facets.fandom,
        &mut facets.brand,
        &mut facets.seller,
    ];
    for facet in terms.into_iter().flatten().chain(&mut facets.attributes) {
        for value in facet.values.iter_mut().filter(|value| value.count == 0) {
            value.label.clone_from(&value.value);
            value.parent = None;
        }
        let counted = facet.values.iter().position(|value| value.count == 0);
        let counted = counted.unwrap_or(facet.values.len());
        facet.values[counted..].sort_by(|one, other| one.value.cmp(&other.value));
    }
    facets
}
