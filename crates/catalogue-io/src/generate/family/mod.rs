//! Properties that products of one make share: materials, sizes, colours, traits and descriptions.

mod carry;
mod collect;
mod home;
mod paper;
mod wear;

pub(in crate::generate) use carry::*;
pub(in crate::generate) use collect::*;
pub(in crate::generate) use home::*;
pub(in crate::generate) use paper::*;
pub(in crate::generate) use wear::*;

/// A group of product types that are described alike.
pub(in crate::generate) struct Family {
    /// Names the image, and picks the makers.
    pub key: &'static str,
    /// Name of the attribute of the materials.
    pub made: &'static str,
    pub materials: &'static [&'static str],
    pub sizes: Sizes,
    pub colours: Colours,
    /// Attributes beside material and theme.
    pub traits: &'static [Trait],
    /// Sentences true of every product of the family.
    pub details: &'static [&'static str],
    /// Suffixes of the names of such makers.
    pub maker_suffixes: &'static [&'static str],
}

/// An attribute, and how many of a hundred products have it.
pub(in crate::generate) struct Trait {
    pub name: &'static str,
    pub percent: usize,
    pub values: &'static [&'static str],
}

/// Sizes of a product.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::generate) enum Sizes {
    One,
    Clothing,
    Baby,
    Child,
    Foot,
    Ring,
    Poster,
    Canvas,
    Bedding,
    Paper,
    Phone,
}

impl Sizes {
    /// Each size with its price in percent of the smallest's.
    pub(in crate::generate) fn ladder(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::One => &[],
            Self::Clothing => &[
                ("XS", 100),
                ("S", 100),
                ("M", 100),
                ("L", 100),
                ("XL", 100),
                ("XXL", 110),
                ("3XL", 115),
            ],
            Self::Baby => &[("56-62", 100), ("68-74", 100), ("80-86", 105)],
            Self::Child => &[
                ("92", 100),
                ("104", 100),
                ("116", 100),
                ("128", 105),
                ("140", 105),
            ],
            Self::Foot => &[("35-38", 100), ("39-42", 100), ("43-46", 100)],
            Self::Ring => &[
                ("50", 100),
                ("52", 100),
                ("54", 100),
                ("56", 100),
                ("58", 100),
                ("60", 100),
            ],
            Self::Poster => &[
                ("30 x 40 cm", 100),
                ("50 x 70 cm", 145),
                ("61 x 91 cm", 180),
                ("70 x 100 cm", 220),
            ],
            Self::Canvas => &[
                ("40 x 30 cm", 100),
                ("60 x 40 cm", 150),
                ("90 x 60 cm", 230),
            ],
            Self::Bedding => &[
                ("135 x 200 cm", 100),
                ("155 x 220 cm", 120),
                ("200 x 200 cm", 145),
            ],
            Self::Paper => &[("A6", 100), ("A5", 125), ("A4", 160)],
            Self::Phone => &[("Compact", 100), ("Standard", 100), ("Max", 110)],
        }
    }
}

/// Colours of a product.
#[derive(Clone, Copy)]
pub(in crate::generate) enum Colours {
    One,
    Textile,
    Metal,
    Bright,
}

impl Colours {
    pub(in crate::generate) fn palette(self) -> &'static [&'static str] {
        match self {
            Self::One => &[],
            Self::Textile => &[
                "Black",
                "White",
                "Navy",
                "Heather Grey",
                "Burgundy",
                "Forest Green",
                "Sand",
                "Royal Blue",
                "Mustard",
                "Charcoal",
            ],
            Self::Metal => &["Silver", "Gold", "Rose Gold", "Antique Bronze", "Gunmetal"],
            Self::Bright => &[
                "Red", "Blue", "Green", "Yellow", "Purple", "Pink", "Orange", "Teal", "Black",
                "White",
            ],
        }
    }
}

const fn some(name: &'static str, percent: usize, values: &'static [&'static str]) -> Trait {
    Trait {
        name,
        percent,
        values,
    }
}

const EDITION: Trait = some(
    "edition",
    35,
    &[
        "Standard",
        "Limited",
        "Numbered",
        "Anniversary",
        "Convention Exclusive",
    ],
);
const AGE: Trait = some(
    "recommended age",
    90,
    &["3+", "6+", "8+", "10+", "12+", "14+"],
);
const LICENCE: Trait = some(
    "licence",
    60,
    &["Official", "Fan Art", "Artist Collaboration"],
);
