//! Attributes as they are collected, within the bounds of what a product may have.

use souk_domain::{Attributes, MAX_ATTRIBUTES, MAX_KEY_CHARS, MAX_VALUE_CHARS, MAX_VALUES};

use super::report::{Loss, Losses};

/// Adds a value; one that does not fit is counted as lost and costs neither the row nor the other values.
pub(super) fn add(attributes: &mut Attributes, losses: &mut Losses, name: &str, value: String) {
    let name = name.trim();
    if name.is_empty() || value.trim().is_empty() {
        return;
    }
    let mut lose = |loss| *losses.entry(loss).or_default() += 1;
    if name.chars().count() > MAX_KEY_CHARS {
        return lose(Loss::LongName);
    }
    if value.chars().count() > MAX_VALUE_CHARS {
        return lose(Loss::LongValue);
    }
    if let Some(values) = attributes.get_mut(name) {
        if values.contains(&value) {
            return;
        }
        if values.len() >= MAX_VALUES {
            return lose(Loss::ManyValues);
        }
        values.push(value);
        return;
    }
    if attributes.len() >= MAX_ATTRIBUTES {
        return lose(Loss::ManyAttributes);
    }
    attributes.insert(name.to_owned(), vec![value]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn omitted_values_are_counted() {
        let (mut attributes, mut losses) = (Attributes::new(), Losses::new());
        add(
            &mut attributes,
            &mut losses,
            "a",
            "x".repeat(MAX_VALUE_CHARS + 1),
        );
        add(
            &mut attributes,
            &mut losses,
            &"n".repeat(MAX_KEY_CHARS + 1),
            "x".into(),
        );
        for number in 0..=MAX_VALUES {
            add(&mut attributes, &mut losses, "many", number.to_string());
        }
        for number in 0..=MAX_ATTRIBUTES {
            add(
                &mut attributes,
                &mut losses,
                &format!("name {number}"),
                "x".into(),
            );
        }
        add(&mut attributes, &mut losses, "many", "0".into());
        assert_eq!(attributes.len(), MAX_ATTRIBUTES);
        assert_eq!(attributes["many"].len(), MAX_VALUES);
        let counts: Vec<_> = losses.into_iter().collect();
        assert_eq!(
            counts,
            [
                (Loss::LongValue, 1),
                (Loss::ManyValues, 1),
                (Loss::LongName, 1),
                (Loss::ManyAttributes, 2)
            ]
        );
    }
}
