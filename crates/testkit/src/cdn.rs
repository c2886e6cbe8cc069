//! A CDN that is told of changes, and writes down what it was told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

const TIMEOUT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(2);

/// A request to purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// `Authorization` header; empty if absent.
    pub authorization: String,
    /// Tags to be purged.
    pub tags: Vec<String>,
}

/// A server that answers as it is told to, and with success from then on. It ends with its runtime.
#[derive(Debug, Clone)]
pub struct TestCdn {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    purges: Vec<Purged>,
    statuses: VecDeque<u16>,
}

#[derive(Deserialize)]
struct Body {
    tags: Vec<String>,
}

impl TestCdn {
    /// Starts one that first answers with these.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let cdn = Self {
            url: format!(
                "http://{}/purge",
                listener.local_addr().expect("an address")
            ),
            state: Arc::new(Mutex::new(State {
                purges: vec![],
                statuses: statuses.iter().copied().collect(),
            })),
        };
        let listening = cdn.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let cdn = listening.clone();
                // A client that breaks off is of no interest.
                tokio::spawn(async move { cdn.serve(stream).await.ok() });
            }
        });
        cdn
    }

    /// Returns the URL that purges are sent to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the purges received so far.
    pub fn purges(&self) -> Vec<Purged> {
        self.state().purges.clone()
    }

    /// The tags of each request so far.
    pub fn tags(&self) -> Vec<Vec<String>> {
        self.purges()
            .into_iter()
            .map(|purges| purges.tags)
            .collect()
    }

    /// Waits for a number of requests and returns the tags of each.
    ///
    /// # Panics
    /// If fewer arrive before the timeout.
    pub async fn wait_for(&self, requests: usize) -> Vec<Vec<String>> {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let tags = self.tags();
            if tags.len() >= requests {
                return tags;
            }
            assert!(Instant::now() < deadline, "{requests} requests: {tags:?}");
            tokio::time::sleep(POLL).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let (mut length, mut authorization) = (0, String::new());
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await? == 0 {
                    return Ok(());
                }
                let line = line.trim_end();
                if line.is_empty() {
                    break;
                }
                match line.split_once(": ") {
                    Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                        length = value.parse().unwrap_or(0);
                    }
                    Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                        value.clone_into(&mut authorization);
                    }
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await?;
            let body: Body = serde_json::from_slice(&body)?;
            let status = {
                let mut state = self.state();
                state.purges.push(Purged {
                    authorization,
                    tags: body.tags,
                });
                state.statuses.pop_front().unwrap_or(200)
            };
            let answer = format!("HTTP/1.1 {status} As told\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}
