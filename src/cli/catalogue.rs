//! `souk generate`, `souk import`, `souk export`: the catalogue's ways in and out.

use std::{
    fmt,
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use souk_catalogue_io::{
    export::{self, ExportArgs},
    generate::{self, DemoShop, GenerateArgs, query_log},
    import::{self, ImportArgs, ImportError},
};
use souk_store::{Store, Tenant};

use super::{output, recording::recorded};
use crate::{config::Config, opening};

/// Tenant of the catalogue.
#[derive(Debug, Args)]
pub(super) struct Whose {
    /// The marketplace, by its name in `souk tenant list`; needed only where there are several
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(flatten)]
    args: GenerateArgs,
    /// Generate nothing, but write to this file what shoppers would ask of the marketplace: a session a line, as JSON
    #[arg(long, value_name = "FILE")]
    query_log: Option<PathBuf>,
    /// Number of sessions in that file
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20_000,
        requires = "query_log"
    )]
    sessions: usize,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    args: ImportArgs,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    args: ExportArgs,
    #[command(flatten)]
    whose: Whose,
}

/// An import that reached its end, but left out rows with faults.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RowsSkipped {
    rows: u64,
    /// Place that names each, in words.
    list: String,
}

impl RowsSkipped {
    /// Rows of a list that was printed.
    pub(super) fn printed(rows: u64) -> Self {
        let list = "they are named above".to_owned();
        Self { rows, list }
    }

    /// Rows of a list in a file; of the first ones without a file.
    fn listed(rows: u64, file: Option<&Path>) -> Self {
        let list = match file {
            Some(file) => format!("{} lists them", file.display()),
            None => "the first are named above, --errors FILE lists them all".to_owned(),
        };
        Self { rows, list }
    }
}

impl fmt::Display for RowsSkipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = if self.rows == 1 {
            "row was"
        } else {
            "rows were"
        };
        write!(f, "{} {rows} skipped; {}", self.rows, self.list)
    }
}

impl std::error::Error for RowsSkipped {}

/// An import that reached its end, and brought nothing in.
#[derive(Debug, thiserror::Error)]
#[error("nothing was imported")]
pub(super) struct NothingImported;

/// Reports whether an import ended since it was not sure what its file means.
pub(super) fn is_doubt(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(ImportError::Unsure(_) | ImportError::Declined)
    )
}

impl Generate {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        if let Some(file) = &self.query_log {
            return self.write_query_log(file);
        }
        let store = opening::store_for_batches(config).await?;
        let tenant = self.whose.find(&store).await?;
        let summary = generate::run(&self.args, &store, &tenant).await?;
        output::complain(&summary.to_string());
        Ok(())
    }

    fn write_query_log(&self, path: &Path) -> anyhow::Result<()> {
        let shop = DemoShop::new(self.args.seed, self.args.products);
        let write = |file: File| {
            let target = BufWriter::new(file);
            query_log::write(&shop, self.args.seed, self.sessions, target)
        };
        File::create(path)
            .and_then(write)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        output::complain(&format!("{} sessions written", self.sessions));
        Ok(())
    }
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let store = opening::store_for_batches(config).await?;
        let tenant = self.whose.find(&store).await?;
        let importing = import::run(&self.args, &store, &tenant);
        let summary = recorded(&store, tenant.id, "souk import", importing).await?;
        output::complain(&summary.to_string());
        if summary.created + summary.updated + summary.unchanged == 0 && !summary.dry_run {
            return Err(NothingImported.into());
        }
        if summary.skipped == 0 {
            return Ok(());
        }
        let list = self.args.errors.as_deref();
        Err(RowsSkipped::listed(summary.skipped, list).into())
    }
}

impl Export {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let store = opening::store(config).await?;
        let tenant = self.whose.find(&store).await?;
        let args = ExportArgs {
            image_base: Some(config.cdn.url.clone()),
            ..self.args
        };
        let exporting = export::run(&args, &store, &tenant);
        let summary = recorded(&store, tenant.id, "souk export", exporting).await?;
        // Standard output may be where the products went.
        output::complain(&summary.to_string());
        Ok(())
    }
}

impl Whose {
    /// The marketplace named, else the only one; a new installation gets its first here.
    pub(super) async fn find(&self, store: &Store) -> anyhow::Result<Tenant> {
        opening::add_first_marketplace(store).await?;
        if let Some(slug) = &self.tenant {
            let tenant = store.tenants().by_slug(slug).await?;
            return tenant.with_context(|| {
                format!("there is no marketplace {slug}; `souk tenant list` shows what there is")
            });
        }
        let mut tenants = store.tenants().list().await?;
        match (tenants.pop(), tenants.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => bail!(
                "there are several marketplaces; say which with --tenant SLUG (`souk tenant list`)"
            ),
        }
    }
}
