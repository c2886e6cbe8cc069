//! Payment providers: takers of the money.

mod manual;
mod test;

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use souk_domain::{
    OrderGroupId, PaymentId, RefundId, TenantId,
    ordering::{PaymentTerms, ProviderEvent},
};

pub use self::{manual::ManualProvider, test::TestProvider};

/// Provider that did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// Refusal that would be repeated.
    #[error("the payment provider refuses: {0}")]
    Refused(String),
    /// Failure to reach it; trying again later may help.
    #[error("the payment provider is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Payment that is asked for.
#[derive(Debug, Clone)]
pub struct PaymentRequest<'a> {
    /// Tenant that sells.
    pub tenant: TenantId,
    /// Purchase.
    pub group: OrderGroupId,
    /// Payment. Whoever asks for it twice gets one.
    pub payment: PaymentId,
    /// Amount in minor units.
    pub amount: i64,
    /// Currency, ISO 4217.
    pub currency: &'a str,
    /// Mail address of the customer.
    pub mail: &'a str,
    /// Token that the customer's browser got from the provider; never a card's number.
    pub method: Option<&'a str>,
    /// Time, in milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// Refund that is asked for.
#[derive(Debug, Clone)]
pub struct ProviderRefund<'a> {
    /// Reference of the payment.
    pub reference: &'a str,
    /// Refund. Whoever asks for it twice gets one.
    pub refund: RefundId,
    /// Amount in minor units.
    pub amount: i64,
    /// Currency, ISO 4217.
    pub currency: &'a str,
    /// Time, in milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// Answer of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAnswer {
    /// Reference of the payment at the provider.
    pub reference: String,
    /// Events so far.
    pub events: Vec<ProviderEvent>,
    /// Task of the customer.
    pub action: Option<PaymentAction>,
}

/// Task of a customer without which a payment does not go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaymentAction {
    /// Confirm it, such as by a code of the bank.
    Confirm,
    /// Transfer the amount, with the number of the purchase.
    Transfer,
    /// Go on with a secret at the provider's own script.
    Provider {
        /// Secret for the customer's browser.
        secret: String,
    },
}

/// Taker of payments.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Name in the database and on the wire.
    fn name(&self) -> &'static str;

    /// Time at which the customer pays.
    fn terms(&self) -> PaymentTerms;

    /// Asks for a payment, or asks once more with another method.
    ///
    /// # Errors
    /// If the provider refuses the request, or is away. A card that is declined is an event.
    async fn begin(&self, request: PaymentRequest<'_>) -> Result<ProviderAnswer, ProviderError>;

    /// Gives a payment up.
    ///
    /// # Errors
    /// If the provider is away.
    async fn cancel(
        &self,
        reference: &str,
        now_ms: i64,
    ) -> Result<Vec<ProviderEvent>, ProviderError>;

    /// Gives money back.
    ///
    /// # Errors
    /// If the provider refuses or is away.
    async fn refund(&self, refund: ProviderRefund<'_>)
    -> Result<Vec<ProviderEvent>, ProviderError>;

    /// Confirms a payment in the place of the customer's bank. Only a provider of tests does.
    ///
    /// # Errors
    /// If the provider has no such thing.
    async fn confirm(
        &self,
        _reference: &str,
        _code: &str,
        _amount: i64,
        _now_ms: i64,
    ) -> Result<Vec<ProviderEvent>, ProviderError> {
        let message = "payments are confirmed at the provider itself";
        Err(ProviderError::Refused(message.to_owned()))
    }
}

/// Providers of an installation. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<Vec<Box<dyn PaymentProvider>>>);

impl Providers {
    /// Takes providers, the one that is offered first at the beginning.
    pub fn new(providers: Vec<Box<dyn PaymentProvider>>) -> Self {
        Self(Arc::new(providers))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn PaymentProvider> {
        let provider = self.0.iter().find(|provider| provider.name() == name);
        provider.map(AsRef::as_ref)
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|provider| provider.name()).collect()
    }
}
