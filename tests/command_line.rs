//! The binary as a newcomer meets it.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// `souk` in an empty folder, with nothing of this process's environment that would configure it.
fn souk(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_souk"));
    command.current_dir(folder);
    for (variable, _) in std::env::vars() {
        let configures = [
            "SOUK_",
            "DATABASE_URL",
            "ELASTICSEARCH_",
            "REDIS_",
            "RATE_LIMIT_",
            "PG_",
            "PORT",
            "RUST_LOG",
        ];
        if configures.iter().any(|start| variable.starts_with(start)) {
            command.env_remove(variable);
        }
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    souk(folder).args(args).output().unwrap()
}

fn output_of(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(text).unwrap()
}

/// A started server, killed if the test does not stop it.
struct Server {
    child: Child,
    greeting: String,
}

impl Server {
    /// Starts one on a free port and waits for its greeting to end.
    fn start(folder: &Path, last_words: &str) -> Self {
        let mut child = souk(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("SOUK_DEMO_PRODUCTS", "50")
            .stdout(Stdio::piped())
            .stderr(File::create(folder.join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut greeting = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !greeting.contains(last_words) {
            assert_ne!(
                lines.read_line(&mut greeting).unwrap(),
                0,
                "it ended: {greeting}"
            );
        }
        Self { child, greeting }
    }

    fn base(&self) -> String {
        let start = self.greeting.find("http://").unwrap();
        self.greeting[start..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    }

    /// As a service manager stops it.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already over, if all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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

#[test]
fn configuration_that_cannot_be_used_is_named() {
    let folder = TempDir::new().unwrap();
    for (variable, value) in [
        ("ELASTICSEARCH_URL", "localhost:9200"),
        ("REDIS_URL", "localhost:6379"),
        ("DATABASE_URL", "mysql://localhost"),
        ("SOUK_LISTEN", "nowhere"),
    ] {
        let output = souk(folder.path())
            .arg("migrate")
            .env(variable, value)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{variable}");
        let output_of = output_of(&output);
        assert!(output_of.contains(variable), "{output_of}");
    }
    let missing = run(folder.path(), &["--config", "none.toml", "config"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(output_of(&missing).contains("none.toml"));
}

#[test]
fn what_is_in_force_is_shown_with_its_origin() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("souk.toml"), "[demo]\nproducts = 7\n").unwrap();
    let output = souk(folder.path())
        .args(["config", "--data-dir", "elsewhere"])
        .env("SOUK_LISTEN", "127.0.0.1:9")
        .env("SOUK_ADMIN_KEY", "0123456789abcdef")
        .output()
        .unwrap();
    assert!(output.status.success());
    let lines = output_of(&output);
    let line = |key: &str| {
        let line = lines.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_once(' ')
            .map(|(_, rest)| rest.split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap()
    };
    assert_eq!(
        line("server.listen"),
        "127.0.0.1:9 environment (SOUK_LISTEN)"
    );
    assert_eq!(line("data.dir"), "elsewhere flag (--data-dir)");
    assert_eq!(line("admin.key"), "(hidden) environment (SOUK_ADMIN_KEY)");
    assert_eq!(line("demo.products"), "7 file (souk.toml)");
    assert_eq!(line("log.format"), "text default");
}

#[test]
fn misspelt_and_conflicting_variables_are_warned_of() {
    let folder = TempDir::new().unwrap();
    let output = souk(folder.path())
        .arg("migrate")
        .env("SOUK_DATABSE_MAX", "8")
        .env("SOUK_DATABASE_MAX_CONNECTIONS", "8")
        .env("PG_MAX_CONNECTIONS", "9")
        .output()
        .unwrap();
    assert!(output.status.success());
    let output_of = output_of(&output);
    let warned = |words: [&str; 2]| {
        let mut lines = output_of.lines();
        lines.any(|line| line.contains("WARN") && words.iter().all(|word| line.contains(word)))
    };
    assert!(
        warned(["SOUK_DATABSE_MAX", "SOUK_DATABASE_MAX_CONNECTIONS"]),
        "{output_of}"
    );
    assert!(
        warned(["PG_MAX_CONNECTIONS", "SOUK_DATABASE_MAX_CONNECTIONS"]),
        "{output_of}"
    );
}

#[test]
fn password_in_an_unusable_configuration_is_never_printed() {
    let folder = TempDir::new().unwrap();
    for (variable, value) in [
        (
            "DATABASE_URL",
            "postgres://souk:hunter2@localhost:port/souk",
        ),
        ("DATABASE_URL", "postgres://souk:hunter2@local host/souk"),
        ("DATABASE_URL", "postgres://souk:hunter2@127.0.0.1:1/souk"),
        ("DATABASE_URL", "mysql://souk:hunter2@localhost/souk"),
        ("REDIS_URL", "redis://:hunter2@localhost:port"),
        ("ELASTICSEARCH_URL", "http://souk:hunter2@localhost:port"),
        ("SOUK_LISTEN", "postgres://souk:hunter2@localhost/souk"),
    ] {
        let output = souk(folder.path())
            .arg("migrate")
            .env(variable, value)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{value}");
        assert!(
            !output_of(&output).contains("hunter2"),
            "{}",
            output_of(&output)
        );
    }
    for text in [
        "[database]\nurl = \"postgres://souk:hunter2@localhost/souk\n",
        "[database]\nurl = postgres://souk:hunter2@localhost/souk\n",
        "database = \"postgres://souk:hunter2@localhost/souk\"\n",
    ] {
        std::fs::write(folder.path().join("souk.toml"), text).unwrap();
        let output = run(folder.path(), &["config"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            !output_of(&output).contains("hunter2"),
            "{}",
            output_of(&output)
        );
    }
}

#[test]
fn marketplaces_come_and_go() {
    let folder = TempDir::new().unwrap();
    let added = run(
        folder.path(),
        &[
            "tenant",
            "add",
            "fanshop",
            "--host",
            "fan.example",
            "--language",
            "de",
        ],
    );
    assert!(output_of(&added).contains("souk_"), "{}", output_of(&added));
    let again = run(folder.path(), &["tenant", "add", "fanshop"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(output_of(&again).contains("slug"), "{}", output_of(&again));
    let list = output_of(&run(folder.path(), &["tenant", "list"]));
    assert!(
        list.contains("fanshop") && list.contains("fan.example") && list.contains("de"),
        "{list}"
    );
    for bad in ["https://x y/", "a.example:80", "*.example", ""] {
        let refused = run(folder.path(), &["tenant", "set", "fanshop", "--host", bad]);
        assert_eq!(refused.status.code(), Some(2), "{bad}");
        assert!(output_of(&refused).contains("must be a host name"), "{bad}");
    }
    let output_by = |args: &[&str]| output_of(&run(folder.path(), &[&["tenant"], args].concat()));
    output_by(&["add", "second", "--host", "second.example"]);
    let taken = output_by(&["set", "second", "--host", "fan.example"]);
    assert!(taken.contains("another tenant's"), "{taken}");
    let set = output_by(&[
        "set",
        "second",
        "--host",
        "b.example",
        "--host",
        "A.example",
        "--default",
    ]);
    assert!(set.contains("a.example,b.example (default)"), "{set}");
    let set = output_by(&["set", "second", "--no-hosts", "--no-default"]);
    assert!(
        !set.contains("example") && !set.contains("default"),
        "{set}"
    );
    let nothing = run(folder.path(), &["tenant", "set", "second"]);
    assert!(!nothing.status.success());
    output_by(&["remove", "second", "--yes"]);

    let key = output_by(&["key", "add", "fanshop", "--expires", "2999-01-31"]);
    let secret = key.lines().last().unwrap().to_owned();
    assert!(secret.starts_with("souk_"), "{key}");
    let keys = output_by(&["key", "list", "fanshop"]);
    assert_eq!(keys.lines().count(), 2, "{keys}");
    assert!(
        keys.contains("expires 2999-01-31T00:00:00Z used never"),
        "{keys}"
    );
    assert!(
        keys.contains(&secret[..12]) && !keys.contains(&secret),
        "{keys}"
    );
    let id = keys.split_whitespace().next().unwrap().to_owned();
    let revoked = output_by(&["key", "revoke", "fanshop", &id]);
    assert!(revoked.contains("Revoked key"), "{revoked}");
    assert_eq!(output_by(&["key", "list", "fanshop"]).lines().count(), 1);

    let unsure = run(folder.path(), &["tenant", "remove", "fanshop"]);
    assert!(!unsure.status.success() && output_of(&unsure).contains("--yes"));
    assert!(
        run(folder.path(), &["tenant", "remove", "fanshop", "--yes"])
            .status
            .success()
    );
    assert_eq!(output_of(&run(folder.path(), &["tenant", "list"])), "");
}

#[test]
fn what_is_configured_of_search_goes_out_and_comes_back_as_one_file() {
    let folder = TempDir::new().unwrap();
    let output_by =
        |args: &[&str]| output_of(&run(folder.path(), &[&["search-config"], args].concat()));
    let exported = output_by(&["export"]);
    assert!(exported.contains("\"rules\": []"), "{exported}");

    let write = |text: &str| std::fs::write(folder.path().join("search.json"), text).unwrap();
    write(r#"{"stop_words": ["the"], "rules": [{"name": "It", "then": {"pin": [{"id": 1}]}}]}"#);
    let imported = output_by(&["import", "search.json", "--actor", "ada"]);
    assert_eq!(imported, "Version 1 is in force.\n");
    let nameless = ["search-config", "import", "search.json", "--actor", ""];
    let nameless = run(folder.path(), &nameless);
    assert_eq!(nameless.status.code(), Some(2));
    assert!(
        output_of(&nameless).contains("is empty"),
        "{}",
        output_of(&nameless)
    );
    let again = output_by(&["export", "again.json"]);
    assert!(again.contains("version 1 exported"), "{again}");
    let again = std::fs::read_to_string(folder.path().join("again.json")).unwrap();
    assert!(
        again.contains("\"the\"") && again.contains("\"It\""),
        "{again}"
    );

    for (text, fault) in [
        (r#"{"stop_words": ["a b"]}"#, "stop_words"),
        (r#"{"rules": [{"name": "It"}]}"#, "then"),
        ("{", "search.json"),
    ] {
        write(text);
        let output = run(folder.path(), &["search-config", "import", "search.json"]);
        assert!(!output.status.success());
        assert!(output_of(&output).contains(fault), "{}", output_of(&output));
    }
}

#[test]
fn every_command_explains_itself() {
    let folder = TempDir::new().unwrap();
    let commands: [&[&str]; 18] = [
        &[],
        &["serve"],
        &["migrate"],
        &["generate"],
        &["import"],
        &["export"],
        &["search-config", "export"],
        &["search-config", "import"],
        &["tenant"],
        &["tenant", "add"],
        &["tenant", "set"],
        &["tenant", "remove"],
        &["tenant", "key", "add"],
        &["tenant", "key", "list"],
        &["tenant", "key", "revoke"],
        &["openapi"],
        &["health"],
        &["config"],
    ];
    for command in commands {
        let output = run(folder.path(), &[command, &["--help"]].concat());
        assert!(
            output.status.success() && output_of(&output).contains("Usage:"),
            "{command:?}"
        );
    }
    let wrong = run(folder.path(), &["srve"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(output_of(&wrong).contains("serve"));
}

#[test]
fn import_that_skips_rows_exits_with_3_and_names_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "id,title,price\n1,Mug,1.00\n2,Cup,-1.00\n,Nobody,1.00\n";
    std::fs::write(folder.path().join("rows.csv"), rows).unwrap();
    let said = |arguments: &[&str], code: i32| {
        let output = run(folder.path(), arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    };
    let told = said(&["import", "rows.csv"], 3);
    assert!(told.contains("2 rows were skipped"), "{told}");
    assert!(told.contains("--errors FILE"), "{told}");
    let told = said(&["import", "rows.csv", "--errors", "faults.csv"], 3);
    assert!(told.contains("faults.csv lists them"), "{told}");
    let faults = std::fs::read_to_string(folder.path().join("faults.csv")).unwrap();
    assert_eq!(faults.lines().count(), 3, "{faults}");
    said(&["import", "rows.csv", "--strict"], 1);
    std::fs::write(
        folder.path().join("rows.csv"),
        "id,title,price\n1,Mug,1.00\n",
    )
    .unwrap();
    said(&["import", "rows.csv"], 0);
    let help = run(folder.path(), &["import", "--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("with 3 if rows"), "{help}");
}
