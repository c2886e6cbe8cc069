//! Cache tags noted by a handler.

use std::sync::Arc;

use parking_lot::Mutex;
use souk_cache::{Content, Loaded, Tag, Ttl};

/// Tags of a response, added by its handler. A response without tags could never be invalidated, so it gets the short
/// TTL.
#[derive(Debug, Clone, Default)]
pub struct CacheTags(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    tags: Vec<Tag>,
    degraded: bool,
}

impl CacheTags {
    /// Adds tags.
    pub fn add(&self, tags: impl IntoIterator<Item = Tag>) {
        self.0.lock().tags.extend(tags);
    }

    /// Marks the response as degraded.
    pub fn mark_degraded(&self) {
        self.0.lock().degraded = true;
    }

    /// The answer, to be kept accordingly.
    pub(crate) fn loaded(&self, content: Content) -> Loaded {
        let notes = std::mem::take(&mut *self.0.lock());
        let ttl = if notes.degraded || notes.tags.is_empty() {
            Ttl::Short
        } else {
            Ttl::Standard
        };
        Loaded {
            content,
            tags: notes.tags,
            ttl,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn only_what_is_known_to_be_made_of_something_is_kept_for_long() {
        let kept = |note: fn(&CacheTags)| {
            let cache_tags = CacheTags::default();
            note(&cache_tags);
            cache_tags.loaded(Bytes::new().into()).ttl
        };
        assert_eq!(kept(|_| {}), Ttl::Short);
        assert_eq!(kept(|tags| tags.add([Tag::Search])), Ttl::Standard);
        let degraded = kept(|tags| {
            tags.add([Tag::Search]);
            tags.mark_degraded();
        });
        assert_eq!(degraded, Ttl::Short);
    }
}
