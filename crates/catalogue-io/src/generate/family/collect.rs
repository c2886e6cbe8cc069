//! Families of what is collected and played with.

use super::{AGE, Colours, EDITION, Family, LICENCE, Sizes, some};

pub(in crate::generate) const FIGURE: Family = Family {
    key: "figure",
    made: "material",
    materials: &["PVC", "ABS", "Polystone", "Resin", "Vinyl"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("scale", 70, &["1:4", "1:6", "1:7", "1:8", "1:10", "1:12"]),
        some(
            "height",
            90,
            &["8 cm", "10 cm", "15 cm", "18 cm", "23 cm", "30 cm", "45 cm"],
        ),
        EDITION,
        LICENCE,
    ],
    details: &[
        "The paintwork is applied by hand in many thin layers.",
        "A display base is included.",
        "It comes in a window box that is worth keeping.",
        "Folds, buckles and strands of hair are sculpted in fine detail.",
        "The pose is taken from a much-loved scene.",
    ],
    maker_suffixes: &["Figures", "Sculptures", "Collectibles"],
};

pub(in crate::generate) const REPLICA: Family = Family {
    key: "replica",
    materials: &["Zinc Alloy", "Resin", "Stainless Steel", "Wood", "Brass"],
    colours: Colours::One,
    traits: &[some("scale", 60, &["1:1", "1:2", "1:4"]), EDITION, LICENCE],
    details: &[
        "It has the weight that one expects of the real thing.",
        "A certificate with its number is included.",
        "Signs of wear are painted on by hand.",
        "It rests on a wooden stand.",
    ],
    ..FIGURE
};

pub(in crate::generate) const MODEL_KIT: Family = Family {
    key: "model-kit",
    made: "material",
    materials: &["Polystyrene", "Resin", "Laser-Cut Plywood", "Metal Sheet"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some(
            "pieces",
            95,
            &["42", "68", "120", "180", "240", "320", "480"],
        ),
        some("difficulty", 90, &["Beginner", "Intermediate", "Advanced"]),
        AGE,
    ],
    details: &[
        "An illustrated guide explains each step.",
        "No glue is needed for assembly.",
        "Replacement parts are sent free of charge.",
        "Decals for two versions are included.",
    ],
    maker_suffixes: &["Models", "Kits", "Playworks"],
};

pub(in crate::generate) const TRADING_CARD: Family = Family {
    key: "trading-card",
    made: "material",
    materials: &["Card", "Linen Card", "Foil Card"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("rarity", 60, &["Common", "Uncommon", "Rare", "Holographic"]),
        EDITION,
    ],
    details: &[
        "The artwork is new and appears nowhere else.",
        "Corners are cut cleanly and the surface shuffles well.",
        "It fits all common sleeves and binders.",
    ],
    maker_suffixes: &["Cards", "Games"],
};

pub(in crate::generate) const PLUSH: Family = Family {
    key: "plush",
    made: "material",
    materials: &[
        "Polyester Plush",
        "Organic Cotton",
        "Recycled Polyester",
        "Minky Fabric",
    ],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("height", 90, &["12 cm", "18 cm", "25 cm", "35 cm", "60 cm"]),
        AGE,
        LICENCE,
    ],
    details: &[
        "It is stuffed firmly enough to sit by itself.",
        "Eyes and nose are embroidered and safe for small children.",
        "It can be washed at thirty degrees.",
        "It is exactly as soft as it looks.",
    ],
    maker_suffixes: &["Plush", "Toys", "Playworks"],
};

pub(in crate::generate) const TOY: Family = Family {
    key: "toy",
    materials: &["ABS", "Wood", "Silicone", "Recycled Plastic"],
    traits: &[AGE, LICENCE],
    details: &[
        "It keeps young and old busy for an afternoon.",
        "All parts are rounded and tested for safety.",
        "Everything goes back into the box when playtime is over.",
    ],
    ..PLUSH
};

pub(in crate::generate) const PUZZLE: Family = Family {
    key: "puzzle",
    materials: &["Card", "Recycled Card"],
    traits: &[
        some("pieces", 95, &["48", "100", "250", "500", "1000", "1500"]),
        AGE,
        LICENCE,
    ],
    details: &[
        "The pieces fit with a satisfying click.",
        "It hides more than thirty small jokes.",
        "A bag for the pieces and a printed guide are included.",
    ],
    ..TOY
};

pub(in crate::generate) const GAME: Family = Family {
    key: "game",
    made: "material",
    materials: &["Card", "Wood", "Linen Card", "Plastic"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("players", 90, &["1-2", "2", "2-4", "2-5", "3-6", "4-8"]),
        some(
            "playing time",
            90,
            &["15 min", "30 min", "45 min", "60 min", "90 min", "120 min"],
        ),
        some(
            "language",
            80,
            &["English", "German", "French", "Language Independent"],
        ),
        AGE,
    ],
    details: &[
        "The rules are read in ten minutes and remembered for years.",
        "No two evenings play the same.",
        "A solo variant is included.",
        "The components are sturdy and pleasant to touch.",
    ],
    maker_suffixes: &["Games", "Playworks"],
};

pub(in crate::generate) const DICE: Family = Family {
    key: "dice",
    materials: &["Acrylic", "Resin", "Metal", "Glass"],
    colours: Colours::Bright,
    traits: &[some("pack size", 80, &["7", "10", "12"]), EDITION],
    details: &[
        "Every die is balanced and checked by hand.",
        "The numbers are easy to read across the table.",
        "It comes in a pouch with a drawstring.",
    ],
    ..GAME
};

pub(in crate::generate) const GAME_GEAR: Family = Family {
    key: "game-gear",
    materials: &["Neoprene", "Walnut", "Vegan Leather"],
    traits: &[EDITION, LICENCE],
    details: &[
        "Dice roll quietly on it.",
        "It folds flat and travels well.",
        "The surface is easy to wipe clean.",
    ],
    ..GAME
};
