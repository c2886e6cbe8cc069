//! Options of selling.

use souk_commerce::{
    CommerceOptions,
    payments::{ManualProvider, PaymentProvider, Providers, TestProvider},
};
use souk_config::Config;
use souk_domain::ordering::WithdrawalPeriod;

/// Name in `SOUK_PAYMENT_PROVIDERS` that is no provider's.
#[derive(Debug, thiserror::Error)]
#[error(
    "SOUK_PAYMENT_PROVIDERS must list `manual` and `test`, each at most once, or be `auto`; `{0}` is none of them"
)]
pub struct UnknownProvider(String);

/// Conversions of the section `selling`.
pub trait SellingSection {
    /// Returns the options of selling.
    fn selling(&self) -> CommerceOptions;

    /// Returns the payment providers.
    ///
    /// # Errors
    /// If one is unknown or listed twice.
    fn payment_providers(&self) -> Result<Providers, UnknownProvider>;
}

impl SellingSection for Config {
    fn selling(&self) -> CommerceOptions {
        CommerceOptions {
            checkout_ms: i64::from(self.selling.checkout_minutes) * 60_000,
            withdrawal: WithdrawalPeriod {
                days: self.selling.withdrawal_days,
            },
            payout_reserve_days: self.selling.payout_reserve_days,
            order_page: self.selling.order_page.clone(),
        }
    }

    fn payment_providers(&self) -> Result<Providers, UnknownProvider> {
        let is_demo = self.demo.enabled && self.database.url.is_none();
        let listed = match (self.selling.payment_providers.trim(), is_demo) {
            ("auto", true) => "test, manual",
            ("auto", false) => "manual",
            (listed, _) => listed,
        };
        let mut providers: Vec<Box<dyn PaymentProvider>> = Vec::new();
        for name in listed.split(',').map(str::trim) {
            let provider: Box<dyn PaymentProvider> = match name {
                "manual" => Box::new(ManualProvider),
                "test" => Box::new(TestProvider),
                other => return Err(UnknownProvider(other.to_owned())),
            };
            if providers
                .iter()
                .any(|known| known.name() == provider.name())
            {
                return Err(UnknownProvider(name.to_owned()));
            }
            providers.push(provider);
        }
        Ok(Providers::new(providers))
    }
}
