//! Cuts changes into the chunks that bulk requests take.

use std::collections::BTreeMap;
use std::sync::Arc;

use souk_domain::{Language, TenantId};

use super::bulk::{self, Item};
use super::document::Encoder;
use crate::IndexOp;

/// Changes on their way into bulk requests, in order.
///
/// Encoding is computation: the words of a thousand documents take as long as a request or longer. Callers do it where
/// nothing else waits for the thread.
pub(crate) struct Chunks {
    ops: Arc<[IndexOp]>,
    /// Target of each change.
    indexes: Vec<String>,
    languages: BTreeMap<TenantId, Language>,
    limit: ChunkLimit,
    encoders: BTreeMap<Language, Encoder>,
    /// Place of the first change that is not encoded.
    next: usize,
    /// Encoded change that did not fit into the last chunk.
    left_over: Option<Item>,
}

/// Limit of one chunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChunkLimit {
    /// Changes.
    pub(crate) count: usize,
    /// Bytes; a change that is larger by itself has a chunk of its own.
    pub(crate) bytes: usize,
}

/// Changes of one request.
pub(crate) struct Chunk {
    pub(crate) items: Vec<Item>,
    /// Changes that the index cannot hold, by place, with the reason.
    pub(crate) refused: Vec<(usize, String)>,
    /// True if no change comes after these.
    pub(crate) is_last: bool,
}

impl Chunks {
    pub(crate) fn new(
        ops: Arc<[IndexOp]>,
        indexes: Vec<String>,
        languages: BTreeMap<TenantId, Language>,
        limit: ChunkLimit,
    ) -> Self {
        Self {
            ops,
            indexes,
            languages,
            limit,
            encoders: BTreeMap::new(),
            next: 0,
            left_over: None,
        }
    }

    /// Encodes the next changes, as many as one request takes.
    pub(crate) fn encode_next(&mut self) -> Chunk {
        let mut items: Vec<Item> = self.left_over.take().into_iter().collect();
        let mut bytes = items.iter().map(|item| item.lines.len()).sum::<usize>();
        let mut refused = Vec::new();
        while self.next < self.ops.len() {
            let place = self.next;
            self.next += 1;
            let item = match self.encode(place) {
                Ok(item) => item,
                Err(reason) => {
                    refused.push((place, reason));
                    continue;
                }
            };
            let is_full =
                items.len() >= self.limit.count || bytes + item.lines.len() > self.limit.bytes;
            if is_full && !items.is_empty() {
                self.left_over = Some(item);
                break;
            }
            bytes += item.lines.len();
            items.push(item);
        }
        Chunk {
            items,
            refused,
            is_last: self.next == self.ops.len() && self.left_over.is_none(),
        }
    }

    fn encode(&mut self, place: usize) -> Result<Item, String> {
        let op = &self.ops[place];
        let language = self.languages.get(&op.tenant()).copied();
        let language = language.unwrap_or_default();
        let encoder = self.encoders.entry(language);
        let encoder = encoder.or_insert_with(|| Encoder::new(language));
        bulk::item(place, op, &self.indexes[place], encoder)
    }
}
