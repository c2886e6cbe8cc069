//! Families of what is carried along.

use super::{Colours, EDITION, Family, LICENCE, Sizes, some};

pub(in crate::generate) const BAG: Family = Family {
    key: "bag",
    made: "material",
    materials: &[
        "Canvas",
        "Recycled Polyester",
        "Vegan Leather",
        "Waxed Cotton",
        "Nylon",
    ],
    sizes: Sizes::One,
    colours: Colours::Textile,
    traits: &[
        some("capacity", 80, &["5 l", "10 l", "15 l", "20 l", "25 l"]),
        some("closure", 80, &["Zip", "Magnetic", "Drawstring", "Buckle"]),
        LICENCE,
    ],
    details: &[
        "The main compartment holds books, a bottle and a light jacket.",
        "The straps adjust and spread the weight well.",
        "The lining repeats the pattern of the front.",
        "A hidden pocket keeps keys and cards safe.",
        "The base is reinforced.",
    ],
    maker_suffixes: &["Bags", "Leatherworks", "Carry Co."],
};

pub(in crate::generate) const POUCH: Family = Family {
    key: "pouch",
    traits: &[LICENCE],
    details: &[
        "It holds pens, brushes, dice or make-up.",
        "The lining repeats the pattern of the front.",
        "The zip runs smoothly and does not catch.",
    ],
    ..BAG
};

pub(in crate::generate) const SMALL_LEATHER: Family = Family {
    key: "wallet",
    materials: &["Leather", "Vegan Leather", "Cork", "Canvas"],
    traits: &[
        some("protection", 40, &["RFID Blocking"]),
        some("card slots", 70, &["4", "6", "8", "12"]),
        LICENCE,
    ],
    details: &[
        "The emblem is debossed and will not wear off.",
        "The edges are sealed by hand.",
        "It ages well and looks better every year.",
    ],
    ..BAG
};

pub(in crate::generate) const JEWELLERY: Family = Family {
    key: "jewellery",
    made: "material",
    materials: &[
        "Sterling Silver",
        "Stainless Steel",
        "Brass",
        "Gold-Plated Steel",
        "Resin",
    ],
    sizes: Sizes::One,
    colours: Colours::Metal,
    traits: &[
        some(
            "stone",
            35,
            &["Zirconia", "Amethyst", "Moonstone", "Garnet", "Opal Glass"],
        ),
        some("finish", 70, &["Polished", "Matt", "Antiqued", "Hammered"]),
        EDITION,
    ],
    details: &[
        "It is free of nickel and lead.",
        "It comes in a small box with a story card.",
        "Each casting is finished by hand.",
        "The surface is sealed against tarnish.",
    ],
    maker_suffixes: &["Jewellery", "Silversmiths", "Metalworks"],
};

pub(in crate::generate) const RING: Family = Family {
    key: "ring",
    sizes: Sizes::Ring,
    ..JEWELLERY
};

pub(in crate::generate) const PIN: Family = Family {
    key: "pin",
    made: "material",
    materials: &["Hard Enamel", "Soft Enamel", "Zinc Alloy", "Tinplate"],
    sizes: Sizes::One,
    colours: Colours::Metal,
    traits: &[
        some(
            "backing",
            85,
            &["Butterfly Clutch", "Rubber Clutch", "Magnet", "Safety Pin"],
        ),
        some("diameter", 80, &["25 mm", "30 mm", "38 mm", "45 mm"]),
        EDITION,
    ],
    details: &[
        "Two posts keep it from turning.",
        "The colours are filled by hand and polished flat.",
        "It comes on an illustrated backing card.",
        "It looks good on jackets, bags and lanyards.",
    ],
    maker_suffixes: &["Pins", "Metalworks", "Badge Co."],
};

pub(in crate::generate) const PATCH: Family = Family {
    key: "patch",
    made: "material",
    materials: &["Cotton Twill", "Felt", "Polyester"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("backing", 90, &["Iron-On", "Sew-On", "Hook and Loop"]),
        EDITION,
    ],
    details: &[
        "The edges are merrowed and do not fray.",
        "It is fixed in a minute with a hot iron or a few stitches.",
        "The embroidery is dense and covers the whole surface.",
    ],
    maker_suffixes: &["Badge Co.", "Threads"],
};

pub(in crate::generate) const KEYRING: Family = Family {
    key: "keyring",
    made: "material",
    materials: &[
        "Acrylic",
        "Zinc Alloy",
        "Wood",
        "Leather",
        "Woven Polyester",
    ],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("clasp", 80, &["Split Ring", "Lobster Clasp", "Carabiner"]),
        EDITION,
    ],
    details: &[
        "Both sides are printed.",
        "The print lies under a clear layer and cannot scratch off.",
        "The clasp turns freely and holds well.",
    ],
    maker_suffixes: &["Charms", "Goods"],
};

pub(in crate::generate) const TECH: Family = Family {
    key: "tech",
    made: "material",
    materials: &[
        "Polycarbonate",
        "Silicone",
        "Vegan Leather",
        "Neoprene",
        "Recycled Plastic",
    ],
    sizes: Sizes::One,
    colours: Colours::Bright,
    traits: &[
        some("finish", 70, &["Matt", "Glossy", "Soft Touch"]),
        LICENCE,
    ],
    details: &[
        "It is slim and adds hardly any weight.",
        "The motif is printed to the very edge.",
        "A damp cloth is enough to clean it.",
        "The material is tough and forgives a fall.",
    ],
    maker_suffixes: &["Gear", "Tech", "Devices"],
};

pub(in crate::generate) const PHONE_CASE: Family = Family {
    key: "phone-case",
    sizes: Sizes::Phone,
    ..TECH
};
