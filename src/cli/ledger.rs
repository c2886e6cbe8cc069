//! `souk ledger`: verifies and prints the books.

use anyhow::bail;
use clap::Subcommand;
use souk_store::Store;

use super::{catalogue::Whose, output};
use crate::{config::Config, opening};

/// Actions on the ledger.
#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Find out whether each journal of each marketplace sums to zero; exit with 1 if one does not
    Verify,
    /// Print the trial balance of a marketplace as CSV
    Balances {
        #[command(flatten)]
        whose: Whose,
    },
}

/// Runs an action.
pub(super) async fn run(command: LedgerCommand, config: &Config) -> anyhow::Result<()> {
    let store = opening::store(config).await?;
    match command {
        LedgerCommand::Verify => verify(&store).await,
        LedgerCommand::Balances { whose } => {
            let tenant = whose.find(&store).await?;
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record(["account", "currency", "balance", "entries"])?;
            for balance in store.scope(tenant.id).ledger().balances().await? {
                csv.serialize((
                    balance.account,
                    balance.currency,
                    balance.balance,
                    balance.entries,
                ))?;
            }
            let lines = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
            output::print(&String::from_utf8_lossy(&lines))
        }
    }
}

async fn verify(store: &Store) -> anyhow::Result<()> {
    let mut is_balanced = true;
    for tenant in store.tenants().list().await? {
        let ledger = store.scope(tenant.id).ledger();
        let entries: i64 = ledger.balances().await?.iter().map(|it| it.entries).sum();
        let faults = ledger.unbalanced().await?;
        is_balanced &= faults.is_empty();
        let found = match faults.first() {
            None => "balanced".to_owned(),
            Some(fault) => format!("BROKEN: journal {} sums to {}", fault.id, fault.sum),
        };
        output::line(&format!("{}: {entries} entries, {found}", tenant.slug))?;
    }
    match is_balanced {
        true => Ok(()),
        false => bail!("a journal of the ledger does not sum to zero"),
    }
}
