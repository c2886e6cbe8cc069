//! The front tier: nginx before the API processes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};
use rustix::process::{Signal, geteuid};

use super::{Part, probe::Probe};

/// Configuration template in the checkout; `docker-compose.yml` uses the same file.
pub(crate) const TEMPLATE: &str = "infrastructure/nginx/nginx.conf.template";

/// Failure detection of API processes: two failures, then a pause short enough for a restarted one to be tried soon.
pub(crate) const PASSIVE_CHECKS: &str = "max_fails=2 fail_timeout=5s";

/// Values of the template's variables.
const VARIABLE: &str = "${SOUK_EDGE_";

/// A server with its cache in a folder.
pub(crate) struct Nginx {
    /// The server's program.
    pub(crate) program: PathBuf,
    /// Configuration.
    pub(crate) template: PathBuf,
    /// Working folder.
    pub(crate) folder: PathBuf,
    /// Port, on loopback only.
    pub(crate) port: u16,
    /// Ports of the API processes.
    pub(crate) upstreams: Vec<u16>,
}

impl Nginx {
    /// Values of the template's variables here.
    pub(crate) fn variables(&self) -> [(&'static str, String); 5] {
        let servers = self.upstreams.iter();
        let servers = servers.map(|port| format!("server 127.0.0.1:{port} {PASSIVE_CHECKS};"));
        [
            ("SOUK_EDGE_LISTEN", format!("127.0.0.1:{}", self.port)),
            ("SOUK_EDGE_SERVERS", servers.collect::<Vec<_>>().join(" ")),
            ("SOUK_EDGE_FOLDER", self.data().display().to_string()),
            ("SOUK_EDGE_TRUSTED", String::new()),
            ("SOUK_EDGE_LOG", "/dev/stdout".to_owned()),
        ]
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("nginx.conf")
    }
}

impl Part for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn prepare(&self) -> Result<()> {
        fs::create_dir_all(self.data())?;
        let template = fs::read_to_string(&self.template)?;
        let configuration = render(&template, &self.variables())?;
        Ok(fs::write(self.configuration(), configuration)?)
    }

    fn command(&self) -> Command {
        let mut nginx = Command::new(&self.program);
        nginx.current_dir(&self.folder);
        nginx.arg("-c").arg(self.configuration());
        nginx.arg("-p").arg(&self.folder);
        nginx.args(["-e", "stderr", "-g", globals(geteuid().is_root())]);
        nginx
    }

    fn probe(&self) -> Probe {
        Probe::Get(self.port, "/health/live".to_owned())
    }

    /// Requests in flight are finished.
    fn farewell(&self) -> Signal {
        Signal::QUIT
    }
}

/// Started by root, its workers would be nobody, who may not write here.
fn globals(is_root: bool) -> &'static str {
    if is_root {
        "daemon off; user root;"
    } else {
        "daemon off;"
    }
}

/// Puts values into a template, as `envsubst` does.
fn render(template: &str, variables: &[(&str, String)]) -> Result<String> {
    let mut text = template.to_owned();
    for (name, value) in variables {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    ensure!(
        !text.contains(VARIABLE),
        "{TEMPLATE} has a variable that nobody sets"
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{process::output, tools::servers::find_nginx};

    fn nginx(folder: &Path) -> Nginx {
        Nginx {
            program: find_nginx().expect("nginx, which `cargo xtask test` installs"),
            template: Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("..")
                .join(TEMPLATE),
            folder: folder.to_owned(),
            port: 5,
            upstreams: vec![6, 7],
        }
    }

    #[test]
    fn nginx_itself_finds_nothing_wrong_with_its_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let nginx = nginx(folder.path());
        nginx.prepare().unwrap();
        let mut command = nginx.command();
        output(command.arg("-t")).unwrap();
        let written = fs::read_to_string(nginx.configuration()).unwrap();
        assert!(written.contains("server 127.0.0.1:7 max_fails=2 fail_timeout=5s;"));
    }

    #[test]
    fn a_variable_that_nobody_sets_is_an_error() {
        let listen = [("SOUK_EDGE_LISTEN", "here".to_owned())];
        assert_eq!(
            render("listen ${SOUK_EDGE_LISTEN}; $host", &listen).unwrap(),
            "listen here; $host"
        );
        assert!(render("${SOUK_EDGE_OTHER}", &listen).is_err());
    }
}
