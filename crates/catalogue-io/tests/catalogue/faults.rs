//! Counts of faults, whether something is written or not.

use souk_catalogue_io::import::ImportArgs;

use crate::shop::DemoShop;

async fn dry_run(name: &str, text: &str) -> (u64, u64) {
    let shop = DemoShop::new().await;
    let args = ImportArgs {
        dry_run: true,
        ..ImportArgs::of(shop.file(name, text))
    };
    let summary = shop.import(&args).await.unwrap();
    assert!(shop.catalogue().await.is_empty());
    (summary.read, summary.skipped)
}

#[tokio::test]
async fn dry_run_of_an_export_counts_its_faults() {
    let row = |id: &str, status: &str| {
        format!(
            r#"{{"external_id":"{id}","title":"T","status":"{status}","currency":"EUR","variants":[{{"sku":"{id}","price":5,"stock":1}}]}}"#
        )
    };
    let text = [
        row("1", "active"),
        row("2", "sold"),
        "no json".to_owned(),
        row("4", "draft"),
    ]
    .join("\n");
    assert_eq!(dry_run("export.jsonl", &text).await, (4, 2));
}

#[tokio::test]
async fn dry_run_of_a_table_counts_faults_of_products_and_of_rows() {
    let text = "id,title,price\n1,A,5\n2,,5\n3,C,-5\n4,D,5,x,y\n";
    assert_eq!(dry_run("a.csv", text).await, (4, 3));
}

#[tokio::test]
async fn faults_beyond_the_kept_ones_are_counted() {
    let mut text = String::from("{\"id\":1,\"title\":\"A\",\"price\":5}\n");
    // Two kinds in turn: the same one again and again would end the import.
    text.push_str(&"no json\n[1]\n".repeat(50_010));
    assert_eq!(dry_run("a.jsonl", &text).await, (100_021, 100_020));
}
