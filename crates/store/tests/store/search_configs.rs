//! Versions of the search configuration, and what is in force.

use souk_store::{
    Authorship, ConfigAction, ConfigVersion, KEPT_EVENTS, KEPT_VERSIONS, SearchConfigs, StoreError,
};

use crate::support::{add_tenant, setups};

async fn save(configs: &SearchConfigs, document: &str) -> ConfigVersion {
    let saved = configs.save(Authorship::default(), |_| {
        Ok::<_, StoreError>(document.to_owned())
    });
    saved.await.unwrap()
}

async fn live(configs: &SearchConfigs) -> (i64, i64) {
    let active_config = configs.active_versions().await.unwrap();
    assert_eq!(
        configs.live_number().await.unwrap(),
        active_config.live.number
    );
    (active_config.live.number, active_config.revision)
}

#[tokio::test]
async fn every_change_is_a_version_and_old_ones_come_back() {
    for setup in setups().await {
        let configs = setup.scope.search_configs();
        assert_eq!(live(&configs).await, (0, 0));
        assert_eq!(configs.versions(None, 10).await.unwrap(), []);

        let by = Authorship {
            author: Some("ada".to_owned()),
            note: Some("more mugs".to_owned()),
        };
        let first = configs
            .save(by, |before| {
                assert_eq!(before.number, 0);
                Ok::<_, StoreError>(format!("[{}]", before.document))
            })
            .await
            .unwrap();
        assert_eq!((first.number, first.document.as_str()), (1, "[{}]"));
        assert_eq!(save(&configs, "[{}]").await, first, "nothing to save");
        let second = save(&configs, "2").await;
        assert_eq!((second.number, live(&configs).await), (2, (2, 2)));

        let late = configs.activate(1, Some(&first.etag()), None).await;
        assert!(matches!(late, Err(StoreError::PreconditionFailed)));
        let state = second.etag();
        configs
            .activate(1, Some(&state), Some("bob".to_owned()))
            .await
            .unwrap();
        assert_eq!(live(&configs).await, (1, 3));
        assert_eq!(configs.version(1).await.unwrap(), first);
        assert!(matches!(
            configs.activate(3, None, None).await,
            Err(StoreError::NotFound(_))
        ));
        assert_eq!(save(&configs, "3").await.number, 3, "after the newest");

        let numbers = |versions: Vec<souk_store::ConfigVersionSummary>| -> Vec<i64> {
            versions.iter().map(|version| version.number).collect()
        };
        let page = configs.versions(None, 2).await.unwrap();
        assert_eq!(numbers(page), [3, 2]);
        let page = configs.versions(Some(2), 2).await.unwrap();
        assert_eq!(page[0].author.as_deref(), Some("ada"));
        assert_eq!(page[0].note.as_deref(), Some("more mugs"));

        let events = configs.events(None, 10).await.unwrap();
        let events: Vec<_> = events
            .iter()
            .map(|event| (event.action, event.version, event.author.as_deref()))
            .collect();
        assert_eq!(
            events,
            [
                (ConfigAction::Saved, 3, None),
                (ConfigAction::Activated, 1, Some("bob")),
                (ConfigAction::Saved, 2, None),
                (ConfigAction::Saved, 1, Some("ada")),
            ]
        );
    }
}

#[tokio::test]
async fn what_is_refused_is_not_saved() {
    for setup in setups().await {
        let configs = setup.scope.search_configs();
        let refused = configs.save(Authorship::default(), |_| {
            Err::<String, _>(StoreError::NotFound("rule"))
        });
        assert!(matches!(refused.await, Err(StoreError::NotFound("rule"))));
        assert_eq!(live(&configs).await, (0, 0));
    }
}

#[tokio::test]
async fn writers_wait_for_each_other() {
    for setup in setups().await {
        let configs = setup.scope.search_configs();
        let writers = (0..8).map(|_| {
            let configs = configs.clone();
            tokio::spawn(async move {
                let saved = configs.save(Authorship::default(), |before| {
                    Ok::<_, StoreError>(format!("{}+", before.document))
                });
                saved.await.unwrap();
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let document = configs.active_versions().await.unwrap().live.document;
        assert_eq!(document, "{}++++++++");
    }
}

#[tokio::test]
async fn an_experiment_ends_by_itself_when_it_is_decided() {
    for setup in setups().await {
        let configs = setup.scope.search_configs();
        let share = async || {
            let active_config = configs.active_versions().await.unwrap();
            active_config
                .experiment
                .map(|experiment| (experiment.candidate.number, experiment.share))
        };
        save(&configs, "1").await;
        save(&configs, "2").await;
        let itself = configs.start_experiment(2, 50, None).await;
        assert!(matches!(itself, Err(StoreError::Conflict { .. })));
        assert!(matches!(
            configs.end_experiment(None).await,
            Err(StoreError::NotFound(_))
        ));
        configs.start_experiment(1, 20, None).await.unwrap();
        assert_eq!(share().await, Some((1, 20)));
        save(&configs, "3").await;
        assert_eq!(share().await, Some((1, 20)), "another live version");
        configs.activate(1, None, None).await.unwrap();
        assert_eq!(share().await, None);

        configs.start_experiment(3, 50, None).await.unwrap();
        configs
            .end_experiment(Some("ada".to_owned()))
            .await
            .unwrap();
        assert_eq!(share().await, None);
        let last = &configs.events(None, 1).await.unwrap()[0];
        assert_eq!(last.action, ConfigAction::ExperimentEnded);
    }
}

#[tokio::test]
async fn a_tenants_configuration_is_nobody_elses_and_goes_with_it() {
    for setup in setups().await {
        let other = add_tenant(&setup.store, "other").await;
        let configs = setup.store.scope(other).search_configs();
        save(&configs, "1").await;
        assert_eq!(live(&setup.scope.search_configs()).await, (0, 0));
        assert!(setup.scope.search_configs().version(1).await.is_err());
        let revisions = setup.store.search_config_revisions().await.unwrap();
        assert_eq!(revisions.into_iter().collect::<Vec<_>>(), [(other, 1)]);

        configs.start_experiment(1, 1, None).await.unwrap_err();
        save(&configs, "2").await;
        configs.start_experiment(1, 1, None).await.unwrap();
        setup.store.tenants().remove("other", None).await.unwrap();
        let left = setup
            .number("SELECT count(*) FROM search_config_events")
            .await;
        assert_eq!(left, 0);
    }
}

#[tokio::test]
async fn the_newest_versions_are_kept_and_those_in_force() {
    for setup in setups().await {
        let configs = setup.scope.search_configs();
        for number in 1..=3 {
            save(&configs, &number.to_string()).await;
        }
        configs.activate(1, None, None).await.unwrap();
        configs.start_experiment(2, 50, None).await.unwrap();
        // Nobody wants to save so many one by one.
        setup
            .run(&format!(
                "INSERT INTO search_config_versions (tenant_id, number, document)
                 WITH RECURSIVE series (n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM series WHERE n < {})
                 SELECT {{tenant}}, n, '{{}}' FROM series",
                KEPT_VERSIONS + 4
            ))
            .await;
        let other = add_tenant(&setup.store, "other").await;
        save(&setup.store.scope(other).search_configs(), "1").await;

        let newest = save(&configs, "new").await.number;
        assert_eq!(newest, KEPT_VERSIONS + 5);
        configs.activate(1, None, None).await.unwrap();
        save(&configs, "newer").await;
        let kept = configs.versions(None, 10_000).await.unwrap();
        let kept: Vec<_> = kept.iter().map(|version| version.number).collect();
        let mut expected: Vec<_> = (7..=newest + 1).rev().collect();
        // The one that is tried, and the one that was live until now.
        expected.extend([2, 1]);
        assert_eq!(kept, expected);
        assert!(
            configs
                .active_versions()
                .await
                .unwrap()
                .experiment
                .is_some()
        );
        assert!(configs.version(3).await.is_err());
        let others = setup.store.scope(other).search_configs();
        assert!(others.version(1).await.is_ok(), "nobody else's");

        let events = configs.events(None, 20).await.unwrap();
        let of = |version: i64| {
            let mut saved = events
                .iter()
                .filter(|it| it.action == ConfigAction::Saved && it.version == version);
            saved.next().map(|event| event.version_kept)
        };
        assert_eq!(
            [of(newest), of(2), of(3)],
            [Some(true), Some(true), Some(false)]
        );
    }
}

#[tokio::test]
async fn the_newest_events_are_kept() {
    for setup in setups().await {
        let configs = setup.scope.search_configs();
        let other = add_tenant(&setup.store, "other").await;
        save(&setup.store.scope(other).search_configs(), "1").await;
        setup
            .run(&format!(
                "INSERT INTO search_config_events (tenant_id, action, version)
                 WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {})
                 SELECT {{tenant}}, 'saved', n FROM series",
                KEPT_EVENTS + 5
            ))
            .await;
        save(&configs, "1").await;
        let count = "SELECT count(*) FROM search_config_events WHERE tenant_id = {tenant}";
        let count = |tenant: souk_domain::TenantId| count.replace("{tenant}", &tenant.to_string());
        assert_eq!(
            setup.number(&count(setup.scope.tenant())).await,
            KEPT_EVENTS
        );
        assert_eq!(setup.number(&count(other)).await, 1);
    }
}
