//! A PostgreSQL cluster.

use std::{
    fs::{self, File},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use rustix::process::{Signal, geteuid};

use super::{
    Part,
    probe::Probe,
    settings::{DATABASE_USER, Purpose},
};
use crate::process::{POLL, output, output_of};

/// Longest time that processes of a cluster may outlive the postmaster.
const LAST_BREATH: Duration = Duration::from_secs(10);

/// A cluster in a folder.
pub(crate) struct Postgres {
    /// The folder of the server's programs.
    pub(crate) bin: PathBuf,
    /// Data folder.
    pub(crate) folder: PathBuf,
    /// Port, on loopback only.
    pub(crate) port: u16,
    /// Purpose, which decides the settings.
    pub(crate) purpose: Purpose,
}

impl Part for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn url(&self) -> String {
        let database = self.purpose.database();
        format!(
            "postgres://{DATABASE_USER}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the cluster under another name first: one that was begun and not finished is begun again.
    fn prepare(&self) -> Result<()> {
        if self.data().exists() {
            return forget_killed(&self.data());
        }
        let user = unprivileged_user()?;
        if let Some(user) = &user {
            chown(&self.folder, Some(user.uid), Some(user.gid))?;
        }
        let begun = self.folder.join("data.new");
        if begun.exists() {
            fs::remove_dir_all(&begun)?;
        }
        output(&mut self.initdb(&begun, user.as_ref()))?;
        self.create_database(&begun, user.as_ref())?;
        fs::rename(begun, self.data())?;
        Ok(())
    }

    fn command(&self) -> Command {
        // Preparing has found out whether there is such a user.
        let user = unprivileged_user().unwrap_or_default();
        let mut postgres = self.program("postgres", user.as_ref());
        postgres.arg("-D").arg(self.data());
        postgres.args(["-p", &self.port.to_string()]);
        // No socket in the file system, whose paths must be short.
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories="] {
            postgres.args(["-c", setting]);
        }
        for (name, value) in self.purpose.postgres() {
            postgres.args(["-c", &format!("{name}={value}")]);
        }
        postgres
    }

    fn probe(&self) -> Probe {
        Probe::Cluster(self.data())
    }

    /// `TERM` would wait until all clients are gone. `INT` ends their sessions; `QUIT` stops at once and leaves the
    /// files as they are.
    fn farewell(&self) -> Signal {
        match self.purpose {
            Purpose::Use => Signal::INT,
            Purpose::Tests => Signal::QUIT,
        }
    }
}

impl Postgres {
    /// The data folder of a cluster in this folder.
    pub(crate) fn data_folder(folder: &Path) -> PathBuf {
        folder.join("data")
    }

    fn data(&self) -> PathBuf {
        Self::data_folder(&self.folder)
    }

    fn initdb(&self, data: &Path, user: Option<&User>) -> Command {
        let mut initdb = self.program("initdb", user);
        // Only this machine reaches the port.
        initdb.args([
            &format!("--username={DATABASE_USER}"),
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]);
        if self.purpose == Purpose::Tests {
            initdb.arg("--no-sync");
        }
        initdb.arg("--pgdata").arg(data);
        initdb
    }

    /// Before the first start, when the server can be talked to over its standard input.
    fn create_database(&self, data: &Path, user: Option<&User>) -> Result<()> {
        let database = self.purpose.database();
        if database == "postgres" {
            return Ok(());
        }
        let mut postgres = self.program("postgres", user);
        postgres.arg("--single").arg("-D").arg(data).arg("postgres");
        let script = self.folder.join("database.sql");
        fs::write(&script, format!("CREATE DATABASE {database};\n"))?;
        output_of(&mut postgres, File::open(&script)?)?;
        fs::remove_file(script)?;
        Ok(())
    }

    fn program(&self, name: &str, user: Option<&User>) -> Command {
        let mut command = Command::new(self.bin.join(name));
        // Our own folder may be closed to that user.
        command.current_dir(&self.folder).env("LC_ALL", "C.UTF-8");
        if let Some(user) = user {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }
}

/// A cluster that was killed leaves a file that says it was ready. Where nobody buries the dead, its process id is still
/// taken, and the next server would not start. The file goes once all processes of the cluster are gone, and not before:
/// it is what keeps two servers out of one folder.
fn forget_killed(data: &Path) -> Result<()> {
    let state = data.join("postmaster.pid");
    let deadline = Instant::now() + LAST_BREATH;
    while state.exists() && is_used(data) && Instant::now() < deadline {
        thread::sleep(POLL);
    }
    if state.exists() && !is_used(data) {
        fs::remove_file(state)?;
    }
    Ok(())
}

/// Reports whether any process has the folder as its working directory, as all processes of a cluster do.
fn is_used(data: &Path) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut folders =
        processes.filter_map(|process| fs::read_link(process.path().join("cwd")).ok());
    folders.any(|folder| folder == data)
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
    let passwd = fs::read_to_string("/etc/passwd").context("cannot read the list of users")?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(purpose: Purpose) -> Postgres {
        Postgres {
            bin: PathBuf::from("/bin"),
            folder: PathBuf::from("/folder"),
            port: 5,
            purpose,
        }
    }

    #[test]
    fn users_are_found_by_their_whole_name() {
        let passwd = "postgres2:x:1:2::/:/bin/sh\npostgres:x:105:113:,,,:/var/lib:/bin/bash\n";
        let user = find_user(passwd, "postgres").unwrap();
        assert_eq!((user.uid, user.gid), (105, 113));
        assert!(find_user(passwd, "post").is_none());
    }

    #[test]
    fn folder_of_killed_cluster_is_removed_after_its_processes_end() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().canonicalize().unwrap();
        let state = data.join("postmaster.pid");
        fs::write(&state, "1").unwrap();
        let mut child = Command::new("sleep")
            .arg("600")
            .current_dir(&data)
            .spawn()
            .unwrap();
        assert!(is_used(&data));
        // Dead, and a zombie as long as nobody waits for it.
        child.kill().unwrap();
        forget_killed(&data).unwrap();
        assert!(!state.exists());
        child.wait().unwrap();
    }

    #[test]
    fn only_tests_forgo_what_keeps_data_safe() {
        let arguments = |purpose| format!("{:?}", cluster(purpose).command());
        assert!(arguments(Purpose::Tests).contains("fsync=off"));
        assert!(!arguments(Purpose::Use).contains("fsync"));
        assert!(arguments(Purpose::Use).contains("shared_buffers=1GB"));
        for purpose in [Purpose::Tests, Purpose::Use] {
            assert!(arguments(purpose).contains("listen_addresses=127.0.0.1"));
            assert!(!arguments(purpose).contains("synchronous_commit"));
        }
    }

    #[test]
    fn each_purpose_has_its_database() {
        assert_eq!(
            cluster(Purpose::Use).url(),
            "postgres://souk@127.0.0.1:5/souk"
        );
        assert!(cluster(Purpose::Tests).url().ends_with("/postgres"));
    }
}
