//! The shop that a form of one currency is for.

use souk_domain::Currency;
use souk_store::ProductRecord;

use super::omissions::Omission;
use super::shop_url::ImageBase;

/// Settings of forms that have one currency.
pub(super) struct Shop {
    pub currency: Currency,
    pub images: ImageBase,
}

impl Shop {
    /// Reason for which a form of one currency has no place for a product.
    pub(super) fn leaves_out(&self, record: &ProductRecord) -> Option<Omission> {
        if record.variants.is_empty() {
            return Some(Omission::NoVariant);
        }
        (record.currency != self.currency).then_some(Omission::Currency)
    }
}
