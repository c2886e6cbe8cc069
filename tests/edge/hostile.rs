//! Clients that send too much, too slowly, or nothing that can be understood.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::api::{DEADLINE, POLL, answers, free_address};

/// A marketplace without products in one process, killed when it is dropped.
struct Shop {
    address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Shop {
    async fn open(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address();
        let child = Command::new(env!("CARGO_BIN_EXE_souk"))
            .arg("serve")
            .current_dir(folder.path())
            .env("SOUK_LISTEN", address.to_string())
            .env("SOUK_DATA_DIR", folder.path().join("data"))
            .env("SOUK_ADMIN_KEY", "an admin key for tests")
            .env("SOUK_DEMO", "false")
            .env("ENABLE_RATE_LIMITING", "false")
            .env_remove("DATABASE_URL")
            .env_remove("ELASTICSEARCH_URL")
            .env_remove("REDIS_URL")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let shop = Self {
            address,
            child,
            _folder: folder,
        };
        let deadline = Instant::now() + DEADLINE;
        while !shop.is_well().await {
            assert!(Instant::now() < deadline, "it is not ready");
            tokio::time::sleep(POLL).await;
        }
        shop
    }

    async fn is_well(&self) -> bool {
        answers(&format!("http://{}/health/ready", self.address)).await
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// What a whole request is answered with: the status, and the rest.
    fn send(&self, request: &str) -> (u16, String) {
        let mut stream = self.connect();
        // It may have been refused before it was read to its end.
        let _ = stream.write_all(request.as_bytes());
        read_answer(&mut stream)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything until the connection is closed.
fn read_answer(stream: &mut TcpStream) -> (u16, String) {
    let mut answer = Vec::new();
    // Whoever refuses may hang up on what is still being sent.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.unwrap_or_default(), answer)
}

/// Whether the other side hangs up without a word.
fn is_hung_up(stream: &mut TcpStream) -> bool {
    let mut answer = [0; 1];
    match stream.read(&mut answer) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    }
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n{headers}\r\n")
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_told_why() {
    let shop = Shop::open(&[]).await;
    let long = "a".repeat(9_000);
    let endless = "a".repeat(200_000);
    let flood: String = (0..90)
        .map(|number| format!("X-{number}: {}\r\n", "b".repeat(300)))
        .collect();
    let many_headers: String = (0..500)
        .map(|number| format!("X-{number}: b\r\n"))
        .collect();
    for (request, status, code) in [
        (
            get(&format!("/api/search?q={long}"), ""),
            414,
            "address_too_long",
        ),
        (get("/api/search", &flood), 431, "headers_too_large"),
        (get("/api/search", &many_headers), 431, ""),
        (
            get("/api/search", &format!("X-Long: {endless}\r\n")),
            431,
            "",
        ),
        (get("/api/search?q=%ff", ""), 400, "malformed_address"),
        (
            "POST /api/admin/products/batch HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\
          Authorization: Bearer an admin key for tests\r\n\
          Content-Type: application/json\r\nContent-Length: 20000000\r\n\r\n"
                .to_owned(),
            413,
            "too_large",
        ),
        ("GET /\u{1} HTTP/1.1\r\n\r\n".to_owned(), 400, ""),
        ("no request at all\r\n\r\n".to_owned(), 400, ""),
        (
            "GET / HTTP/1.1\r\nHost: shop\r\nContent-Length: x\r\n\r\n".to_owned(),
            400,
            "",
        ),
    ] {
        let (told, answer) = shop.send(&request);
        let start = &request[..request.len().min(60)];
        assert_eq!(told, status, "{start}: {answer}");
        assert!(answer.contains(code), "{start}: {answer}");
    }
    assert!(shop.is_well().await);
}

/// An admin's request with a body.
fn admin(method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nIf-Match: *\r\n\
         Authorization: Bearer an admin key for tests\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// RFC 9112, section 3.2.
#[tokio::test]
async fn request_without_exactly_one_host_is_refused() {
    let shop = Shop::open(&[]).await;
    let other = r#"{"slug": "other", "hosts": ["other.example"]}"#;
    let (status, answer) = shop.send(&admin("POST", "/api/admin/tenants", other));
    assert_eq!(status, 201, "{answer}");
    let nobodys = r#"{"name": "First", "hosts": [], "is_default": false}"#;
    let (status, answer) = shop.send(&admin("PUT", "/api/admin/tenants/default", nobodys));
    assert_eq!(status, 200, "{answer}");

    let asked = |target: &str, version: &str, hosts: &[&str]| {
        let hosts: String = hosts
            .iter()
            .map(|host| format!("Host: {host}\r\n"))
            .collect();
        let request = format!("GET {target} {version}\r\nConnection: close\r\n{hosts}\r\n");
        let (status, answer) = shop.send(&request);
        assert_eq!(
            answer.contains("\"field\":\"Host\""),
            status == 400,
            "{answer}"
        );
        status
    };
    let (path, http) = ("/api/categories", "HTTP/1.1");
    let deadline = Instant::now() + DEADLINE;
    while asked(path, http, &["nobody.example"]) != 404
        || asked(path, http, &["other.example"]) != 200
    {
        assert!(Instant::now() < deadline, "changes of tenants do not hold");
        tokio::time::sleep(POLL).await;
    }
    assert_eq!(asked(path, http, &[]), 400);
    let twice = ["other.example", "other.example"];
    assert_eq!(asked(path, http, &twice), 400);
    assert_eq!(asked(path, "HTTP/1.0", &twice), 400);
    assert_eq!(asked(path, "HTTP/1.0", &[]), 404);
    let absolute = |host: &str| format!("http://{host}{path}");
    let other = absolute("other.example:80");
    assert_eq!(asked(&other, http, &["nobody.example"]), 200);
    let nobodys = absolute("nobody.example");
    assert_eq!(asked(&nobodys, http, &["other.example"]), 404);
}

#[tokio::test]
async fn who_sends_too_slowly_is_cut_off() {
    let shop = Shop::open(&[
        ("SOUK_HEADER_TIMEOUT_MS", "300"),
        ("SOUK_BODY_TIMEOUT_MS", "300"),
        ("SOUK_IDLE_TIMEOUT_MS", "600"),
    ])
    .await;

    let mut silent = shop.connect();
    let mut half = shop.connect();
    half.write_all(b"GET / HTTP/1.1\r\nHost: sh").unwrap();
    let mut idle = shop.connect();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n")
        .unwrap();
    assert!(is_hung_up(&mut half));
    assert!(is_hung_up(&mut silent));
    let (status, _) = read_answer(&mut idle);
    assert_eq!(
        status, 200,
        "it is answered, and then closed for its silence"
    );

    let (status, answer) = shop.send(
        "POST /api/admin/products/batch HTTP/1.1\r\nHost: shop\r\n\
         Authorization: Bearer an admin key for tests\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"products\":",
    );
    assert_eq!(status, 408, "{answer}");
    assert!(answer.contains("request_timeout"), "{answer}");
    assert!(shop.is_well().await);
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_their_turn() {
    let shop = Shop::open(&[("SOUK_MAX_CONNECTIONS", "2")]).await;
    // Whoever asked whether it is ready may still be connected, until it is idle for too long.
    let held = [shop.connect(), shop.connect()];
    let mut waiting = shop.connect();
    waiting
        .write_all(get("/health/live", "").as_bytes())
        .unwrap();
    waiting
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let early = waiting.read(&mut [0; 1]);
    assert!(
        early.is_err(),
        "it was answered beyond the bound: {early:?}"
    );

    drop(held);
    waiting.set_read_timeout(Some(DEADLINE)).unwrap();
    assert_eq!(read_answer(&mut waiting).0, 200);
}
