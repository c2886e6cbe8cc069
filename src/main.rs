//! The `souk` binary: the API service and its command line.

use std::process::ExitCode;

/// The system's own makes threads wait for each other where one frees what another has made, as every request does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    souk::cli::main()
}
