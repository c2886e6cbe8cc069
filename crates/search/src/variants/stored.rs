//! Variants of a hit, as indexes store them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_domain::{ProductDocument, VariantDocument, same_value};

/// Variants of a product, and what it takes to hold them against conditions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct StoredVariants {
    pub(super) variants: Vec<VariantDocument>,
    /// Values that hold for every variant, of the attributes of which some variant has an option.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    common: BTreeMap<String, Vec<String>>,
}

impl StoredVariants {
    /// Returns the variants of a document.
    pub(crate) fn of(document: &ProductDocument) -> Self {
        let common = document.common_values_of_options();
        let common = common.map(|(name, values)| {
            let values = values.into_iter().cloned().collect();
            (name.clone(), values)
        });
        Self {
            common: common.collect(),
            variants: document.variants.clone(),
        }
    }

    /// Returns variants that were read one by one.
    pub(crate) fn new(
        variants: Vec<VariantDocument>,
        common: BTreeMap<String, Vec<String>>,
    ) -> Self {
        Self { variants, common }
    }

    /// Returns true if a variant has a value of an attribute that is accepted, or if no variant has any: then the
    /// attribute is the product's.
    pub(super) fn has_value(
        &self,
        variant: &VariantDocument,
        name: &str,
        accepts: impl Fn(&str) -> bool,
    ) -> bool {
        let option = |variant: &'_ VariantDocument| {
            let own = variant.options.get(name);
            let mut options = variant.options.iter();
            own.or_else(|| Some(options.find(|(own, _)| same_value(own, name))?.1))
                .cloned()
        };
        if option(variant).is_some_and(|option| accepts(&option)) {
            return true;
        }
        let common = self.common.iter();
        let mut common = common.filter(|(own, _)| same_value(own, name));
        let mut variants = self.variants.iter();
        common.any(|(_, values)| values.iter().any(|value| accepts(value)))
            || !variants.any(|other| option(other).is_some())
    }
}
