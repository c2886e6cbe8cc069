//! Values of facets that a page of the engine does not list.

use souk_domain::{Facet, FacetName, InvalidField, SearchPage, SearchQuery, same_value};

use super::attributes::Family;
use super::batch::Asked;
use crate::api::call::Call;
use crate::error::ApiError;

/// Most searches of single facets of one call.
pub(crate) const MAX_FACET_SEARCHES: usize = 24;

/// Counts values of single facets where the page of the engine lists fewer than are asked for.
pub(crate) async fn complete(
    call: &Call,
    query: &SearchQuery,
    asked: &Asked,
    limit: usize,
    page: &mut SearchPage,
    left: &mut usize,
) -> Result<(), ApiError> {
    for family in asked.families() {
        let (facet, named) = match &family {
            Family::Facet(facet) => (*facet, None),
            Family::Named(name) => (FacetName::Attributes, Some(name.as_str())),
        };
        if !is_short(page, facet, named, limit, call) {
            continue;
        }
        if *left == 0 {
            let message = "are too many with more values than a search lists";
            return Err(InvalidField::new("facets", message).into());
        }
        *left -= 1;
        let service = &call.app.search;
        let answered = service
            .facet_values(call.request(query), facet, named, "", limit)
            .await?;
        call.note(&answered);
        replace(page, facet, named, answered.value);
    }
    Ok(())
}

fn is_short(
    page: &SearchPage,
    facet: FacetName,
    named: Option<&str>,
    limit: usize,
    call: &Call,
) -> bool {
    let is_cut = |facet: &Option<Facet>| {
        facet
            .as_ref()
            .is_some_and(|facet| facet.left_out > 0 && facet.values.len() < limit)
    };
    match (facet, named) {
        (_, Some(name)) => {
            let definitions = call.search.definitions();
            if definitions.is_internal(name)
                || definitions.get(name).is_some_and(|known| known.is_range())
            {
                return false;
            }
            let mut known = page.facets.attributes.iter();
            let known = known.find(|facet| same_value(&facet.name, name));
            known.is_none_or(|facet| facet.left_out > 0 && facet.values.len() < limit)
        }
        (FacetName::Brand, None) => is_cut(&page.facets.brand),
        (FacetName::Fandom, None) => is_cut(&page.facets.fandom),
        (FacetName::Seller, None) => is_cut(&page.facets.seller),
        _ => false,
    }
}

fn replace(page: &mut SearchPage, facet: FacetName, named: Option<&str>, counted: Facet) {
    match (facet, named) {
        (_, Some(name)) => {
            page.facets
                .attributes
                .retain(|facet| !same_value(&facet.name, name));
            page.facets.attributes.push(Facet {
                name: name.to_owned(),
                ..counted
            });
        }
        (FacetName::Brand, None) => page.facets.brand = Some(counted),
        (FacetName::Fandom, None) => page.facets.fandom = Some(counted),
        _ => page.facets.seller = Some(counted),
    }
}
