//! Mails to the owners of a seller on whom the marketplace has decided.

use serde::Deserialize;
use serde_json::json;
use souk_domain::SellerId;
use souk_identity::{MailAddress, Role};
use souk_store::{Event, EventBatch, NewMail, StoreError, Tenant};

use crate::error::CommerceError;

/// Data of an event about a seller, as far as mails need it.
#[derive(Debug, Deserialize)]
struct Decided {
    seller: SellerId,
    name: String,
    reason: Option<String>,
}

/// Most owners of a seller that get the mail.
const MOST_OWNERS: u32 = 50;

/// Returns the template of an event about a seller; none if its owners need no mail.
fn template_of(event: &str) -> Option<&'static str> {
    Some(match event {
        "seller.approved" => "seller_approved",
        "seller.rejected" => "seller_rejected",
        "seller.suspended" => "seller_suspended",
        "seller.reinstated" => "seller_reinstated",
        "seller.payout_account_changed" => "seller_payout_account",
        _ => return None,
    })
}

/// Writes a mail to each owner of the seller that an event is about. Returns false if it is about none, or needs no mail.
pub(super) async fn write(
    batch: &EventBatch,
    sender: &Tenant,
    event: &Event,
) -> Result<bool, CommerceError> {
    let Some(template) = template_of(&event.kind) else {
        return Ok(false);
    };
    let decided: Decided = serde_json::from_str(&event.data).map_err(StoreError::from)?;
    let accounts = batch.scope().accounts();
    for person in accounts.of_seller(decided.seller, MOST_OWNERS).await? {
        let mut roles = person.memberships.iter();
        let is_owner =
            roles.any(|own| own.role == Role::SellerOwner && own.seller == Some(decided.seller));
        let Ok(recipient) = MailAddress::parse(&person.account.mail) else {
            continue;
        };
        if !is_owner {
            continue;
        }
        let mail = NewMail {
            recipient,
            template,
            language: person.account.language,
            data: json!({
                "shop": sender.name,
                "name": person.account.name,
                "seller": decided.name,
                "reason": decided.reason.as_deref().unwrap_or_default(),
            })
            .to_string(),
            at_ms: event.at_ms,
        };
        batch.add_mail(Some(person.account.id), &mail).await?;
    }
    Ok(true)
}
