//! Configuration on the command line: faults, origins, warnings, secrets.

use tempfile::TempDir;

use crate::{output_of, run, souk};

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
