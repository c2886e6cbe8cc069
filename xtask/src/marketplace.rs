//! A really started `souk serve` with a demo marketplace of its own.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::{
    postgres::free_port,
    process::{Group, log_to},
    run_folder::RunFolder,
    workspace::Workspace,
};

/// Unoptimised and on a busy machine, the first start takes its time: it generates and indexes the demo marketplace.
const START_PATIENCE: Duration = Duration::from_secs(180);
const REQUEST_PATIENCE: Duration = Duration::from_secs(5);

/// A running marketplace; dropping it stops it.
pub(crate) struct Marketplace {
    _server: Group,
    address: SocketAddr,
}

impl Marketplace {
    /// The key that its admin API asks for.
    pub(crate) const ADMIN_KEY: &str = "test-admin-key-0123456789abcdef";

    /// Starts one on a free port and waits until it is ready.
    pub(crate) fn start(workspace: &Workspace, run: &RunFolder) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let log = run.path("souk.log");
        let mut serve = Command::new(workspace.executable("debug", "souk"));
        // Away from a configuration file or data that a developer keeps in the checkout.
        let folder = run.path("souk");
        fs::create_dir(&folder)?;
        serve
            .arg("serve")
            .current_dir(&folder)
            .env_remove("DATABASE_URL")
            .env_remove("ELASTICSEARCH_URL")
            .env_remove("REDIS_URL")
            .env("SOUK_DEMO_PRODUCTS", "300")
            .env("SOUK_LISTEN", address.to_string())
            .env("SOUK_DATA_DIR", folder.join("data"))
            .env("SOUK_ADMIN_KEY", Self::ADMIN_KEY);
        let command = log_to(run.mark(&mut serve), File::create(&log)?)?;
        let mut server = Group::start(command, Signal::TERM)?;
        server
            .wait_until(&workspace.interrupt, START_PATIENCE, || {
                status(address, "/health/ready").is_ok_and(|status| status == 200)
            })
            .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self {
            _server: server,
            address,
        })
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// The status that a GET is answered with.
fn status(address: SocketAddr, path: &str) -> Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, REQUEST_PATIENCE)?;
    stream.set_read_timeout(Some(REQUEST_PATIENCE))?;
    // In one piece: a server may answer and hang up as soon as it has seen the first line.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut start = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut start)?;
    let start = str::from_utf8(&start)?;
    let status = start.rsplit(' ').next().context("no status")?;
    Ok(status.parse()?)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    #[test]
    fn the_status_of_an_answer_is_read() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream
                .write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
                .unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        assert_eq!(status(address, "/health/ready").unwrap(), 503);
        assert!(
            server
                .join()
                .unwrap()
                .starts_with("GET /health/ready HTTP/1.1\r\n")
        );
    }
}
