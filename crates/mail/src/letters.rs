//! Mails of the queue as they are read: those of accounts, and those about purchases.

use souk_papers::{MailKind, PurchaseMail, WrittenMail};
use souk_store::Mail;

use crate::templates::{Letter, TemplateError, Values, render};

/// Returns the name of the marketplace that sends a mail, and the mail.
pub(crate) fn letter_of(mail: &Mail) -> Result<(String, Letter), TemplateError> {
    let Some(kind) = MailKind::of(&mail.template) else {
        let values: Values = serde_json::from_str(&mail.data).map_err(TemplateError::Values)?;
        let letter = render(&mail.template, &mail.language, &values)?;
        return Ok((values.shop, letter));
    };
    let values: PurchaseMail = serde_json::from_str(&mail.data).map_err(TemplateError::Values)?;
    let WrittenMail {
        subject,
        text,
        html,
    } = kind.write(&mail.language, &values)?;
    let letter = Letter {
        subject,
        text,
        html,
    };
    Ok((values.shop, letter))
}
