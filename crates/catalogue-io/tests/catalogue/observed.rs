//! Imports under the eyes of an observer.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use souk_catalogue_io::import::{
    self, ImportArgs, ImportError, ImportObserver, ImportPhase, ImportPreview, ImportProgress,
    ImportSummary, RowFault,
};

use crate::shop::DemoShop;

/// Observer that writes everything down, and cancels after a number of new products.
#[derive(Default)]
struct Notes {
    cancel_after: Option<u64>,
    progress: Mutex<Vec<ImportProgress>>,
    previews: Mutex<Vec<ImportPreview>>,
    faults: Mutex<Vec<RowFault>>,
}

impl Notes {
    fn created(&self) -> u64 {
        let progress = self.progress.lock().unwrap();
        progress.last().map_or(0, |last| last.summary.created)
    }
}

impl ImportObserver for Notes {
    fn progress(&self, progress: &ImportProgress) {
        self.progress.lock().unwrap().push(progress.clone());
    }

    fn preview(&self, preview: &ImportPreview) {
        self.previews.lock().unwrap().push(preview.clone());
    }

    fn fault(&self, fault: &RowFault, skipped: u64) -> Result<(), ImportError> {
        let mut faults = self.faults.lock().unwrap();
        faults.push(fault.clone());
        assert_eq!(skipped, faults.len() as u64);
        Ok(())
    }

    fn further_faults(&self, _rows: u64) {}

    fn settle_doubt(&self, doubt: &str) -> Result<(), ImportError> {
        Err(ImportError::Unsure(doubt.to_owned()))
    }

    fn is_cancelled(&self) -> bool {
        self.cancel_after.is_some_and(|most| self.created() >= most)
    }
}

async fn observed(
    shop: &DemoShop,
    args: &ImportArgs,
    notes: &Arc<Notes>,
) -> Result<ImportSummary, ImportError> {
    import::import(args, &shop.store, &shop.tenant, notes.clone()).await
}

/// Products without the time at which they were made.
async fn timeless(shop: &DemoShop) -> Vec<serde_json::Value> {
    let mut products = shop.catalogue().await;
    for product in &mut products {
        product.as_object_mut().unwrap().remove("created_at_ms");
    }
    products.sort_by_key(|product| product["external_id"].to_string());
    products
}

/// A table of products.
fn table(rows: usize) -> String {
    let mut text = "id,title,price,stock\n".to_owned();
    for row in 0..rows {
        writeln!(text, "p{row},Product {row},{row}.50,1").unwrap();
    }
    text
}

#[tokio::test]
async fn observer_sees_preview_progress_and_faults() {
    let shop = DemoShop::new().await;
    let text = format!("{},Nameless,x,\n,,,\n", table(1_200));
    let args = ImportArgs::of(shop.file("a.csv", &text));
    let notes = Arc::new(Notes::default());
    let summary = observed(&shop, &args, &notes).await.unwrap();

    let previews = notes.previews.lock().unwrap();
    assert_eq!(previews.len(), 1);
    assert_eq!(
        (previews[0].products.len(), previews[0].doubt.as_deref()),
        (3, None)
    );
    assert_eq!(previews[0].files[0].profile, "generic");
    assert_eq!(notes.faults.lock().unwrap().len() as u64, summary.skipped);

    let progress = notes.progress.lock().unwrap();
    let length = text.len() as u64;
    assert!(progress.iter().all(|seen| seen.bytes_total == Some(length)));
    assert!(progress.is_sorted_by_key(|seen| (seen.phase == ImportPhase::Writing, seen.rows)));
    let last = progress.last().unwrap();
    assert_eq!((last.bytes_read, last.rows), (length, summary.read));
    assert_eq!(
        (last.summary.created, last.products()),
        (summary.created, summary.created)
    );
    assert!(summary.created >= 1_200);
}

#[tokio::test]
async fn cancelled_import_stops_between_batches_and_can_be_run_again() {
    let shop = DemoShop::new().await;
    let args = ImportArgs::of(shop.file("a.csv", table(3_500)));
    let notes = Arc::new(Notes {
        cancel_after: Some(1_000),
        ..Notes::default()
    });
    let outcome = observed(&shop, &args, &notes).await;
    assert!(matches!(outcome, Err(ImportError::Cancelled)));
    let written = shop.catalogue().await.len() as u64;
    assert_eq!(written, notes.created());
    assert!((1_000..3_500).contains(&written), "{written}");

    let notes = Arc::new(Notes::default());
    let summary = observed(&shop, &args, &notes).await.unwrap();
    assert_eq!(
        (summary.created, summary.unchanged),
        (3_500 - written, written)
    );
    let other = DemoShop::new().await;
    let undisturbed = ImportArgs::of(other.file("a.csv", table(3_500)));
    observed(&other, &undisturbed, &Arc::default())
        .await
        .unwrap();
    assert_eq!(timeless(&shop).await, timeless(&other).await);
}

#[tokio::test]
async fn import_cancelled_while_it_reads_writes_nothing() {
    let shop = DemoShop::new().await;
    let args = ImportArgs::of(shop.file("a.csv", table(1_200)));
    let notes = Arc::new(Notes {
        cancel_after: Some(0),
        ..Notes::default()
    });
    let outcome = observed(&shop, &args, &notes).await;
    assert!(matches!(outcome, Err(ImportError::Cancelled)));
    assert!(shop.catalogue().await.is_empty());
    assert!(notes.previews.lock().unwrap().is_empty());
}

#[tokio::test]
async fn preview_of_first_rows_reads_no_further() {
    let shop = DemoShop::new().await;
    let own = "{\"external_id\":\"a\",\"title\":\"A\",\"currency\":\"EUR\",\"variants\":[{\"sku\":\"a\",\"price\":100,\"stock\":1}]}\n";
    for (name, text, products) in [
        ("a.csv", table(900), Some(10)),
        ("a.jsonl", own.repeat(20), None),
    ] {
        let args = ImportArgs {
            dry_run: true,
            max_rows: Some(10),
            ..ImportArgs::of(shop.file(name, text))
        };
        let notes = Arc::new(Notes::default());
        let summary = observed(&shop, &args, &notes).await.unwrap();
        assert_eq!(summary.read, 10, "{name}");
        let previews = notes.previews.lock().unwrap();
        assert_eq!(previews[0].products_total, products);
        assert_eq!(previews[0].products.len(), 3, "{name}");
    }
    assert!(shop.catalogue().await.is_empty());
}
