//! `souk audit`: verifies and exports the audit log.

use anyhow::bail;
use clap::Subcommand;
use souk_store::{
    Store,
    audit::{AuditFilter, INSTALLATION},
};

use super::{catalogue::Whose, output, recording::recorded};
use crate::{
    api::admin::audit::response::{AuditEntryView, COLUMNS},
    config::Config,
    opening,
};

/// Entries that are read at a time.
const PAGE: u32 = 1_000;

/// Actions on the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Find out whether an entry was changed, taken out or swapped; exit with 1 if one was
    Verify,
    /// Print the log of a marketplace as CSV, newest entries first
    Export {
        #[command(flatten)]
        whose: Whose,
        /// Print what concerns the installation and no marketplace
        #[arg(long, conflicts_with = "tenant")]
        installation: bool,
    },
}

/// Runs an action.
pub(super) async fn run(command: AuditCommand, config: &Config) -> anyhow::Result<()> {
    let store = opening::store(config).await?;
    match command {
        AuditCommand::Verify => verify(&store).await,
        AuditCommand::Export {
            whose,
            installation,
        } => {
            let chain = match installation {
                true => INSTALLATION,
                false => whose.find(&store).await?.id,
            };
            let export = export(&store, chain);
            recorded(&store, chain, "souk audit export", export).await
        }
    }
}

async fn verify(store: &Store) -> anyhow::Result<()> {
    let mut is_whole = true;
    for verified in store.audit().verify().await? {
        let (number, hash) = &verified.head;
        let chain = match verified.chain {
            INSTALLATION => "installation".to_owned(),
            tenant => format!("tenant {tenant}"),
        };
        let found = match &verified.fault {
            None => format!("whole, ends with entry {number} {hash}"),
            Some(fault) => format!("BROKEN: {fault}"),
        };
        is_whole &= verified.fault.is_none();
        output::line(&format!("{chain}: {} entries, {found}", verified.entries))?;
    }
    match is_whole {
        true => Ok(()),
        false => bail!("the audit log is not as it was written"),
    }
}

async fn export(store: &Store, chain: souk_domain::TenantId) -> anyhow::Result<()> {
    let mut filter = AuditFilter::default();
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    loop {
        let page = store.audit().page(chain, &filter, PAGE).await?;
        filter.before = page.last().map(|entry| entry.number);
        for entry in page {
            csv.write_record(AuditEntryView::from(entry).columns())?;
        }
        let lines = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
        output::print(&String::from_utf8_lossy(&lines))?;
        if filter.before.is_none() {
            return Ok(());
        }
        csv = csv::Writer::from_writer(Vec::new());
    }
}
