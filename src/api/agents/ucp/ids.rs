//! Identifiers of products and variants, which tell one from the other.

use souk_domain::{ProductId, VariantId};

const PRODUCT: &str = "prod_";
const VARIANT: &str = "var_";
/// Longest identifier, in bytes.
pub(crate) const MAX_ID_BYTES: usize = 300;

/// Identifier of a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Id {
    /// A product.
    Product(ProductId),
    /// A variant.
    Variant(VariantId),
    /// Slug of a product, its `handle`.
    Handle(String),
}

impl Id {
    /// Reads an identifier.
    pub(crate) fn parse(text: &str) -> Self {
        let product = text
            .strip_prefix(PRODUCT)
            .and_then(|id| id.parse().ok())
            .map(Self::Product);
        let variant = || Some(Self::Variant(text.strip_prefix(VARIANT)?.parse().ok()?));
        product
            .or_else(variant)
            .unwrap_or_else(|| Self::Handle(text.to_owned()))
    }
}

/// Writes the identifier of a product.
pub(crate) fn product(id: ProductId) -> String {
    format!("{PRODUCT}{id}")
}

/// Writes the identifier of a variant.
pub(crate) fn variant(id: VariantId) -> String {
    format!("{VARIANT}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_as_they_are_written() {
        assert_eq!(Id::parse(&product(ProductId(7))), Id::Product(ProductId(7)));
        assert_eq!(Id::parse(&variant(VariantId(7))), Id::Variant(VariantId(7)));
        for text in ["dragon-mug", "7", "prod_07", "var_", "PROD_7"] {
            assert_eq!(Id::parse(text), Id::Handle(text.to_owned()));
        }
    }
}
