//! Background work that processes share: jobs on indexes, imports, and scheduled tasks.

mod import_queue;
mod imports;
mod index_jobs;
mod queue;
mod requests;
mod scheduled_tasks;

pub use import_queue::ImportQueue;
pub use imports::{ImportCounts, ImportJob, ImportLoss, ImportState, Imports, NewImport};
pub use index_jobs::{IndexJob, JobId, JobKind, JobState};
pub use queue::{JobQueue, Progress};
pub use requests::{IndexJobs, JobRequest};
pub use scheduled_tasks::ScheduledTasks;
