//! Generated shop: its categories, fandoms, sellers and products.

use souk_domain::{Attributes, Currency, ProductInput, ProductStatus, RatingTotals, slugify};

use super::dice::{Dice, Tail};
use super::text::{Theme, description, title};
use super::tree::{DEPARTMENTS, ProductType};
use super::words::{FAMILY_NAMES, GIVEN_NAMES, MAKERS, STYLES};
use super::world::{self, Fandom, Seller};
use super::{family::Family, offer};

/// The demo's present, 2026-01-01 UTC: products are as old as they would be then.
const REFERENCE_MS: i64 = 1_767_225_600_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const OLDEST_DAYS: i64 = 2 * 365;
/// Leaves room for a number behind it.
const MAX_TITLE_SLUG: usize = 100;

/// A node of the category tree, parents before children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryNode {
    /// Stable address.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Slug of the category above.
    pub parent: Option<String>,
    /// Order among its siblings.
    pub position: i64,
}

/// A marketplace that a seed and a size describe in full.
///
/// A product is the same whatever the size: its number and the seed alone decide, so a larger marketplace contains
/// every smaller one of its seed.
pub struct DemoShop {
    seed: u64,
    size: u64,
    currency: Currency,
    fandoms: Vec<Fandom>,
    sellers: Vec<Seller>,
    types: Vec<(&'static ProductType, String)>,
    /// Weights of the types, summed up to each.
    weights: Vec<usize>,
}

impl DemoShop {
    /// The marketplace of this seed with so many products, priced in euros.
    pub fn new(seed: u64, size: u64) -> Self {
        let types: Vec<_> = all_types().map(|kind| (kind, slugify(kind.name))).collect();
        let weights = types
            .iter()
            .scan(0, |sum, (kind, _)| {
                *sum += kind.weight;
                Some(*sum)
            })
            .collect();
        Self {
            seed,
            size,
            currency: Currency::EUR,
            fandoms: world::fandoms(seed),
            sellers: (0..world::seller_count(size))
                .map(|rank| world::seller(seed, rank))
                .collect(),
            types,
            weights,
        }
    }

    /// The same with prices in another currency, the amounts unchanged.
    pub fn priced_in(mut self, currency: Currency) -> Self {
        self.currency = currency;
        self
    }

    /// Number of products.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The category tree, parents before children.
    pub fn categories(&self) -> Vec<CategoryNode> {
        let mut nodes = Vec::new();
        for (place, department) in DEPARTMENTS.iter().enumerate() {
            let top = push_node(&mut nodes, department.name, None, place);
            for (place, section) in department.sections.iter().enumerate() {
                let middle = push_node(&mut nodes, section.name, Some(&top), place);
                for (place, kind) in section.types.iter().enumerate() {
                    push_node(&mut nodes, kind.name, Some(&middle), place);
                }
            }
        }
        nodes
    }

    /// All fandoms, the best known first.
    pub fn fandoms(&self) -> &[Fandom] {
        &self.fandoms
    }

    /// All sellers, the largest first.
    pub fn sellers(&self) -> &[Seller] {
        &self.sellers
    }

    /// All products, made one at a time.
    pub fn products(&self) -> impl Iterator<Item = ProductInput> + '_ {
        (0..self.size).map(|number| self.product(number))
    }

    /// The product of this number.
    pub fn product(&self, number: u64) -> ProductInput {
        let dice = &mut Dice::new(self.seed, number);
        let (kind, category) = self.pick_type(dice);
        let fandom = &self.fandoms[dice.long_tail(self.fandoms.len(), Tail::Gentle)];
        // Sellers who came later have none of the first products: so a product does not depend on the size.
        let known_sellers = world::seller_count(number).min(self.sellers.len());
        let seller = &self.sellers[dice.long_tail(known_sellers, Tail::Steep)];

        let character = dice
            .chance(30)
            .then(|| dice.pick(&fandom.characters).as_str());
        let motif = dice.pick(&fandom.motifs);
        let brand = dice.chance(92).then(|| brand(kind.family, dice));
        let artist = dice
            .chance(35)
            .then(|| format!("{} {}", dice.pick(GIVEN_NAMES), dice.pick(FAMILY_NAMES)));
        let theme = Theme {
            fandom,
            product_type: kind,
            subject_title: character.unwrap_or(&motif.title),
            subject: character.unwrap_or(&motif.text),
            style: dice.chance(45).then(|| *dice.pick(STYLES)),
            brand: brand.as_deref(),
            artist: artist.as_deref(),
            material: dice.pick::<&str>(kind.materials),
        };
        let title = title(&theme, dice);
        let description = description(&theme, dice);
        let attributes = attributes(&theme, character, dice);
        let popularity = if dice.chance(5) {
            0
        } else {
            (5.0 * dice.fame()) as i64
        };
        let ratings = ratings(popularity, dice);
        let variants = offer::variants(kind, number, self.currency, dice);
        let age_ms = dice.between(0, OLDEST_DAYS * DAY_MS / 1_000) * 1_000;

        ProductInput {
            external_id: format!("demo-{number:07}"),
            slug: Some(product_slug(&title, number)),
            title,
            description,
            status: ProductStatus::Active,
            category: Some(category.to_owned()),
            further_categories: Vec::new(),
            fandom: Some(fandom.slug.clone()),
            further_fandoms: Vec::new(),
            seller: Some(seller.slug.clone()),
            attributes,
            tags: Vec::new(),
            images: vec![format!("/media/demo/{}.svg", kind.family.key).into()],
            currency: self.currency,
            variants,
            ratings: Some(ratings),
            popularity: Some(popularity),
            created_at_ms: Some(REFERENCE_MS - age_ms),
            brand,
        }
    }

    fn pick_type(&self, dice: &mut Dice) -> (&'static ProductType, &str) {
        let total = self.weights.last().copied().unwrap_or_default();
        let point = dice.below(total);
        let index = self.weights.partition_point(|&sum| sum <= point);
        let (kind, category) = &self.types[index];
        (kind, category)
    }
}

/// The names that images of the demo have, as in `/media/demo/NAME.svg`.
pub fn image_names() -> Vec<&'static str> {
    let mut names: Vec<_> = all_types().map(|kind| kind.family.key).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn all_types() -> impl Iterator<Item = &'static ProductType> {
    DEPARTMENTS
        .iter()
        .flat_map(|department| department.sections)
        .flat_map(|section| section.types)
}

fn push_node(
    nodes: &mut Vec<CategoryNode>,
    name: &str,
    parent: Option<&str>,
    place: usize,
) -> String {
    let slug = slugify(name);
    nodes.push(CategoryNode {
        slug: slug.clone(),
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
        position: place as i64,
    });
    slug
}

/// A few makers share each trade, so that brands are worth filtering by.
fn brand(family: &Family, dice: &mut Dice) -> String {
    let maker = MAKERS[dice.long_tail(MAKERS.len(), Tail::Gentle)];
    format!("{maker} {}", dice.pick(family.maker_suffixes))
}

fn attributes(theme: &Theme<'_>, character: Option<&str>, dice: &mut Dice) -> Attributes {
    let family = theme.product_type.family;
    let mut attributes = Attributes::new();
    let mut set =
        |name: &str, value: &str| drop(attributes.insert(name.to_owned(), vec![value.to_owned()]));
    set(family.made, theme.material);
    set("theme", theme.fandom.genre);
    for (name, value) in [
        ("style", theme.style),
        ("artist", theme.artist),
        ("character", character),
    ] {
        if let Some(value) = value {
            set(name, value);
        }
    }
    for attribute in family.traits {
        if dice.chance(attribute.percent) {
            let value = *dice.pick(attribute.values);
            set(attribute.name, value);
        }
    }
    attributes
}

/// Draws ratings by sales: from none for the unknown to thousands.
fn ratings(popularity: i64, dice: &mut Dice) -> RatingTotals {
    let count = (popularity as f64 * dice.unit() * 0.4) as u32;
    let average = (4.3 + 0.45 * dice.bell()).clamp(1.5, 5.0);
    let sum = (f64::from(count) * average).round() as u64;
    RatingTotals {
        count,
        sum: sum.clamp(count.into(), u64::from(count) * 5),
    }
}

fn product_slug(title: &str, number: u64) -> String {
    let mut slug = slugify(title);
    if slug.len() > MAX_TITLE_SLUG {
        let cut = slug[..MAX_TITLE_SLUG].rfind('-').unwrap_or(MAX_TITLE_SLUG);
        slug.truncate(cut);
    }
    format!("{slug}-{number}")
}
