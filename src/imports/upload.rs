//! Receipt of an uploaded file: straight to the disk, and nothing stays of one that does not arrive whole.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
};

use super::{
    files::{self, ImportFiles},
    service::ImportService,
};

/// Bytes that are read at a time.
const CHUNK: usize = 256 * 1024;

/// A file that arrived.
#[derive(Debug)]
pub struct Received {
    /// Key in the folder.
    pub key: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// A file that did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file is larger than allowed.
    #[error("the file has more than {0} bytes")]
    TooLarge(u64),
    /// Nothing arrived for too long.
    #[error("the file took too long to arrive")]
    Stalled,
    /// The caller broke off, or what it sent is malformed.
    #[error("the body broke off")]
    Broken(#[source] io::Error),
    /// The disk is full.
    #[error("the disk is full")]
    StorageFull(#[source] io::Error),
    /// The file cannot be written.
    #[error("the file cannot be written")]
    Write(#[source] io::Error),
}

/// Receipt of one file.
#[derive(Debug)]
pub struct Upload {
    files: ImportFiles,
    max_bytes: u64,
    /// Longest time without a byte.
    patience: Duration,
}

impl ImportService {
    /// Begins to receive a file; it fails when nothing arrives for `patience`.
    pub fn upload(&self, patience: Duration) -> Upload {
        Upload {
            files: self.files.clone(),
            max_bytes: self.max_bytes,
            patience,
        }
    }
}

impl Upload {
    /// Writes everything into a file of its own.
    ///
    /// # Errors
    /// If it does not arrive whole, is too large, or cannot be written. Nothing of it is kept then.
    pub async fn receive(
        &self,
        mut body: impl AsyncRead + Unpin + Send,
    ) -> Result<Received, UploadError> {
        self.files.prepare().map_err(write_error)?;
        let key = ImportFiles::new_key();
        let part = Part(self.files.part_path(&key));
        let mut file = File::create_new(part.path()).await.map_err(write_error)?;
        let mut bytes = 0;
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            chunk.clear();
            let arriving = tokio::time::timeout(self.patience, body.read_buf(&mut chunk));
            let count = match arriving.await {
                Ok(Ok(count)) => count,
                Ok(Err(error)) => return Err(UploadError::Broken(error)),
                Err(_) => return Err(UploadError::Stalled),
            };
            if count == 0 {
                break;
            }
            bytes += count as u64;
            if bytes > self.max_bytes {
                return Err(UploadError::TooLarge(self.max_bytes));
            }
            file.write_all(&chunk).await.map_err(write_error)?;
        }
        file.flush().await.map_err(write_error)?;
        file.sync_all().await.map_err(write_error)?;
        drop(file);
        tokio::fs::rename(part.path(), self.files.path(&key))
            .await
            .map_err(write_error)?;
        Ok(Received { key, bytes })
    }
}

/// File under way, deleted with this value unless it was renamed.
struct Part(PathBuf);

impl Part {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Err(error) = files::remove(&self.0) {
            tracing::warn!(%error, "the rest of an upload cannot be deleted");
        }
    }
}

fn write_error(error: io::Error) -> UploadError {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};

    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => UploadError::StorageFull(error),
        _ => UploadError::Write(error),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        pin::Pin,
        task::{Context, Poll},
    };

    use futures_util::FutureExt;
    use tokio::io::{ReadBuf, duplex};

    use super::*;

    /// Body of a caller that is gone.
    struct Broken;

    impl AsyncRead for Broken {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        }
    }

    fn service(folder: &Path, max_bytes: u64) -> ImportService {
        ImportService::new(folder.join("imports"), max_bytes)
    }

    fn kept(folder: &Path) -> usize {
        fs::read_dir(folder.join("imports")).unwrap().count()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn file_at_the_limit_is_kept_and_one_byte_more_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let imports = service(folder.path(), 3);
        let received = imports.upload(LONG).receive(&b"abc"[..]).await.unwrap();
        assert_eq!(received.bytes, 3);
        assert_eq!(fs::read(imports.files.path(&received.key)).unwrap(), b"abc");
        let refused = imports.upload(LONG).receive(&b"abcd"[..]).await;
        assert!(matches!(refused, Err(UploadError::TooLarge(3))));
        assert_eq!(kept(folder.path()), 1);
    }

    #[tokio::test]
    async fn upload_that_breaks_off_stalls_or_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let imports = service(folder.path(), 100);
        let broken = b"abc".chain(Broken);
        let refused = imports.upload(LONG).receive(broken).await;
        assert!(matches!(refused, Err(UploadError::Broken(_))));

        let (_held, silent) = duplex(8);
        let hasty = imports.upload(Duration::from_millis(1));
        let refused = hasty.receive(silent).await;
        assert!(matches!(refused, Err(UploadError::Stalled)));

        let (_held, silent) = duplex(8);
        let upload = imports.upload(LONG);
        let mut receiving = Box::pin(upload.receive(silent));
        while kept(folder.path()) == 0 {
            assert!((&mut receiving).now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        drop(receiving);
        assert_eq!(kept(folder.path()), 0);
    }

    #[test]
    fn full_disk_is_told_from_other_faults() {
        let full = write_error(io::Error::from(io::ErrorKind::StorageFull));
        assert!(matches!(full, UploadError::StorageFull(_)));
        let other = write_error(io::Error::from(io::ErrorKind::PermissionDenied));
        assert!(matches!(other, UploadError::Write(_)));
    }
}
