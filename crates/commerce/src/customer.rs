//! Buyers: accounts and guests.

use sha2::{Digest, Sha256};
use souk_domain::AccountId;
use souk_identity::{MailAddress, TokenHash};
use souk_store::CartOwner;

/// Shopper: signed in, or a guest with a cart's token, or neither yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Customer {
    /// Account, if the shopper is signed in.
    pub account: Option<AccountId>,
    /// Hash of a cart's token, if the request has one.
    pub cart: Option<TokenHash>,
}

impl Customer {
    /// Returns whose cart it is; none for a guest without a token. An account's own cart comes before a guest's.
    pub fn owner(self) -> Option<CartOwner> {
        let account = self.account.map(CartOwner::Account);
        account.or(self.cart.map(CartOwner::Guest))
    }

    /// Returns the name that uses of promotions are counted under: the account, or else a hash of the mail address.
    pub(crate) fn name(self, mail: &MailAddress) -> String {
        match self.account {
            Some(account) => format!("account:{account}"),
            None => format!("mail:{}", hex::encode(Sha256::digest(mail.as_str()))),
        }
    }
}
