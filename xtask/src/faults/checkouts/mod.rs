//! Checkouts while API processes are killed: nothing is sold twice, lost or half done.

mod buyer;
mod client;
mod database;
mod doings;
mod invariants;
mod kills;
mod market;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use rand::{SeedableRng, rngs::StdRng};

use self::{
    buyer::{Buyer, Round},
    doings::{Doings, Outcome},
    kills::Kills,
    market::{Kind, Market},
};
use crate::{
    report::{say, spoken, step},
    run_folder::RunFolder,
    workspace::Workspace,
};

/// Buyers of a round.
const BUYERS: u32 = 64;
/// Time for which processes are killed in a round.
const KILLING: Duration = Duration::from_millis(4_500);
/// Time in which every buyer must have an answer after that.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(250);

/// Kinds of marketplaces whose trial has a name that contains this.
pub(super) fn chosen(name: &str) -> Vec<Kind> {
    let kinds = [Kind::Postgres, Kind::Embedded].into_iter();
    kinds.filter(|kind| kind.name().contains(name)).collect()
}

/// Lets buyers buy in each kind of marketplace while its processes are killed, and proves what must hold after every round.
pub(super) fn run(
    workspace: &Workspace,
    kinds: &[Kind],
    rounds: u32,
    seed: Option<u64>,
) -> Result<()> {
    for kind in kinds {
        let run = RunFolder::create()?;
        let mut market = step(&format!("{}: start", kind.name()), || {
            Market::start(workspace, &run, *kind)
        })?;
        for number in 1..=rounds {
            let seed = seed.map_or_else(rand::random, |seed| {
                seed.wrapping_add(u64::from(number) - 1)
            });
            // Short enough to be typed.
            let seed = seed & u64::from(u32::MAX);
            let outcome = one_round(workspace, &mut market, number, seed);
            outcome.with_context(|| format!("{}, round {number}, seed {seed}", kind.name()))?;
        }
    }
    Ok(())
}

fn one_round(workspace: &Workspace, market: &mut Market<'_>, number: u32, seed: u64) -> Result<()> {
    let begun = Instant::now();
    market.start_stopped()?;
    let goods = market.stock(number)?;
    let closes = Instant::now() + KILLING;
    let round = Round {
        number,
        seed,
        servers: market.servers(),
        goods,
        closes,
        deadline: closes + PATIENCE,
        stop: AtomicBool::new(false),
    };
    let (kills, doings) = let_buy(workspace, market, &round)?;
    market.end_open()?;
    judge(market, &round, &doings)?;
    let placed = doings.placed();
    say(format_args!(
        "seed {seed}: {} checkouts: {:?}; {} API processes killed with {} checkouts under way, Redis away {} times, \
         {} answers lost, {} requests sent again; all holds after {}",
        doings.checkouts.len(),
        doings.outcomes(),
        kills.apis,
        kills.orphans,
        kills.redis,
        doings.lost,
        doings.undecided,
        spoken(begun.elapsed()),
    ));
    if doings.server_errors > 0 {
        say(format_args!(
            "{} server errors, such as {:#?}",
            doings.server_errors, doings.samples
        ));
    }
    ensure!(placed > 0 && kills.apis > 0, "nothing was tried");
    Ok(())
}

/// Lets buyers in while processes are killed, and waits until each has all answers.
fn let_buy(
    workspace: &Workspace,
    market: &mut Market<'_>,
    round: &Round,
) -> Result<(Kills, Doings)> {
    let interrupt = &workspace.interrupt;
    let mut random = StdRng::seed_from_u64(round.seed);
    thread::scope(|scope| {
        let buyers: Vec<_> = (0..BUYERS)
            .map(|number| scope.spawn(move || Buyer::new(round, number).shop()))
            .collect();
        let mut kill = || {
            let mut kills = kills::run(market, &mut random, interrupt, round.closes)?;
            market.start_stopped()?;
            while buyers.iter().any(|buyer| !buyer.is_finished()) {
                interrupt.check()?;
                kills.orphans += kills::bury(&market.database)?;
                thread::sleep(POLL);
            }
            Ok(kills)
        };
        let kills: Result<Kills> = kill();
        round.stop.store(kills.is_err(), Ordering::Relaxed);
        let mut doings = Doings::default();
        let mut failures = Vec::new();
        for buyer in buyers {
            match buyer
                .join()
                .map_err(|_| anyhow!("a buyer panicked"))
                .flatten()
            {
                Ok(done) => doings.extend(done),
                Err(error) => failures.push(format!("{error:#}")),
            }
        }
        let kills = kills?;
        ensure!(failures.is_empty(), "buyers failed: {failures:#?}");
        Ok((kills, doings))
    })
}

/// Insists on what must hold of the database, and on what buyers were told.
fn judge(market: &Market<'_>, round: &Round, doings: &Doings) -> Result<()> {
    let mut faults = Vec::new();
    for invariant in invariants::all() {
        let broken = market.database.rows(&invariant.broken);
        let broken = broken.with_context(|| invariant.rule)?;
        if !broken.is_empty() {
            faults.push(format!("{}: {}", invariant.rule, broken.join("; ")));
        }
    }
    let prefix = format!("checkout-{}-{}-", round.seed, round.number);
    let rows = market.database.rows(&format!(
        "SELECT k.key, k.group_id, CASE WHEN g.placed_at IS NOT NULL THEN 'placed' ELSE 'ended' END
         FROM idempotency_keys k JOIN order_groups g ON g.id = k.group_id WHERE k.key LIKE '{prefix}%'"
    ))?;
    let kept = rows.iter().map(|row| {
        let mut columns = row.split('|');
        let key = columns.next().context("no key")?.to_owned();
        let id: i64 = columns.next().context("no purchase")?.parse()?;
        let is_placed = columns.next() == Some("placed");
        Ok((key, Kept { id, is_placed }))
    });
    let kept: BTreeMap<String, Kept> = kept.collect::<Result<_>>()?;
    faults.extend(differences(&kept, doings));
    ensure!(faults.is_empty(), "broken: {faults:#?}");
    market.verify_ledger()
}

/// Purchase in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    id: i64,
    is_placed: bool,
}

/// Compares purchases in the database, by their idempotency keys, with what buyers were told.
fn differences(kept: &BTreeMap<String, Kept>, doings: &Doings) -> Vec<String> {
    let mut faults = Vec::new();
    for checkout in &doings.checkouts {
        let told = match &checkout.outcome {
            Outcome::Placed(id) => Some((*id, true)),
            Outcome::Left(id) | Outcome::Ended(id) => Some((*id, false)),
            Outcome::Refused(_) => None,
        };
        let told = told.map(|(id, is_placed)| Kept { id, is_placed });
        let kept = kept.get(&checkout.key).copied();
        // A purchase whose first request died may have ended before it was asked for again.
        let has_ended = checkout.outcome == Outcome::Refused("checkout_ended".to_owned())
            && kept.is_some_and(|kept| !kept.is_placed);
        if told != kept && !has_ended {
            faults.push(format!("{checkout:?} was told, {kept:?} is kept"));
        }
    }
    let told: BTreeSet<_> = doings.checkouts.iter().map(|it| it.key.as_str()).collect();
    let untold = kept.iter().filter(|(key, _)| !told.contains(key.as_str()));
    faults
        .extend(untold.map(|(key, kept)| format!("{key}: {kept:?} is kept, and nobody was told")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::checkouts::doings::Checkout;

    fn kept(key: &str, id: i64, is_placed: bool) -> (String, Kept) {
        (key.to_owned(), Kept { id, is_placed })
    }

    fn doings(checkouts: &[(&str, Outcome)]) -> Doings {
        let checkouts = checkouts.iter().map(|(key, outcome)| Checkout {
            key: (*key).to_owned(),
            outcome: outcome.clone(),
        });
        Doings {
            checkouts: checkouts.collect(),
            ..Doings::default()
        }
    }

    #[test]
    fn purchases_that_differ_from_what_was_told_are_faults() {
        let kept: BTreeMap<_, _> = [
            kept("placed", 1, true),
            kept("left", 2, false),
            kept("resumed", 3, false),
        ]
        .into();
        let ended = Outcome::Refused("checkout_ended".to_owned());
        let short = Outcome::Refused("out_of_stock".to_owned());
        let told = [
            ("placed", Outcome::Placed(1)),
            ("left", Outcome::Left(2)),
            ("resumed", ended),
            ("none", short.clone()),
        ];
        assert_eq!(differences(&kept, &doings(&told)), Vec::<String>::new());
        assert_eq!(
            differences(&kept, &doings(&told[1..])).len(),
            1,
            "nobody was told"
        );
        let cases = [
            ("placed", Outcome::Placed(2)),
            ("placed", Outcome::Left(1)),
            ("placed", short),
            ("lost", Outcome::Placed(4)),
        ];
        for (key, outcome) in cases {
            let mut told = doings(&told);
            told.checkouts.retain(|checkout| checkout.key != key);
            told.extend(doings(&[(key, outcome)]));
            assert_eq!(differences(&kept, &told).len(), 1, "{key}");
        }
    }
}
