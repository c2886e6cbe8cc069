//! Who is let in, and whose turn it is.
//!
//! Room is bounded: whoever finds none is sent away at once. Who is in waits for a turn at an engine. An engine that gets
//! more questions than it can work on answers none of them in time, and would be taken for a broken one.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{self, Instant},
};

/// How many searches are under way, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// Under way.
    pub used: usize,
    /// At most.
    pub all: usize,
}

/// What there are places for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A search, wherever it is.
    Any,
    /// A search that the engine works on.
    Engine,
    /// A search that the database works on in the engine's place.
    Fallback,
}

impl Place {
    /// All there are.
    pub(crate) const ALL: [Self; 3] = [Self::Any, Self::Engine, Self::Fallback];

    /// As metrics name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Engine => "engine",
            Self::Fallback => "fallback",
        }
    }
}

/// There was no place, or no turn in time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Full(pub(super) Place);

/// Places of all kinds; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    doors: Arc<[Door; 3]>,
    patience: Duration,
}

#[derive(Debug)]
struct Door {
    free: Semaphore,
    size: usize,
}

/// A search that is under way, until dropped.
#[derive(Debug)]
pub(super) struct Guest<'a> {
    admission: &'a Admission,
    leaves_at: Instant,
    _place: SemaphorePermit<'a>,
}

impl Admission {
    /// So many places of each kind, in the order of [`Place::ALL`], and how long all waiting for turns may take together.
    pub(super) fn new(sizes: [usize; 3], patience: Duration) -> Self {
        let doors = sizes.map(|size| Door {
            free: Semaphore::new(size),
            size,
        });
        Self {
            doors: Arc::new(doors),
            patience,
        }
    }

    pub(super) fn places(&self, kind: Place) -> Places {
        let door = self.door(kind);
        Places {
            used: door.size.saturating_sub(door.free.available_permits()),
            all: door.size,
        }
    }

    /// Lets a search in, if there is room.
    pub(super) fn enter(&self) -> Result<Guest<'_>, Full> {
        let place = self.door(Place::Any).free.try_acquire();
        Ok(Guest {
            admission: self,
            leaves_at: Instant::now() + self.patience,
            _place: place.map_err(|_| Full(Place::Any))?,
        })
    }

    fn door(&self, kind: Place) -> &Door {
        let [any, engine, fallback] = &*self.doors;
        match kind {
            Place::Any => any,
            Place::Engine => engine,
            Place::Fallback => fallback,
        }
    }
}

impl<'a> Guest<'a> {
    /// Waits for a turn: first come, first served.
    pub(super) async fn turn(&self, kind: Place) -> Result<SemaphorePermit<'a>, Full> {
        let turn = self.admission.door(kind).free.acquire();
        let turn = time::timeout_at(self.leaves_at, turn).await;
        turn.map_err(|_| Full(kind))?.map_err(|_| Full(kind))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::poll;

    use super::*;

    fn used(admission: &Admission) -> [usize; 3] {
        Place::ALL.map(|kind| admission.places(kind).used)
    }

    #[tokio::test]
    async fn turns_are_waited_for() {
        let admission = Admission::new([2, 1, 1], Duration::from_secs(60));
        let [first, second] = [(); 2].map(|()| admission.enter().unwrap());
        let Full(place) = admission.enter().unwrap_err();
        assert_eq!(place, Place::Any);

        let turn = first.turn(Place::Engine).await.unwrap();
        assert_eq!(used(&admission), [2, 1, 0]);
        let mut waiting = pin!(second.turn(Place::Engine));
        assert!(poll!(&mut waiting).is_pending());
        drop(turn);
        let _turn = waiting.await.unwrap();
        assert_eq!(used(&admission), [2, 1, 0]);
        drop(first);
        assert!(admission.enter().is_ok());
    }

    #[tokio::test]
    async fn patience_ends() {
        let admission = Admission::new([2, 1, 1], Duration::ZERO);
        let [first, second] = [(); 2].map(|()| admission.enter().unwrap());
        let _turn = first.turn(Place::Fallback).await.unwrap();
        let Full(place) = second.turn(Place::Fallback).await.unwrap_err();
        assert_eq!(place, Place::Fallback);
        assert_eq!(used(&admission), [2, 0, 1]);
    }
}
