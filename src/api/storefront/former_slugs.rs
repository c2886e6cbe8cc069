//! Former slugs in the filters of searches.

use std::{collections::BTreeSet, time::Duration};

use souk_cache::Tag as CacheTag;
use souk_domain::{CategoryId, FandomId, Filters, SellerId};
use souk_store::{Entity, MovedSlug};

use crate::http::TenantContext;

/// Longest time to wait for the database: a search does without it.
const PATIENCE: Duration = Duration::from_millis(250);

/// Puts the present slugs of categories, fandoms and sellers in place of former ones. The response depends on those that
/// were found. If the database does not answer, the slugs stay, and the response is kept for a short time only.
pub(super) async fn follow_former_slugs(context: &TenantContext, filters: &mut Filters) {
    let slugs: BTreeSet<(Entity, &str)> = [
        (Entity::Category, &filters.category),
        (Entity::Fandom, &filters.fandom),
        (Entity::Seller, &filters.seller),
    ]
    .into_iter()
    .flat_map(|(entity, slugs)| slugs.iter().map(move |slug| (entity, slug.as_str())))
    .collect();
    if slugs.is_empty() {
        return;
    }
    let former = context.app.store.scope(context.tenant.id).former_slugs();
    let moved = match tokio::time::timeout(PATIENCE, former.moved(&slugs)).await {
        Ok(Ok(moved)) => moved,
        Ok(Err(error)) => {
            tracing::warn!(%error, "former slugs not looked up");
            return context.tag_as_degraded();
        }
        Err(_) => {
            tracing::warn!("former slugs not looked up in time");
            return context.tag_as_degraded();
        }
    };
    for slug in moved {
        context.tag_with(tag_of(&slug));
        replace(filters, slug);
    }
}

fn tag_of(slug: &MovedSlug) -> Option<CacheTag> {
    match slug.entity {
        Entity::Product | Entity::Attribute => None,
        Entity::Category => Some(CacheTag::Category(CategoryId(slug.id))),
        Entity::Fandom => Some(CacheTag::Fandom(FandomId(slug.id))),
        Entity::Seller => Some(CacheTag::Seller(SellerId(slug.id))),
    }
}

fn replace(filters: &mut Filters, slug: MovedSlug) {
    let slugs = match slug.entity {
        Entity::Product | Entity::Attribute => return,
        Entity::Category => &mut filters.category,
        Entity::Fandom => &mut filters.fandom,
        Entity::Seller => &mut filters.seller,
    };
    slugs.remove(&slug.former);
    slugs.insert(slug.current);
}
