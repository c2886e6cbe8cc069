//! The secrets that names of sessions are hashed with.

use souk_store::Store;

use crate::support::setups;

#[tokio::test]
async fn all_processes_have_the_same_secret_for_a_day_and_none_of_a_day_before() {
    for setup in setups().await {
        let secrets = setup.store.session_secrets();
        let first = secrets.of_day(20_000, [1; 32]).await.unwrap();
        assert_eq!(first, [1; 32]);
        assert_eq!(secrets.of_day(20_000, [2; 32]).await.unwrap(), first);
        assert_eq!(secrets.of_day(20_001, [3; 32]).await.unwrap(), [3; 32]);
        let days = "SELECT count(*) FROM session_secrets WHERE day < 20001";
        assert_eq!(setup.number(days).await, 0);
    }
}

#[tokio::test]
async fn of_processes_that_begin_a_day_together_one_makes_its_secret() {
    for setup in setups().await {
        let begin = |process: u8| {
            let store: Store = setup.store.clone();
            tokio::spawn(async move { store.session_secrets().of_day(7, [process; 32]).await })
        };
        let beginning: Vec<_> = (0..8).map(begin).collect();
        let mut secrets = Vec::new();
        for process in beginning {
            secrets.push(process.await.unwrap().unwrap());
        }
        secrets.dedup();
        assert_eq!(secrets.len(), 1);
    }
}
