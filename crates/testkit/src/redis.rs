//! A shared Redis server under a prefix of a test's own, and servers that a test may kill.

use std::{
    env, io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::database::unique_name;

/// Variable with the URL of a Redis server.
const REDIS_URL: &str = "SOUK_TEST_REDIS_URL";
const TIMEOUT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(10);

/// The address of the server that `SOUK_TEST_REDIS_URL` names, and what the test's keys have to begin with. What a
/// test leaves there ends with its lifetime, or with the server.
///
/// # Panics
/// If the variable is unset: a test that needs Redis does not pass without it.
pub fn shared_redis() -> (String, String) {
    let url = env::var(REDIS_URL)
        .unwrap_or_else(|_| panic!("{REDIS_URL} is not set: run `cargo xtask test`"));
    (url, format!("{}:", unique_name()))
}

/// A Redis server of a test's own, on a port that stays the same when it is killed and started again. It keeps nothing.
pub struct TestRedis {
    port: u16,
    child: Option<Child>,
}

impl TestRedis {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// If it does not come up: `redis-server` has to be on the path.
    pub fn start() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut server = Self { port, child: None };
        server.restart();
        server
    }

    /// Returns the URL, in the format of `REDIS_URL`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Fails only if it has ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Kills it if it runs, starts it empty, and waits until it answers.
    ///
    /// # Panics
    /// If it does not come up.
    pub fn restart(&mut self) {
        self.kill();
        let child = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server starts");
        self.child = Some(child);
        let deadline = Instant::now() + TIMEOUT;
        while self.answers().is_err() {
            assert!(Instant::now() < deadline, "redis-server did not come up");
            thread::sleep(POLL);
        }
    }

    fn answers(&self) -> io::Result<()> {
        use io::{Read, Write};

        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.write_all(b"PING\r\n")?;
        stream.read_exact(&mut [0; "+PONG".len()])
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        self.kill();
    }
}
