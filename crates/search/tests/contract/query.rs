//! Queries in the words of a test.

use souk_domain::{
    Cursor, FacetName, Language, PageRequest, PriceFilter, SearchQuery, Sort, Start, TenantId,
};
use souk_search::{SearchPlan, SearchSettings};

/// A query for everything, narrowed step by step.
#[derive(Debug, Clone)]
pub(crate) struct Query(pub(crate) SearchQuery);

/// Everything there is, a hundred hits a page.
pub(crate) fn everything() -> Query {
    Query(SearchQuery {
        page: PageRequest {
            limit: 100,
            start: Start::Offset(0),
        },
        ..SearchQuery::default()
    })
}

/// What a text finds. The text is taken as it is: a space at its end says that its last word is whole.
pub(crate) fn text(text: &str) -> Query {
    let mut query = everything();
    query.0.text = Some(text.to_owned());
    query
}

macro_rules! alternatives {
    ($($name:ident),+) => {$(
        pub(crate) fn $name(mut self, value: &str) -> Self {
            self.0.filters.$name.insert(value.to_owned());
            self
        }
    )+};
}

impl Query {
    alternatives!(category, fandom, brand, seller);

    pub(crate) fn attribute(mut self, name: &str, value: &str) -> Self {
        let accepted = self.0.filters.attributes.entry(name.to_owned());
        accepted.or_default().insert(value.to_owned());
        self
    }

    pub(crate) fn price(
        mut self,
        min: impl Into<Option<i64>>,
        max: impl Into<Option<i64>>,
    ) -> Self {
        self.0.filters.price = Some(PriceFilter {
            min: min.into(),
            max: max.into(),
        });
        self
    }

    pub(crate) fn rating_min(mut self, rating: f32) -> Self {
        self.0.filters.rating_min = Some(rating);
        self
    }

    pub(crate) fn in_stock(mut self, wanted: bool) -> Self {
        self.0.filters.in_stock = Some(wanted);
        self
    }

    pub(crate) fn sort(mut self, sort: Sort) -> Self {
        self.0.sort = sort;
        self
    }

    pub(crate) fn limit(mut self, limit: u32) -> Self {
        self.0.page.limit = limit;
        self
    }

    pub(crate) fn offset(mut self, offset: u32) -> Self {
        self.0.page.start = Start::Offset(offset);
        self
    }

    pub(crate) fn after(mut self, cursor: Cursor) -> Self {
        self.0.page.start = Start::After(cursor);
        self
    }

    pub(crate) fn facet(mut self, facet: FacetName) -> Self {
        self.0.facets.insert(facet);
        self
    }

    pub(crate) fn all_facets(mut self) -> Self {
        self.0.facets.extend(FacetName::ALL);
        self
    }

    /// Its plan, by which only what has every word is found if anything has: cases tell what matches.
    pub(crate) fn plan(&self, tenant: TenantId, language: Language) -> SearchPlan {
        self.plan_filled_up_to(1, tenant, language)
    }

    /// Its plan, by which products with some of the words follow if fewer than `enough` have all.
    pub(crate) fn plan_filled_up_to(
        &self,
        enough: u64,
        tenant: TenantId,
        language: Language,
    ) -> SearchPlan {
        let mut settings = SearchSettings::default();
        settings.relaxing.enough = enough;
        SearchPlan::new(tenant, language, &self.0).with_settings(settings)
    }
}
