//! The shop that a form of one currency is for.

use souk_domain::Currency;
use souk_store::ProductRecord;

use super::omissions::{Omission, Omissions, omit};
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

    /// Counts what the form does not say of a product's offers: it has one price a variant, of goods without a condition.
    pub(super) fn omit_offers(record: &ProductRecord, omissions: &mut Omissions) {
        let further = record.variants.iter().map(|variant| variant.offers.len());
        omit(
            omissions,
            Omission::FurtherOffer,
            further.sum::<usize>() as u64,
        );
        let used = record.variants.iter();
        let used = used.filter(|variant| !variant.condition.is_new());
        omit(omissions, Omission::Condition, used.count() as u64);
    }
}
