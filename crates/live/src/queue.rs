//! Queue of one reader.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::frame::Frame;

/// Capacity that an empty queue keeps, in events.
const KEPT_CAPACITY: usize = 4;

/// Reason for which a subscription has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// The reader was slower than the events, and is to resume.
    #[error("the reader is too slow")]
    TooSlow,
}

/// Bounded queue of events, filled by many and emptied by one.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Notify,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<Frame>,
    ended: Option<Ended>,
}

impl Queue {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            filled: Notify::new(),
            capacity,
        }
    }

    /// Adds an event; false if the queue has ended, as a full one does.
    pub(crate) fn push(&self, frame: Frame) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.ended.is_some() {
            return false;
        }
        let is_full = waiting.frames.len() >= self.capacity;
        if is_full {
            // It reads them again when it resumes.
            waiting.frames = VecDeque::new();
            waiting.ended = Some(Ended::TooSlow);
        } else {
            waiting.frames.push_back(frame);
        }
        drop(waiting);
        self.filled.notify_one();
        !is_full
    }

    /// Takes an event if there is one.
    pub(crate) fn try_pop(&self) -> Result<Option<Frame>, Ended> {
        let mut waiting = self.waiting.lock();
        if let Some(frame) = waiting.frames.pop_front() {
            if waiting.frames.is_empty() && waiting.frames.capacity() > KEPT_CAPACITY {
                waiting.frames = VecDeque::new();
            }
            return Ok(Some(frame));
        }
        match waiting.ended {
            Some(ended) => Err(ended),
            None => Ok(None),
        }
    }

    /// Waits for the next event. Only one task may wait.
    pub(crate) async fn pop(&self) -> Result<Frame, Ended> {
        loop {
            if let Some(frame) = self.try_pop()? {
                return Ok(frame);
            }
            // What was added since is remembered by the notification.
            self.filled.notified().await;
        }
    }
}
