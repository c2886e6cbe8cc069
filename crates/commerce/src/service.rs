//! The service: its parts and options.

use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use souk_domain::{OrderGroupId, TenantId, ordering::WithdrawalPeriod};
use souk_identity::{Token, TokenKind};
use souk_store::{HeldKey, Store};

use crate::{
    error::CommerceError,
    payments::{PaymentProvider, Providers},
};

/// Options of selling.
#[derive(Debug, Clone)]
pub struct CommerceOptions {
    /// Time for which a purchase may be paid, in milliseconds: so long its units are held.
    pub checkout_ms: i64,
    /// Time for which a customer may withdraw after the last delivery.
    pub withdrawal: WithdrawalPeriod,
    /// Days for which earnings are kept from payouts, since goods may come back.
    pub payout_reserve_days: u32,
    /// Page of a purchase in the storefront, with `{tenant}` for the tenant's slug and `{purchase}` for the id; empty if there
    /// is none.
    pub order_page: String,
}

impl CommerceOptions {
    /// Returns the address of a purchase's page, if the storefront has one.
    pub(crate) fn order_page(&self, tenant: &str, purchase: OrderGroupId) -> Option<String> {
        let page = self.order_page.trim();
        let page = page.replace("{tenant}", tenant);
        let page = page.replace("{purchase}", &purchase.to_string());
        (!page.is_empty()).then_some(page)
    }
}

/// Carts, checkout, payments and orders. Cheap to clone.
#[derive(Clone)]
pub struct CommerceService {
    pub(crate) store: Store,
    pub(crate) options: Arc<CommerceOptions>,
    pub(crate) providers: Providers,
    token_key: [u8; 32],
}

impl fmt::Debug for CommerceService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommerceService")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl CommerceService {
    /// Creates the service with the providers that the marketplace takes payments by. `token_key` is a secret of the
    /// installation.
    pub fn new(
        store: Store,
        options: CommerceOptions,
        providers: Providers,
        token_key: [u8; 32],
    ) -> Self {
        Self {
            store,
            options: Arc::new(options),
            providers,
            token_key,
        }
    }

    /// Returns the names of the providers, the one that is offered first at the beginning.
    pub fn providers(&self) -> Vec<&'static str> {
        self.providers.names()
    }

    /// Returns the token of the purchase that a request makes: the same one each time, so that an answer which was lost can be
    /// given again although only a hash of the token is stored.
    pub fn order_token(&self, tenant: TenantId, key: &HeldKey) -> Token {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.token_key).expect("a key may have any length");
        for part in [tenant.to_string().as_str(), &key.caller, &key.key] {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        Token::new(TokenKind::Order, mac.finalize().into_bytes().into())
    }

    pub(crate) fn provider(&self, name: &str) -> Result<&dyn PaymentProvider, CommerceError> {
        let provider = self.providers.get(name);
        provider.ok_or_else(|| CommerceError::UnknownProvider(name.to_owned()))
    }
}
