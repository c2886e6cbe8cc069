//! `souk-indexer dead-letters`: lists, retries and drops rejected changes.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;
use souk_store::{DeadLetter, DeadLetterId, DeadLetters, Store, Tenant};

use super::{
    line,
    place::{Place, Which},
};

/// Dead letters are read a page at a time.
const PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum DeadLettersCommand {
    /// List them
    List(ListArgs),
    /// Try them again
    Retry(ChosenArgs),
    /// Forget them: what they tell of stays as it is in the index
    Drop(ChosenArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    which: Which,
    /// Print JSON, a line each
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ChosenArgs {
    #[command(flatten)]
    which: Which,
    /// Ids, as `list` shows them
    #[arg(required_unless_present = "all")]
    ids: Vec<i64>,
    /// All of them
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

impl DeadLettersCommand {
    pub(super) async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let store = place.store().await?;
        match self {
            Self::List(args) => list(&store, &args).await?,
            Self::Retry(args) => args.each(&store, "tried again", Verb::Retry).await?,
            Self::Drop(args) => args.each(&store, "forgotten", Verb::Drop).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(store: &Store, args: &ListArgs) -> anyhow::Result<()> {
    for tenant in args.which.tenants(store).await? {
        let letters = store.scope(tenant.id).dead_letters();
        let mut after = None;
        loop {
            let page = letters.list(after, PAGE).await?;
            for letter in &page {
                line(&told(&tenant, letter, args.json))?;
            }
            match page.last() {
                Some(last) => after = Some(DeadLetterId(last.id)),
                None => break,
            }
        }
    }
    Ok(())
}

fn told(tenant: &Tenant, letter: &DeadLetter, as_json: bool) -> String {
    if as_json {
        return json!({"tenant": tenant.slug, "dead_letter": letter}).to_string();
    }
    format!(
        "{}  {}  {} {}  {} attempts: {}",
        letter.id, tenant.slug, letter.entity, letter.entity_id, letter.attempts, letter.last_error
    )
}

#[derive(Clone, Copy)]
enum Verb {
    Retry,
    Drop,
}

impl Verb {
    async fn apply(self, letters: &DeadLetters, ids: &[DeadLetterId]) -> anyhow::Result<u64> {
        Ok(match self {
            Self::Retry => letters.retry(ids).await?,
            Self::Drop => letters.drop(ids).await?,
        })
    }
}

impl ChosenArgs {
    async fn each(&self, store: &Store, done: &str, verb: Verb) -> anyhow::Result<()> {
        let mut count = 0;
        for tenant in self.which.tenants(store).await? {
            let letters = store.scope(tenant.id).dead_letters();
            if !self.all {
                let ids: Vec<_> = self.ids.iter().copied().map(DeadLetterId).collect();
                count += verb.apply(&letters, &ids).await?;
                continue;
            }
            loop {
                let page = letters.list(None, PAGE).await?;
                let ids: Vec<_> = page.iter().map(|letter| DeadLetterId(letter.id)).collect();
                if ids.is_empty() {
                    break;
                }
                count += verb.apply(&letters, &ids).await?;
            }
        }
        if count == 0 && !self.all {
            bail!("there are no such dead letters; `souk-indexer dead-letters list` shows them");
        }
        line(&format!("{count} dead letters {done}"))
    }
}
