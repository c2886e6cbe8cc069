//! Rules of selling: carts' figures, orders, payments and the sellers' money.
//!
//! All of it is computed from what is passed in. Amounts are whole minor units of one currency, the one that
//! the marketplace sells in.

mod address;
mod allocation;
mod amounts;
mod commission;
mod dates;
mod delivery;
mod ledger;
mod number;
mod orders;
mod payment;
mod promotions;
mod quote;
mod refunds;
mod tax;

pub use address::{
    AddressForm, AddressInput, AddressPart, Country, PartUse, PostalAddress, PostcodeName,
    RegionName, UnknownCountry,
};
pub use allocation::allocate;
pub use amounts::AmountOverflow;
pub use commission::{BASIS_POINTS, CommissionLine, CommissionRate, CommissionRates};
pub use delivery::{DeliveryMethod, DeliveryPrice, TransitDays, WeightStep};
pub use ledger::{
    Earning, FrozenOrder, Journal, JournalEntry, JournalError, JournalKind, LedgerAccount,
    OrderPosition, UnknownAccount, journals,
};
pub use number::{OrderNumberError, OrderNumberFormat};
pub use orders::{
    CancelScope, DeliveryFacts, FulfilmentStatus, GroupFacts, GroupPayment, LineFacts, OrderEvent,
    OrderFacts, OrderStatus, OrderStep, PaymentStatus, PaymentTerms, RefundRequest, StepError,
    Taken, Units, WithdrawalPeriod,
};
pub use payment::{Payment, PaymentState, ProviderEvent, ProviderEventKind, RefundState};
pub use promotions::{
    AppliedPromotion, Benefit, OfferedPromotion, Promotion, PromotionBearer, PromotionCode,
    PromotionConditions, PromotionLimits, PromotionUses, RefusalReason, RefusedPromotion, Stacking,
};
pub use quote::{
    ChosenDelivery, DeliveryOption, MAX_QUANTITY, MAX_QUOTE_LINES, Quote, QuoteError, QuoteInput,
    QuoteLine, QuoteTotals, QuotedDelivery, QuotedLine, QuotedSeller, SellerDelivery, quote,
};
pub use refunds::{FrozenAmounts, RefundParts, refund_amount, refund_parts, share_so_far};
pub use tax::{PPM, TaxPlace, TaxPricing, TaxRate, TaxRates, TaxedAmount};
