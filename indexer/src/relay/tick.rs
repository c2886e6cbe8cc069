//! Outcome of one turn of a worker.

/// Outcome of one [`Worker::tick`](super::Worker::tick).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// No row was due.
    Idle,
    /// Number of rows acknowledged, put off for a retry, or moved to the dead letters.
    Settled(usize),
    /// The lease ran out, or was lost, before the batch was done; its rows will be claimed again.
    Expired,
}
