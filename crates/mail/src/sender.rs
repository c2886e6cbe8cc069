//! The task that sends mails.

use std::time::Duration;

use chrono::Utc;
use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};
use souk_store::{Mail, MailQueue, Store, StoreError};
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;

use crate::{
    letters::letter_of,
    templates::TemplateError,
    transport::{Transport, TransportError},
};

/// Pause between two looks for mails that another process has written, or that are due again.
const PAUSE: Duration = Duration::from_secs(5);
/// Time for which a mail is claimed, in milliseconds: five times as long as the slowest server may take.
const LEASE_MS: i64 = 10 * 60_000;
/// Delay after the first failure, in milliseconds; it doubles up to the longest.
const FIRST_DELAY_MS: i64 = 60_000;
const LONGEST_DELAY_MS: i64 = 3_600_000;
/// Age at which a mail is given up, in milliseconds.
const GIVEN_UP_AFTER_MS: i64 = 24 * 3_600_000;

/// Sends mails that wait. Several processes may run one: each mail is one's.
#[derive(Debug)]
pub struct MailSender {
    queue: MailQueue,
    transport: Transport,
    sender: Mailbox,
    worker: String,
}

#[derive(Debug, thiserror::Error)]
enum MailError {
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("the mail cannot be written")]
    Message(#[from] lettre::error::Error),
    #[error("an address cannot be written")]
    Address(#[from] lettre::address::AddressError),
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl MailError {
    fn is_permanent(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_permanent(),
            _ => true,
        }
    }
}

impl MailSender {
    /// Creates a sender. `worker` is another for each process.
    pub fn new(store: Store, transport: Transport, sender: Mailbox, worker: String) -> Self {
        Self {
            queue: store.mail_queue(),
            transport,
            sender,
            worker,
        }
    }

    /// Sends mails until shutdown.
    pub async fn run(self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            match self.next(Utc::now().timestamp_millis()).await {
                Ok(Some(_)) => continue,
                Ok(None) => {}
                Err(error) => tracing::warn!(error = chain(&error), "mails not read"),
            }
            let pause = tokio::time::timeout(PAUSE, self.queue.written());
            if shutdown.run_until_cancelled(pause).await.is_none() {
                return;
            }
        }
    }

    /// Sends the mail that is due first, and returns how many mails were sent.
    ///
    /// # Errors
    /// If the database fails. A mail that fails is due again later.
    pub async fn tick(&self, now_ms: i64) -> Result<u64, StoreError> {
        let sent = self.next(now_ms).await?;
        Ok(u64::from(sent == Some(true)))
    }

    /// Sends the mail that is due first; false if that fails, `None` if none is due. One that waits for its turn is nobody's, so
    /// that no claim is outlived.
    async fn next(&self, now_ms: i64) -> Result<Option<bool>, StoreError> {
        if !self.queue.is_due(now_ms).await? {
            return Ok(None);
        }
        let mut claimed = self.queue.claim(&self.worker, 1, LEASE_MS, now_ms).await?;
        let Some(mail) = claimed.pop() else {
            return Ok(None);
        };
        match self.send(&mail).await {
            Ok(()) => {
                self.queue.sent(&self.worker, mail.id, now_ms).await?;
                Ok(Some(true))
            }
            Err(error) => {
                self.note_failure(&mail, &error, now_ms).await?;
                Ok(Some(false))
            }
        }
    }

    async fn note_failure(
        &self,
        mail: &Mail,
        error: &MailError,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let doubled = FIRST_DELAY_MS << mail.attempt.saturating_sub(1).min(10);
        let due = now_ms.saturating_add(doubled.min(LONGEST_DELAY_MS));
        let is_over = due.saturating_sub(mail.created_at_ms) > GIVEN_UP_AFTER_MS;
        let due = (!is_over && !error.is_permanent()).then_some(due);
        let (mail_id, attempt, gives_up) = (mail.id.0, mail.attempt, due.is_none());
        let error = chain(error);
        tracing::warn!(error, mail_id, attempt, gives_up, "mail not sent");
        let failed = self
            .queue
            .failed(&self.worker, mail.id, &error, due, now_ms);
        failed.await
    }

    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let (shop, letter) = letter_of(mail)?;
        let sender = Mailbox::new(Some(shop), self.sender.email.clone());
        // The same at each attempt: a mailbox that got it twice can tell.
        let domain = self.sender.email.domain();
        let id = format!("<souk-{}-{}@{domain}>", mail.id, mail.created_at_ms);
        let (text, html) = (
            self.transport.body(letter.text),
            self.transport.body(letter.html),
        );
        let message = Message::builder()
            .from(sender)
            .to(Mailbox::new(None, mail.recipient.parse()?))
            .subject(letter.subject)
            .message_id(Some(id))
            .multipart(MultiPart::alternative_plain_html(text, html))?;
        let name = format!("{:012}-{}.eml", mail.id.0, mail.template);
        Ok(self.transport.send(message, &name).await?)
    }
}
