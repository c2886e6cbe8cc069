//! Searches while there is no Elasticsearch: the database alone carries the load.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Instant,
};

use anyhow::{Result, ensure};
use tokio::time;

use super::{Arguments, PATIENCE, POLL, Stack};
use crate::{
    http::Connection,
    load, queries,
    report::{Report, Target},
    say,
};

const CLIENTS: usize = 8;
/// Searches that find no more are counted exactly, and have to be fast.
const NARROW: u64 = 5_000;
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// An API that finds no Elasticsearch; dropping it ends it.
struct Orphan {
    child: Child,
    address: SocketAddr,
}

pub(super) async fn measure(
    stack: &Stack,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<()> {
    say("searching without Elasticsearch");
    let orphan = Orphan::start(arguments).await?;
    let (mut narrow, mut wide) = (Vec::new(), Vec::new());
    let mut connection = Connection::open(stack.api).await?;
    for query in queries::derive(stack.api).await? {
        let path = query.path();
        let total = connection.get_json(&path).await?["total"].as_u64();
        if total.is_some_and(|total| total <= NARROW) {
            narrow.push(path);
        } else {
            wide.push(path);
        }
    }
    for (name, paths) in [("up to 5,000 hits", narrow), ("wider", wide)] {
        if paths.is_empty() {
            continue;
        }
        let paths: Arc<[String]> = paths.into();
        load::run(orphan.address, &paths, CLIENTS, stack.duration(5)).await?;
        let mut load = load::run(orphan.address, &paths, CLIENTS, stack.duration(20)).await?;
        let name = format!("database alone, {name}");
        report.note(&name, load.throughput(), "1/s");
        report.note(
            &format!("{name}, p50"),
            load.latencies.percentile_ms(0.5),
            "ms",
        );
        let (p99, figure) = (load.latencies.percentile_ms(0.99), format!("{name}, p99"));
        if name.contains("up to") {
            report.judge(&figure, p99, "ms", Target::Below(150.0));
        } else {
            report.note(&figure, p99, "ms");
        }
    }
    Ok(())
}

impl Orphan {
    async fn start(arguments: &Arguments) -> Result<Self> {
        // Free until it is given away.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let child = Command::new(&arguments.souk)
            .args(["serve", "--no-demo", "--listen", &address.to_string()])
            .env("DATABASE_URL", &arguments.database)
            .env("ELASTICSEARCH_URL", NOWHERE)
            .env("SOUK_ADMIN_KEY", &arguments.admin_key)
            .env("ENABLE_RATE_LIMITING", "false")
            .stdout(Stdio::null())
            .spawn()?;
        let orphan = Self { child, address };
        let deadline = Instant::now() + PATIENCE;
        while !orphan.answers().await {
            ensure!(Instant::now() < deadline, "the API does not come up");
            time::sleep(POLL).await;
        }
        Ok(orphan)
    }

    async fn answers(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address).await else {
            return false;
        };
        let answer = connection.get_json("/api/search").await;
        answer.is_ok_and(|page| page["degraded"] == true)
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
