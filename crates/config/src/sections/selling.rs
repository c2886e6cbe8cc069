//! Selling: checkout, payments and what follows from them.

use crate::declare::settings;

settings! {
    /// Selling; see docs/SELLING.md.
    selling: SellingConfig {
        /// Providers that payments are taken by, the one to offer first at the beginning, separated by commas: `manual` (invoice or on delivery) and `test` (no money moves). `auto`: `manual`, and `test` before it with the demo catalogue in an embedded database.
        payment_providers: String = "auto".to_owned(), "SOUK_PAYMENT_PROVIDERS";
        /// Time for which a purchase may be paid. So long its units are held.
        checkout_minutes: u32 = 30, "SOUK_CHECKOUT_MINUTES", range 5..=1_440, unit "minutes";
        /// Time for which a customer may withdraw from an order after its delivery.
        withdrawal_days: u32 = 14, "SOUK_WITHDRAWAL_DAYS", range 0..=365, unit "days";
        /// Time for which what a seller earned is kept from payouts, since goods may come back.
        payout_reserve_days: u32 = 14, "SOUK_PAYOUT_RESERVE_DAYS", range 0..=365, unit "days";
        /// Address of a purchase's page in the storefront, which mails link to: `{tenant}` stands for the marketplace's slug, `{purchase}` for the purchase's id. Empty: mails have no link.
        order_page: String = String::new(), "SOUK_ORDER_PAGE";
    }
}
