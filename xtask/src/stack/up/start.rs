//! Starts the parts of a stack in the order of their dependencies.

use std::{path::PathBuf, thread, time::Instant};

use anyhow::{Result, bail};

use super::{
    super::{name::Name, place::Place, record::Record},
    ports::Ports,
};
use crate::{
    interrupt::Interrupt,
    parts::{
        Part, await_ready,
        elasticsearch::Elasticsearch,
        launch,
        nginx::{Nginx, TEMPLATE},
        postgres::Postgres,
        prometheus::{self, Prometheus},
        redis::Redis,
        services::Programs,
        settings::{Addresses, Purpose, api_environment, indexer_environment},
        souk::{Api, Indexer, chosen_admin_key, data_folder},
    },
    process::{Group, POLL},
    report::{say, step},
    run_folder::{kill_marked, mark},
    workspace::Workspace,
};

/// Groups of parts that start together; each group needs the ones before it.
const LINES: [&[Name]; 4] = [
    &[Name::Postgres, Name::Redis, Name::Elasticsearch],
    // It makes the database's schema.
    &[Name::Api],
    &[Name::Indexer, Name::Api2, Name::Api3],
    &[Name::Edge, Name::Prometheus],
];

/// Parts that this command has started.
pub(super) type Started = Vec<(Name, Group)>;

/// Starts parts, and leaves alone those that run.
pub(super) struct Starter<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) place: &'a Place,
    /// Parts of the stack.
    pub(super) names: &'a [Name],
    pub(super) ports: &'a Ports,
    pub(super) programs: Programs,
    /// The program of the front tier, if the stack has one.
    pub(super) nginx: Option<PathBuf>,
    /// The program of what watches, if the stack has it.
    pub(super) prometheus: Option<PathBuf>,
    /// Cargo profile of the build of Souk.
    pub(super) profile: &'static str,
}

impl Starter<'_> {
    /// Starts what does not run and waits until everything is ready.
    pub(super) fn start_all(&self, started: &mut Started) -> Result<()> {
        for line in LINES {
            let here = line.iter().filter(|name| self.names.contains(name));
            let parts: Vec<_> = here.map(|name| (*name, self.part(*name))).collect();
            for (name, part) in &parts {
                self.workspace.interrupt.check()?;
                if self.place.running(*name).is_none() {
                    started.push((*name, self.launch(*name, &**part)?));
                }
            }
            for (name, part) in &parts {
                self.await_one(*name, &**part, started)?;
            }
        }
        if self.names.contains(&Name::Prometheus) {
            // It may run since before whom it watches was started again, elsewhere.
            self.prometheus().aim()?;
        }
        Ok(())
    }

    fn launch(&self, name: Name, part: &dyn Part) -> Result<Group> {
        if self.place.record(name).is_some() {
            say(format_args!(
                "{name} had ended by itself; `cargo xtask stack logs {name} --previous` shows its log"
            ));
        }
        // A command that was killed between starting a process and writing it down has left one that nobody knows.
        kill_marked(part.folder());
        let group = launch(part, |command| {
            mark(command, part.folder());
        })?;
        let record = Record::of(
            part,
            self.ports.of(name),
            self.ports.metrics_of(name),
            &group,
        )?;
        self.place.remember(name, &record)?;
        Ok(group)
    }

    fn await_one(&self, name: Name, part: &dyn Part, started: &mut Started) -> Result<()> {
        let interrupt = &self.workspace.interrupt;
        let Some(index) = started.iter().position(|(other, _)| *other == name) else {
            return await_running(part, self.place.record(name), interrupt);
        };
        let outcome = step(&format!("start {name}"), || {
            await_ready(part, &mut started[index].1, interrupt)
        });
        if outcome.is_err() && interrupt.check().is_ok() {
            drop(started.remove(index));
        }
        outcome
    }

    fn part(&self, name: Name) -> Box<dyn Part> {
        let folder = self.place.part(name);
        let port = self.ports.of(name).unwrap_or_default();
        let purpose = Purpose::Use;
        let data = data_folder(&folder).display().to_string();
        match name {
            Name::Postgres => Box::new(Postgres {
                bin: self.programs.postgres.clone(),
                folder,
                port,
                purpose,
            }),
            Name::Redis => Box::new(Redis {
                program: self.programs.redis.clone(),
                folder,
                port,
                purpose,
            }),
            Name::Elasticsearch => Box::new(Elasticsearch {
                distribution: self.programs.elasticsearch.clone(),
                folder,
                port,
                purpose,
            }),
            Name::Api | Name::Api2 | Name::Api3 => Box::new(self.api(name, folder, port)),
            Name::Prometheus => Box::new(self.prometheus()),
            Name::Edge => Box::new(Nginx {
                program: self.nginx.clone().unwrap_or_default(),
                template: self.workspace.path(TEMPLATE),
                folder,
                port,
                upstreams: Name::APIS
                    .iter()
                    .filter_map(|api| self.ports.of(*api))
                    .collect(),
            }),
            Name::Indexer => Box::new(Indexer {
                program: self.workspace.executable(self.profile, "souk-indexer"),
                environment: indexer_environment(&self.addresses(), &self.metrics(name), &data),
                folder,
            }),
        }
    }

    /// All of them keep the one admin key, with the first one's data.
    fn api(&self, name: Name, folder: PathBuf, port: u16) -> Api {
        let data = data_folder(&self.place.part(Name::Api));
        Api {
            program: self.workspace.executable(self.profile, "souk"),
            environment: api_environment(
                &self.addresses(),
                &Api::listen(port),
                &self.metrics(name),
                &data.display().to_string(),
                &chosen_admin_key(),
            ),
            folder,
            port,
        }
    }

    fn prometheus(&self) -> Prometheus {
        let ports = |names: &[Name]| {
            let ports = names.iter().filter_map(|name| self.ports.metrics_of(*name));
            ports.collect()
        };
        Prometheus {
            program: self.prometheus.clone().unwrap_or_default(),
            setup: self.workspace.path(prometheus::FOLDER),
            folder: self.place.part(Name::Prometheus),
            port: self.ports.of(Name::Prometheus).unwrap_or_default(),
            apis: ports(&Name::APIS),
            indexers: ports(&[Name::Indexer]),
        }
    }

    /// Metrics address of a part, as its setting takes it.
    fn metrics(&self, name: Name) -> String {
        let port = self.ports.metrics_of(name);
        port.map(Api::listen).unwrap_or_default()
    }

    fn addresses(&self) -> Addresses {
        Addresses {
            database: self.part(Name::Postgres).url(),
            elasticsearch: self.part(Name::Elasticsearch).url(),
            redis: self.part(Name::Redis).url(),
        }
    }
}

/// Waits for a part that an earlier command started: it may be on its way up, or getting over the death of another.
fn await_running(part: &dyn Part, record: Option<Record>, interrupt: &Interrupt) -> Result<()> {
    let probe = part.probe();
    let deadline = Instant::now() + part.timeout();
    while !probe.answers() {
        interrupt.check()?;
        if !record.as_ref().is_some_and(Record::is_alive) {
            bail!("{} has ended just now", part.name());
        }
        if Instant::now() > deadline {
            bail!(
                "{} runs but does not answer; `cargo xtask stack logs` may tell why, `down` stops it",
                part.name()
            );
        }
        thread::sleep(POLL);
    }
    Ok(())
}
