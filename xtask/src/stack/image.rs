//! The `Dockerfile` makes an image of what the workspace builds, fit to be run.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
    process::Command,
};

use super::compose::file;
use crate::process::output;

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

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::canonicalize(root).unwrap()
}

/// Files that the build gets, relative to the checkout: those that git knows and `.dockerignore` lets through.
fn build_context() -> BTreeSet<PathBuf> {
    let ignored = file(".dockerignore");
    let allowed: Vec<_> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed = output(git.current_dir(root())).unwrap();
    let listed = String::from_utf8(listed).unwrap();
    let files = listed.split_terminator('\0').map(PathBuf::from);
    files
        .filter(|file| allowed.iter().any(|allowed| file.starts_with(allowed)))
        .filter(|file| root().join(file).is_file())
        .collect()
}

/// The build's own words for cargo.
fn cargo_arguments() -> Vec<String> {
    let all = instructions(&file("Dockerfile"));
    let built = arguments(&all, "RUN").join(" ");
    let (_, command) = built.split_once("cargo build ").unwrap();
    let (command, _) = command.split_once(" && ").unwrap();
    command.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn copied_files_exist() {
    for (name, arguments) in instructions(&file("Dockerfile")) {
        let mut words: Vec<_> = arguments.split_whitespace().collect();
        if name != "COPY" || words.iter().any(|word| word.starts_with("--from=")) {
            continue;
        }
        words.retain(|word| !word.starts_with("--"));
        let (_, sources) = words.split_last().unwrap();
        for source in sources {
            let found =
                *source == "." || build_context().iter().any(|file| file.starts_with(source));
            assert!(found, "{source} is copied, and there is no such file");
        }
    }
}

#[test]
fn copied_workspace_knows_what_is_built() {
    let folder = tempfile::tempdir().unwrap();
    for file in build_context() {
        let copy = folder.path().join(&file);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(root().join(&file), copy).unwrap();
    }
    let words = cargo_arguments();
    let mut packages = Vec::new();
    for pair in words.windows(2).filter(|pair| pair[0] == "--package") {
        packages.extend(["--package", &pair[1]]);
    }
    assert_eq!(packages.len(), 4);
    // Fails where a member is missing, the lock file would change, or there is no such package.
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--offline", "--depth", "0"])
        .args(&packages)
        .current_dir(folder.path());
    let tree = String::from_utf8(output(&mut tree).unwrap()).unwrap();
    assert!(tree.contains("souk-indexer v"), "{tree}");

    let mut help = Command::new(env!("CARGO"));
    help.arg("build").args(&words).arg("--help");
    output(help.current_dir(folder.path())).unwrap();
    let profile = words.iter().position(|word| word == "--profile").unwrap();
    let profile = format!("[profile.{}]\n", words[profile + 1]);
    assert!(file("Cargo.toml").contains(&profile), "{profile}");
}

#[test]
fn files_compiled_into_the_servers_are_copied() {
    let context = build_context();
    let mut compiled = 0;
    for source in &context {
        let is_test = source.components().any(|part| part.as_os_str() == "tests");
        if is_test || source.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(root().join(source)).unwrap();
        // Unit tests are not in the image.
        let text = text.split("#[cfg(test)]").next().unwrap();
        for macro_name in ["include_str!(\"", "include_bytes!(\""] {
            for rest in text.split(macro_name).skip(1) {
                let (path, _) = rest.split_once('"').unwrap();
                let path = normal(&source.parent().unwrap().join(path));
                assert!(context.contains(&path), "{source:?} needs {path:?}");
                compiled += 1;
            }
        }
    }
    assert!(compiled > 0);
}

/// A path without steps back.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(normal.pop(), "{path:?} leaves the checkout"),
            part => normal.push(part),
        }
    }
    normal
}

#[test]
fn actions_of_the_workflow_are_pinned_and_it_runs_what_has_to_hold() {
    let workflow = file(".github/workflows/ci.yml");
    let uses: Vec<_> = workflow
        .lines()
        .filter_map(|line| line.split_once("uses: "))
        .collect();
    assert!(!uses.is_empty());
    for (_, action) in uses {
        let (_, commit) = action.split_once('@').unwrap();
        let (commit, version) = commit.split_once(" # v").unwrap();
        assert_eq!(commit.len(), 40, "{action}");
        assert!(version.starts_with(|digit: char| digit.is_ascii_digit()));
    }
    assert!(workflow.contains("- run: .ci/run\n"));
}
