//! Attempts at a receiver on this machine.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use super::*;

const BODY: &str = r#"{"type":"webhook.test"}"#;

/// Answers one request, and returns it.
async fn receiver(answer: String) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let receiving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !String::from_utf8_lossy(&request).ends_with(BODY) {
            let mut bytes = [0; 1_024];
            let count = stream.read(&mut bytes).await.unwrap();
            assert!(count > 0, "the request is whole");
            request.extend_from_slice(&bytes[..count]);
        }
        // Whoever has read enough may have gone.
        let _ = stream.write_all(answer.as_bytes()).await;
        String::from_utf8(request).unwrap()
    });
    (url, receiving)
}

fn answer(head: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

async fn deliver(networks: Networks, url: &str) -> Outcome {
    let message = Message {
        url,
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        body: BODY,
        secrets: &[Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()],
        at_ms: 1_614_265_330_999,
    };
    Courier::new(networks).unwrap().deliver(&message).await
}

#[tokio::test]
async fn delivery_has_headers_of_the_specification() {
    let (url, receiving) = receiver(answer("204 No Content", "")).await;
    let outcome = deliver(Networks::Any, &url).await;
    assert_eq!(outcome.verdict, Verdict::Delivered, "{outcome:?}");
    assert_eq!((outcome.status, outcome.answer), (Some(204), None));
    let request = receiving.await.unwrap();
    let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signed = signature(
        &[secret],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        BODY,
    );
    for line in [
        "POST /hooks HTTP/1.1".to_owned(),
        "content-type: application/json".to_owned(),
        "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
        "webhook-timestamp: 1614265330".to_owned(),
        format!("webhook-signature: {signed}"),
    ] {
        assert!(request.lines().any(|it| it == line), "{line}: {request}");
    }
}

#[tokio::test]
async fn answer_tells_what_to_do_next() {
    let busy = answer("503 Busy\r\nretry-after: 120", "later");
    let moved = answer("302 Found\r\nlocation: https://shop.example/", "");
    let dated = "429 Slow\r\nretry-after: Thu, 25 Feb 2021 15:03:00 GMT";
    for (answer, verdict, retry_after_ms) in [
        (answer("500 Fault", "x"), Verdict::Failed, None),
        (busy, Verdict::Failed, Some(120_000)),
        (answer(dated, ""), Verdict::Failed, Some(49_001)),
        (moved, Verdict::Failed, None),
        (answer("410 Gone", ""), Verdict::Gone, None),
    ] {
        let (url, receiving) = receiver(answer.clone()).await;
        let outcome = deliver(Networks::Any, &url).await;
        assert_eq!(outcome.verdict, verdict, "{answer}");
        assert_eq!(outcome.retry_after_ms, retry_after_ms, "{answer}");
        assert!(outcome.error.is_some(), "{answer}");
        receiving.await.unwrap();
    }
}

#[tokio::test]
async fn long_answer_is_read_in_part() {
    let (url, receiving) = receiver(answer("500 Fault", &"ab\0".repeat(100_000))).await;
    let outcome = deliver(Networks::Any, &url).await;
    let read = outcome.answer.unwrap();
    assert!(
        read.len() <= MAX_ANSWER_BYTES && read.starts_with("abab"),
        "{}",
        read.len()
    );
    receiving.await.unwrap();
}

#[tokio::test]
async fn private_address_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("http://127.0.0.1:{port}/"),
    ] {
        let outcome = deliver(Networks::Public, &url).await;
        assert_eq!(outcome.verdict, Verdict::Failed, "{url}");
        assert_eq!(outcome.status, None, "{url}");
    }
    let connecting = std::future::poll_fn(|context| listener.poll_accept(context));
    tokio::select! {
        biased;
        _ = connecting => panic!("somebody connected"),
        () = tokio::task::yield_now() => {}
    }
}

/// The name is not refused by its form: its address is.
#[tokio::test]
async fn resolver_of_the_client_refuses_private_addresses() {
    let courier = Courier::new(Networks::Public).unwrap();
    let error = courier.client.get("https://localhost/").send().await;
    let said = describe(&error.unwrap_err());
    assert!(said.contains("not in the public internet"), "{said}");
}

#[tokio::test]
async fn silent_receiver_is_described_without_its_url() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let outcome = deliver(Networks::Any, &format!("http://{address}/?token=hunter2")).await;
    let error = outcome.error.unwrap();
    assert!(!error.contains("hunter2"), "{error}");
    assert_eq!(outcome.status, None);
}
