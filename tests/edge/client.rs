//! Those who ask.

use std::net::{IpAddr, Ipv4Addr};

use reqwest::{
    Client, StatusCode,
    header::{HeaderMap, HeaderName},
};
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let name: HeaderName = name.parse().unwrap();
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// `code` of an error in the error_handling, whose request id is that of the header.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(
            body["request_id"].as_str(),
            self.header("x-request-id"),
            "{self:?}"
        );
        assert!(body["message"].is_string(), "{self:?}");
        body["code"].as_str().unwrap().to_owned()
    }
}

/// Whoever asks from an address of this machine: 127.0.0.`number`.
pub(crate) fn client(number: u8) -> Client {
    let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, number));
    Client::builder().local_address(address).build().unwrap()
}

pub(crate) async fn get(client: &Client, url: &str) -> Reply {
    read(client.get(url)).await
}

/// As if for someone else.
pub(crate) async fn get_forged(client: &Client, url: &str, forged_for: &str) -> Reply {
    let request = client.get(url);
    read(
        request
            .header("X-Forwarded-For", forged_for)
            .header("X-Real-IP", forged_for),
    )
    .await
}

pub(crate) async fn read(request: reqwest::RequestBuilder) -> Reply {
    let answer = request.send().await.unwrap();
    Reply {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: answer.text().await.unwrap(),
    }
}
