//! Connection timeouts by activity.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// Activity of a connection: counted by its requests, read by its stream.
#[derive(Debug, Default)]
pub(super) struct ConnectionActivity {
    begun: AtomicUsize,
    under_way: AtomicUsize,
}

/// A request that is being answered.
pub(super) struct UnderWay(Arc<ConnectionActivity>);

impl ConnectionActivity {
    /// Records that the headers of a request have arrived.
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(self))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Stream that fails when the client is too slow.
///
/// The headers of a request must arrive within `header_timeout` of their first byte. Between requests, and while a
/// response is sent, the client may be idle for `idle_timeout`. Time that the server takes to answer does not count. An
/// HTTP/2 connection without a request counts as sending headers from its first byte.
pub(super) struct TimeoutStream<S> {
    inner: S,
    pulse: Arc<ConnectionActivity>,
    header_timeout: Duration,
    idle_timeout: Duration,
    /// Time of the last read or write.
    moved: Instant,
    /// Start of the request being read, and the number of requests before it.
    head: Option<(Instant, usize)>,
    /// Timer that fires no later than the deadline. It is reset when it fires too early, which is cheaper than a reset
    /// at every read and write.
    alarm: Pin<Box<Sleep>>,
}

impl<S> TimeoutStream<S> {
    pub(super) fn new(
        inner: S,
        pulse: Arc<ConnectionActivity>,
        header_timeout: Duration,
        idle_timeout: Duration,
    ) -> Self {
        Self {
            inner,
            pulse,
            header_timeout,
            idle_timeout,
            moved: Instant::now(),
            head: None,
            alarm: Box::pin(tokio::time::sleep(idle_timeout)),
        }
    }

    fn has_read(&mut self) {
        self.moved = Instant::now();
        let begun = self.pulse.begun.load(Ordering::Relaxed);
        let is_of_this = |(_, before): (Instant, usize)| before == begun;
        if self.pulse.under_way.load(Ordering::Relaxed) > 0 {
            self.head = None;
        } else if !self.head.is_some_and(is_of_this) {
            self.head = Some((self.moved, begun));
        }
    }

    /// Returns the current deadline, or `None` while the server works on a response.
    fn deadline(&self, writes: bool) -> Option<Instant> {
        let idle = self.moved + self.idle_timeout;
        if writes {
            return Some(idle);
        }
        if self.pulse.under_way.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let begun = self.pulse.begun.load(Ordering::Relaxed);
        let head = self.head.filter(|(_, before)| *before == begun);
        Some(head.map_or(idle, |(since, _)| since + self.header_timeout))
    }

    /// Fails when the time is up, and else sees to it that the connection is looked at again then.
    fn poll_timeout(&mut self, cx: &mut Context<'_>, writes: bool) -> io::Result<()> {
        loop {
            let now = Instant::now();
            let deadline = match self.deadline(writes) {
                Some(deadline) if deadline <= now => return Err(io::ErrorKind::TimedOut.into()),
                Some(deadline) => deadline,
                None => now + self.idle_timeout,
            };
            if self.alarm.deadline() > deadline || self.alarm.is_elapsed() {
                self.alarm.as_mut().reset(deadline);
            }
            if self.alarm.as_mut().poll(cx).is_pending() {
                return Ok(());
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimeoutStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if let Poll::Ready(outcome) = Pin::new(&mut this.inner).poll_read(cx, buffer) {
            if buffer.filled().len() > before {
                this.has_read();
            }
            return Poll::Ready(outcome);
        }
        this.poll_timeout(cx, false)?;
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> TimeoutStream<S> {
    fn after_write<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Pending => {
                self.poll_timeout(cx, true)?;
                Poll::Pending
            }
            Poll::Ready(outcome) => {
                self.moved = Instant::now();
                Poll::Ready(outcome)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimeoutStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.after_write(cx, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write_vectored(cx, bytes);
        this.after_write(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    const SHORT: Duration = Duration::from_millis(30);
    const LONG: Duration = Duration::from_secs(3_600);

    fn stream(
        header: Duration,
        idle: Duration,
    ) -> (
        DuplexStream,
        TimeoutStream<DuplexStream>,
        Arc<ConnectionActivity>,
    ) {
        let (there, here) = duplex(16);
        let pulse = Arc::new(ConnectionActivity::default());
        (
            there,
            TimeoutStream::new(here, Arc::clone(&pulse), header, idle),
            pulse,
        )
    }

    async fn read_all(stream: &mut TimeoutStream<DuplexStream>) -> io::Error {
        loop {
            if let Err(error) = stream.read_u8().await {
                return error;
            }
        }
    }

    #[tokio::test]
    async fn a_head_that_trickles_in_is_cut_however_busy_it_looks() {
        let (mut there, mut here, _pulse) = stream(SHORT, LONG);
        let trickle = async {
            while there.write_u8(b'x').await.is_ok() {
                tokio::time::sleep(SHORT / 10).await;
            }
        };
        let error = tokio::select! {
            error = read_all(&mut here) => error,
            () = trickle => panic!("it was taken"),
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn silence_is_cut_and_so_is_an_answer_that_nobody_takes() {
        let (_there, mut here, _pulse) = stream(LONG, SHORT);
        let silence = read_all(&mut here).await;
        assert_eq!(silence.kind(), io::ErrorKind::TimedOut);

        let (_there, mut here, pulse) = stream(LONG, SHORT);
        let _under_way = pulse.begin();
        let stuck = here.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(stuck.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn our_own_slowness_is_not_held_against_anyone() {
        let (mut there, mut here, pulse) = stream(SHORT, SHORT);
        there.write_u8(b'x').await.unwrap();
        here.read_u8().await.unwrap();
        let under_way = pulse.begin();
        let waited = tokio::time::timeout(SHORT * 5, here.read_u8()).await;
        assert!(waited.is_err(), "it was cut");
        drop(under_way);
        let error = read_all(&mut here).await;
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_request_that_came_in_time_lets_the_next_one_take_its_time() {
        let (mut there, mut here, pulse) = stream(SHORT, LONG);
        there.write_u8(b'x').await.unwrap();
        here.read_u8().await.unwrap();
        drop(pulse.begin());
        let waited = tokio::time::timeout(SHORT * 5, here.read_u8()).await;
        assert!(
            waited.is_err(),
            "a connection between two requests is not one that sends a head"
        );
    }
}
