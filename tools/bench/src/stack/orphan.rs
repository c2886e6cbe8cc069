//! An API whose Elasticsearch is away.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Instant,
};

use anyhow::{Result, ensure};
use tokio::time;

use super::{Arguments, POLL, TIMEOUT};
use crate::{http::Connection, server};

/// Address where nothing listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// An API that finds no Elasticsearch; dropping it ends it.
pub(super) struct Orphan {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Orphan {
    /// Starts one on the database of the stack, and waits until it answers and has nothing else to do.
    pub(super) async fn start(arguments: &Arguments) -> Result<Self> {
        // Free until it is given away.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let child = Command::new(&arguments.place.souk)
            .args(["serve", "--no-demo", "--listen", &address.to_string()])
            .env("DATABASE_URL", &arguments.place.database)
            .env("ELASTICSEARCH_URL", NOWHERE)
            .env("SOUK_ADMIN_KEY", &arguments.admin_key)
            .env("ENABLE_RATE_LIMITING", "false")
            // As the stack's own: what is measured is how long an answer takes to make.
            .env("SOUK_CACHE", "false")
            .stdout(Stdio::null())
            .spawn()?;
        let orphan = Self { child, address };
        let deadline = Instant::now() + TIMEOUT;
        while !orphan.answers().await {
            ensure!(Instant::now() < deadline, "the API does not come up");
            time::sleep(POLL).await;
        }
        // At first it learns what texts mean.
        server::rest(orphan.child.id()).await?;
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
