//! A feed on disk: written once, packed with gzip, and read by many while it grows.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use flate2::{Compression, write::GzDecoder, write::GzEncoder};
use futures_util::{Stream, stream};
use souk_catalogue_io::export::{FeedForm, FeedShop, PageError, write_feed};
use souk_store::{Store, Tenant};
use tempfile::NamedTempFile;
use tokio::{
    io::AsyncReadExt,
    runtime::Handle,
    sync::{Semaphore, watch},
};
use tokio_util::sync::CancellationToken;

/// Bytes that are read at a time.
const CHUNK: u64 = 64 * 1024;

type Encoder = GzEncoder<BufWriter<File>>;

/// A feed that broke off.
#[derive(Debug, thiserror::Error)]
#[error("the feed could not be made to its end")]
pub struct FeedFailed;

impl From<FeedFailed> for io::Error {
    fn from(failed: FeedFailed) -> Self {
        Self::other(failed)
    }
}

/// State of a spool, with the bytes that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Growing(u64),
    Whole(u64),
    Failed,
}

/// A feed in a temporary file, which is deleted with it.
#[derive(Debug)]
pub struct Spool {
    file: NamedTempFile,
    state: watch::Receiver<State>,
    begun: Instant,
    begun_at: SystemTime,
}

impl Spool {
    /// Begins to write the feed of a tenant.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub(super) fn begin(
        store: Store,
        tenant: Arc<Tenant>,
        shop: (FeedForm, FeedShop),
        permits: Arc<Semaphore>,
        shutdown: CancellationToken,
    ) -> io::Result<Self> {
        let file = NamedTempFile::new()?;
        let target = file.reopen()?;
        let (progress, state) = watch::channel(State::Growing(0));
        let begun_at = SystemTime::now();
        tokio::spawn(async move {
            let Ok(_permit) = permits.acquire_owned().await else {
                return;
            };
            let (handle, slug) = (Handle::current(), tenant.slug.clone());
            let reports = progress.clone();
            let made = tokio::task::spawn_blocking(move || {
                handle.block_on(make(
                    &store, &tenant, shop, begun_at, target, &reports, &shutdown,
                ))
            });
            let end = match made.await {
                Ok(Ok(length)) => State::Whole(length),
                Ok(Err(error)) => {
                    tracing::warn!(tenant = slug, error = error.to_string(), "feed failed");
                    State::Failed
                }
                Err(_) => State::Failed,
            };
            progress.send_replace(end);
        });
        Ok(Self {
            file,
            state,
            begun: Instant::now(),
            begun_at,
        })
    }

    /// Time since the feed was begun.
    pub fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Moment as of which the feed is.
    pub fn begun_at(&self) -> SystemTime {
        self.begun_at
    }

    /// Reports whether it broke off.
    pub(super) fn is_failed(&self) -> bool {
        *self.state.borrow() == State::Failed
    }

    /// Waits for the first bytes.
    ///
    /// # Errors
    /// If it broke off before.
    pub async fn wait(&self) -> Result<(), FeedFailed> {
        let mut state = self.state.clone();
        let begun = state.wait_for(|state| *state != State::Growing(0)).await;
        match begun.map(|state| *state) {
            Ok(State::Growing(_) | State::Whole(_)) => Ok(()),
            Ok(State::Failed) | Err(_) => Err(FeedFailed),
        }
    }

    /// Bytes of the feed from the first to the last, compressed or not.
    ///
    /// # Errors
    /// If the file cannot be opened again.
    pub fn read(
        self: &Arc<Self>,
        packed: bool,
    ) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
        let reader = Reader {
            file: tokio::fs::File::from_std(self.file.reopen()?),
            state: self.state.clone(),
            position: 0,
            unpacker: (!packed).then(|| GzDecoder::new(Vec::new())),
            _spool: Arc::clone(self),
        };
        Ok(stream::try_unfold(reader, |mut reader| async move {
            let chunk = reader.next().await?;
            Ok(chunk.map(|chunk| (chunk, reader)))
        }))
    }
}

/// Writes a feed, and reports how far it is after each page. Returns its length.
async fn make(
    store: &Store,
    tenant: &Tenant,
    (form, shop): (FeedForm, FeedShop),
    begun_at: SystemTime,
    target: File,
    reports: &watch::Sender<State>,
    shutdown: &CancellationToken,
) -> Result<u64, PageError> {
    let now_ms = begun_at
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_millis() as i64);
    let encoder = Encoder::new(BufWriter::new(target), Compression::default());
    let flushed = |encoder: &mut Encoder| {
        if shutdown.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        encoder.flush()?;
        let length = encoder.get_ref().get_ref().metadata()?.len();
        reports.send_replace(State::Growing(length));
        Ok(())
    };
    let encoder = write_feed(&form, store, tenant, shop, now_ms, encoder, flushed).await?;
    let mut file = encoder.finish()?;
    file.flush()?;
    Ok(file.get_ref().metadata()?.len())
}

/// Reader of a spool.
struct Reader {
    file: tokio::fs::File,
    state: watch::Receiver<State>,
    position: u64,
    unpacker: Option<GzDecoder<Vec<u8>>>,
    _spool: Arc<Spool>,
}

impl Reader {
    /// The next bytes; none at the end.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let state = *self.state.borrow_and_update();
            let (length, is_whole) = match state {
                State::Growing(length) => (length, false),
                State::Whole(length) => (length, true),
                State::Failed => return Err(FeedFailed.into()),
            };
            if self.position < length {
                let chunk = self.chunk((length - self.position).min(CHUNK)).await?;
                if !chunk.is_empty() {
                    return Ok(Some(chunk));
                }
            } else if is_whole {
                let Some(mut unpacker) = self.unpacker.take() else {
                    return Ok(None);
                };
                unpacker.try_finish()?;
                let rest = std::mem::take(unpacker.get_mut());
                return Ok(Some(Bytes::from(rest)).filter(|rest| !rest.is_empty()));
            } else if self.state.changed().await.is_err() {
                return Err(FeedFailed.into());
            }
        }
    }

    async fn chunk(&mut self, length: u64) -> io::Result<Bytes> {
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes).await?;
        self.position += length;
        let Some(unpacker) = &mut self.unpacker else {
            return Ok(Bytes::from(bytes));
        };
        unpacker.write_all(&bytes)?;
        unpacker.flush()?;
        Ok(Bytes::from(std::mem::take(unpacker.get_mut())))
    }
}
