//! Periodic tasks, a file each, and the scheduler that runs them.

mod clean_up_indexes;
mod popularity;
mod prune;
mod retry_dead_letters;
mod scheduler;
mod task;
mod verify_sample;

pub use popularity::learn;
pub(crate) use scheduler::Scheduler;
