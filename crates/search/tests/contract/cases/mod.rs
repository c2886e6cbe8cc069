//! The cases, a module a subject.

use std::{future::Future, pin::Pin, sync::Arc};

use crate::fixture::Fixture;

/// Lists the cases of a module: async functions over a fixture.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        pub(super) fn cases() -> Vec<super::Case> {
            vec![$(super::Case {
                name: concat!(module_path!(), "::", stringify!($name)),
                run: |fixture| Box::pin(async move { $name(&fixture).await }),
            }),+]
        }
    };
}
mod attributes;
mod codes;
mod compounds;
mod facet_values;
mod facets;
mod filters;
mod inner_codes;
mod merchandising;
mod misspelt;
mod operators;
mod paging;
mod places;
mod ranges;
mod ranking_signals;
mod relaxation;
mod rewriting;
mod sellers;
mod similar;
mod sorting;
mod spellings;
mod suggestions;
mod synonyms;
mod tenants;
mod text;
mod variants;
mod words;

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One case: what an engine has to do.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) run: fn(Arc<Fixture>) -> Running,
}

/// Every case there is.
pub(crate) fn all() -> Vec<Case> {
    [
        filters::cases(),
        facets::cases(),
        facet_values::cases(),
        sorting::cases(),
        paging::cases(),
        text::cases(),
        codes::cases(),
        inner_codes::cases(),
        operators::cases(),
        compounds::cases(),
        misspelt::cases(),
        relaxation::cases(),
        rewriting::cases(),
        synonyms::cases(),
        merchandising::cases(),
        ranking_signals::cases(),
        suggestions::cases(),
        similar::cases(),
        places::cases(),
        attributes::cases(),
        ranges::cases(),
        sellers::cases(),
        variants::cases(),
        spellings::cases(),
        tenants::cases(),
        words::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
