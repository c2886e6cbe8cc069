//! People who search.

use std::sync::Arc;

use anyhow::Result;
use hyper::{Method, StatusCode, body::Bytes};
use serde::Deserialize;
use serde_json::Value;
use tokio::time;

use super::{Mix, TIMEOUT};
use crate::http::Connection;

/// Queries, in turn.
const PATHS: [&str; 8] = [
    "/api/search?q=dragon",
    "/api/search?q=mug&sort=price_asc",
    "/api/search?q=blue+shirt&facets=none",
    "/api/search",
    "/api/search?in_stock=true&sort=newest&per_page=5",
    "/api/search/suggestions?q=dra",
    "/api/search?q=keychian",
    "/api/search/facets/brand?q=a",
];

/// The pause between two questions: a crowd would only measure the machine.
const PACE: time::Duration = time::Duration::from_millis(20);

#[derive(Deserialize)]
struct Answer {
    degraded: bool,
}

/// Asks until the mix ends.
pub(super) async fn run(mix: Arc<Mix>, number: usize) {
    let address = mix.api[number % mix.api.len()];
    let mut connection = None;
    for path in PATHS.iter().cycle().skip(number) {
        if mix.has_ended() {
            return;
        }
        let phase = mix.tallies.phase();
        let asked = time::timeout(TIMEOUT, async {
            if connection.is_none() {
                connection = Some(Connection::open(address).await?);
            }
            ask(&mut connection, path).await
        });
        match asked.await {
            Ok(Ok((status, body))) if status.is_success() => {
                let degraded = serde_json::from_slice::<Answer>(&body);
                mix.tallies.count(&phase, |tally| {
                    tally.searches += 1;
                    tally.degraded += u64::from(degraded.is_ok_and(|answer| answer.degraded));
                });
            }
            Ok(Ok((status, body))) => mix.tallies.count(&mix.tallies.blamed(&phase), |tally| {
                tally.fail(format!(
                    "{path}: {status}: {}",
                    String::from_utf8_lossy(&body)
                ));
            }),
            Ok(Err(_)) | Err(_) => {
                connection = None;
                let phase = mix.tallies.blamed(&phase);
                mix.tallies.count(&phase, |tally| tally.unreachable += 1);
            }
        }
        time::sleep(PACE).await;
    }
}

async fn ask(connection: &mut Option<Connection>, path: &str) -> Result<(StatusCode, Bytes)> {
    let Some(connection) = connection else {
        anyhow::bail!("not connected");
    };
    connection.send(Method::GET, path, None, &Value::Null).await
}
