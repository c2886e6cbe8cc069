//! `souk people`.

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
fn people_are_invited_listed_and_changed_and_the_log_tells_of_it() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let link = done(folder, &["people", "owner-link"]);
    assert!(link.contains("/account/owner#token=souk_ow_"), "{link}");
    assert_eq!(
        done(folder, &["people", "owner-link"]),
        link,
        "until it is used"
    );

    let ada = "ada@shop.example";
    let added = done(
        folder,
        &["people", "add", ada, "--role", "owner", "--name", "Ada"],
    );
    assert!(
        added.contains(" invited  ada@shop.example Ada [owner]"),
        "{added}"
    );
    assert!(
        added.contains("/account/invitation#token=souk_ln_"),
        "{added}"
    );
    done(folder, &["people", "give", ada, "analyst"]);
    let taken = done(folder, &["people", "take", ada, "analyst"]);
    assert!(taken.contains("[owner]"), "{taken}");
    let disabled = done(folder, &["people", "disable", ada]);
    assert!(disabled.contains(" disabled "), "{disabled}");
    done(folder, &["people", "enable", ada]);
    let reset = done(folder, &["people", "reset", ada]);
    assert!(reset.contains("/account/invitation#token="), "{reset}");
    done(folder, &["people", "sign-out", ada]);
    let listed = done(folder, &["people", "list", "--role", "owner"]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert_eq!(done(folder, &["people", "list", "--role", "admin"]), "");

    for wrong in [
        &["people", "disable", "nobody@shop.example"][..],
        &["people", "add", "no address", "--role", "owner"],
        &["people", "add", ada, "--role", "seller_owner"],
    ] {
        let output = run(folder, wrong);
        assert_eq!(output.status.code(), Some(1), "{}", output_of(&output));
    }
    let usage = run(folder, &["people", "add", ada, "--role", "root"]);
    assert_eq!(usage.status.code(), Some(2));
    assert!(output_of(&usage).contains("merchandiser"));

    let file = folder.join("customers.csv");
    let rows = "user_email,display_name,user_pass\neve@shop.example,Eve,$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0\n";
    std::fs::write(&file, rows).unwrap();
    let file = file.to_str().unwrap();
    let imported = done(folder, &["people", "import", file]);
    assert!(
        imported.contains("Imported 1 accounts; 0 were there"),
        "{imported}"
    );
    std::fs::write(file, format!("{rows}mallory,Mallory,md5\n")).unwrap();
    let skipped = run(folder, &["people", "import", file]);
    assert_eq!(skipped.status.code(), Some(3));
    let said = output_of(&skipped);
    assert!(
        said.contains("1 were there") && said.contains("line 3: mail "),
        "{said}"
    );

    let exported = done(folder, &["audit", "export"]);
    for action in [
        "add", "give", "take", "disable", "enable", "reset", "sign-out", "import",
    ] {
        let action = format!("souk people {action},");
        assert!(exported.contains(&action), "{action} {exported}");
    }
}
