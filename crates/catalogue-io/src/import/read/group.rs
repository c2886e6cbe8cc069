//! Rows of one product, with what each of them is for the product as a whole.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use souk_domain::Money;

use super::columns::Columns;
use super::email::has_email;
use super::kinds::{Kind, Part};
use super::money::Amount;
use super::names::{looks_like_part_number, shared_beginning, without_colour_code};
use super::options::{self, Options};
use super::{own, text, value};
use crate::import::imported::Variant;
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;
use crate::import::profile::known::Profile;

/// Longest value that sets variants apart where no column is known to.
const MOST_OPTION_CHARS: usize = 60;

/// The rows of one product.
pub(super) struct Group<'a> {
    pub parts: &'a [Part],
    /// Rows that describe the product, those that count most first.
    pub order: Vec<usize>,
    /// Rows that are variants.
    pub variants: Vec<usize>,
    pub has_parent: bool,
    pub generic: bool,
    /// True if all rows say the same variant, of which the latest counts.
    pub same_again: bool,
}

impl<'a> Group<'a> {
    pub(super) fn of(parts: &'a [Part], profiles: &[Arc<Profile>]) -> Self {
        let is = |kind: Kind| parts.iter().any(|part| part.kind == kind);
        let (has_children, has_parent) = (is(Kind::Variant), is(Kind::Parent));
        let generic = parts
            .iter()
            .all(|part| profiles[part.file].name == "generic");
        let typed = parts
            .iter()
            .any(|part| !profiles[part.file].row_types.is_empty());
        let mut variants: Vec<usize> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let is_variant = match part.kind {
                Kind::Variant => true,
                Kind::Product if has_children => false,
                Kind::Product => {
                    typed || variants.is_empty() && index == 0 || holds_variant(&part.columns)
                }
                _ => false,
            };
            if is_variant {
                variants.push(index);
            }
        }
        let mut order: Vec<usize> = (0..parts.len())
            .filter(|index| parts[*index].kind <= Kind::Variant)
            .collect();
        let identity = |index: &usize| {
            let columns = &parts[*index].columns;
            (
                columns.text(Field::Sku),
                columns.options.clone(),
                columns.option_values.clone(),
            )
        };
        let same_again = generic
            && variants.len() > 1
            && variants
                .iter()
                .all(|index| identity(index) == identity(&variants[0]));
        if same_again {
            // The later of two rows that say the same thing is the newer one.
            order.reverse();
        }
        order.sort_by_key(|index| {
            let part = &parts[*index];
            // The topmost of several levels of models comes first.
            let is_below = part.columns.get(Field::Parent).is_some();
            (part.kind, is_below && part.kind == Kind::Parent, part.file)
        });
        Self {
            parts,
            order,
            variants,
            has_parent,
            generic,
            same_again,
        }
    }

    /// Rows that describe the product, those that count most first.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &'a Part> + '_ {
        self.order.iter().map(|index| &self.parts[*index])
    }

    pub(super) fn head_profile(&self, profiles: &[Arc<Profile>]) -> Arc<Profile> {
        let part = self.in_order().next().or(self.parts.first());
        part.and_then(|part| profiles.get(part.file))
            .cloned()
            .unwrap_or_default()
    }

    /// The first row that has a field.
    pub(super) fn first(&self, field: Field) -> Option<&'a Columns> {
        self.in_order()
            .map(|part| &part.columns)
            .find(|columns| columns.get(field).is_some())
    }

    pub(super) fn text(&self, field: Field) -> Option<String> {
        self.first(field).and_then(|columns| columns.text(field))
    }

    /// The row from which a variant inherits.
    pub(super) fn parent_of(&self, part: &Part) -> Option<&'a Columns> {
        let head = self.in_order().next()?;
        let says_nothing = part.columns.get(Field::Price).is_none();
        let is_other = !std::ptr::eq(head, part);
        (is_other && (self.is_below_head(part) || says_nothing)).then_some(&head.columns)
    }

    /// Reports whether a row is below the product's first one, and not another variant beside it.
    pub(super) fn is_below_head(&self, part: &Part) -> bool {
        self.in_order()
            .next()
            .is_some_and(|head| part.kind > head.kind)
    }

    /// The product's title: where rows of a group have titles of their own, the part that they share.
    pub(super) fn title(&self, head: &Profile) -> Option<String> {
        let clean = |title: String| {
            let title = if head.exact {
                title
            } else {
                text::line(&title)
            };
            Some(title).filter(|title| !title.trim().is_empty())
        };
        let first = self.text(Field::Title).and_then(clean);
        if !head.shared_title || self.has_parent || self.variants.len() < 2 {
            return first;
        }
        let titles: Vec<String> = self
            .in_order()
            .filter_map(|part| part.columns.text(Field::Title).and_then(clean))
            .collect();
        shared_beginning(&titles).or(first)
    }

    pub(super) fn description(&self, head: &Profile) -> Option<String> {
        if head.exact {
            return self.text(Field::Description).or_else(|| {
                self.in_order()
                    .find_map(|part| part.columns.blank_description.clone())
            });
        }
        let read = |field: Field| -> Vec<String> {
            self.first(field)
                .map(|columns| {
                    columns
                        .all(field)
                        .take(if field == Field::Description { 1 } else { 8 })
                        .map(|taken| value::texts(&taken.value).join("\n"))
                        .map(|text| text::plain(&text, head.escaped_breaks))
                        .filter(|text| !text.is_empty())
                        .collect()
                })
                .unwrap_or_default()
        };
        let mut texts = read(Field::Description);
        for more in read(Field::MoreDescription) {
            if !texts.iter().any(|text| text.contains(&more)) {
                texts.push(more);
            }
        }
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }

    pub(super) fn tags(&self, head: &Profile, losses: &mut Losses) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for part in self.in_order() {
            for taken in part.columns.all(Field::Tags) {
                if head.exact {
                    tags.extend(own::exact_tags(&taken.value));
                    continue;
                }
                for text in value::texts(&taken.value) {
                    // A comma within a tag is written as `\,`.
                    let text = text.replace("\\,", "\u{1}");
                    for tag in text.split(|c: char| head.tag_marks.contains(c)) {
                        let tag = tag.trim().replace('\u{1}', ",");
                        if has_email(&tag) {
                            lose(losses, Loss::Email, 1);
                        } else if !tag.is_empty() && !tags.contains(&tag) {
                            tags.push(tag);
                        }
                    }
                }
            }
        }
        tags
    }

    /// Options that a parent row lists, by SKU.
    pub(super) fn listed_options(&self) -> BTreeMap<String, Options> {
        self.in_order()
            .filter_map(|part| part.columns.get(Field::Children))
            .flat_map(options::children)
            .collect()
    }

    /// Attributes that set variants apart where no column is known to: those that differ between the rows.
    pub(super) fn differing_options(&self, head: &Profile) -> HashSet<String> {
        let known = |part: &&Part| {
            !part.columns.options.is_empty()
                || !part.columns.option_values.is_empty()
                || part.columns.get(Field::Options).is_some()
        };
        let rows = || self.variants.iter().map(|index| &self.parts[*index]);
        if head.name != "generic" || self.variants.len() < 2 || rows().any(|part| known(&part)) {
            return HashSet::new();
        }
        let mut values: BTreeMap<&str, (usize, HashSet<String>)> = BTreeMap::new();
        for part in rows() {
            for (name, _, given) in &part.columns.attributes {
                // A table of a spreadsheet and JSON have numbers.
                if matches!(given, Value::String(_) | Value::Number(_))
                    && let Some(text) = value::text(given)
                    && text.chars().count() <= MOST_OPTION_CHARS
                    && !has_email(&text)
                {
                    let found = values.entry(name).or_default();
                    found.0 += 1;
                    found.1.insert(text.trim().to_owned());
                }
            }
        }
        values
            .into_iter()
            .filter(|(_, (count, different))| *count == self.variants.len() && different.len() > 1)
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Options of a variant.
    pub(super) fn options(
        &self,
        part: &Part,
        listed: &BTreeMap<String, Options>,
        soft: &HashSet<String>,
    ) -> Options {
        let columns = &part.columns;
        let mut found = columns
            .text(Field::Sku)
            .and_then(|sku| listed.get(sku.trim()).cloned())
            .unwrap_or_default();
        let is_list = |text: &str| part.kind == Kind::Product && text.contains(';');
        for (number, given) in &columns.option_values {
            let name = self
                .in_order_from(part)
                .find_map(|other| other.columns.option_names.get(number));
            if let Some(name) = name
                && !is_list(given)
            {
                options::add(&mut found, name, without_colour_code(given));
            }
        }
        if let Some(values) = columns.text(Field::OptionValues) {
            let names = self
                .in_order_from(part)
                .find_map(|other| other.columns.text(Field::OptionNames));
            match names {
                Some(names) => found.extend(options::of_two_columns(&names, &values)),
                None if part.kind == Kind::Variant => found.extend(options::pairs(&values)),
                None => {}
            }
        }
        if part.kind == Kind::Variant {
            for (number, name) in &columns.attribute_names {
                if let Some(value) = columns.attribute_values.get(number) {
                    options::add(&mut found, name, &value.replace("\\,", ","));
                }
            }
        }
        for (name, given) in columns
            .all(Field::Options)
            .flat_map(|taken| members(&taken.value))
        {
            found.insert(name, given);
        }
        for (name, (given, sure)) in &columns.options {
            let apart = *sure || self.differs(name);
            if apart && !found.values().any(|known| known == given) {
                found.insert(name.clone(), given.clone());
            }
        }
        for (name, _, given) in &columns.attributes {
            if soft.contains(name)
                && let Some(text) = value::text(given)
            {
                options::add(&mut found, name, &text);
            }
        }
        found.retain(|name, given| !name.trim().is_empty() && !given.trim().is_empty());
        found
    }

    fn in_order_from(&self, part: &'a Part) -> impl Iterator<Item = &'a Part> + '_ {
        std::iter::once(part).chain(self.in_order())
    }

    /// Reports whether variants differ in a column.
    fn differs(&self, name: &str) -> bool {
        let mut values = self.variants.iter().map(|index| {
            self.parts[*index]
                .columns
                .options
                .get(name)
                .map(|(value, _)| value)
        });
        let first = values.next();
        first.is_some_and(|first| values.any(|other| other != first))
    }

    /// Changes prices by the rules that stand below a product.
    pub(super) fn apply_rules(&self, variants: &mut [Variant]) {
        for rule in self.parts.iter().filter(|part| part.kind == Kind::Rule) {
            let conditions =
                options::pairs(&rule.columns.text(Field::OptionValues).unwrap_or_default());
            let Some(text) = rule.columns.text(Field::Price) else {
                continue;
            };
            let Some(Ok(amount)) = Amount::of(text.rsplit(']').next().unwrap_or_default()) else {
                continue;
            };
            for variant in variants.iter_mut() {
                let fits = !conditions.is_empty()
                    && conditions
                        .iter()
                        .all(|(name, value)| variant.options.get(name) == Some(value));
                let Some(price) = variant.offer.price.as_mut().filter(|_| fits) else {
                    continue;
                };
                let Ok((minor, _)) = amount.minor(price.currency, None) else {
                    continue;
                };
                *price = changed(*price, minor, &text);
                if let Some(sale) = &mut variant.offer.sale {
                    sale.price = changed(sale.price, minor, &text);
                }
            }
        }
    }

    /// A name beside a title that is a part number: a single word with a digit in it, such as `MX-500B/2`.
    pub(super) fn part_number(&self, title: &Option<String>) -> Option<String> {
        let columns = self.first(Field::Name)?;
        if title.is_none()
            || columns.share_column(Field::Name, Field::Title)
            || columns.get(Field::Sku).is_some()
        {
            return None;
        }
        columns
            .text(Field::Name)
            .map(|name| name.trim().to_owned())
            .filter(|name| looks_like_part_number(name))
    }

    /// A name beside a title that the title does not say already.
    pub(super) fn further_name(&self, head: &Profile) -> Option<String> {
        let columns = self.first(Field::Name).filter(|_| head.name == "generic")?;
        if columns.share_column(Field::Name, Field::Title)
            || columns.share_column(Field::Name, Field::Sku)
        {
            return None;
        }
        let name = columns.text(Field::Name)?;
        let title = self.text(Field::Title).unwrap_or_default();
        let is_sku = looks_like_part_number(&name) && columns.get(Field::Sku).is_none();
        let said = title.to_lowercase().contains(&name.to_lowercase());
        (!is_sku && !said).then_some(name)
    }
}

fn holds_variant(columns: &Columns) -> bool {
    [
        Field::Sku,
        Field::Price,
        Field::Stock,
        Field::Gtin,
        Field::VariantId,
        Field::Surcharge,
        Field::Variants,
        Field::OptionValues,
        Field::Options,
    ]
    .iter()
    .any(|field| columns.get(*field).is_some())
        || !columns.option_values.is_empty()
        || columns.options.values().any(|(_, sure)| *sure)
}

/// Members of an object, which a table holds as JSON, or pairs of a text.
fn members(given: &Value) -> Vec<(String, String)> {
    match given {
        Value::Object(members) => members
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value::text(value)?)))
            .collect(),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(value @ Value::Object(_)) => members(&value),
            _ => options::pairs(text).into_iter().collect(),
        },
        Value::Array(values) => values
            .iter()
            .filter_map(|option| {
                let name = option.get("name").and_then(value::text)?;
                Some((name, option.get("value").and_then(value::text)?))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn changed(price: Money, minor: i64, rule: &str) -> Money {
    let rule = rule.to_uppercase();
    let new = if rule.contains("[ADD]") {
        price.minor.saturating_add(minor)
    } else if rule.contains("[REMOVE]") || rule.contains("[SUBTRACT]") {
        price.minor.saturating_sub(minor).max(0)
    } else {
        minor
    };
    Money::new(new, price.currency)
}
