//! Readiness probes, each in the server's own protocol.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

const TIMEOUT: Duration = Duration::from_secs(5);

/// Request that shows whether a server is ready.
#[derive(Serialize, Deserialize)]
pub(crate) enum Probe {
    /// The state that a PostgreSQL cluster keeps in its data folder.
    Cluster(PathBuf),
    /// Redis answers a ping, which it does not while it loads its data.
    Ping(u16),
    /// A GET of this path is answered with 200.
    Get(u16, String),
    /// The log of this start holds these words.
    Logged(PathBuf, String),
}

impl Probe {
    /// Reports whether the server is ready.
    pub(crate) fn answers(&self) -> bool {
        match self {
            Self::Cluster(data) => cluster_is_ready(data),
            Self::Ping(port) => pong(local(*port)).is_ok_and(|pong| pong),
            Self::Get(port, path) => status(local(*port), path).is_ok_and(|status| status == 200),
            Self::Logged(log, words) => {
                let log = fs::read(log).unwrap_or_default();
                String::from_utf8_lossy(&log).contains(words.as_str())
            }
        }
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The server keeps its state in the eighth line of this file, as `pg_ctl` knows too.
fn cluster_is_ready(data: &Path) -> bool {
    let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    state
        .lines()
        .nth(7)
        .is_some_and(|line| line.trim() == "ready")
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    Ok(stream)
}

fn pong(address: SocketAddr) -> Result<bool> {
    let mut stream = connect(address)?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; "+PONG".len()];
    stream.read_exact(&mut answer)?;
    Ok(answer == *b"+PONG")
}

/// The status that a GET is answered with.
fn status(address: SocketAddr, path: &str) -> Result<u16> {
    let mut stream = connect(address)?;
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
    use std::{
        net::TcpListener,
        thread::{self, JoinHandle},
    };

    use super::*;

    /// Answers one request, and then knows what it was.
    fn server(answer: &'static [u8]) -> (u16, JoinHandle<String>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(answer).unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        (port, server)
    }

    #[test]
    fn only_success_is_ready() {
        for (answer, ready) in [
            (
                b"HTTP/1.1 503 Service Unavailable\r\n\r\n".as_slice(),
                false,
            ),
            (b"HTTP/1.1 200 OK\r\n\r\n", true),
        ] {
            let (port, server) = server(answer);
            assert_eq!(
                Probe::Get(port, "/health/ready".to_owned()).answers(),
                ready
            );
            let request = server.join().unwrap();
            assert!(request.starts_with("GET /health/ready HTTP/1.1\r\n"));
        }
    }

    #[test]
    fn a_redis_that_loads_its_data_is_not_ready() {
        for (answer, ready) in [
            (
                b"-LOADING Redis is loading the dataset\r\n".as_slice(),
                false,
            ),
            (b"+PONG\r\n", true),
        ] {
            let (port, server) = server(answer);
            assert_eq!(Probe::Ping(port).answers(), ready);
            assert_eq!(server.join().unwrap(), "PING\r\n");
        }
    }

    #[test]
    fn a_cluster_is_ready_when_it_says_so() {
        let data = tempfile::tempdir().unwrap();
        let probe = Probe::Cluster(data.path().to_owned());
        assert!(!probe.answers());
        let mut lines = vec!["1"; 7];
        for (state, ready) in [("starting", false), ("ready   ", true)] {
            lines.truncate(7);
            lines.push(state);
            fs::write(data.path().join("postmaster.pid"), lines.join("\n")).unwrap();
            assert_eq!(probe.answers(), ready);
        }
    }

    #[test]
    fn a_log_that_is_not_there_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let probe = Probe::Logged(log.clone(), "indexing".to_owned());
        assert!(!probe.answers());
        fs::write(log, "INFO indexing changes\n").unwrap();
        assert!(probe.answers());
    }
}
