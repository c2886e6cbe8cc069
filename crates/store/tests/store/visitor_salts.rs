//! Daily salts that visitor ids are hashed with.

use souk_store::Store;
use souk_testkit::TestDatabase;

use crate::support::{setup, setups};

#[tokio::test]
async fn all_processes_have_the_same_secret_for_a_day_and_none_of_a_day_before() {
    for setup in setups().await {
        let secrets = setup.store.visitor_salts();
        let first = secrets.of_day(20_000, [1; 32]).await.unwrap();
        assert_eq!(first, [1; 32]);
        assert_eq!(secrets.of_day(20_000, [2; 32]).await.unwrap(), first);
        assert_eq!(secrets.of_day(20_001, [3; 32]).await.unwrap(), [3; 32]);
        let days = "SELECT count(*) FROM visitor_salts WHERE day < 20001";
        assert_eq!(setup.number(days).await, 0);
    }
}

#[tokio::test]
async fn of_processes_that_begin_a_day_together_one_makes_its_secret() {
    for setup in setups().await {
        let begin = |process: u8| {
            let store: Store = setup.store.clone();
            tokio::spawn(async move { store.visitor_salts().of_day(7, [process; 32]).await })
        };
        let starting: Vec<_> = (0..8).map(begin).collect();
        let mut secrets = Vec::new();
        for process in starting {
            secrets.push(process.await.unwrap().unwrap());
        }
        secrets.dedup();
        assert_eq!(secrets.len(), 1);
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_secret_in_the_file() {
    let setup = setup(TestDatabase::sqlite().await).await;
    let path = setup.database.url().trim_start_matches("sqlite://");
    let path = path.split('?').next().unwrap();
    let secrets = setup.store.visitor_salts();
    let holds = async |secret: [u8; 32]| {
        setup.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
        let file = std::fs::read(path).unwrap();
        file.windows(secret.len()).any(|bytes| bytes == secret)
    };
    let (first, second) = ([0xA1; 32], [0xB2; 32]);
    secrets.of_day(20_000, first).await.unwrap();
    assert!(holds(first).await);
    secrets.of_day(20_001, second).await.unwrap();
    assert!(holds(second).await);
    assert!(!holds(first).await);
}
