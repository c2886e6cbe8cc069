//! Events that a reader has missed, page by page.

use souk_domain::TenantId;
use souk_live::Frame;
use souk_store::{Store, StoreError};

use super::{
    audience::Audience,
    event_frames::{order_events, reset},
};

/// Events on a page.
const PAGE: u32 = 500;
/// Most events of the tenant that a reader resumes over; beyond, reading everything again is cheaper.
const MOST: i64 = 10_000;

/// Events after a number, up to another.
#[derive(Debug)]
pub struct Backlog {
    after: i64,
    until: i64,
    /// True if the events do not reach back to the number.
    is_lost: bool,
}

impl Backlog {
    /// Creates the events after what a reader knows, up to the last one.
    pub fn new(known: i64, until: i64) -> Self {
        // A number beyond the last is of a database that was put back.
        let is_lost = known > until || until - known > MOST;
        Self {
            after: known,
            until,
            is_lost,
        }
    }

    /// Returns the number up to which a reader has been told, or begins again.
    pub fn position(&self) -> i64 {
        match self.is_lost {
            true => self.until,
            false => self.after,
        }
    }

    /// Returns true if there is nothing more.
    pub fn is_over(&self) -> bool {
        !self.is_lost && self.after >= self.until
    }

    /// Reads the next page of an audience.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next(
        &mut self,
        store: &Store,
        tenant: TenantId,
        audience: Audience,
    ) -> Result<Vec<Frame>, StoreError> {
        if self.is_lost {
            return Ok(self.give_up());
        }
        let scope = store.scope(tenant);
        let events = scope.events().after(self.after, PAGE).await?;
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            // There are some up to `until`, so that all of them were pruned.
            return Ok(self.give_up());
        };
        if first.number != self.after + 1 {
            return Ok(self.give_up());
        }
        self.after = last.number;
        let events = order_events(&scope, &events).await?;
        let told = events.iter().filter(|event| event.concerns(audience));
        Ok(told.map(|event| event.frame(audience)).collect())
    }

    fn give_up(&mut self) -> Vec<Frame> {
        self.is_lost = false;
        self.after = self.until;
        vec![reset(self.until)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reader_who_knows_all_has_no_backlog() {
        assert!(Backlog::new(7, 7).is_over());
        assert!(!Backlog::new(6, 7).is_over());
    }

    #[test]
    fn number_beyond_the_last_or_too_old_is_given_up() {
        for (known, head) in [(8, 7), (0, MOST + 1)] {
            let mut backlog = Backlog::new(known, head);
            assert!(!backlog.is_over());
            assert_eq!(backlog.give_up(), [reset(head)]);
            assert!(backlog.is_over());
            assert_eq!(backlog.position(), head);
        }
    }
}
