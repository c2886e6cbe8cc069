//! Fan-out of live updates: one event goes to everybody who watches its topic.
//!
//! An event is written once, and its bytes are shared by all queues. A queue is bounded: a reader that does not keep up is
//! dropped, frees what waited for it, and resumes by the id of the last event that it has read. Nothing here does I/O, so
//! that the same code serves a process with one reader and one with ten thousand.

mod connections;
mod frame;
mod hub;
mod queue;

pub use self::{
    connections::{Connections, Place, TooMany},
    frame::{Frame, HEARTBEAT, InvalidPosition, position_of, retry},
    hub::{Hub, Subscription},
    queue::Ended,
};
