use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use souk_cache::{Loaded, Tag, Ttl};

/// What an answer was made from, as its handler notes it down. Of an answer of which nothing is noted, nobody could
/// say when it is outdated: it is kept briefly.
#[derive(Debug, Clone, Default)]
pub struct Made(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    tags: Vec<Tag>,
    makeshift: bool,
}

impl Made {
    /// It was made from these.
    pub fn from_tags(&self, tags: impl IntoIterator<Item = Tag>) {
        self.0.lock().tags.extend(tags);
    }

    /// Whoever usually answers could not.
    pub fn makeshift(&self) {
        self.0.lock().makeshift = true;
    }

    /// The answer, to be kept accordingly.
    pub(super) fn loaded(&self, body: Bytes) -> Loaded {
        let notes = std::mem::take(&mut *self.0.lock());
        let ttl = if notes.makeshift || notes.tags.is_empty() {
            Ttl::Short
        } else {
            Ttl::Standard
        };
        Loaded {
            content: body.into(),
            tags: notes.tags,
            ttl,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_made_of_something_is_kept_for_long() {
        let kept = |note: fn(&Made)| {
            let made = Made::default();
            note(&made);
            made.loaded(Bytes::new()).ttl
        };
        assert_eq!(kept(|_| {}), Ttl::Short);
        assert_eq!(kept(|made| made.from_tags([Tag::Search])), Ttl::Standard);
        let degraded = kept(|made| {
            made.from_tags([Tag::Search]);
            made.makeshift();
        });
        assert_eq!(degraded, Ttl::Short);
    }
}
