//! URLs of the stack that is measured.

use std::path::PathBuf;

/// The addresses of a running stack.
#[derive(clap::Args)]
pub(crate) struct Place {
    /// The executable that generates products.
    #[arg(long)]
    pub(crate) souk: PathBuf,
    /// Address of the API, such as http://127.0.0.1:3000.
    #[arg(long)]
    pub(crate) api: String,
    /// The database.
    #[arg(long)]
    pub(crate) database: String,
    /// Elasticsearch.
    #[arg(long)]
    pub(crate) elasticsearch: String,
}
