use souk_domain::{InvalidField, PageRequest};

use super::{CursorText, PageNumber, PerPage};

const DEFAULT_PER_PAGE: u32 = 20;

/// The page that `page`, `per_page` and `cursor` ask for together.
///
/// # Errors
/// If both a page number and a cursor are given, or the page lies too deep.
pub fn page_request(
    page: Option<PageNumber>,
    per_page: Option<PerPage>,
    cursor: Option<CursorText>,
) -> Result<PageRequest, InvalidField> {
    let per_page = per_page.map_or(DEFAULT_PER_PAGE, |size| size.0);
    match (page, cursor) {
        (Some(_), Some(_)) => Err(InvalidField::new(
            "page",
            "a cursor already says where the page begins; give one of the two",
        )),
        (None, Some(cursor)) => PageRequest::after(cursor.0, per_page),
        (page, None) => PageRequest::numbered(page.map_or(1, |page| page.0), per_page),
    }
}
