//! Filters that speak of one offer of a variant: options, price, stock and seller.
//!
//! All conditions of a plan on them have to hold on the same variant of a product. Conditions on anything else, such as
//! the brand, hold for the product. A value of an attribute belongs to the variants that have it as an option; if no
//! variant has it as one, it is common to all (see [`ProductDocument::common_values`]).
//!
//! [`ProductDocument::common_values`]: souk_domain::ProductDocument::common_values

pub(crate) mod conditions;
mod shown;
pub(crate) mod stored;
