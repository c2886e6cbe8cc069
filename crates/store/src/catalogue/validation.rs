//! Checks of names, texts and slugs that the catalogue's writers share.

use souk_domain::{InvalidField, slugify, tidy};

const MAX_NAME_CHARS: usize = 200;

/// Returns the tidied name, or why it is invalid.
pub(crate) fn checked_name(name: &str) -> Result<String, InvalidField> {
    let mut name = name.to_owned();
    tidy(&mut name);
    if name.is_empty() {
        return Err(InvalidField::new("name", "is required"));
    }
    checked_text("name", &name, MAX_NAME_CHARS)?;
    Ok(name)
}

/// Rejects a text that is too long or holds a zero byte, which PostgreSQL cannot store.
pub(crate) fn checked_text(
    field: &'static str,
    text: &str,
    most: usize,
) -> Result<(), InvalidField> {
    if text.contains('\0') {
        return Err(InvalidField::new(field, "holds a zero byte"));
    }
    if text.chars().count() > most {
        return Err(InvalidField::new(
            field,
            format!("has at most {most} characters"),
        ));
    }
    Ok(())
}

/// Derives a slug from a name.
pub(crate) fn slug_of(name: &str) -> Result<String, InvalidField> {
    let slug = slugify(name);
    if slug.is_empty() {
        return Err(InvalidField::new(
            "slug",
            "is required, because none can be made from the name",
        ));
    }
    Ok(slug)
}
