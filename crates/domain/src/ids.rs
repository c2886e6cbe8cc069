//! Identifiers, one type each, so that a seller's id is never taken for a product's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An identifier that is not a positive integer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is a positive integer without leading zeros")]
pub struct ParseIdError;

/// Reads an id in the one way in which it is written, so that each address of a thing is one.
fn canonical(text: &str) -> Result<i64, ParseIdError> {
    let begins_with_digit = text.starts_with(|first: char| matches!(first, '1'..='9'));
    let id = text.parse().ok().filter(|_| begins_with_digit);
    id.ok_or(ParseIdError)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                canonical(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A marketplace.
    TenantId,
    /// A key of a tenant's storefront.
    TenantKeyId,
    /// An account of a tenant.
    AccountId,
    /// A session of an account.
    SessionId,
    /// A mail that is to be sent.
    MailId,
    /// A product: what a hit is.
    ProductId,
    /// A sellable form of a product: one size, one colour.
    VariantId,
    /// A further seller's offer of a variant.
    OfferId,
    /// A node of the category tree.
    CategoryId,
    /// A fandom: the work or world that merchandise is about.
    FandomId,
    /// Seller of products.
    SellerId,
    /// A customer's review of a product.
    ReviewId,
    /// A row of the outbox.
    OutboxId,
    /// A postal address of an account.
    AddressId,
    /// A cart of a guest or of an account.
    CartId,
    /// A row of a cart.
    CartLineId,
    /// A customer's purchase: the orders that one payment is for.
    OrderGroupId,
    /// An order of one seller.
    OrderId,
    /// A line of an order.
    OrderLineId,
    /// A parcel of an order.
    FulfilmentId,
    /// The payment of an order group.
    PaymentId,
    /// Money that goes back to a customer.
    RefundId,
    /// A promotion.
    PromotionId,
    /// A seller's delivery method.
    DeliveryMethodId,
    /// A rule of tax.
    TaxRateId,
    /// A journal of the ledger.
    JournalId,
    /// A payout to a seller.
    PayoutId,
    /// An endpoint of webhooks.
    WebhookEndpointId,
    /// A delivery to an endpoint of webhooks.
    WebhookDeliveryId,
}

/// External id of a product, with its seller where that is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalKey {
    /// Slug of the seller; none if only one seller has the id.
    pub seller: Option<String>,
    /// The seller's own id.
    pub external_id: String,
}

impl ExternalKey {
    /// An external id that only one seller has.
    pub fn alone(external_id: impl Into<String>) -> Self {
        Self {
            seller: None,
            external_id: external_id.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_one_way() {
        assert_eq!("70".parse(), Ok(ProductId(70)));
        let odd = [
            "07",
            "+7",
            "-7",
            "0",
            "",
            "7 ",
            "7.0",
            "9223372036854775808",
        ];
        for text in odd {
            assert_eq!(text.parse::<ProductId>(), Err(ParseIdError), "{text}");
        }
    }
}
