//! `souk key` and `souk audit`.

use std::path::Path;

use tempfile::TempDir;

use crate::{output_of, run};

/// Output of a command that succeeds.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{}", output_of(&output));
    output_of(&output)
}

#[test]
fn keys_are_made_listed_rotated_and_revoked_and_the_log_tells_of_it() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let made = done(
        folder,
        &["key", "add", "sync", "--permission", "catalogue.read"],
    );
    let secret = made.lines().last().unwrap();
    let id = &secret["souk_sk_".len()..][..11];
    assert!(
        made.starts_with(&format!("Made key {id}, good until ")),
        "{made}"
    );

    let listed = done(folder, &["key", "list"]);
    assert!(listed.starts_with(&format!("{id} in force ")), "{listed}");
    assert!(listed.contains("sync [catalogue.read]") && !listed.contains(secret));

    let rotated = done(folder, &["key", "rotate", id, "--overlap-hours", "0"]);
    let new = &rotated.lines().last().unwrap()["souk_sk_".len()..][..11];
    done(folder, &["key", "revoke", new]);
    let listed = done(folder, &["key", "list"]);
    let states: Vec<_> = listed.lines().map(|line| line[12..20].trim()).collect();
    assert_eq!(states, ["expired", "revoked"], "{listed}");

    let unknown = run(folder, &["key", "revoke", "nobody-has"]);
    assert_eq!(unknown.status.code(), Some(1));
    let wrong = run(
        folder,
        &["key", "add", "a", "--permission", "tenants.write"],
    );
    assert_eq!(wrong.status.code(), Some(1), "{}", output_of(&wrong));

    let verified = done(folder, &["audit", "verify"]);
    assert!(
        verified.contains("tenant 1: ") && verified.contains(": 3 entries, whole"),
        "{verified}"
    );
    let exported = done(folder, &["audit", "export"]);
    let actions = exported.lines().map(|line| line.split(',').nth(6).unwrap());
    let expected = [
        "action",
        "souk key revoke",
        "souk key rotate",
        "souk key add",
    ];
    assert_eq!(actions.take(4).collect::<Vec<_>>(), expected, "{exported}");
    assert!(!exported.contains(secret));
    let verified = done(folder, &["audit", "verify"]);
    assert!(
        verified.contains(": 4 entries, whole"),
        "the export: {verified}"
    );
}
