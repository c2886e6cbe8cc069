//! A server that always answers the same: what the server that Souk is built on can do at best.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
};

use anyhow::{Context, Result};
use poem::{EndpointExt, Response, Route, Server, endpoint::make_sync, listener::TcpAcceptor};

/// Answer every request with the same bytes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// File of the bytes.
    #[arg(long)]
    body: PathBuf,
}

/// Serves until it is killed, with as many threads as Souk has.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let body = hyper::body::Bytes::from(std::fs::read(&arguments.body)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        writeln!(io::stdout(), "{}", listener.local_addr()?)?;
        let answer = make_sync(move |_| {
            Response::builder()
                .content_type("application/json")
                .body(body.clone())
        });
        let route = Route::new().at("/constant", answer.boxed());
        let acceptor = TcpAcceptor::from_tokio(listener)?;
        Server::new_with_acceptor(acceptor).run(route).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Such a server in a process of its own, killed with this value.
pub(super) struct Constant {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Constant {
    pub(super) fn start(body: &[u8], folder: &Path) -> Result<Self> {
        let file = folder.join("constant");
        std::fs::create_dir_all(folder)?;
        std::fs::write(&file, body)?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["constant", "--body"])
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        let stdout = child.stdout.take().context("no output")?;
        BufReader::new(stdout).read_line(&mut said)?;
        Ok(Self {
            child,
            address: said.trim().parse().context("it does not say where it is")?,
        })
    }
}

impl Drop for Constant {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
