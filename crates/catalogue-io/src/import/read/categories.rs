//! Categories of a product as paths from the root.

use serde_json::Value;
use souk_domain::{InvalidField, MAX_KEY_CHARS, parse_slug, slugify};

use super::columns::Columns;
use super::names::name_of_slug;
use super::own::{given_label, given_list};
use super::text;
use super::value;
use crate::import::imported::CategoryStep;
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;
use crate::import::profile::known::Profile;
use crate::import::profile::names::plain;
use crate::import::profile::private::is_private;

const MOST_LEVELS: usize = 16;

/// Every category that a row names, the main one first.
pub(in crate::import) fn categories(
    profile: &Profile,
    columns: &Columns,
    losses: &mut Losses,
) -> Vec<Vec<CategoryStep>> {
    let mut paths: Vec<Vec<CategoryStep>> = Vec::new();
    let own = columns
        .text(Field::Category)
        .map(|text| text.trim().to_owned());
    if let Some(given) = columns.get(Field::CategoryPath) {
        let mut path = match given {
            Value::Array(steps) => steps.iter().filter_map(given_step).collect(),
            Value::Object(levels) => deepest(levels),
            text => named_steps(&value::text(text).unwrap_or_default(), ">"),
        };
        // The path ends in the category, whose slug is given beside it.
        if let Some(slug) = own.as_deref().filter(|own| parse_slug(own).is_ok())
            && let Some(last) = path.last_mut()
            && (profile.exact || slugify(&last.name) == slug)
        {
            last.slug = Some(slug.to_owned());
        }
        if !path.is_empty() {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        paths = match columns.get(Field::Category) {
            Some(Value::Array(values)) if profile.categories.list_is_path => {
                vec![values.iter().filter_map(given_step).collect()]
            }
            Some(Value::Object(levels)) => vec![
                given_step(&Value::Object(levels.clone()))
                    .map(|step| vec![step])
                    .unwrap_or_else(|| deepest(levels)),
            ],
            Some(other) => value::texts(other)
                .iter()
                .flat_map(|text| listed(profile, text))
                .collect(),
            None => Vec::new(),
        };
    }
    let mut kept: Vec<Vec<CategoryStep>> = Vec::new();
    for mut path in paths {
        let is_root = |step: &CategoryStep| {
            profile
                .categories
                .roots
                .iter()
                .any(|root| root.eq_ignore_ascii_case(&step.name))
        };
        if path.first().is_some_and(is_root) {
            path.remove(0);
        }
        let given = path.len();
        path.retain(|step| profile.exact || is_name(&step.name));
        path.truncate(MOST_LEVELS);
        lose(
            losses,
            Loss::Category,
            usize::from(given > 0 && path.is_empty()),
        );
        if !path.is_empty() && !kept.contains(&path) {
            kept.push(path);
        }
    }
    // One that leads on to another says nothing more.
    let all = kept.clone();
    kept.retain(|path| {
        !all.iter()
            .any(|other| other.len() > path.len() && other.starts_with(path))
    });
    kept
}

/// Further categories of Souk's own export: paths, or slugs alone.
///
/// # Errors
/// If they are neither.
pub(in crate::import) fn further_categories(
    columns: &Columns,
) -> Result<Vec<Vec<CategoryStep>>, InvalidField> {
    let step = |entry: &Value| {
        let label = given_label(Field::FurtherCategories, entry)?;
        Ok(CategoryStep {
            slug: Some(label.slug),
            name: label.name,
        })
    };
    given_list(columns, Field::FurtherCategories)
        .iter()
        .map(|entry| match entry {
            Value::Array(steps) => steps.iter().map(step).collect(),
            single => step(single).map(|step| vec![step]),
        })
        .collect()
}

/// Paths of a text with several of them.
fn listed(profile: &Profile, text: &str) -> Vec<Vec<CategoryStep>> {
    let lists = &profile.categories;
    let text = text.trim();
    // A comma within a name is written as `\,`.
    let hidden = text.replace("\\,", "\u{1}");
    let mut pieces: Vec<String> = match lists.list.is_empty() {
        true => vec![hidden],
        false => hidden
            .split(|c: char| lists.list.contains(c))
            .map(|piece| piece.trim().to_owned())
            .filter(|piece| !piece.is_empty())
            .collect(),
    };
    if lists.list_needs_paths && !pieces.iter().all(|piece| piece.contains('>')) {
        pieces = vec![text.to_owned()];
    }
    pieces
        .iter()
        .map(|piece| piece.replace('\u{1}', ","))
        .filter(|piece| !(lists.codes && is_private(&plain(piece))))
        .map(|piece| {
            let by_path = !lists.path.is_empty() && piece.contains(&lists.path);
            if by_path || piece.contains('>') {
                let mark = if by_path { lists.path.as_str() } else { ">" };
                let mut steps = named_steps(&piece, mark);
                if lists.codes {
                    steps
                        .iter_mut()
                        .for_each(|step| step.name = name_of_code(&step.name));
                }
                return steps;
            }
            match lists.codes {
                true => vec![CategoryStep::named(name_of_code(&piece))],
                false if profile.exact || profile.name == "generic" => {
                    vec![single_step(piece, profile.exact)]
                }
                false => vec![CategoryStep::named(text::line(&piece))],
            }
        })
        .collect()
}

/// The deepest of levels such as `{"lvl0": "A", "lvl1": "A > B"}`.
fn deepest(levels: &serde_json::Map<String, Value>) -> Vec<CategoryStep> {
    let path = levels
        .iter()
        .filter(|(name, value)| name.starts_with("lvl") && !value::is_blank(value))
        .max_by_key(|(name, _)| name[3..].parse::<u32>().unwrap_or_default())
        .and_then(|(_, value)| value::text(value));
    named_steps(&path.unwrap_or_default(), ">")
}

fn given_step(step: &Value) -> Option<CategoryStep> {
    match step {
        Value::Object(members) => Some(CategoryStep {
            slug: members.get("slug").and_then(value::text),
            name: members.get("name").and_then(value::text)?,
        }),
        other => value::text(other).map(CategoryStep::named),
    }
}

fn named_steps(path: &str, mark: &str) -> Vec<CategoryStep> {
    path.split(mark)
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| CategoryStep::named(text::line(name)))
        .collect()
}

fn single_step(text: String, exact: bool) -> CategoryStep {
    match parse_slug(&text) {
        Ok(slug) if exact || !slug.bytes().all(|byte| byte.is_ascii_digit()) => CategoryStep {
            slug: Some(slug.to_owned()),
            name: name_of_slug(slug),
        },
        _ => CategoryStep::named(text),
    }
}

/// Reports whether a text can name a category: not a number, and with letters that a slug can be made of.
fn is_name(name: &str) -> bool {
    !slugify(name).is_empty()
        && !name.bytes().all(|byte| byte.is_ascii_digit())
        && name.chars().count() <= MAX_KEY_CHARS
        && !name.contains('\0')
}

/// `master_men_blazers` as `Master men blazers`.
pub(in crate::import) fn name_of_code(code: &str) -> String {
    let words: Vec<&str> = code
        .split(['_', '-', ' '])
        .filter(|word| !word.is_empty())
        .collect();
    let name = words.join(" ");
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::profile::known::named;

    fn paths(profile: &str, text: &str) -> Vec<String> {
        listed(&named(profile).unwrap(), text)
            .iter()
            .map(|path| {
                let names: Vec<&str> = path.iter().map(|step| step.name.as_str()).collect();
                names.join("/")
            })
            .collect()
    }

    #[test]
    fn lists_and_paths_are_parted_as_the_system_writes_them() {
        assert_eq!(
            paths("woocommerce", "Clothing > Tees, Sale, Men\\, Women & Kids"),
            ["Clothing/Tees", "Sale", "Men, Women & Kids"]
        );
        assert_eq!(
            paths("google", "Shoes > Trail, Sports > Running"),
            ["Shoes/Trail", "Sports/Running"]
        );
        assert_eq!(
            paths("google", "Food, Beverages & Tobacco > Food Items"),
            ["Food, Beverages & Tobacco/Food Items"]
        );
        assert_eq!(
            paths("bigcommerce", "Bath;Shop All/Garden"),
            ["Bath", "Shop All/Garden"]
        );
        assert_eq!(
            paths("squarespace", "/clothing, /clothing/tees"),
            ["Clothing", "Clothing/Tees"]
        );
        assert_eq!(
            paths("akeneo", "master_men_blazers,supplier_zaro"),
            ["Master men blazers"]
        );
    }
}
