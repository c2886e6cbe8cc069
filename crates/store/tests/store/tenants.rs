//! Hosts, keys and the default tenant.

use souk_domain::{Currency, HostName, Language, TenantKeyId};
use souk_store::{
    HOSTS_PER_TENANT, NewTenant, NewTenantKey, StoreError, TenantChanges, TenantKeys,
};

use crate::support::{Setup, add_tenant, setups};

fn tenant(slug: &str, hosts: &[&str]) -> NewTenant {
    NewTenant {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        hosts: parsed(hosts),
        language: Language::Simple,
        currency: Currency::EUR,
    }
}

fn parsed(hosts: &[&str]) -> Vec<HostName> {
    hosts.iter().map(|host| host.parse().unwrap()).collect()
}

fn hosts(hosts: &[&str]) -> TenantChanges {
    TenantChanges {
        hosts: Some(parsed(hosts)),
        ..TenantChanges::default()
    }
}

async fn add_key(keys: &TenantKeys, hash: &str) -> TenantKeyId {
    let key = NewTenantKey {
        label: " storefront ".to_owned(),
        prefix: "souk_0".to_owned(),
        hash: hash.to_owned(),
        expires_at_ms: Some(7),
    };
    keys.add(key).await.unwrap().id
}

/// Slugs of the default tenants.
async fn defaults(setup: &Setup) -> Vec<String> {
    let tenants = setup.store.tenants().list().await.unwrap();
    let defaults = tenants.into_iter().filter(|tenant| tenant.is_default);
    defaults.map(|tenant| tenant.slug).collect()
}

#[tokio::test]
async fn host_of_another_tenant_is_refused() {
    for setup in setups().await {
        let tenants = setup.store.tenants();
        let main = tenants.by_slug("main").await.unwrap().unwrap();
        assert_eq!(main.hosts, ["main.example"]);
        assert_eq!(tenants.get(main.id).await.unwrap(), Some(main.clone()));

        let taken = tenants.add(tenant("second", &["main.example"])).await;
        let Err(StoreError::Conflict { field, message }) = taken else {
            panic!("{taken:?}");
        };
        assert_eq!((field, message.contains("main.example")), ("hosts", true));

        let of_second = tenant("second", &["b.example", "a.example", "b.example"]);
        let second = tenants.add(of_second).await.unwrap();
        assert_eq!(second.hosts, ["a.example", "b.example"]);
        let taken = tenants.update("main", hosts(&["a.example"]), None).await;
        assert!(matches!(taken, Err(StoreError::Conflict { .. })));
        let main = tenants.update("main", hosts(&["c.example"]), None).await;
        assert_eq!(main.unwrap().hosts, ["c.example"]);
        let many: Vec<_> = (0..=HOSTS_PER_TENANT).map(|n| format!("h{n}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        let many = tenants.update("main", hosts(&many), None).await;
        assert!(matches!(many, Err(StoreError::Invalid(fault)) if fault.field == "hosts"));
    }
}

/// A text that goes around the program is refused by the table itself.
#[tokio::test]
async fn text_that_is_no_host_is_refused_by_the_database() {
    for setup in setups().await {
        for host in [
            "",
            "A.example",
            "https://x",
            "x:80",
            "*.x",
            "a b",
            ".x",
            "x.",
            "main.example",
        ] {
            let sql = format!(
                "INSERT INTO tenant_hosts (host, tenant_id) VALUES ('{host}', {})",
                setup.scope.tenant()
            );
            assert!(setup.try_run(&sql).await.is_err(), "{host}");
        }
        let sql = format!(
            "INSERT INTO tenant_hosts (host, tenant_id) VALUES ('[::1]', {})",
            setup.scope.tenant()
        );
        setup.try_run(&sql).await.unwrap();
    }
}

#[tokio::test]
async fn first_tenant_is_default_until_another_is() {
    for setup in setups().await {
        add_tenant(&setup.store, "second").await;
        assert_eq!(defaults(&setup).await, ["main"]);
        let tenants = setup.store.tenants();
        let set = async |slug, is_default| {
            let changes = TenantChanges {
                is_default: Some(is_default),
                ..TenantChanges::default()
            };
            tenants.update(slug, changes, None).await.unwrap()
        };
        set("second", true).await;
        assert_eq!(defaults(&setup).await, ["second"]);
        set("main", false).await;
        assert_eq!(defaults(&setup).await, ["second"]);
        set("second", false).await;
        assert!(defaults(&setup).await.is_empty());
        add_tenant(&setup.store, "third").await;
        assert!(defaults(&setup).await.is_empty());
    }
}

#[tokio::test]
async fn update_of_tenant_with_stale_etag_is_refused() {
    for setup in setups().await {
        let tenants = setup.store.tenants();
        let read = tenants.by_slug("main").await.unwrap().unwrap();
        let renamed = TenantChanges {
            name: Some(" Main ".to_owned()),
            ..TenantChanges::default()
        };
        let renamed = tenants.update("main", renamed, Some(&read.etag())).await;
        assert_eq!(renamed.unwrap().name, "Main");
        let stale = Some(read.etag());
        let again = tenants.update("main", hosts(&[]), stale.as_deref()).await;
        assert!(matches!(again, Err(StoreError::PreconditionFailed)));
        let removed = tenants.remove("main", stale.as_deref()).await;
        assert!(matches!(removed, Err(StoreError::PreconditionFailed)));
    }
}

#[tokio::test]
async fn keys_of_a_tenant_overlap_until_one_is_revoked() {
    for setup in setups().await {
        let tenants = setup.store.tenants();
        let other = add_tenant(&setup.store, "second").await;
        let keys = tenants.keys(setup.scope.tenant());
        let (old, new) = (add_key(&keys, "old").await, add_key(&keys, "new").await);
        let listed = keys.page(None, 10).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|key| key.id).collect();
        assert_eq!(ids, [old, new]);
        assert_eq!(listed[0].label, "storefront");
        assert_eq!(listed[0].expires_at_ms, Some(7));
        assert_eq!(listed[0].last_used_at_ms, None);
        assert_eq!(keys.page(Some(old), 10).await.unwrap(), listed[1..]);

        tenants.note_use(new, 5).await.unwrap();
        tenants.note_use(new, 3).await.unwrap();
        let used = keys.page(Some(old), 10).await.unwrap()[0].last_used_at_ms;
        assert_eq!(used, Some(5));

        let foreign = tenants.keys(other).revoke(old).await;
        assert!(matches!(foreign, Err(StoreError::NotFound(_))));
        keys.revoke(old).await.unwrap();
        let left = tenants.usable_keys().await.unwrap();
        let left: Vec<_> = left.iter().map(|key| (&*key.hash, key.tenant)).collect();
        assert_eq!(left, [("new", setup.scope.tenant())]);
    }
}
