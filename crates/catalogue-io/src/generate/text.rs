//! Titles and descriptions: sentence templates filled with what is known of the product.

use super::dice::Dice;
use super::tree::ProductType;
use super::world::{Fandom, with_article};

/// Subject of a product, in the words that its texts use.
pub(super) struct Theme<'a> {
    pub fandom: &'a Fandom,
    pub product_type: &'a ProductType,
    /// A motif or a character, as in titles.
    pub subject_title: &'a str,
    /// The same, as within a sentence.
    pub subject: &'a str,
    pub style: Option<&'a str>,
    pub brand: Option<&'a str>,
    pub artist: Option<&'a str>,
    pub material: &'a str,
}

const TITLES: &[&str] = &[
    "{fandom} {subject_title} {title}",
    "{fandom} {subject_title} {title}",
    "{subject_title} {title} – {fandom}",
    "{fandom} {title} \"{subject_title}\"",
    "{fandom}: {subject_title} {title}",
];
const STYLED_TITLES: &[&str] = &[
    "{style} {subject_title} {title} – {fandom}",
    "{fandom} {style} {title}: {subject_title}",
    "{fandom} {subject_title} {style} {title}",
];
const BRANDED_TITLES: &[&str] = &[
    "{brand} {fandom} {subject_title} {title}",
    "{brand} {title} – {fandom}, {subject_title}",
];

const OPENINGS: &[&str] = &[
    "{A_noun} for everyone who still thinks about {fandom} long after the end.",
    "This {noun} brings {subject} from {fandom} into everyday life.",
    "Inspired by {fandom}, this {noun} is a tribute to {subject}.",
    "From the world of {fandom}: {a_noun} that is all about {subject}.",
    "Whoever grew up with {fandom} will want this {noun}.",
    "We asked what fans of {fandom} miss most, and made this {noun}.",
    "Made for long evenings with {fandom}, this {noun} is dedicated to {subject}.",
    "No collection about {fandom} is complete without this {noun}.",
    "Few things say {fandom} as clearly as this {noun} with {subject}.",
    "Quiet enough for the office, clear enough for those who know {fandom}: this {noun} celebrates {subject}.",
    "Here is {a_noun} for those who always knew that {subject} is the true star of {fandom}.",
    "{A_noun} in honour of {subject}, as every friend of {fandom} will see at once.",
];
const STYLED_OPENINGS: &[&str] = &[
    "{A_noun} in {style} style, devoted to {subject} of {fandom} fame.",
    "The {style} design of this {noun} shows {subject} as {fandom} never did.",
];
const DRAWN_OPENINGS: &[&str] = &[
    "{artist} drew {subject} for this {noun}, and it shows in every line.",
    "The design of this {noun} is by {artist}, who has followed {fandom} from the first day.",
];
const MATERIALS: &[&str] = &[
    "It is made of {material}.",
    "We chose {material} because it lasts.",
    "The material is {material}, from suppliers whom we know by name.",
    "Good {material} gives it a pleasant feel.",
];
const WORLDS: &[&str] = &[
    "It recalls the time in {place}, which many fans count among the best moments.",
    "Look closely and you will find {other} hidden in the design.",
    "The design hides a small reference to {place}.",
    "Those who know {character} will smile.",
    "The colours follow the palette of the original {medium}.",
    "It goes well with the other pieces of our {fandom} range.",
    "The idea came from a fan's letter about {character}.",
    "A few words in the alphabet of {place} are waiting to be deciphered.",
    "The {medium} may be over, but {subject} stays.",
];
const CLOSINGS: &[&str] = &[
    "A fine gift, even for people who have everything.",
    "It is dispatched within two working days.",
    "We pack every order by hand and without plastic.",
    "Each order includes a small surprise.",
    "Made in small batches: once one is sold, the next takes a few weeks.",
    "Returns are free for thirty days.",
    "Designed by fans for fans.",
    "A part of the proceeds goes to a children's library.",
    "Questions are answered by people, usually on the same day.",
    "It is also available as part of a gift set.",
];

pub(super) fn title(theme: &Theme<'_>, dice: &mut Dice) -> String {
    let templates = match (theme.style, theme.brand) {
        (Some(_), _) if dice.chance(70) => STYLED_TITLES,
        (_, Some(_)) if dice.chance(20) => BRANDED_TITLES,
        _ => TITLES,
    };
    let template = *dice.pick(templates);
    fill(template, theme, dice)
}

pub(super) fn description(theme: &Theme<'_>, dice: &mut Dice) -> String {
    let openings = match (theme.style, theme.artist) {
        (_, Some(_)) if dice.chance(60) => DRAWN_OPENINGS,
        (Some(_), _) if dice.chance(40) => STYLED_OPENINGS,
        _ => OPENINGS,
    };
    let family = theme.product_type.family;
    let mut templates = vec![*dice.pick(openings)];
    if family.made == "material" && dice.chance(75) {
        templates.push(*dice.pick(MATERIALS));
    }
    let details = 1 + dice.below(3);
    templates.extend(dice.pick_several(family.details, details));
    let worlds = dice.below(3);
    templates.extend(dice.pick_several(WORLDS, worlds));
    let closings = dice.below(3);
    templates.extend(dice.pick_several(CLOSINGS, closings));

    let sentences: Vec<String> = templates
        .into_iter()
        .map(|template| fill(template, theme, dice))
        .collect();
    sentences.join(" ")
}

/// Puts words in the place of `{names}`.
fn fill(template: &str, theme: &Theme<'_>, dice: &mut Dice) -> String {
    let mut text = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = tail.split_once('}').unwrap_or((tail, ""));
        push_word(&mut text, name, theme, dice);
        rest = after;
    }
    text.push_str(rest);
    text
}

fn push_word(text: &mut String, name: &str, theme: &Theme<'_>, dice: &mut Dice) {
    let fandom = theme.fandom;
    match name {
        "fandom" => text.push_str(&fandom.name),
        "title" => text.push_str(theme.product_type.title),
        "noun" => text.push_str(theme.product_type.noun),
        "a_noun" => text.push_str(&with_article(theme.product_type.noun)),
        "A_noun" => text.push_str(&capitalised(&with_article(theme.product_type.noun))),
        "subject_title" => text.push_str(theme.subject_title),
        "subject" => text.push_str(theme.subject),
        "style" => text.push_str(theme.style.unwrap_or_default()),
        "brand" => text.push_str(theme.brand.unwrap_or_default()),
        "artist" => text.push_str(theme.artist.unwrap_or_default()),
        "material" => text.push_str(&in_sentence(theme.material)),
        "place" => text.push_str(fandom.place),
        "medium" => text.push_str(fandom.medium),
        "character" => text.push_str(dice.pick::<String>(&fandom.characters)),
        "other" => text.push_str(&dice.pick(&fandom.motifs).text),
        unknown => debug_assert!(false, "no word for {unknown}"),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Lower case, but for abbreviations such as PVC.
fn in_sentence(name: &str) -> String {
    let words: Vec<String> = name
        .split(' ')
        .map(|word| match word.chars().all(char::is_uppercase) {
            true => word.to_owned(),
            false => word.to_lowercase(),
        })
        .collect();
    words.join(" ")
}
