//! Commands beside `serve`.

use tempfile::TempDir;

use crate::{output_of, run};

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
