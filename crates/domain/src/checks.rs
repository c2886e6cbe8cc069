//! Bounds and checks that inputs share.

use crate::{InvalidField, text::tidy};

/// Most characters of an id, a name, or an attribute's name.
pub const MAX_KEY_CHARS: usize = 200;
/// Highest price in minor units: far above any real one, far below where sums overflow.
pub const MAX_PRICE: i64 = 1_000_000_000_000;
/// Highest stock of a variant.
pub const MAX_STOCK: i64 = 1_000_000_000;

pub(crate) fn tidy_optional(text: &mut Option<String>) {
    if let Some(inner) = text {
        tidy(inner);
    }
}

pub(crate) fn required(field: &str, text: &str, most: usize) -> Result<(), InvalidField> {
    if text.is_empty() {
        return Err(InvalidField::new(field.to_owned(), "is required"));
    }
    at_most(field, text, most)
}

pub(crate) fn at_most(field: &str, text: &str, most: usize) -> Result<(), InvalidField> {
    // PostgreSQL's text holds every character but this one.
    if text.contains('\0') {
        return Err(InvalidField::new(field.to_owned(), "holds a zero byte"));
    }
    if text.chars().count() > most {
        return Err(InvalidField::new(
            field.to_owned(),
            format!("has at most {most} characters"),
        ));
    }
    Ok(())
}

pub(crate) fn at_most_items(field: &str, count: usize, most: usize) -> Result<(), InvalidField> {
    if count > most {
        return Err(InvalidField::new(
            field.to_owned(),
            format!("has at most {most} entries"),
        ));
    }
    Ok(())
}
