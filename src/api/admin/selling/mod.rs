//! Terms of selling: delivery, tax, promotions and commission.

pub mod commission;
pub mod delivery;
pub mod promotions;
pub mod settings;
pub mod tax;
pub(crate) mod terms;

/// Operations on terms of selling.
pub type Api = (
    delivery::AdminDeliveryMethodsApi,
    tax::AdminTaxRatesApi,
    promotions::AdminPromotionsApi,
    commission::AdminCommissionRatesApi,
    settings::AdminSellingApi,
);

pub(super) fn api() -> Api {
    (
        delivery::AdminDeliveryMethodsApi,
        tax::AdminTaxRatesApi,
        promotions::AdminPromotionsApi,
        commission::AdminCommissionRatesApi,
        settings::AdminSellingApi,
    )
}
