//! The reference data of the marketplace: its fandoms, sellers and makers.

use souk_domain::slugify;

use super::dice::Dice;
use super::words::*;

/// Number of fandoms, whatever the number of products.
pub const FANDOMS: usize = 320;
const MOTIFS: usize = 10;
const CHARACTERS: usize = 6;

/// An invented work, and what its fans know of it.
pub struct Fandom {
    /// Stable address.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Sentence about it.
    pub description: String,
    pub(super) genre: &'static str,
    pub(super) medium: &'static str,
    pub(super) place: &'static str,
    pub(super) motifs: Vec<Motif>,
    pub(super) characters: Vec<String>,
}

/// A thing that stands for a fandom.
pub(super) struct Motif {
    /// As in titles: `Silver Owl`.
    pub title: String,
    /// As in sentences: `the silver owl`.
    pub text: String,
}

/// A shop of the marketplace.
pub struct Seller {
    /// Stable address.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Sentence about it.
    pub description: String,
}

/// All fandoms of a seed, the best known first.
pub(super) fn fandoms(seed: u64) -> Vec<Fandom> {
    let mut dice = Dice::new(seed, super::STREAM_FANDOMS);
    let mut names = fandom_names();
    dice.shuffle(&mut names);
    names
        .into_iter()
        .take(FANDOMS)
        .map(|(name, place)| fandom(name, place, &mut dice))
        .collect()
}

/// Every name there could be, with the place it speaks of.
fn fandom_names() -> Vec<(String, Option<&'static str>)> {
    let mut names = Vec::new();
    for place in PLACES {
        names.extend(
            WORKS
                .iter()
                .map(|work| (format!("{place} {work}"), Some(*place))),
        );
        names.extend(
            KEEPERS
                .iter()
                .map(|who| (format!("{who} of {place}"), Some(*place))),
        );
    }
    for adjective in TRAITS {
        names.extend(
            GROUPS
                .iter()
                .map(|group| (format!("The {adjective} {group}"), None)),
        );
    }
    names
}

fn fandom(name: String, place: Option<&'static str>, dice: &mut Dice) -> Fandom {
    let genre = *dice.pick(GENRES);
    let medium = *dice.pick(MEDIA);
    let premise = dice.pick(PREMISES);
    let place = place.unwrap_or_else(|| *dice.pick(PLACES));
    let adjectives = dice.pick_several(MOTIF_TRAITS, MOTIFS);
    let motifs = dice
        .pick_several(MOTIF_OBJECTS, MOTIFS)
        .into_iter()
        .zip(adjectives)
        .map(|(object, adjective)| Motif {
            title: format!("{adjective} {object}"),
            text: format!("the {adjective} {object}").to_lowercase(),
        })
        .collect();
    let characters = dice
        .pick_several(GIVEN_NAMES, CHARACTERS)
        .into_iter()
        .map(|given| {
            let family = *dice.pick(FAMILY_NAMES);
            match dice.chance(25) {
                true => format!("{} {family}", dice.pick(RANKS)),
                false => format!("{given} {family}"),
            }
        })
        .collect();
    Fandom {
        slug: slugify(&name),
        description: format!(
            "{name} is {} about {premise}.",
            with_article(&format!("{} {medium}", genre.to_lowercase()))
        ),
        name,
        genre,
        medium,
        place,
        motifs,
        characters,
    }
}

/// Number of sellers that share the first `products` products: few at first, then growing more slowly.
pub(super) fn seller_count(products: u64) -> usize {
    (5.0 + 2.57 * (products as f64).sqrt()) as usize
}

/// The seller of the given rank, the largest being 0.
pub(super) fn seller(seed: u64, rank: usize) -> Seller {
    let names = SHOP_TRAITS.len() * SHOP_THINGS.len() * SHOP_KINDS.len();
    let offset = Dice::new(seed, super::STREAM_SELLERS).below(names);
    // A stride without a common divisor visits every name once before any comes again.
    let place = (offset + rank * 7_919) % names;
    let adjective = SHOP_TRAITS[place % SHOP_TRAITS.len()];
    let thing = SHOP_THINGS[place / SHOP_TRAITS.len() % SHOP_THINGS.len()];
    let kind = SHOP_KINDS[place / SHOP_TRAITS.len() / SHOP_THINGS.len()];
    let mut name = format!("{adjective} {thing} {kind}");
    let town = TOWNS[rank % TOWNS.len()];
    let round = rank / names;
    if round > 0 {
        name = format!("{name} No. {}", round + 1);
    }
    Seller {
        slug: slugify(&name),
        description: format!("{name} ships merchandise made by fans from {town}."),
        name,
    }
}

/// The noun behind the article that fits its sound.
pub(super) fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    // These begin with a vowel that sounds like a consonant.
    let like_consonant = ["uni", "use", "one"]
        .iter()
        .any(|start| noun.starts_with(start));
    let article = if vowel && !like_consonant { "an" } else { "a" };
    format!("{article} {noun}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_in_every_seed() {
        for seed in [0, 1, 42] {
            let fandoms: HashSet<String> = fandoms(seed).into_iter().map(|f| f.slug).collect();
            assert_eq!(fandoms.len(), FANDOMS);
            let sellers: HashSet<String> =
                (0..20_000).map(|rank| seller(seed, rank).slug).collect();
            assert_eq!(sellers.len(), 20_000);
        }
    }

    #[test]
    fn articles_fit() {
        assert_eq!(with_article("enamel pin"), "an enamel pin");
        assert_eq!(with_article("mug"), "a mug");
    }
}
