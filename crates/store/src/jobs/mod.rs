//! Background work that processes share: jobs on indexes, and scheduled tasks.

mod index_jobs;
mod queue;
mod requests;
mod scheduled_tasks;

pub use index_jobs::{IndexJob, JobId, JobKind, JobState};
pub use queue::{JobQueue, Progress};
pub use requests::{IndexJobs, JobRequest};
pub use scheduled_tasks::ScheduledTasks;
