//! Families of what is worn.

use super::{Colours, EDITION, Family, LICENCE, Sizes, some};

pub(in crate::generate) const APPAREL: Family = Family {
    key: "apparel",
    made: "material",
    materials: &[
        "Cotton",
        "Organic Cotton",
        "Blended Cotton",
        "Recycled Polyester",
        "Bamboo Viscose",
    ],
    sizes: Sizes::Clothing,
    colours: Colours::Textile,
    traits: &[
        some("fit", 85, &["Regular", "Relaxed", "Slim", "Oversized"]),
        some(
            "print",
            80,
            &["Screen Print", "Digital Print", "Embroidery", "Flock Print"],
        ),
        some(
            "care",
            50,
            &["Machine Wash 30", "Machine Wash 40", "Hand Wash"],
        ),
        LICENCE,
    ],
    details: &[
        "The print stays crisp after many washes.",
        "Double-stitched seams keep it in shape.",
        "The fabric is soft from the first day and does not itch.",
        "It is cut generously, so order your usual size.",
        "The colours are printed with water-based inks.",
        "A woven label at the hem shows that it is genuine.",
        "It layers well and works all year round.",
    ],
    maker_suffixes: &["Apparel", "Threads", "Clothing"],
};

pub(in crate::generate) const OUTERWEAR: Family = Family {
    key: "outerwear",
    materials: &[
        "Polyester",
        "Denim",
        "Blended Wool",
        "Waxed Cotton",
        "Recycled Nylon",
    ],
    traits: &[
        some(
            "lining",
            80,
            &["Quilted", "Mesh", "Fleece", "Satin", "Unlined"],
        ),
        some("closure", 90, &["Zip", "Buttons", "Snap Fasteners"]),
        some("care", 50, &["Machine Wash 30", "Dry Clean", "Hand Wash"]),
        LICENCE,
    ],
    details: &[
        "Deep pockets leave room for tickets, gloves and a paperback.",
        "The back carries a large embroidered emblem.",
        "The cuffs are ribbed and keep the wind out.",
        "An inside pocket closes with a zip.",
        "It is warm enough for an autumn queue outside a convention hall.",
    ],
    maker_suffixes: &["Outfitters", "Apparel", "Tailoring"],
    ..APPAREL
};

pub(in crate::generate) const CHILDREN: Family = Family {
    key: "children",
    sizes: Sizes::Child,
    colours: Colours::Bright,
    materials: &["Organic Cotton", "Cotton", "Blended Cotton"],
    details: &[
        "It survives playgrounds, puddles and the washing machine.",
        "The collar stretches easily over small heads.",
        "All prints are free of harmful substances.",
        "The fabric is gentle on sensitive skin.",
    ],
    ..APPAREL
};

pub(in crate::generate) const BABY: Family = Family {
    key: "baby",
    sizes: Sizes::Baby,
    ..CHILDREN
};

pub(in crate::generate) const HEADWEAR: Family = Family {
    key: "headwear",
    materials: &["Cotton Twill", "Knitted Acrylic", "Merino Wool", "Corduroy"],
    sizes: Sizes::One,
    traits: &[
        some("season", 70, &["All Year", "Summer", "Winter"]),
        LICENCE,
    ],
    details: &[
        "One size fits most adults.",
        "The emblem is embroidered, not printed.",
        "It keeps its shape in a bag.",
        "A soft band inside makes it comfortable for hours.",
    ],
    maker_suffixes: &["Hats", "Apparel", "Knitwear"],
    ..APPAREL
};

pub(in crate::generate) const KNITWEAR: Family = Family {
    key: "knitwear",
    materials: &["Merino Wool", "Lambswool", "Cotton", "Blended Wool"],
    traits: &[
        some("fit", 85, &["Regular", "Relaxed", "Oversized"]),
        some(
            "pattern",
            80,
            &["Fair Isle", "Cable Knit", "Intarsia", "Plain"],
        ),
        LICENCE,
    ],
    details: &[
        "The pattern is knitted in, so it cannot fade or crack.",
        "It is warm without being heavy.",
        "The cuffs and the hem are ribbed.",
        "It comes with a spare skein for small repairs.",
    ],
    maker_suffixes: &["Knitwear", "Threads"],
    ..APPAREL
};

pub(in crate::generate) const COSTUME: Family = Family {
    key: "costume",
    materials: &["Polyester", "Blended Cotton", "Velvet", "Blended Wool"],
    colours: Colours::One,
    traits: &[some("parts", 80, &["2", "3", "4", "5"]), EDITION, LICENCE],
    details: &[
        "All fastenings are hidden, so that it looks right from every side.",
        "It is lined and comfortable for a whole convention day.",
        "There is room for layers underneath.",
        "Seams have enough allowance for alterations.",
    ],
    maker_suffixes: &["Tailoring", "Costumes"],
    ..APPAREL
};

pub(in crate::generate) const WIG: Family = Family {
    key: "wig",
    materials: &["Heat-Resistant Fibre", "Synthetic Fibre"],
    colours: Colours::Bright,
    traits: &[
        some("length", 90, &["Short", "Shoulder Length", "Long"]),
        LICENCE,
    ],
    details: &[
        "The cap adjusts with two small hooks.",
        "The fibres can be styled with moderate heat.",
        "A hair net is included.",
    ],
    maker_suffixes: &["Costumes"],
    ..HEADWEAR
};

pub(in crate::generate) const SCARF: Family = Family {
    key: "scarf",
    materials: &["Merino Wool", "Cotton", "Knitted Acrylic", "Viscose"],
    traits: &[
        some("season", 70, &["All Year", "Summer", "Winter"]),
        LICENCE,
    ],
    details: &[
        "It is long enough to be wrapped twice.",
        "The motif is visible from both sides.",
        "The edges are hemmed by hand.",
    ],
    ..HEADWEAR
};

pub(in crate::generate) const UMBRELLA: Family = Family {
    key: "umbrella",
    materials: &["Recycled Polyester", "Pongee"],
    traits: &[some("opening", 80, &["Automatic", "Manual"]), LICENCE],
    details: &[
        "The frame bends in the wind and springs back.",
        "The motif appears when the fabric gets wet.",
        "It folds down to the length of a paperback.",
    ],
    ..HEADWEAR
};

pub(in crate::generate) const SOCKS: Family = Family {
    key: "socks",
    made: "material",
    materials: &["Blended Cotton", "Merino Wool", "Bamboo Viscose"],
    sizes: Sizes::Foot,
    colours: Colours::Textile,
    traits: &[some("pack size", 70, &["1", "2", "3", "5"]), LICENCE],
    details: &[
        "The toe seam is flat and does not rub.",
        "The pattern is knitted in, so it cannot fade.",
        "Reinforced heels make it last.",
    ],
    maker_suffixes: &["Knitwear", "Threads"],
};

pub(in crate::generate) const SLIPPERS: Family = Family {
    key: "slippers",
    materials: &["Plush", "Felt", "Blended Wool"],
    traits: &[LICENCE],
    details: &[
        "The sole has small rubber dots that hold on any floor.",
        "The footbed is thick and soft.",
        "Cold kitchens hold no terror any more.",
    ],
    ..SOCKS
};
