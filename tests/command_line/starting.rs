//! Starts and stops of the server, and their messages.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, path::Path};

use tempfile::TempDir;

use crate::{Server, output_of, run, souk};

async fn total(server: &Server) -> u64 {
    let address = format!("{}/api/search?facets=none", server.base());
    let page: serde_json::Value = reqwest::get(address).await.unwrap().json().await.unwrap();
    assert_eq!(page["degraded"], false);
    page["total"].as_u64().unwrap()
}

#[tokio::test]
async fn the_first_start_fills_and_greets_and_a_later_one_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let first = Server::start(folder.path(), "Admin key");
    for part in [
        "/docs",
        "/openapi.json",
        "curl '",
        "Admin key, kept in ./data/admin-key",
    ] {
        assert!(first.greeting.contains(part), "{part}: {}", first.greeting);
    }
    assert_eq!(total(&first).await, 50);

    let second = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    let taken = output_of(&second);
    assert!(
        taken.contains("another souk (process") && taken.contains("--data-dir"),
        "{taken}"
    );
    first.stop();

    let later = Server::start(folder.path(), "Souk serves on");
    assert!(!later.greeting.contains("Admin key"));
    assert_eq!(total(&later).await, 50);
    later.stop();
}

#[test]
fn first_start_without_terminal_tells_no_key_and_keeps_files_private() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "Admin key");
    let key = fs::read_to_string(folder.path().join("data/admin-key")).unwrap();
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(!server.greeting.contains(key.trim()), "{}", server.greeting);
    assert!(!log.contains(key.trim()), "{log}");
    assert!(
        server.greeting.contains("`souk admin-key`"),
        "{}",
        server.greeting
    );
    server.stop();

    let shown = run(folder.path(), &["admin-key"]);
    assert_eq!(output_of(&shown), key);
    let exported = run(folder.path(), &["export", "catalogue.jsonl"]);
    assert!(exported.status.success(), "{}", output_of(&exported));
    assert_eq!(mode(&folder.path().join("catalogue.jsonl")), 0o600);
    assert_eq!(mode(&folder.path().join("data")), 0o700);
    let mut open = vec![folder.path().join("data")];
    while let Some(within) = open.pop() {
        for entry in fs::read_dir(within).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
            if path.is_dir() {
                open.push(path);
            }
        }
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn admin_key_before_the_first_start_is_missed_and_not_made() {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), &["admin-key"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = output_of(&output);
    assert!(
        complaint.contains("SOUK_ADMIN_KEY") && complaint.contains("./data/admin-key"),
        "{complaint}"
    );
    assert!(!folder.path().join("data").exists());
    let chosen = souk(folder.path())
        .arg("admin-key")
        .env("SOUK_ADMIN_KEY", "chosen-by-an-operator")
        .output()
        .unwrap();
    assert_eq!(output_of(&chosen), "chosen-by-an-operator\n");
}

#[test]
fn whether_a_service_can_answer_is_asked_on_the_command_line() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "Souk serves on");
    let listen = server.base().replace("http://", "");

    let named = run(folder.path(), &["health", &server.base()]);
    assert!(named.status.success(), "{}", output_of(&named));
    assert_eq!(output_of(&named), "ready\n");
    let configured = souk(folder.path())
        .arg("health")
        .env("SOUK_LISTEN", listen)
        .output()
        .unwrap();
    assert_eq!(output_of(&configured), "ready\n");

    let base = server.base();
    server.stop();
    let away = run(folder.path(), &["health", &base]);
    assert_eq!(away.status.code(), Some(1));
    assert!(output_of(&away).contains(&base), "{}", output_of(&away));
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(folder.path(), &["serve", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    let output_of = output_of(&output);
    assert!(
        output_of.contains(&address) && output_of.contains("--listen"),
        "{output_of}"
    );
    assert!(!folder.path().join("data").exists(), "nothing was begun");
}
