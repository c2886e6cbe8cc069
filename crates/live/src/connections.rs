//! Limits on connections: of a process, and of each client.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking_lot::Mutex;

/// Reason for which a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// The process has as many as it takes.
    #[error("there are too many connections")]
    All,
    /// The client has as many as it may have.
    #[error("the client has too many connections")]
    OfClient,
}

/// Open connections of a process, by client; cheap to clone.
#[derive(Debug)]
pub struct Connections<K> {
    open: Arc<Mutex<Open<K>>>,
    most: usize,
    most_of_client: usize,
}

#[derive(Debug)]
struct Open<K> {
    all: usize,
    of: HashMap<K, usize>,
}

/// Place of a connection, given back when it is dropped.
#[derive(Debug)]
pub struct Place<K: Eq + Hash> {
    open: Arc<Mutex<Open<K>>>,
    client: Option<K>,
}

impl<K> Clone for Connections<K> {
    fn clone(&self) -> Self {
        Self {
            open: Arc::clone(&self.open),
            most: self.most,
            most_of_client: self.most_of_client,
        }
    }
}

impl<K: Eq + Hash + Clone> Connections<K> {
    /// Creates the limits: `most` connections, and `most_of_client` of each client.
    pub fn new(most: usize, most_of_client: usize) -> Self {
        let open = Open {
            all: 0,
            of: HashMap::new(),
        };
        Self {
            open: Arc::new(Mutex::new(open)),
            most,
            most_of_client,
        }
    }

    /// Takes a place; one of nobody counts for the process alone.
    ///
    /// # Errors
    /// If there is none.
    pub fn take(&self, client: Option<K>) -> Result<Place<K>, TooMany> {
        let mut open = self.open.lock();
        if open.all >= self.most {
            return Err(TooMany::All);
        }
        if let Some(client) = &client {
            if open.of.get(client).copied().unwrap_or_default() >= self.most_of_client {
                return Err(TooMany::OfClient);
            }
            *open.of.entry(client.clone()).or_default() += 1;
        }
        open.all += 1;
        Ok(Place {
            open: Arc::clone(&self.open),
            client,
        })
    }

    /// Returns the most connections of one client.
    pub fn most_of_client(&self) -> usize {
        self.most_of_client
    }

    /// Returns the number of open connections.
    pub fn open(&self) -> usize {
        self.open.lock().all
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut open = self.open.lock();
        open.all -= 1;
        let Some(client) = &self.client else { return };
        if let Some(count) = open.of.get_mut(client) {
            *count -= 1;
            if *count == 0 {
                open.of.remove(client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_beyond_a_limit_is_refused_until_another_ends() {
        let connections = Connections::new(3, 2);
        let one = connections.take(Some("a")).unwrap();
        let _two = connections.take(Some("a")).unwrap();
        assert_eq!(connections.take(Some("a")).err(), Some(TooMany::OfClient));
        let third = connections.take(None).unwrap();
        assert_eq!(connections.take(Some("b")).err(), Some(TooMany::All));
        assert_eq!(connections.take(None).err(), Some(TooMany::All));
        drop(third);
        drop(one);
        assert_eq!(connections.open(), 1);
        connections.take(Some("a")).unwrap();
        connections.take(Some("b")).unwrap();
    }

    #[test]
    fn client_without_connections_is_forgotten() {
        let connections = Connections::new(3, 2);
        drop(connections.take(Some("a")).unwrap());
        assert!(connections.open.lock().of.is_empty());
    }
}
