//! Topics and who watches them.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking_lot::RwLock;
use tokio::sync::watch;

use crate::{
    frame::Frame,
    queue::{Ended, Queue},
};

/// Topics with their subscribers; cheap to clone.
#[derive(Debug)]
pub struct Hub<T>(Arc<Parts<T>>);

#[derive(Debug)]
struct Parts<T> {
    topics: RwLock<Topics<T>>,
    subscribers: watch::Sender<usize>,
    capacity: usize,
}

#[derive(Debug)]
struct Topics<T> {
    /// Subscribers in the order of their numbers.
    of: HashMap<T, Vec<Subscriber>>,
    /// Number of the last subscriber.
    last: u64,
}

#[derive(Debug, Clone)]
struct Subscriber {
    number: u64,
    queue: Arc<Queue>,
}

/// Topics that one reader watches, until it is dropped.
#[derive(Debug)]
pub struct Subscription<T: Eq + Hash> {
    hub: Hub<T>,
    topics: Box<[T]>,
    subscriber: Subscriber,
}

impl<T> Clone for Hub<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Eq + Hash + Clone> Hub<T> {
    /// Creates a hub whose subscribers may be behind by up to `capacity` events.
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Parts {
            topics: RwLock::new(Topics {
                of: HashMap::new(),
                last: 0,
            }),
            subscribers: watch::Sender::new(0),
            capacity,
        }))
    }

    /// Watches topics. Every event that is published from now on is received.
    pub fn subscribe(&self, topics: impl IntoIterator<Item = T>) -> Subscription<T> {
        let topics: Box<[T]> = topics.into_iter().collect();
        let queue = Arc::new(Queue::new(self.0.capacity));
        let mut all = self.0.topics.write();
        all.last += 1;
        let subscriber = Subscriber {
            number: all.last,
            queue,
        };
        for topic in &topics {
            let subscribers = all.of.entry(topic.clone()).or_default();
            if subscribers
                .last()
                .is_none_or(|last| last.number < subscriber.number)
            {
                subscribers.push(subscriber.clone());
            }
        }
        drop(all);
        self.0.subscribers.send_modify(|count| *count += 1);
        Subscription {
            hub: self.clone(),
            topics,
            subscriber,
        }
    }

    /// Hands an event to all who watch a topic, and returns how many took it.
    pub fn publish(&self, topic: &T, frame: &Frame) -> usize {
        let topics = self.0.topics.read();
        let Some(subscribers) = topics.of.get(topic) else {
            return 0;
        };
        let took = subscribers
            .iter()
            .filter(|subscriber| subscriber.queue.push(frame.clone()));
        took.count()
    }

    /// Returns true if somebody watches a topic.
    pub fn is_watched(&self, topic: &T) -> bool {
        self.0.topics.read().of.contains_key(topic)
    }

    /// Returns the watched topics that a function chooses.
    pub fn watched<R>(&self, choose: impl FnMut(&T) -> Option<R>) -> Vec<R> {
        let topics = self.0.topics.read();
        topics.of.keys().filter_map(choose).collect()
    }

    /// Returns the number of subscribers, and tells of its changes.
    pub fn subscribers(&self) -> watch::Receiver<usize> {
        self.0.subscribers.subscribe()
    }
}

impl<T: Eq + Hash> Hub<T> {
    fn leave(&self, topics: &[T], number: u64) {
        let mut all = self.0.topics.write();
        for topic in topics {
            let Some(subscribers) = all.of.get_mut(topic) else {
                continue;
            };
            if let Ok(place) = subscribers.binary_search_by_key(&number, |it| it.number) {
                subscribers.remove(place);
            }
            if subscribers.is_empty() {
                all.of.remove(topic);
            } else if subscribers.capacity() > 4 * subscribers.len() {
                subscribers.shrink_to(2 * subscribers.len());
            }
        }
        drop(all);
        self.0.subscribers.send_modify(|count| *count -= 1);
    }
}

impl<T: Eq + Hash> Subscription<T> {
    /// Waits for the next event.
    ///
    /// # Errors
    /// If the subscription has ended.
    pub async fn next(&mut self) -> Result<Frame, Ended> {
        self.subscriber.queue.pop().await
    }

    /// Returns the next event if it is there already.
    ///
    /// # Errors
    /// If the subscription has ended.
    pub fn try_next(&mut self) -> Result<Option<Frame>, Ended> {
        self.subscriber.queue.try_pop()
    }
}

impl<T: Eq + Hash> Drop for Subscription<T> {
    fn drop(&mut self) {
        self.hub.leave(&self.topics, self.subscriber.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(position: i64) -> Frame {
        Frame::new(Some(position), "test", "{}")
    }

    #[tokio::test]
    async fn event_reaches_all_who_watch_its_topic_and_nobody_else() {
        let hub = Hub::new(4);
        let mut both = hub.subscribe(["a", "b"]);
        let mut other = hub.subscribe(["b"]);
        assert_eq!(hub.publish(&"a", &frame(1)), 1);
        assert_eq!(hub.publish(&"b", &frame(2)), 2);
        assert_eq!(hub.publish(&"c", &frame(3)), 0);
        assert_eq!(both.next().await, Ok(frame(1)));
        assert_eq!(both.next().await, Ok(frame(2)));
        assert_eq!(other.next().await, Ok(frame(2)));
        assert_eq!(other.try_next(), Ok(None));
    }

    #[test]
    fn event_is_shared_by_its_readers() {
        let hub = Hub::new(4);
        let mut one = hub.subscribe(["a"]);
        let mut other = hub.subscribe(["a"]);
        hub.publish(&"a", &frame(1));
        let (one, other) = (one.try_next().unwrap(), other.try_next().unwrap());
        let start = |frame: Option<Frame>| frame.unwrap().bytes.as_ptr();
        assert_eq!(start(one), start(other));
    }

    #[tokio::test]
    async fn slow_reader_is_dropped_and_others_go_on() {
        let hub = Hub::new(2);
        let mut slow = hub.subscribe(["a"]);
        let mut quick = hub.subscribe(["a"]);
        for position in 1..=2 {
            assert_eq!(hub.publish(&"a", &frame(position)), 2);
            assert_eq!(quick.next().await, Ok(frame(position)));
        }
        assert_eq!(hub.publish(&"a", &frame(3)), 1);
        assert_eq!(slow.next().await, Err(Ended::TooSlow));
        assert_eq!(hub.publish(&"a", &frame(4)), 1);
        assert_eq!(quick.next().await, Ok(frame(3)));
        assert_eq!(slow.try_next(), Err(Ended::TooSlow), "it stays so");
    }

    #[tokio::test]
    async fn waiting_reader_is_woken_by_an_event_and_by_its_end() {
        let hub = Hub::new(1);
        let mut reader = hub.subscribe(["a"]);
        let waiting = tokio::spawn(async move { (reader.next().await, reader) });
        tokio::task::yield_now().await;
        hub.publish(&"a", &frame(1));
        let (first, mut reader) = waiting.await.unwrap();
        assert_eq!(first, Ok(frame(1)));
        hub.publish(&"a", &frame(2));
        hub.publish(&"a", &frame(3));
        assert_eq!(reader.next().await, Err(Ended::TooSlow));
    }

    #[test]
    fn topic_is_forgotten_with_its_last_reader() {
        let hub = Hub::new(1);
        let counts = hub.subscribers();
        let one = hub.subscribe(["a", "a", "b"]);
        let other = hub.subscribe(["b"]);
        assert_eq!(*counts.borrow(), 2);
        drop(one);
        assert!(!hub.is_watched(&"a"));
        assert_eq!(hub.watched(|topic| Some(*topic)), ["b"]);
        drop(other);
        assert!(!hub.is_watched(&"b"));
        assert_eq!(*counts.borrow(), 0);
    }
}
