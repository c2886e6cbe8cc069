//! Clients that generators make of the specification: they have to compile, and to make the calls of the README.

use std::{env, fs, process::Stdio};

use anyhow::Result;

use crate::{
    front_ends,
    process::{run, succeeds},
    report::say,
    tools,
    workspace::Workspace,
};

const SPECIFICATION: &str = "openapi.yaml";
const GO: &str = "tests/generated_clients/go";
const PYTHON: &str = "tests/generated_clients/python";

/// Generates clients for TypeScript, Python and Go, and compiles their calls.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    front_ends::check_client(workspace)?;
    python(workspace)?;
    if succeeds(workspace.command("go").arg("version")) {
        go(workspace)
    } else {
        say("there is no Go here, so the Go client is not checked");
        Ok(())
    }
}

fn python(workspace: &Workspace) -> Result<()> {
    let environment = tools::client_generator(workspace, &workspace.path(PYTHON))?;
    let generated = workspace.cache("generated_clients/python");
    if generated.exists() {
        fs::remove_dir_all(&generated)?;
    }
    let mut path = vec![tools::java_programs(workspace)?];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let mut generate = workspace.command(environment.join("bin/openapi-generator-cli"));
    generate
        .args(["generate", "--generator-name", "python"])
        .args(["--package-name", "souk_client", "--input-spec"])
        .arg(workspace.path(SPECIFICATION))
        .arg("--output")
        .arg(&generated)
        .args([
            "--global-property",
            "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false",
        ])
        .env("PATH", env::join_paths(path)?)
        // Its log is long, and an error stands on the other stream.
        .stdout(Stdio::null());
    run(&mut generate, &workspace.interrupt)?;
    let mut calls = workspace.command(environment.join("bin/python"));
    calls
        .arg(workspace.path(PYTHON).join("calls.py"))
        .env("PYTHONPATH", &generated)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("SOUK_URL");
    run(&mut calls, &workspace.interrupt)
}

fn go(workspace: &Workspace) -> Result<()> {
    let folder = workspace.path(GO);
    fs::create_dir_all(folder.join("souk"))?;
    let mut generate = workspace.command("go");
    generate
        .args(["tool", "oapi-codegen", "-generate", "types,client"])
        .args(["-package", "souk", "-o", "souk/souk.go"])
        .arg(workspace.path(SPECIFICATION))
        .current_dir(&folder);
    run(&mut generate, &workspace.interrupt)?;
    let mut vet = workspace.command("go");
    vet.args(["vet", "./..."]).current_dir(&folder);
    run(&mut vet, &workspace.interrupt)
}
