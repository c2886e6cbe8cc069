//! `souk-indexer verify`: compares the index with the database.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use souk_indexer::verify::{self, Drift, Subject};

use super::{
    FOUND, line,
    place::{Place, Which},
};

pub(super) const EXAMPLES: &str = "\
What differs is looked at again when none of its changes is on its way any more. Exits with 3 if database and index
differ, also after --repair, which has what differs indexed again and deletes documents that Souk did not write.

Examples:
  souk-indexer verify
  souk-indexer verify --sample 10000 --json
  souk-indexer verify --tenant fanshop --repair";

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    which: Which,
    /// Have what differs indexed again, and foreign documents deleted
    #[arg(long)]
    repair: bool,
    /// Compare only so many products that follow a random one
    #[arg(long, value_name = "PRODUCTS", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// Longest wait, in seconds, for changes that are on their way
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    patience: u64,
    /// Print JSON, a line a marketplace
    #[arg(long)]
    json: bool,
}

impl VerifyArgs {
    pub(super) async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let (store, index) = (place.store().await?, place.index()?);
        let mut differs = false;
        for tenant in self.which.tenants(&store).await? {
            let subject = Subject::served(&store, index.as_ref(), tenant.id);
            let found = match self.sample {
                Some(products) => verify::sample(subject, products as usize).await?,
                None => verify::verify(subject).await?,
            };
            let patience = Duration::from_secs(self.patience);
            let drift = verify::settle(subject, found, patience).await?;
            differs |= !drift.is_none();
            let repaired = match self.repair {
                true => verify::repair(subject, &drift).await?,
                false => 0,
            };
            if self.json {
                let report = json!({"tenant": tenant.slug, "drift": drift, "repaired": repaired});
                line(&report.to_string())?;
            } else {
                line(&told(&tenant.slug, &drift, repaired))?;
            }
        }
        Ok(if differs {
            ExitCode::from(FOUND)
        } else {
            ExitCode::SUCCESS
        })
    }
}

fn told(tenant: &str, drift: &Drift, repaired: u64) -> String {
    let mut text = format!("{tenant}: {} products compared", drift.compared);
    if drift.is_none() {
        text.push_str(", database and index agree");
    }
    for (products, how) in [
        (&drift.missing, "missing from the index"),
        (&drift.outdated, "outdated"),
        (&drift.surplus, "in the index though not for sale"),
    ] {
        if let Some(first) = products.first() {
            text.push_str(&format!(", {} {how} (such as {first})", products.len()));
        }
    }
    if let Some(first) = drift.foreign.first() {
        let count = drift.foreign.len();
        text.push_str(&format!(
            ", {count} of others (such as foreign document {first})"
        ));
    }
    if drift.waiting > 0 {
        text.push_str(&format!(", {} still on their way", drift.waiting));
    }
    if repaired > 0 {
        text.push_str(&format!("; {repaired} will be indexed again"));
    }
    text
}
