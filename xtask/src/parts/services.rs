//! The three servers that Souk can be given in place of its embedded parts, for the time of one task.

use std::{panic, path::PathBuf, thread};

use anyhow::Result;

use super::{
    Part, Running,
    elasticsearch::Elasticsearch,
    free_port,
    postgres::Postgres,
    redis::Redis,
    settings::{Addresses, Purpose},
};
use crate::{
    interrupt::Interrupt,
    report::step,
    run_folder::RunFolder,
    tools::{self, elasticsearch::Distribution},
    workspace::Workspace,
};

/// The programs of the three servers.
pub(crate) struct Programs {
    pub(crate) postgres: PathBuf,
    pub(crate) redis: PathBuf,
    pub(crate) elasticsearch: Distribution,
}

/// The running servers; dropping them stops them.
pub(crate) struct Services {
    pub(crate) postgres: Running,
    pub(crate) redis: Running,
    pub(crate) elasticsearch: Running,
}

impl Programs {
    /// Finds them, or installs what is missing.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            postgres: tools::servers::postgres(workspace)?,
            redis: tools::servers::redis(workspace)?,
            elasticsearch: tools::elasticsearch::distribution(workspace)?,
        })
    }

    /// The servers, each on a free port and with its data in the run's folder.
    pub(crate) fn parts(
        self,
        purpose: Purpose,
        run: &RunFolder,
    ) -> Result<(Postgres, Redis, Elasticsearch)> {
        let postgres = Postgres {
            bin: self.postgres,
            folder: run.path("postgres"),
            port: free_port()?,
            purpose,
        };
        let redis = Redis {
            program: self.redis,
            folder: run.path("redis"),
            port: free_port()?,
            purpose,
        };
        let elasticsearch = Elasticsearch {
            distribution: self.elasticsearch,
            folder: run.path("elasticsearch"),
            port: free_port()?,
            purpose,
        };
        Ok((postgres, redis, elasticsearch))
    }
}

impl Services {
    /// Starts all three at once, each on a free port and with its data in the run's folder.
    pub(crate) fn start(
        programs: Programs,
        purpose: Purpose,
        run: &RunFolder,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let (postgres, redis, elasticsearch) = programs.parts(purpose, run)?;
        let parts: [&dyn Part; 3] = [&postgres, &redis, &elasticsearch];
        let [postgres, redis, elasticsearch] = thread::scope(|scope| {
            let starting = parts.map(|part| {
                scope.spawn(move || {
                    step(&format!("start {}", part.name()), || {
                        Running::start(part, run, interrupt)
                    })
                })
            });
            starting.map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|cause| panic::resume_unwind(cause))
            })
        });
        Ok(Self {
            postgres: postgres?,
            redis: redis?,
            elasticsearch: elasticsearch?,
        })
    }

    /// Folders of the services.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses {
            database: self.postgres.url().to_owned(),
            elasticsearch: self.elasticsearch.url().to_owned(),
            redis: self.redis.url().to_owned(),
        }
    }
}
