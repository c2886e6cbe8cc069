//! A receiver of webhooks on this machine.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use serde_json::Value;
use souk_webhooks::{Secret, signature};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A delivery as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Received {
    headers: BTreeMap<String, String>,
    body: String,
}

/// Receiver that notes deliveries. It answers 204, or what it was told to answer next.
pub(super) struct Receiver {
    pub(super) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Receiver {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hooks", listener.local_addr().unwrap()),
            received: Arc::default(),
            answers: Arc::default(),
        };
        let (received, answers) = (receiver.received.clone(), receiver.answers.clone());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let delivery = read(&mut stream).await;
                received.lock().unwrap().push(delivery);
                let answer = answers.lock().unwrap().pop_front();
                let head = answer.unwrap_or("204 No Content");
                let answer =
                    format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        receiver
    }

    /// Has it answer the next delivery so.
    pub(super) fn answer(&self, head: &'static str) {
        self.answers.lock().unwrap().push_back(head);
    }

    /// Returns what arrived since the last call.
    pub(super) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }

    /// Returns the one delivery that arrived since the last call.
    pub(super) fn take_one(&self) -> Received {
        let mut all = self.take();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }
}

async fn read(stream: &mut TcpStream) -> Received {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4_096];
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the request is whole");
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("POST /hooks HTTP/1.1\r\n"), "{head}");
        let headers: BTreeMap<String, String> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        if body.len() >= headers["content-length"].parse().unwrap() {
            let body = body.to_owned();
            return Received { headers, body };
        }
    }
}

impl Received {
    pub(super) fn header(&self, name: &str) -> &str {
        &self.headers[name]
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Fails unless the delivery is signed with these secrets, in this order.
    pub(super) fn check_signed(&self, secrets: &[&Value]) {
        let secrets: Vec<_> = secrets
            .iter()
            .map(|secret| Secret::parse(secret.as_str().unwrap()).unwrap())
            .collect();
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        let expected = signature(&secrets, self.header("webhook-id"), timestamp, &self.body);
        assert_eq!(self.header("webhook-signature"), expected);
        assert_eq!(self.header("content-type"), "application/json");
    }
}
