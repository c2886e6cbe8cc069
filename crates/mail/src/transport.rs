//! Ways of a mail: SMTP, or a folder that somebody looks into.

use std::{error::Error, path::PathBuf, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::AddressError,
    message::{Body, Mailbox, header::ContentTransferEncoding},
    transport::smtp,
};

/// Longest wait for the server in each step.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Longest time for a mail in all its steps.
const LONGEST: Duration = Duration::from_secs(120);

/// Way of mails.
#[derive(Debug)]
pub enum Transport {
    /// To a server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Into files of this folder.
    Folder(PathBuf),
}

/// A setting of mails that cannot be used. It never repeats the URL, which may have a password.
#[derive(Debug, thiserror::Error)]
pub enum BadMailSetting {
    /// The URL is none of a server.
    #[error("SOUK_SMTP_URL must be like smtps://user:password@host or smtp://host:25")]
    Url,
    /// The sender is no address.
    #[error("SOUK_MAIL_FROM must be a mail address such as `Shop <shop@example.com>`")]
    Sender(#[from] AddressError),
}

/// A mail that was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    /// The server failed or refused.
    #[error("the mail server did not take the mail: {told}")]
    Smtp {
        /// Code of its reply, or what was in the way of one. Never the text of a reply, which may quote the recipient.
        told: String,
        /// True if it refused for good.
        is_permanent: bool,
    },
    /// The server took too long.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// The folder cannot be written.
    #[error("the mailbox cannot be written")]
    Folder(#[from] std::io::Error),
}

impl TransportError {
    /// Returns true if trying again cannot help.
    pub(crate) fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Smtp {
                is_permanent: true,
                ..
            }
        )
    }
}

impl From<smtp::Error> for TransportError {
    fn from(error: smtp::Error) -> Self {
        let io = error
            .source()
            .and_then(|source| source.downcast_ref::<std::io::Error>());
        let told = match (error.status(), io) {
            (Some(code), _) => code.to_string(),
            (None, Some(io)) => io.to_string(),
            (None, None) => "no reply that can be read".to_owned(),
        };
        Self::Smtp {
            told,
            is_permanent: error.is_permanent(),
        }
    }
}

impl Transport {
    /// Creates the transport of a URL, such as `smtps://user:password@host` or `smtp://host:25`.
    ///
    /// # Errors
    /// If the URL is none.
    pub fn smtp(url: &str) -> Result<Self, BadMailSetting> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let builder = builder.map_err(|_| BadMailSetting::Url)?;
        Ok(Self::Smtp(builder.timeout(Some(TIMEOUT)).build()))
    }

    /// Reads the sender.
    ///
    /// # Errors
    /// If it is no address.
    pub fn sender(text: &str) -> Result<Mailbox, BadMailSetting> {
        Ok(text.parse()?)
    }

    /// Returns the body of a mail. That of a file has its lines as they are, so that a link is copied from it whole.
    pub(crate) fn body(&self, text: String) -> Body {
        match self {
            Self::Smtp(_) => Body::new(text),
            // Of 8 bits, lines would have to be short as well.
            Self::Folder(_) => Body::new_with_encoding(text, ContentTransferEncoding::Binary)
                .unwrap_or_else(Body::new),
        }
    }

    /// Sends a mail. `name` is the file that a folder keeps it in.
    pub(crate) async fn send(&self, message: Message, name: &str) -> Result<(), TransportError> {
        match self {
            Self::Smtp(server) => {
                let sending = tokio::time::timeout(LONGEST, server.send(message)).await;
                sending.map_err(|_| TransportError::TimedOut)??;
            }
            Self::Folder(folder) => {
                let file = folder.join(name);
                private_folder(folder).await?;
                // Whole or not at all, and readable by the owner alone: a link in it is as good as a password.
                let unfinished = file.with_extension("part");
                write_private(&unfinished, &message.formatted()).await?;
                tokio::fs::rename(&unfinished, &file).await?;
                tracing::info!(file = %file.display(), "mail in the local mailbox");
            }
        }
        Ok(())
    }
}

async fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await
}

async fn write_private(file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use tokio::io::AsyncWriteExt;

    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(file).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}
