//! The nodes of a cluster, asked in turn; one that does not answer is left aside for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use elasticsearch::http::transport::Transport;
use parking_lot::Mutex;

/// Time for which a node without a response is used only if no other is left.
const ASIDE: Duration = Duration::from_secs(5);

/// Every node with its own connections.
#[derive(Clone)]
pub(crate) struct Nodes(Arc<Inner>);

struct Inner {
    nodes: Vec<Node>,
    turn: AtomicUsize,
}

pub(crate) struct Node {
    pub(crate) transport: Transport,
    silent_since: Mutex<Option<Instant>>,
}

impl Nodes {
    pub(crate) fn new(transports: Vec<Transport>) -> Self {
        let nodes = transports.into_iter().map(|transport| Node {
            transport,
            silent_since: Mutex::default(),
        });
        Self(Arc::new(Inner {
            nodes: nodes.collect(),
            turn: AtomicUsize::new(0),
        }))
    }

    /// Every node once, in the order in which to ask them: those that answer first, beginning with the one whose turn
    /// it is.
    pub(crate) fn in_turn(&self, now: Instant) -> Vec<&Node> {
        let Inner { nodes, turn } = &*self.0;
        let first = turn.fetch_add(1, Ordering::Relaxed) % nodes.len().max(1);
        let (after, before) = nodes.split_at(first);
        let mut order: Vec<_> = before.iter().chain(after).collect();
        // Stable: within both groups they keep their turn.
        order.sort_by_key(|node| node.is_aside(now));
        order
    }
}

impl Node {
    pub(crate) fn answered(&self) {
        *self.silent_since.lock() = None;
    }

    pub(crate) fn was_silent(&self, now: Instant) {
        *self.silent_since.lock() = Some(now);
    }

    fn is_aside(&self, now: Instant) -> bool {
        let silent_since = *self.silent_since.lock();
        silent_since.is_some_and(|since| now.duration_since(since) < ASIDE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes() -> Nodes {
        let urls = ["http://one:1", "http://two:1", "http://three:1"];
        Nodes::new(
            urls.map(|url| Transport::single_node(url).unwrap())
                .to_vec(),
        )
    }

    fn places(nodes: &Nodes, now: Instant) -> Vec<usize> {
        let place = |node: &Node| {
            let mut all = nodes.0.nodes.iter();
            all.position(|one| std::ptr::eq(one, node)).unwrap()
        };
        nodes.in_turn(now).into_iter().map(place).collect()
    }

    #[test]
    fn each_has_its_turn_and_the_silent_come_last() {
        let (nodes, now) = (nodes(), Instant::now());
        assert_eq!(places(&nodes, now), [0, 1, 2]);
        assert_eq!(places(&nodes, now), [1, 2, 0]);
        nodes.0.nodes[2].was_silent(now);
        assert_eq!(places(&nodes, now), [0, 1, 2]);
        assert_eq!(places(&nodes, now), [0, 1, 2]);
        assert_eq!(places(&nodes, now), [1, 0, 2]);
        assert_eq!(places(&nodes, now + ASIDE), [2, 0, 1]);
    }

    #[test]
    fn one_that_answers_again_is_no_longer_aside() {
        let (nodes, now) = (nodes(), Instant::now());
        nodes.0.nodes[0].was_silent(now);
        assert_eq!(places(&nodes, now), [1, 2, 0]);
        nodes.0.nodes[0].answered();
        places(&nodes, now);
        places(&nodes, now);
        assert_eq!(places(&nodes, now), [0, 1, 2]);
    }
}
