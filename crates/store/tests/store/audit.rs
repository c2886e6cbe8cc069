//! The audit log in both databases: what is written with a change, and that nothing can be done to it unseen.

use proptest::{prelude::*, test_runner::TestRunner};
use souk_domain::TenantId;
use souk_store::{
    CategoryInput, Store,
    audit::{Act, AuditEntry, AuditFilter, Fault, NewAuditEntry, Outcome, note},
};
use souk_testkit::TestDatabase;
use tokio::runtime::Runtime;

use crate::support::{Setup, setup, setups};

const CHAIN: TenantId = TenantId(7);

fn entry(at_ms: i64) -> NewAuditEntry {
    NewAuditEntry {
        at_ms,
        actor: format!("actor-{}", at_ms % 2),
        note: None,
        address: Some("192.0.2.1".to_owned()),
        request_id: None,
        action: "act".to_owned(),
        outcome: Outcome::Done,
        target: Some(format!("things/{at_ms}")),
        detail: Some(r#"{"a":1}"#.to_owned()),
    }
}

fn category(slug: &str) -> CategoryInput {
    CategoryInput {
        closed: None,
        slug: Some(slug.to_owned()),
        name: slug.to_owned(),
        parent: None,
        position: 0,
    }
}

async fn append(store: &Store, times: std::ops::RangeInclusive<i64>) {
    for at_ms in times {
        store.audit().append(CHAIN, entry(at_ms)).await.unwrap();
    }
}

async fn entries(store: &Store, chain: TenantId) -> Vec<AuditEntry> {
    let filter = AuditFilter::default();
    store.audit().page(chain, &filter, 1_000).await.unwrap()
}

async fn fault(store: &Store) -> Option<Fault> {
    store.audit().verify_chain(CHAIN).await.unwrap().fault
}

#[tokio::test]
async fn entry_is_written_with_the_change_that_it_tells_of() {
    for setup in setups().await {
        let categories = setup.scope.categories();
        let (tenant, store) = (setup.scope.tenant(), &setup.store);
        let act = Act::new(tenant, entry(1));
        let both = async {
            categories.create(category("a")).await.unwrap();
            note::detail("late", || 1.into());
            categories.create(category("b")).await.unwrap();
        };
        act.during(both).await;
        assert!(act.is_written());
        let written = entries(store, tenant).await;
        assert_eq!(written.len(), 1, "one for both transactions");
        assert!(
            written[0]
                .target
                .as_ref()
                .unwrap()
                .starts_with("categories/")
        );

        let act = Act::new(tenant, entry(2));
        let refused = act.during(categories.create(category("a"))).await;
        assert!(refused.is_err() && !act.is_written(), "slug is taken");
        act.during(categories.create(category("c"))).await.unwrap();
        assert!(act.is_written(), "the next transaction takes it");
        categories.create(category("d")).await.unwrap();
        assert_eq!(entries(store, tenant).await.len(), 2, "outside of an act");
        assert_eq!(store.audit().verify_chain(tenant).await.unwrap().entries, 2);
    }
}

#[tokio::test]
async fn writers_at_the_same_time_make_one_chain() {
    for setup in setups().await {
        let writers = (1..=20).map(|at_ms| {
            let audit = setup.store.audit();
            tokio::spawn(async move { audit.append(CHAIN, entry(at_ms)).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        let verified = setup.store.audit().verify_chain(CHAIN).await.unwrap();
        assert_eq!((verified.entries, verified.fault), (20, None));
    }
}

#[tokio::test]
async fn page_has_the_newest_entries_of_a_choice() {
    for setup in setups().await {
        append(&setup.store, 1..=6).await;
        let numbers = async |filter: AuditFilter| {
            let page = setup.store.audit().page(CHAIN, &filter, 2).await.unwrap();
            page.iter().map(|entry| entry.number).collect::<Vec<_>>()
        };
        let of_actor = AuditFilter {
            actor: Some("actor-1".to_owned()),
            ..AuditFilter::default()
        };
        assert_eq!(numbers(AuditFilter::default()).await, [6, 5]);
        assert_eq!(numbers(of_actor.clone()).await, [5, 3]);
        let next = AuditFilter {
            before: Some(3),
            ..of_actor
        };
        assert_eq!(numbers(next).await, [1]);
        let between = AuditFilter {
            from_ms: Some(2),
            until_ms: Some(4),
            action: Some("act".to_owned()),
            ..AuditFilter::default()
        };
        assert_eq!(numbers(between).await, [3, 2]);
        let of_target = AuditFilter {
            target: Some("things/4".to_owned()),
            ..AuditFilter::default()
        };
        assert_eq!(numbers(of_target).await, [4]);
    }
}

#[tokio::test]
async fn database_refuses_to_change_or_delete_entries() {
    for setup in setups().await {
        append(&setup.store, 1..=3).await;
        for sql in [
            "UPDATE audit_entries SET actor = 'x' WHERE number = 2",
            "DELETE FROM audit_entries WHERE number = 3",
            "DELETE FROM audit_entries",
            "DELETE FROM audit_chains",
            "UPDATE audit_chains SET last_number = 2",
            "UPDATE audit_chains SET ended_number = 2",
            "UPDATE audit_chains SET ended_number = 2, ended_hash = 'x'",
        ] {
            assert!(setup.try_run(sql).await.is_err(), "{sql}");
        }
        assert_eq!(fault(&setup.store).await, None);
    }
}

#[tokio::test]
async fn postgres_refuses_to_empty_the_log() {
    let setup = setup(TestDatabase::postgres().await).await;
    append(&setup.store, 1..=1).await;
    let emptied = setup.try_run("TRUNCATE audit_entries").await;
    assert!(emptied.is_err());
}

#[tokio::test]
async fn sqlite_refuses_to_replace_an_entry() {
    let setup = setup(TestDatabase::sqlite().await).await;
    append(&setup.store, 1..=2).await;
    let replaced = setup
        .try_run(
            "INSERT OR REPLACE INTO audit_entries
             SELECT chain, number, at, 'x', note, address, request_id, action, outcome, target, detail, previous_hash, hash
             FROM audit_entries WHERE number = 1",
        )
        .await;
    assert!(replaced.is_err());
}

#[tokio::test]
async fn old_entries_end_and_the_rest_is_still_verified() {
    for setup in setups().await {
        let audit = setup.store.audit();
        append(&setup.store, 1..=5).await;
        assert_eq!(audit.retain_since(3).await.unwrap(), 2);
        assert_eq!(audit.retain_since(3).await.unwrap(), 0);
        let verified = audit.verify_chain(CHAIN).await.unwrap();
        assert_eq!((verified.entries, verified.fault), (3, None));
        assert_eq!(audit.retain_since(100).await.unwrap(), 3, "all of them");
        append(&setup.store, 6..=7).await;
        let verified = audit.verify_chain(CHAIN).await.unwrap();
        assert_eq!((verified.entries, verified.fault), (2, None));
        assert_eq!(verified.head.0, 7);
    }
}

/// Something that somebody with full access to the database does.
#[derive(Debug, Clone)]
enum Deed {
    Change { number: i64, column: usize },
    Remove(i64),
    Swap(i64, i64),
    CutOff(i64),
    Forge,
}

const COLUMNS: [&str; 9] = [
    "at",
    "actor",
    "note",
    "address",
    "request_id",
    "action",
    "outcome",
    "target",
    "detail",
];
const ENTRIES: i64 = 8;

fn deeds() -> impl Strategy<Value = Deed> {
    let number = || 1..=ENTRIES;
    prop_oneof![
        (number(), 0..COLUMNS.len()).prop_map(|(number, column)| Deed::Change { number, column }),
        number().prop_map(Deed::Remove),
        (number(), number())
            .prop_filter("two", |(one, other)| one != other)
            .prop_map(|(one, other)| Deed::Swap(one, other)),
        number().prop_map(Deed::CutOff),
        Just(Deed::Forge),
    ]
}

impl Deed {
    fn statements(&self) -> Vec<String> {
        let content = COLUMNS.join(", ");
        match self {
            Self::Change { number, column } => {
                let value = match column {
                    0 => "at + 1",
                    _ => "'changed'",
                };
                let column = COLUMNS[*column];
                vec![format!("UPDATE audit_entries SET {column} = {value} WHERE number = {number}")]
            }
            Self::Remove(number) => vec![format!("DELETE FROM audit_entries WHERE number = {number}")],
            Self::Swap(one, other) => vec![
                format!("UPDATE audit_entries SET number = -1 WHERE number = {one}"),
                format!("UPDATE audit_entries SET number = {one} WHERE number = {other}"),
                format!("UPDATE audit_entries SET number = {other} WHERE number = -1"),
            ],
            Self::CutOff(number) => vec![format!("DELETE FROM audit_entries WHERE number >= {number}")],
            Self::Forge => vec![format!(
                "INSERT INTO audit_entries (chain, number, {content}, previous_hash, hash)
                 SELECT chain, number + 1, {content}, hash, 'made up' FROM audit_entries WHERE number = {ENTRIES}"
            )],
        }
    }
}

/// Takes the triggers away that refuse such deeds.
async fn defenceless(setup: &Setup) {
    let triggers = match setup.store.backend() {
        souk_store::Backend::Postgres => {
            ["ALTER TABLE audit_entries DISABLE TRIGGER USER"].as_slice()
        }
        souk_store::Backend::Sqlite => &[
            "DROP TRIGGER audit_entries_stay",
            "DROP TRIGGER audit_entries_kept",
        ],
    };
    for sql in triggers {
        setup.run(sql).await;
    }
}

async fn untouched(setup: &Setup) {
    setup.run("DELETE FROM audit_entries").await;
    setup
        .run("INSERT INTO audit_entries SELECT * FROM saved")
        .await;
}

#[test]
fn any_changed_missing_or_swapped_entry_is_found() {
    let runtime = Runtime::new().unwrap();
    let setups = runtime.block_on(async {
        let setups = setups().await;
        for setup in &setups {
            append(&setup.store, 1..=ENTRIES).await;
            defenceless(setup).await;
            setup
                .run("CREATE TABLE saved AS SELECT * FROM audit_entries")
                .await;
        }
        setups
    });
    let mut runner = TestRunner::default();
    let found = runner.run(&deeds(), |deed| {
        runtime.block_on(async {
            for setup in &setups {
                untouched(setup).await;
                assert_eq!(fault(&setup.store).await, None, "before");
                for sql in deed.statements() {
                    setup.run(&sql).await;
                }
                assert!(fault(&setup.store).await.is_some(), "{deed:?}");
            }
        });
        Ok(())
    });
    found.unwrap();
}
