//! Faults injected into the stack, one trial at a time.

use std::{thread, time::Duration};

use anyhow::{Context, Result, ensure};
use rand::RngExt;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{
    field::{Field, MORTAL, Who},
    load::Load,
    proxy::Weather,
    tenants,
};

/// States of a reindex in which it can be killed.
const REINDEX_STATES: [&str; 4] = ["preparing", "backfilling", "verifying", "swapping"];
/// More letters than a word of the index may have.
const TOO_LONG: usize = 40_000;
/// Edits beside a bulk load.
const EDITS: u32 = 3;
/// As many products as a batch takes; one of them is refused.
const BATCH: usize = 1_000;
/// Rounds of requests while the database is known to be away.
const ROUNDS_WITHOUT_DATABASE: usize = 50;

/// Fault of one trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trial {
    /// Processes are killed, one right after the other.
    Kill(Vec<Who>),
    /// A process stops, but is not dead.
    Pause(Who),
    /// PostgreSQL is away for longer than any response stays fresh; pages that are known must not notice.
    DatabaseAway(Away),
    /// The network to Elasticsearch is slow.
    SlowNetwork,
    /// There is no network to Elasticsearch.
    NoNetwork,
    /// The index takes no writes, as at the flood stage of a full disk.
    IndexFull,
    /// Deletes the index.
    IndexLost,
    /// Both indexers die while they rebuild an index.
    ReindexKilled(&'static str),
    /// Rejects one document in a thousand.
    RefusedDocument,
    /// A second tenant has no index.
    TenantWithoutIndex,
    /// A key is sent to another tenant than its own.
    ForeignKey,
    /// A bulk load, and single edits beside it.
    EditsBesideBulk,
}

/// Manner in which PostgreSQL is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    Killed,
    Hanging,
}

impl Trial {
    /// The trials of a round: each alone, and those pairs that are asked for.
    pub(super) fn all(every_pair: bool) -> Vec<Self> {
        let mut trials: Vec<_> = MORTAL.iter().map(|who| Self::Kill(vec![*who])).collect();
        for (place, one) in MORTAL.iter().enumerate() {
            for other in &MORTAL[place + 1..] {
                // Those who hold state, together.
                let both_hold = |who: &Who| matches!(who, Who::Postgres | Who::Elasticsearch);
                if every_pair || (both_hold(one) && both_hold(other)) {
                    trials.push(Self::Kill(vec![*one, *other]));
                }
            }
        }
        trials.extend([
            Self::Kill(vec![Who::Indexer, Who::SecondIndexer]),
            Self::Kill(vec![Who::Elasticsearch, Who::SecondIndexer]),
            Self::DatabaseAway(Away::Killed),
            Self::DatabaseAway(Away::Hanging),
            Self::Pause(Who::Elasticsearch),
            Self::Pause(Who::Indexer),
            Self::Pause(Who::Redis),
            Self::SlowNetwork,
            Self::NoNetwork,
            Self::IndexFull,
            Self::IndexLost,
            Self::RefusedDocument,
            Self::TenantWithoutIndex,
            Self::ForeignKey,
            Self::EditsBesideBulk,
        ]);
        trials.extend(REINDEX_STATES.map(Self::ReindexKilled));
        trials
    }

    /// Name of the trial, under which it is counted.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Kill(victims) => {
                let names: Vec<_> = victims.iter().map(|who| who.name()).collect();
                format!("{} killed", names.join(" and "))
            }
            Self::Pause(who) => format!("{} paused", who.name()),
            Self::DatabaseAway(Away::Killed) => "database gone for a while".to_owned(),
            Self::DatabaseAway(Away::Hanging) => "database hanging for a while".to_owned(),
            Self::SlowNetwork => "slow network".to_owned(),
            Self::NoNetwork => "no network".to_owned(),
            Self::IndexFull => "index full".to_owned(),
            Self::IndexLost => "index deleted".to_owned(),
            Self::ReindexKilled(state) => format!("reindex killed while {state}"),
            Self::RefusedDocument => "a document refused".to_owned(),
            Self::TenantWithoutIndex => "tenant without index".to_owned(),
            Self::ForeignKey => "foreign key".to_owned(),
            Self::EditsBesideBulk => "edits beside bulk".to_owned(),
        }
    }

    /// Reports whether searches may fail during the trial: only where the part that serves them is itself away.
    pub(super) fn excuses_failures(&self) -> bool {
        matches!(self, Self::Kill(victims)
            if victims.contains(&Who::Api)
                || (victims.contains(&Who::Postgres) && victims.contains(&Who::Elasticsearch)))
    }

    /// Does it, mends it, and waits until all is well and proven to be.
    pub(super) fn run(&self, field: &mut Field<'_>, load: &mut Load) -> Result<()> {
        load.begin(&self.name())?;
        self.break_and_mend(field)?;
        field.settle()?;
        load.begin("all well")?;
        field.verify()
    }

    fn break_and_mend(&self, field: &mut Field<'_>) -> Result<()> {
        match self {
            Self::Kill(victims) => {
                for who in victims {
                    // A random moment of whatever is under way.
                    thread::sleep(a_while(300));
                    field.kill(*who)?;
                }
                thread::sleep(a_while(2_000));
                field.start_stopped()
            }
            Self::Pause(who) => {
                field.signal(*who, Signal::STOP)?;
                // Longer than a lease, so that its work is taken over before it wakes.
                thread::sleep(Duration::from_secs(7));
                field.signal(*who, Signal::CONT)
            }
            Self::DatabaseAway(away) => database_away(field, *away),
            Self::SlowNetwork => under(field, Weather::Slow),
            Self::NoNetwork => under(field, Weather::Cut),
            Self::IndexFull => {
                field.set_indexes(&json!({"index.blocks.read_only_allow_delete": true}))?;
                thread::sleep(a_while(3_000));
                field.set_indexes(&json!({"index.blocks.read_only_allow_delete": null}))
            }
            Self::IndexLost => field.elasticsearch.delete(&field.served_index()?),
            Self::ReindexKilled(state) => reindex_killed(field, state),
            Self::RefusedDocument => document_refused(field),
            Self::TenantWithoutIndex => tenants::without_index(field),
            Self::ForeignKey => tenants::foreign_key(field),
            Self::EditsBesideBulk => edits_beside_bulk(field),
        }
    }
}

/// Pages that nobody changes meanwhile, requested before and during the outage.
const KNOWN: [&str; 3] = ["/api/categories", "/api/fandoms", "/api/search?q=dragon"];

fn database_away(field: &mut Field<'_>, away: Away) -> Result<()> {
    field.wait_until("pages are known", |field| {
        KNOWN
            .iter()
            .try_for_each(|page| field.shop.get(page).map(drop))?;
        Ok(true)
    })?;
    match away {
        Away::Killed => field.kill(Who::Postgres)?,
        Away::Hanging => field.signal(Who::Postgres, Signal::STOP)?,
    }
    let outcome = answers_without_database(field);
    match away {
        Away::Killed => field.start_stopped()?,
        Away::Hanging => field.signal(Who::Postgres, Signal::CONT)?,
    }
    outcome
}

/// Requests known pages until the process says that it is degraded, and for a while after that.
fn answers_without_database(field: &Field<'_>) -> Result<()> {
    let ask = |field: &Field<'_>| {
        KNOWN
            .iter()
            .try_for_each(|page| field.shop.get(page).map(drop))
    };
    field.wait_until("it is degraded", |field| {
        ask(field)?;
        Ok(field.shop.get("/health/ready")?["status"] == "degraded")
    })?;
    for _ in 0..ROUNDS_WITHOUT_DATABASE {
        ask(field)?;
        let ready = field.shop.get("/health/ready")?;
        ensure!(ready["status"] == "degraded", "it is {}", ready["status"]);
        let search = ready["dependencies"]
            .as_array()
            .and_then(|all| all.iter().find(|it| it["name"] == "search"));
        ensure!(
            search.is_some_and(|it| it["up"] == true),
            "search is said to be down"
        );
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn a_while(at_most_ms: u64) -> Duration {
    Duration::from_millis(rand::rng().random_range(0..at_most_ms))
}

fn under(field: &Field<'_>, weather: Weather) -> Result<()> {
    field.network.set(weather);
    thread::sleep(Duration::from_secs(3));
    field.network.set(Weather::Fair);
    Ok(())
}

fn reindex_killed(field: &mut Field<'_>, state: &str) -> Result<()> {
    let job = field.api.post("/api/admin/search/reindex", &json!({}))?;
    let id = job["id"].as_i64().context("a job without an id")?;
    let path = format!("/api/admin/search/jobs/{id}");
    let state_of =
        |field: &Field<'_>| -> Result<Value> { Ok(field.api.get(&path)?["state"].clone()) };
    // It may pass through a brief state unseen; then the kill comes right after.
    field.wait_until("the job runs", |field| {
        let now = state_of(field)?;
        let place = |name: &str| REINDEX_STATES.iter().position(|it| *it == name);
        let reached = now
            .as_str()
            .map(|now| place(now) >= place(state) && now != "queued");
        Ok(reached == Some(true) || now == "done")
    })?;
    field.kill(Who::Indexer)?;
    field.kill(Who::SecondIndexer)?;
    thread::sleep(a_while(1_000));
    field.start_stopped()?;
    field.wait_until("the job is done", |field| {
        let now = state_of(field)?;
        ensure!(now != "failed" && now != "cancelled", "the job is {now}");
        Ok(now == "done")
    })
}

/// Plain SQL makes of a batch what the index takes, but for one product.
fn document_refused(field: &Field<'_>) -> Result<()> {
    let products: Vec<_> = (0..BATCH).map(product).collect();
    let body = json!({"products": products});
    field.api.post("/api/admin/products/batch", &body)?;
    let all = BATCH as u64;
    field.wait_until("all are found", |field| {
        Ok(field.found("brand=Refusal")? == all)
    })?;

    let victim = "external_id = 'refusal-0'";
    field.sql(&format!(
        "UPDATE products SET brand = CASE WHEN {victim} THEN repeat('x', {TOO_LONG}) ELSE 'Refused' END \
         WHERE brand = 'Refusal'"
    ))?;
    let dead_letters = |field: &Field<'_>| -> Result<u64> {
        let ready = field.api.get("/health/ready")?;
        ready["outbox"]["dead_letters"].as_u64().context("no count")
    };
    field.wait_until(
        "all but one are found, and that is a dead letter",
        |field| Ok(field.found("brand=Refused")? == all - 1 && dead_letters(field)? == 1),
    )?;

    field.sql(&format!(
        "UPDATE products SET brand = 'Refused' WHERE {victim}"
    ))?;
    let retry = "/api/admin/search/dead-letters/retry";
    field.api.post(retry, &json!({}))?;
    field.wait_until("the last one is found too", |field| {
        Ok(field.found("brand=Refused")? == all && dead_letters(field)? == 0)
    })
}

/// An edit is found while a bulk load that was written before it still waits.
fn edits_beside_bulk(field: &Field<'_>) -> Result<()> {
    let edited = "edits-beside-bulk";
    let body = json!({"products": [{
        "external_id": edited,
        "title": "Edited",
        "brand": "Before",
        "variants": [{"sku": edited, "price": 100, "stock": 1}],
    }]});
    field.api.post("/api/admin/products/batch", &body)?;
    let mut beside = 0;
    for round in 0..EDITS {
        // More than is indexed in a moment: every product.
        field.sql("UPDATE products SET popularity = popularity + 1")?;
        let brand = format!("Beside{round}");
        field.sql(&format!(
            "UPDATE products SET brand = '{brand}' WHERE external_id = '{edited}'"
        ))?;
        field.wait_until("the edit is found", |field| {
            Ok(field.found(&format!("brand={brand}"))? == 1)
        })?;
        let ready = field.api.get("/health/ready")?;
        let waiting = ready["outbox"]["rows"].as_u64().context("no count")?;
        beside += u32::from(waiting > 0);
    }
    ensure!(beside > 0, "no edit was found before the bulk load");
    Ok(())
}

fn product(number: usize) -> Value {
    json!({
        "external_id": format!("refusal-{number}"),
        "title": format!("Trial {number}"),
        "brand": "Refusal",
        "variants": [{"sku": format!("R{number}"), "price": 100, "stock": 1}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_failure_is_excused_by_the_index() {
        for trial in Trial::all(true) {
            let name = trial.name();
            let both = name.contains("PostgreSQL") && name.contains("Elasticsearch");
            let answers = name.contains("API") || both;
            assert_eq!(trial.excuses_failures(), answers, "{name}");
        }
    }

    #[test]
    fn every_pair_is_tried_if_asked_for() {
        let pairs = |all| {
            let two = |trial: &Trial| matches!(trial, Trial::Kill(who) if who.len() == 2 && !who.contains(&Who::SecondIndexer));
            Trial::all(all).iter().filter(|trial| two(trial)).count()
        };
        assert_eq!((pairs(true), pairs(false)), (10, 1));
    }
}
