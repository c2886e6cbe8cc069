//! The `souk` binary: the API service and its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    souk::cli::main()
}
