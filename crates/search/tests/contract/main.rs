//! The search contract: every case runs against every engine.
//!
//! An engine joins by one line in the list below: a name and a function that opens a [`Fixture`] over it.

mod cases;
mod fixture;
mod marketplace;
mod query;

use std::sync::Arc;

use cases::Case;
use fixture::Fixture;

macro_rules! engines {
    ($($engine:ident => $open:expr),+ $(,)?) => {
        mod contract {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $engine() {
                    run(Arc::new($open.await)).await;
                }
            )+
        }
    };
}

engines! {
    sqlite => Fixture::sqlite(),
    postgres => Fixture::postgres(),
    tantivy => Fixture::tantivy(),
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
