//! Omissions of an import: what of a file was left out, changed, or is not kept yet, by reason.

use std::collections::BTreeMap;
use std::fmt;

macro_rules! losses {
    ($($(#[doc = $doc:literal])* $loss:ident $text:literal),+ $(,)?) => {
        /// A value that was left out or changed in a row that was imported.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Loss {
            $($(#[doc = $doc])* $loss,)+
        }

        impl fmt::Display for Loss {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$loss => $text,)+
                })
            }
        }
    };
}

losses! {
    /// Products that shoppers will not see, since the file hides them.
    Hidden "products hidden in the file: imported as drafts",
    /// A status of an unknown name.
    UnknownStatus "products of a status that is not known: imported as drafts",
    /// No variant of the product has a price.
    NoPrice "products without a price: imported as drafts",
    /// A variant has no price where others have one.
    NoVariantPrice "variants left out: no price",
    /// A variant that the file hides.
    HiddenVariant "variants left out: hidden in the file",
    /// A variant's price is in another currency than its product's.
    FurtherCurrency "variants left out: their currency is not their product's",
    /// More variants than a product may have.
    ManyVariants "variants left out: more than 500 of one product",
    /// A stock keeping unit that is given twice in one product.
    RepeatedSku "stock keeping units made distinct: given twice in one product",
    /// A title made of the id.
    NoTitle "products without a title: named by their id",
    /// An amount with more decimals than its currency has.
    Rounded "amounts rounded to the decimals of their currency",
    /// An amount that cannot be read: a price stays what it was, any other is left out.
    Amount "amounts left out: cannot be read",
    /// A sale whose beginning or end cannot be read.
    SaleUnread "sale prices left out: the dates of their sale cannot be read or end before they begin",
    /// A former price that is not above the price.
    ListPriceBelow "list prices left out: not above the price",
    /// A sale's price that is not below the price.
    SaleAbove "sale prices left out: not below the price",
    /// A stock below zero.
    NegativeStock "stocks below 0: taken as 0",
    /// A stock that is no number and no known word.
    UnreadStock "stocks left out: neither a number nor a known word",
    /// No stock was given, so the default was taken.
    DefaultStock "variants without a stock: took --default-stock",
    /// A slug that cannot be one.
    Slug "slugs left out: not of lower-case letters, digits and single dashes",
    /// A slug that another product has.
    SlugTaken "slugs made distinct: taken by another product",
    /// A date that cannot be read.
    Date "dates left out: cannot be read",
    /// A trade item number with a wrong check digit.
    Gtin "GTINs left out: not 8, 12, 13 or 14 digits with a right check digit",
    /// A rating beyond 0 to 5, or no number.
    Rating "ratings left out: not between 0 and 5",
    /// A category that is a number only, or has no letters.
    Category "categories left out: no name",
    /// An attribute's value is longer than a value may be.
    LongValue "attribute values left out: longer than 500 characters",
    /// An attribute has more values than it may have.
    ManyValues "attribute values left out: more than 200 of one attribute",
    /// An attribute's name is longer than a name may be.
    LongName "attributes left out: name longer than 200 characters",
    /// A product has more attributes than it may have.
    ManyAttributes "attributes left out: more than 1,000 of one product",
    /// An address of a person.
    Email "values left out: an e-mail address in them",
    /// A title or description longer than it may be.
    LongText "texts shortened to what a product may have",
    /// An image is not an http(s) address or an absolute path.
    ImageAddress "images left out: neither an http(s) address nor an absolute path",
    /// A product has more images than it may have.
    ManyImages "images left out: more than 50 of one product",
    /// A list price above the price outside of a sale.
    ListPrice "list prices left out: beside a sale, the price outside of it takes their place",
    /// Categories beside the main one.
    FurtherCategories "further categories left out: more than 50 of one product",
    /// More or longer tags than a product may have.
    Tags "tags left out: more than 250 of one product, or longer than 500 characters",
    /// A weight or length that cannot be read, has no unit, or is beyond all bounds.
    Measure "weights, lengths, widths and heights left out: no number, no known unit, or too large",
}

/// Number of omissions, by reason.
pub type Losses = BTreeMap<Loss, u64>;

/// Counts an omission.
pub(super) fn lose(losses: &mut Losses, loss: Loss, count: usize) {
    if count > 0 {
        *losses.entry(loss).or_default() += count as u64;
    }
}
