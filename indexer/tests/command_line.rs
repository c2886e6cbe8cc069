//! Settings and flags of the `souk-indexer` binary.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

fn indexer(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_souk-indexer"))
        .current_dir(folder.path())
        .args(args)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn setting_outside_its_range_is_rejected_as_by_souk() {
    let requirement = "must be a whole number from 1 to 10000";
    let by_flag = indexer(&["drain", "--batch", "0"], &[]);
    assert_eq!(by_flag.status.code(), Some(2));
    assert!(told(&by_flag).contains(&format!("--batch {requirement}")));
    let by_variable = indexer(&["drain"], &[("SOUK_INDEXER_BATCH", "10001")]);
    assert_eq!(by_variable.status.code(), Some(2));
    let told = told(&by_variable);
    assert!(
        told.contains(&format!("SOUK_INDEXER_BATCH {requirement}")),
        "{told}"
    );
}

#[test]
fn password_in_an_unusable_database_url_is_never_printed() {
    for url in [
        "postgres://souk:hunter2@localhost:port/souk",
        "postgres://souk:hunter2@127.0.0.1:1/souk",
        "mysql://souk:hunter2@localhost/souk",
        "sqlite://hunter2",
    ] {
        let output = indexer(&["status"], &[("DATABASE_URL", url)]);
        assert!(!output.status.success(), "{url}");
        assert!(!told(&output).contains("hunter2"), "{}", told(&output));
    }
}

#[test]
fn file_configures_it_as_it_does_souk() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.toml");
    std::fs::write(&file, "[indexer]\nbatch = 0\n").unwrap();
    let output = indexer(&["--config", file.to_str().unwrap(), "status"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told(&output).contains("indexer.batch in "),
        "{}",
        told(&output)
    );
}
