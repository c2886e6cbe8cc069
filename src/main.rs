//! The `souk` binary: the API service and its command line.

use std::process::ExitCode;

use rustix::fs::Mode;

/// The system's own makes threads wait for each other where one frees what another has made, as every request does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Files hold keys, catalogues and what people search for: only their owner may read what is made here.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    souk::cli::main()
}
