//! A node that answers what a test wants it to: what a real one cannot be made to do.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Method, path and parameters.
    pub line: String,
    pub authorization: Option<String>,
    pub accept_encoding: Option<String>,
    pub body: String,
}

/// Answer to those who ask which index is served and what its mapping is, which is no answer of a test: an index of English words.
const MAPPED: &str = r#"{"souk-1":{"mappings":{"_meta":{"mapping":"","language":"en"}}}}"#;

/// Status and body; none keeps the asker waiting for ever.
pub type FakeResponse = Option<(u16, String)>;

pub struct FakeNode {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeNode {
    /// A node that answers the first request with the first answer and so on, and repeats the last one. It has a mapping.
    pub async fn answering(answers: Vec<FakeResponse>) -> Self {
        Self::start(None, answers).await
    }

    /// One that speaks TLS.
    pub async fn answering_over_tls(tls: TlsAcceptor, answers: Vec<FakeResponse>) -> Self {
        Self::start(Some(tls), answers).await
    }

    async fn start(tls: Option<TlsAcceptor>, answers: Vec<FakeResponse>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let node = Self {
            url,
            asked: asked.clone(),
        };
        let answers = Arc::new(answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, answers, asked) = (tls.clone(), answers.clone(), asked.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(stream, answers, asked).await,
                        Some(tls) => converse(tls.accept(stream).await.ok()?, answers, asked).await,
                    }
                });
            }
        });
        node
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().clone()
    }
}

/// Answers the requests of one connection until it is closed.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    answers: Arc<Vec<FakeResponse>>,
    asked: Arc<Mutex<Vec<Asked>>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let request = read(&mut stream).await?;
        let of_alias = request.line.starts_with("HEAD") && request.line.contains("/_alias/");
        let of_mapping = request.line.starts_with("GET") && request.line.contains("/_mapping");
        let body = if of_mapping { MAPPED } else { "" };
        let mapped = Some((200, body.to_owned()));
        let place = if of_alias || of_mapping {
            None
        } else {
            let mut asked = asked.lock();
            asked.push(request);
            Some(asked.len() - 1)
        };
        let answer = match place {
            Some(place) => answers.get(place).or(answers.last())?,
            None => &mapped,
        };
        let Some((status, body)) = answer else {
            return std::future::pending().await;
        };
        let head = format!(
            "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(body.as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
    }
}

async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> Option<Asked> {
    let mut request = Asked::default();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        match line.split_once(": ") {
            None => line.clone_into(&mut request.line),
            Some(("content-length", value)) => length = value.parse().ok()?,
            Some(("authorization", value)) => request.authorization = Some(value.to_owned()),
            Some(("accept-encoding", value)) => request.accept_encoding = Some(value.to_owned()),
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    request.body = String::from_utf8(body).ok()?;
    Some(request)
}
