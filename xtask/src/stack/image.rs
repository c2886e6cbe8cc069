//! The `Dockerfile` makes an image of what the workspace builds, fit to be run.

use super::compose::file;

/// Instructions with their arguments, continued lines joined.
fn instructions(dockerfile: &str) -> Vec<(String, String)> {
    let lines = dockerfile
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    joined
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (name, arguments) = line.split_once(' ').expect("an argument");
            (
                name.to_owned(),
                arguments.split_whitespace().collect::<Vec<_>>().join(" "),
            )
        })
        .collect()
}

/// The instructions of the last stage.
fn final_stage() -> Vec<(String, String)> {
    let mut instructions = instructions(&file("Dockerfile"));
    let start = instructions
        .iter()
        .rposition(|(name, _)| name == "FROM")
        .unwrap();
    instructions.split_off(start)
}

fn arguments<'a>(stage: &'a [(String, String)], instruction: &str) -> Vec<&'a str> {
    let found = stage.iter().filter(|(name, _)| name == instruction);
    found.map(|(_, arguments)| arguments.as_str()).collect()
}

/// Major and minor version.
fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split(['.', '-']).map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

#[test]
fn only_known_instructions_are_used() {
    let known = [
        "FROM",
        "WORKDIR",
        "COPY",
        "RUN",
        "ENV",
        "VOLUME",
        "USER",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "CMD",
    ];
    for (name, _) in instructions(&file("Dockerfile")) {
        assert!(known.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn the_compiler_is_new_enough_and_no_image_is_whatever_is_latest() {
    let all = instructions(&file("Dockerfile"));
    let images = arguments(&all, "FROM");
    for image in &images {
        let (_, tag) = image
            .split_whitespace()
            .next()
            .unwrap()
            .split_once(':')
            .unwrap();
        assert_ne!(tag, "latest");
    }
    let compiler = images[0].strip_prefix("rust:").unwrap();
    let manifest = file("Cargo.toml");
    let needed = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap();
    let compiler = compiler.split_once("-slim").unwrap().0;
    assert!(version(compiler) >= version(needed.trim_matches('"')));
}

#[test]
fn both_servers_are_built_and_copied() {
    let all = instructions(&file("Dockerfile"));
    let built = arguments(&all, "RUN").join(" ");
    let copied = arguments(&final_stage(), "COPY").join(" ");
    for (manifest, binary) in [
        ("Cargo.toml", "souk"),
        ("indexer/Cargo.toml", "souk-indexer"),
    ] {
        assert!(file(manifest).contains(&format!("[[bin]]\nname = \"{binary}\"\n")));
        assert!(built.contains(&format!("--package {binary} ")), "{binary}");
        assert!(
            built.contains(&format!("target/dist/{binary} ")),
            "{binary}"
        );
        assert!(
            copied.contains(&format!("/usr/local/bin/{binary} ")),
            "{binary}"
        );
    }
}

#[test]
fn image_runs_unprivileged_with_probe_and_stop_signal() {
    let stage = final_stage();
    let user = arguments(&stage, "USER")[0];
    assert!(
        !user.starts_with('0') && !user.starts_with("root"),
        "{user}"
    );
    assert!(arguments(&stage, "HEALTHCHECK")[0].ends_with(r#"CMD ["souk", "health"]"#));
    assert_eq!(arguments(&stage, "CMD"), [r#"["souk", "serve"]"#]);
    // There is no shell in it, and none is asked for.
    assert!(arguments(&stage, "RUN").is_empty());
}

#[test]
fn sources_are_what_the_image_is_made_of() {
    let ignored = file(".dockerignore");
    let allowed: Vec<_> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    let manifest = file("Cargo.toml");
    let members = manifest
        .lines()
        .find_map(|line| line.strip_prefix("members = "))
        .unwrap();
    let members: Vec<String> = serde_json::from_str(members).unwrap();
    for member in members {
        assert!(allowed.contains(&member.trim_end_matches("/*")), "{member}");
    }
    for needed in ["Cargo.toml", "Cargo.lock", "src"] {
        assert!(allowed.contains(&needed), "{needed}");
    }
    for private in [".git", ".env", ".souk", "data", "target"] {
        assert!(!allowed.contains(&private), "{private}");
    }
}

#[test]
fn continued_lines_are_one_instruction() {
    let read = instructions("# a\nRUN one \\\n    # within\n    && two\n\nCMD [\"x\"]\n");
    let expected = [("RUN", "one && two"), ("CMD", "[\"x\"]")];
    assert_eq!(
        read,
        expected.map(|(name, rest)| (name.to_owned(), rest.to_owned()))
    );
}
