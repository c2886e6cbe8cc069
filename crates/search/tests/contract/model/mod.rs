//! The contract once more, as plainly as it can be said: an engine that looks at every document for every search.
//!
//! It is slow and has no order of relevance; what it finds and counts is what every engine has to find and count.

mod entry;
mod facets;

use std::collections::BTreeSet;

use async_trait::async_trait;
use souk_domain::{
    BuyBoxReason, Condition, EngineKind, Facet, FacetName, Highlights, Hit, HitVariant, Language,
    PriceRange, ProductDocument, ProductId, SearchPage, Sort, Suggestion, TenantId,
    VariantDocument,
};
use souk_search::query::analysis::Analyzer;
use souk_search::{SearchEngine, SearchError, SearchPlan, SuggestRequest};

use self::entry::Entry;

/// All documents of one tenant.
pub(crate) struct Model {
    entries: Vec<Entry>,
}

impl Model {
    pub(crate) fn new(documents: &[ProductDocument], language: Language) -> Self {
        let mut analyzer = Analyzer::new(language);
        let entries = documents.iter();
        let entries = entries.map(|document| Entry::of(document, &mut analyzer));
        Self {
            entries: entries.collect(),
        }
    }
}

/// A document, and its variants that pass.
struct Seen<'a> {
    entry: &'a Entry,
    variants: Vec<&'a VariantDocument>,
}

impl<'a> Seen<'a> {
    fn lowest_price(&self) -> i64 {
        let prices = self.variants.iter().map(|variant| variant.price);
        prices.min().expect("a variant passes")
    }

    /// Returns the values of an attribute that a passing variant has, each once.
    fn values(&self, name: &'a str) -> BTreeSet<&'a String> {
        let variants = self.variants.iter();
        variants
            .flat_map(|variant| self.entry.values_of(variant, name))
            .collect()
    }
}

/// The documents that match a plan, as each facet sees them.
struct Matching<'a> {
    plan: &'a SearchPlan,
    found: Vec<&'a Entry>,
}

impl<'a> Matching<'a> {
    fn new(model: &'a Model, plan: &'a SearchPlan) -> Self {
        let matches = |entry: &&Entry| {
            let text = plan.text.as_ref();
            entry.is_admitted(&plan.merchandising)
                && entry.is_admitted_by(&plan.operators)
                && (plan.merchandising.pinned.contains(&entry.document.id)
                    || text.is_none_or(|text| entry.matches(text, plan.stage)))
        };
        Self {
            plan,
            found: model.entries.iter().filter(matches).collect(),
        }
    }

    fn seen_by(&self, facet: Option<FacetName>, attribute: Option<&str>) -> Vec<Seen<'a>> {
        let filters = [&self.plan.filters].into_iter();
        let filters: Vec<_> = filters.chain(&self.plan.merchandising.only).collect();
        let seen = self.found.iter().map(|entry| Seen {
            entry,
            variants: entry.passing(&filters, facet, attribute),
        });
        seen.filter(|seen| !seen.variants.is_empty()).collect()
    }

    /// Returns the products found, in order; by relevance only the pinned ones are ordered.
    fn ordered(&self) -> Vec<Seen<'a>> {
        let plan = self.plan;
        let mut entries = self.seen_by(None, None);
        let pinned = &plan.merchandising.pinned;
        let is_browsed = plan.text.is_none() && plan.sort == Sort::Popular;
        entries.sort_by(|one, other| {
            let pin = |entry: &Entry| {
                let place = pinned.iter().position(|id| *id == entry.document.id);
                let orders = is_browsed || plan.sort == Sort::Relevance;
                place.filter(|_| orders).unwrap_or(usize::MAX)
            };
            let key = |seen: &Seen<'_>| {
                let entry = seen.entry;
                let document = &entry.document;
                match plan.sort {
                    Sort::PriceAsc => -seen.lowest_price() as f64,
                    Sort::PriceDesc => seen.lowest_price() as f64,
                    Sort::Newest => document.created_at_ms as f64,
                    Sort::Rating => f64::from(document.rating.unwrap_or(0.0)),
                    Sort::Popular if is_browsed => {
                        document.popularity as f64 * entry.boost(&plan.merchandising)
                    }
                    Sort::Popular | Sort::Relevance => document.popularity as f64,
                }
            };
            let (one_id, other_id) = (one.entry.document.id, other.entry.document.id);
            let by_pin = pin(one.entry).cmp(&pin(other.entry));
            by_pin
                .then(key(other).total_cmp(&key(one)))
                .then(one_id.cmp(&other_id))
        });
        entries
    }
}

fn hit(seen: &Seen<'_>) -> Hit {
    let document = &seen.entry.document;
    let variants = &seen.variants;
    // The first of those that can be bought for the lowest price, or else of all for that price.
    let cheapest = |available: bool| {
        let mut variants = variants.iter();
        let is = |own: &&&VariantDocument| {
            own.price == seen.lowest_price() && (own.available || !available)
        };
        variants.find(is).copied()
    };
    let leading = cheapest(true).or(cheapest(false));
    let variant = leading.expect("a variant passes").id;
    let mut offers: Vec<_> = variants
        .iter()
        .copied()
        .filter(|own| own.id == variant)
        .collect();
    let is_new = |own: &VariantDocument| own.condition == Condition::New;
    // The best of all that remain, one property after the other.
    let better = |one: &VariantDocument, other: &VariantDocument| {
        if one.available != other.available {
            (one.available, BuyBoxReason::InStock)
        } else if one.price != other.price {
            (one.price < other.price, BuyBoxReason::LowestPrice)
        } else {
            (is_new(one) && !is_new(other), BuyBoxReason::Condition)
        }
    };
    let mut take_best = || {
        let mut best = 0;
        for place in 1..offers.len() {
            if better(offers[place], offers[best]).0 {
                best = place;
            }
        }
        (!offers.is_empty()).then(|| offers.remove(best))
    };
    let leading = take_best().expect("an offer passes");
    let reason = take_best().map(|second| match better(leading, second) {
        (true, reason) => reason,
        _ => BuyBoxReason::Older,
    });
    let ids: BTreeSet<_> = document.variants.iter().map(|own| own.id).collect();
    Hit {
        id: document.id,
        slug: document.slug.clone(),
        title: document.title.clone(),
        brand: document.brand.clone(),
        image: document.image.clone(),
        image_alt: document.image_alt.clone(),
        price: PriceRange {
            min: seen.lowest_price(),
            max: variants.iter().map(|own| own.price).max().unwrap_or(0),
            currency: document.price.currency,
        },
        list_price: leading.list_price,
        lowest_price_30d: leading.list_price.and(leading.lowest_price_30d),
        stock: variants.iter().map(|own| own.stock).sum(),
        available: variants.iter().any(|own| own.available),
        variant: Some(HitVariant {
            reason,
            ..HitVariant::from(leading)
        }),
        rating: document.rating,
        rating_count: document.rating_count,
        category: document.categories.last().cloned(),
        fandom: document.fandom.clone(),
        seller: seen.entry.seller_of(leading).clone(),
        created_at_ms: document.created_at_ms,
        variants: ids.len() as u32,
        highlights: Highlights::default(),
        score: None,
    }
}

#[async_trait]
impl SearchEngine for Model {
    fn kind(&self) -> EngineKind {
        EngineKind::Database
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let matching = Matching::new(self, plan);
        let ordered = matching.ordered();
        Ok(SearchPage {
            hits: ordered.iter().map(hit).collect(),
            total: ordered.len() as u64,
            total_exact: true,
            facets: matching.facets(),
            next: None,
            stage: plan.stage,
        })
    }

    async fn facet_values(
        &self,
        _: &SearchPlan,
        _: FacetName,
        _: Option<&str>,
        _: &str,
        _: usize,
    ) -> Result<Facet, SearchError> {
        Err(SearchError::NotReady("not modelled".to_owned()))
    }

    async fn suggest(&self, _: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        Err(SearchError::NotReady("not modelled".to_owned()))
    }

    async fn similar(&self, _: TenantId, _: ProductId, _: usize) -> Result<Vec<Hit>, SearchError> {
        Err(SearchError::NotReady("not modelled".to_owned()))
    }

    async fn ready(&self, _: TenantId) -> Result<(), SearchError> {
        Ok(())
    }
}
