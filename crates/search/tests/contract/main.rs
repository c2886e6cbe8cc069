//! The search contract: every case runs against every engine.
//!
//! An engine joins by one line in the list below: the name of the function of [`Opened`] that opens it.

mod agreement;
mod cases;
mod corpus;
mod defined_shop;
mod differential;
mod exact_shop;
mod fixture;
mod model;
mod ordering;
mod places_shop;
mod query;
mod shared_shop;
mod shoes_shop;
mod shops;
mod spellings_shop;
mod value_counts;
mod words_shop;

use std::sync::Arc;

use cases::Case;
use fixture::{Fixture, Opened};

macro_rules! engines {
    ($($engine:ident),+ $(,)?) => {
        mod contract {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $engine() {
                    let opened = Opened::$engine(fixture::shops()).await;
                    run(Arc::new(Fixture::over(opened).await)).await;
                }
            )+
        }

        mod words_corpus {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $engine() {
                    let opened = Opened::$engine(corpus::shops()).await;
                    corpus::compare(stringify!($engine), &opened).await;
                }
            )+
        }

        mod random_searches {
            use super::*;

            $(
                #[test]
                fn $engine() {
                    differential::compare(Opened::$engine);
                }
            )+
        }
    };
}

engines! {
    sqlite,
    postgres,
    tantivy,
    elasticsearch,
}

#[tokio::test]
async fn engines_agree() {
    agreement::compare().await;
}

#[tokio::test]
async fn engines_rank_alike_at_every_stage() {
    ordering::compare().await;
}

/// Runs all cases on one fixture, since none writes, and names every one that fails.
async fn run(fixture: Arc<Fixture>) {
    let mut failed = Vec::new();
    for Case { name, run } in cases::all() {
        // A task of its own, so that one failed assertion does not hide the other cases.
        if tokio::spawn(run(fixture.clone())).await.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "failed cases: {failed:#?}");
}
