//! A cluster that is busy, full, slow or away.
#![allow(clippy::unwrap_used)]

mod elasticsearch_support;

use std::time::Duration;

use elasticsearch_support::fake::{FakeNode, FakeResponse};
use elasticsearch_support::{TENANT, delete, document, text, upsert};
use secrecy::SecretString;
use souk_search::engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions, Login};
use souk_search::{
    IndexError, IndexOp, IndexWriter, OpOutcome, Refresh, SearchEngine, SearchError,
};

fn engine(url: &str, tune: impl FnOnce(&mut ElasticsearchOptions)) -> ElasticsearchIndex {
    let mut options = ElasticsearchOptions::new(url).unwrap();
    tune(&mut options);
    ElasticsearchIndex::new(options).unwrap()
}

fn ops() -> Vec<IndexOp> {
    vec![
        upsert(1, document(1, "mug")),
        upsert(1, document(2, "mug")),
        delete(1, 3),
    ]
}

/// An answer to a bulk request: status and error of each item.
fn items(items: &[(u16, &str)]) -> FakeResponse {
    let items = items.iter().map(|(status, kind)| match *kind {
        "" => format!(r#"{{"index":{{"status":{status}}}}}"#),
        kind => format!(
            r#"{{"index":{{"status":{status},"error":{{"type":"{kind}","reason":"so"}}}}}}"#
        ),
    });
    let items = items.collect::<Vec<_>>().join(",");
    Some((200, format!(r#"{{"errors":true,"items":[{items}]}}"#)))
}

fn error(status: u16, kind: &str) -> FakeResponse {
    Some((
        status,
        format!(r#"{{"error":{{"type":"{kind}","reason":"so"}},"status":{status}}}"#),
    ))
}

#[tokio::test]
async fn only_what_was_turned_away_is_sent_again() {
    let node = FakeNode::answering(vec![
        error(429, "circuit_breaking_exception"),
        items(&[
            (201, ""),
            (429, "es_rejected_execution_exception"),
            (503, "unavailable_shards_exception"),
        ]),
        items(&[
            (409, "version_conflict_engine_exception"),
            (429, "es_rejected_execution_exception"),
        ]),
        items(&[(404, "")]),
    ])
    .await;
    let engine = engine(&node.url, |_| {});
    let outcomes = engine.apply(ops(), Refresh::Now).await.unwrap();
    assert_eq!(
        outcomes,
        [OpOutcome::Applied, OpOutcome::Stale, OpOutcome::Applied]
    );
    let asked = node.asked();
    let ids: Vec<Vec<_>> = asked
        .iter()
        .map(|asked| {
            ["1", "2", "3"]
                .into_iter()
                .filter(|id| asked.body.contains(&format!(r#""_id":"{id}""#)))
                .collect()
        })
        .collect();
    assert_eq!(
        ids,
        [
            vec!["1", "2", "3"],
            vec!["1", "2", "3"],
            vec!["2", "3"],
            vec!["3"]
        ]
    );
    assert!(
        asked
            .iter()
            .all(|asked| asked.line.contains("refresh=true"))
    );
}

#[tokio::test]
async fn a_cluster_that_stays_busy_is_away() {
    let busy = items(&[
        (201, ""),
        (429, "es_rejected_execution_exception"),
        (200, ""),
    ]);
    let busy_again = items(&[(429, "es_rejected_execution_exception")]);
    let node = FakeNode::answering(vec![busy, busy_again]).await;
    let engine = engine(&node.url, |options| {
        options.retry_for = Duration::from_millis(300);
    });
    let applied = engine.apply(ops(), Refresh::Later).await;
    assert!(
        matches!(applied, Err(IndexError::Unavailable(_))),
        "{applied:?}"
    );
}

#[tokio::test]
async fn a_full_disk_refuses_no_document() {
    for block in [
        items(&[
            (201, ""),
            (429, "cluster_block_exception"),
            (429, "cluster_block_exception"),
        ]),
        items(&[
            (403, "cluster_block_exception"),
            (403, "cluster_block_exception"),
            (200, ""),
        ]),
        error(403, "cluster_block_exception"),
    ] {
        let node = FakeNode::answering(vec![block]).await;
        let applied = engine(&node.url, |_| {}).apply(ops(), Refresh::Later).await;
        assert!(
            matches!(applied, Err(IndexError::Unavailable(_))),
            "{applied:?}"
        );
        assert_eq!(node.asked().len(), 1, "waiting does not make room");
    }
}

#[tokio::test]
async fn a_document_at_fault_does_not_hold_up_the_others() {
    let refused = items(&[(400, "document_parsing_exception"), (201, ""), (200, "")]);
    let node = FakeNode::answering(vec![refused]).await;
    let outcomes = engine(&node.url, |_| {})
        .apply(ops(), Refresh::Later)
        .await
        .unwrap();
    assert!(matches!(&outcomes[0], OpOutcome::Rejected(reason) if reason.contains("so")));
    assert_eq!(outcomes[1..], [OpOutcome::Applied, OpOutcome::Applied]);
}

#[tokio::test]
async fn an_answer_that_is_late_is_none() {
    let node = FakeNode::answering(vec![None]).await;
    let engine = engine(&node.url, |options| {
        options.search_timeout = Duration::from_millis(100);
        options.write_timeout = Duration::from_millis(100);
    });
    let page = engine.search(&text("mug")).await;
    assert!(matches!(page, Err(SearchError::Unavailable(_))), "{page:?}");
    let applied = engine.apply(ops(), Refresh::Later).await;
    assert!(
        matches!(applied, Err(IndexError::Unavailable(_))),
        "{applied:?}"
    );
}

#[tokio::test]
async fn a_cluster_that_is_away_is_told_from_one_that_says_no() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let page = engine(&nobody, |_| {}).search(&text("mug")).await;
    assert!(matches!(page, Err(SearchError::Unavailable(_))), "{page:?}");
    let made = engine(&nobody, |_| {}).apply(ops(), Refresh::Now).await;
    assert!(matches!(made, Err(IndexError::Unavailable(_))), "{made:?}");

    for (answer, expected) in [
        (
            error(503, "search_phase_execution_exception"),
            "unavailable",
        ),
        (error(429, "circuit_breaking_exception"), "unavailable"),
        (Some((502, "<html>".to_owned())), "unavailable"),
        (error(404, "index_not_found_exception"), "not ready"),
        (error(400, "parsing_exception"), "failed"),
        (Some((200, "no JSON".to_owned())), "failed"),
    ] {
        let node = FakeNode::answering(vec![answer]).await;
        let failed = engine(&node.url, |_| {})
            .search(&text("mug"))
            .await
            .unwrap_err();
        assert!(failed.to_string().contains(expected), "{failed:?}");
    }
}

#[tokio::test]
async fn nodes_are_asked_in_turn_and_told_who_asks() {
    let nothing = Some((
        200,
        r#"{"hits":{"total":{"value":0},"hits":[]}}"#.to_owned(),
    ));
    let one = FakeNode::answering(vec![nothing.clone()]).await;
    let two = FakeNode::answering(vec![nothing]).await;
    let urls = format!("{},{}", one.url.replace("//", "//souk:secret@"), two.url);
    let by_name = engine(&urls, |_| {});
    for _ in 0..4 {
        by_name.ready(TENANT).await.unwrap();
    }
    assert_eq!((one.asked().len(), two.asked().len()), (2, 2));
    let logins = [one.asked(), two.asked()].concat();
    let basic = "Basic c291azpzZWNyZXQ=";
    assert!(
        logins
            .iter()
            .all(|asked| asked.authorization.as_deref() == Some(basic))
    );
    // Nobody asks for answers to be packed.
    assert!(
        logins
            .iter()
            .all(|asked| asked.accept_encoding.as_deref() == Some("identity"))
    );
    assert!(!format!("{by_name:?}").contains("secret"));

    let by_key = engine(&one.url, |options| {
        options.login = Some(Login::ApiKey(SecretString::from("a2V5")));
    });
    by_key.ready(TENANT).await.unwrap();
    let last = one.asked().pop().unwrap();
    assert_eq!(last.authorization.as_deref(), Some("ApiKey a2V5"));
    assert!(!format!("{by_key:?}").contains("a2V5"));
}

#[tokio::test]
async fn a_node_that_is_away_costs_no_request() {
    let nothing = Some((
        200,
        r#"{"hits":{"total":{"value":0},"hits":[]}}"#.to_owned(),
    ));
    let there = FakeNode::answering(vec![nothing]).await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let engine = engine(&format!("{nobody},{}", there.url), |_| {});
    for _ in 0..4 {
        engine.search(&text("mug")).await.unwrap();
    }
    assert_eq!(there.asked().len(), 4);
}
