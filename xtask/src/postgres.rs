//! A PostgreSQL cluster of one's own: on a free port, in the run's folder, gone with it.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use rustix::process::{Signal, geteuid};

use crate::{
    interrupt::Interrupt,
    process::{Group, log_to, output},
    run_folder::RunFolder,
};

/// Tests are about what is in the database, not about what a power cut leaves of it. Every test has pools of its own,
/// hence the many connections.
const SETTINGS: [&str; 6] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=500",
    "listen_addresses=127.0.0.1",
    "max_wal_size=2GB",
];
const START_PATIENCE: Duration = Duration::from_secs(60);

/// A running cluster; dropping it stops it.
pub(crate) struct Cluster {
    _server: Group,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster with the programs in `bin`.
    pub(crate) fn start(bin: &Path, run: &RunFolder, interrupt: &Interrupt) -> Result<Self> {
        let folder = run.path("postgres");
        let data = folder.join("data");
        fs::create_dir(&folder)?;
        let user = unprivileged_user()?;
        if let Some(user) = &user {
            chown(&folder, Some(user.uid), Some(user.gid))?;
        }

        let mut initdb = server_command(&bin.join("initdb"), &folder, user.as_ref());
        // Only this machine reaches the port, and there is nothing behind it but test data.
        initdb.args([
            "--username=souk",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]);
        initdb
            .args(["--no-sync", "--no-instructions", "--pgdata"])
            .arg(&data);
        output(run.mark(&mut initdb))?;

        let port = free_port()?;
        let log = run.path("postgres.log");
        let mut postgres = server_command(&bin.join("postgres"), &folder, user.as_ref());
        postgres
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .arg("-p")
            .arg(port.to_string());
        for setting in SETTINGS {
            postgres.args(["-c", setting]);
        }
        let command = log_to(run.mark(&mut postgres), File::create(&log)?)?;
        // QUIT makes it stop at once and leave its files as they are.
        let mut server = Group::start(command, Signal::QUIT)?;
        server
            .wait_until(interrupt, START_PATIENCE, || is_ready(&data))
            .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self {
            _server: server,
            port,
        })
    }

    /// Where a superuser connects.
    pub(crate) fn url(&self) -> String {
        format!("postgres://souk@127.0.0.1:{}/postgres", self.port)
    }
}

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// The server keeps its state in the eighth line of this file, as `pg_ctl` knows too.
fn is_ready(data: &Path) -> bool {
    let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    state
        .lines()
        .nth(7)
        .is_some_and(|line| line.trim() == "ready")
}

struct User {
    uid: u32,
    gid: u32,
}

/// PostgreSQL refuses to run as root: then it runs as its own user, or as nobody.
fn unprivileged_user() -> Result<Option<User>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd")?;
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| find_user(&passwd, name))
        .map(Some)
        .ok_or_else(|| anyhow!("PostgreSQL refuses to run as root, and there is no other user"))
}

fn find_user(passwd: &str, name: &str) -> Option<User> {
    let entry: Vec<&str> = passwd
        .lines()
        .map(|line| line.split(':').collect())
        .find(|entry: &Vec<&str>| entry.first() == Some(&name))?;
    Some(User {
        uid: entry.get(2)?.parse().ok()?,
        gid: entry.get(3)?.parse().ok()?,
    })
}

fn server_command(program: &Path, folder: &PathBuf, user: Option<&User>) -> Command {
    let mut command = Command::new(program);
    // Our own folder may be closed to that user.
    command.current_dir(folder).env("LC_ALL", "C.UTF-8");
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let passwd = "postgres2:x:1:2::/:/bin/sh\npostgres:x:105:113:,,,:/var/lib:/bin/bash\n";
        let user = find_user(passwd, "postgres").unwrap();
        assert_eq!((user.uid, user.gid), (105, 113));
        assert!(find_user(passwd, "post").is_none());
    }

    #[test]
    fn a_cluster_is_ready_when_it_says_so() {
        let data = tempfile::tempdir().unwrap();
        assert!(!is_ready(data.path()));
        let mut lines = vec!["1"; 7];
        for (state, ready) in [("starting", false), ("ready   ", true)] {
            lines.truncate(7);
            lines.push(state);
            fs::write(data.path().join("postmaster.pid"), lines.join("\n")).unwrap();
            assert_eq!(is_ready(data.path()), ready);
        }
    }
}
