//! Omissions of an export: what of a catalogue the form of another system cannot hold.

use std::collections::BTreeMap;
use std::fmt;

macro_rules! omissions {
    ($($(#[doc = $doc:literal])* $omission:ident $text:literal),+ $(,)?) => {
        /// A value that the exported form holds in another way, or not at all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Omission {
            $($(#[doc = $doc])* $omission,)+
        }

        impl fmt::Display for Omission {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$omission => $text,)+
                })
            }
        }
    };
}

omissions! {
    /// A product priced in another currency than the export's.
    Currency "products left out: the form has one currency, and theirs is another (see --currency)",
    /// A product without variants.
    NoVariant "products left out: no variant",
    /// A product that shoppers do not find.
    NotForSale "products left out: not active, or hidden",
    /// A variant that costs nothing.
    NoPrice "variants left out: no price",
    /// A variant without a field that the form requires, such as a brand or an image.
    Incomplete "variants left out: a field that the form requires is missing",
    /// An active product that is hidden, as its seller or category is closed.
    Hidden "products written as hidden, as they are here: their seller or category is closed",
    /// An archived product, for which the form has no word.
    Archived "archived products written as private: the form has no archive",
    /// A product with attributes that only admins see.
    Internal "products written without their internal attributes",
    /// More options than the form holds.
    OptionsJoined "products with more than three options: the third and those after it joined into one",
    /// An option that only some variants of a product have.
    OptionBlank "options without a value written as `-`: the form needs one for each variant",
    /// Variants that no option sets apart.
    OptionAdded "products whose variants no option sets apart: told apart by their SKU",
    /// A sale between two dates.
    SaleDates "prices of today written for sales with dates: the form has no dates",
    /// An offer of another seller.
    FurtherOffer "offers of further sellers left out: the form has one price a variant",
    /// Goods that are not new.
    Condition "conditions of goods that are not new left out: the form has no place for them",
    /// A tag with a comma in it.
    TagComma "commas in tags replaced by blanks: the form separates tags by commas",
    /// A SKU that another product has, too.
    RepeatedSku "SKUs put behind their product's id: used by several products",
    /// An image without a host.
    Image "images left out: no host in their URL (see --shop-url)",
    /// A text that stands for an image.
    ImageAlt "alternative texts of images left out: the form has no place for them",
    /// A further image of a variant.
    VariantImages "images of variants kept for their product only: the form takes one a variant",
    /// Length, width or height of a variant.
    Size "lengths, widths and heights left out: the form has no place for them",
    /// More images than the form holds.
    ManyImages "images left out: more than the form takes",
    /// A text beyond the form's length.
    LongText "texts shortened to the length that the form takes",
}

/// Number of omissions, by kind.
pub type Omissions = BTreeMap<Omission, u64>;

/// Counts an omission.
pub(super) fn omit(omissions: &mut Omissions, omission: Omission, count: u64) {
    if count > 0 {
        *omissions.entry(omission).or_default() += count;
    }
}
