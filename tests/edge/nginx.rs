//! nginx, set up as everywhere else.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

use serde_json::Value;

use crate::api::{Api, DEADLINE, Market, POLL, answers, free_address};

const TEMPLATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/infrastructure/nginx/nginx.conf.template"
);

/// nginx before API processes, stopped when it is dropped.
pub(crate) struct Nginx {
    pub(crate) address: SocketAddr,
    child: Child,
    log: PathBuf,
}

impl Nginx {
    /// Starts it and waits until it answers.
    pub(crate) async fn before(market: &Market, apis: &[Api]) -> Self {
        let folder = market.folder.path().join("nginx");
        fs::create_dir_all(&folder).unwrap();
        let (address, log) = (free_address(), folder.join("access.log"));
        let configuration = folder.join("nginx.conf");
        fs::write(&configuration, rendered(&folder, address, &log, apis)).unwrap();
        let errors = File::create(folder.join("error.log")).unwrap();
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&configuration)
            .arg("-p")
            .arg(&folder)
            .args(["-e", "stderr", "-g", globals(&folder)])
            // Not on everyone's path.
            .env(
                "PATH",
                format!("{}:/usr/sbin", std::env::var("PATH").unwrap()),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .expect("nginx, which `cargo xtask test` installs");
        let nginx = Self {
            address,
            child,
            log,
        };
        let deadline = Instant::now() + DEADLINE;
        while !answers(&nginx.url("/health/live")).await {
            assert!(Instant::now() < deadline, "nginx does not answer");
            tokio::time::sleep(POLL).await;
        }
        nginx
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it wrote of the requests so far.
    pub(crate) fn logged(&self) -> Vec<Value> {
        let log = fs::read_to_string(&self.log).unwrap();
        log.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers would outlive a kill.
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if asked.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn rendered(folder: &Path, address: SocketAddr, log: &Path, apis: &[Api]) -> String {
    let servers: Vec<_> = apis
        .iter()
        .map(|api| format!("server {} max_fails=2 fail_timeout=5s;", api.address))
        .collect();
    let mut text = fs::read_to_string(TEMPLATE).unwrap();
    for (name, value) in [
        ("LISTEN", address.to_string()),
        ("SERVERS", servers.join(" ")),
        ("FOLDER", folder.display().to_string()),
        ("TRUSTED", String::new()),
        ("LOG", log.display().to_string()),
    ] {
        text = text.replace(&format!("${{SOUK_EDGE_{name}}}"), &value);
    }
    text
}

/// Started by root, its workers would be nobody, who may not write here.
fn globals(folder: &Path) -> &'static str {
    use std::os::unix::fs::MetadataExt;

    match fs::metadata(folder).unwrap().uid() {
        0 => "daemon off; user root;",
        _ => "daemon off;",
    }
}
