//! Mails: templates of those of accounts in several languages, sent by SMTP or put into a local mailbox.
//!
//! Texts of mails about purchases are those of `souk-papers`. Whatever causes a mail writes its row in the same transaction (`souk-store`); [`MailSender`] sends it afterwards.

mod letters;
mod sender;
mod templates;
mod transport;

pub use sender::MailSender;
pub use templates::{Letter, TemplateError, Values, render};
pub use transport::{BadMailSetting, Transport};
