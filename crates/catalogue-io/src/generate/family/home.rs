//! Families of what furnishes a home.

use super::{Colours, EDITION, Family, LICENCE, Sizes, some};

pub(in crate::generate) const DRINKWARE: Family = Family {
    key: "mug",
    made: "material",
    materials: &["Ceramic", "Stoneware", "Enamel", "Bone China"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some(
            "capacity",
            95,
            &["250 ml", "300 ml", "325 ml", "400 ml", "500 ml"],
        ),
        some("dishwasher safe", 80, &["yes", "no"]),
        LICENCE,
    ],
    details: &[
        "The motif wraps all the way around.",
        "It is made for hot drinks and long evenings.",
        "The glaze keeps its shine for years.",
        "The handle stays cool and sits well in the hand.",
    ],
    maker_suffixes: &["Ceramics", "Pottery"],
};

pub(in crate::generate) const GLASS: Family = Family {
    key: "glass",
    materials: &["Glass", "Recycled Glass", "Crystal Glass"],
    details: &[
        "The motif is etched, so it never washes off.",
        "The base is heavy and stands firmly.",
        "It is as fit for lemonade as for a toast.",
    ],
    maker_suffixes: &["Glassworks", "Home"],
    ..DRINKWARE
};

pub(in crate::generate) const BOTTLE: Family = Family {
    key: "bottle",
    materials: &["Stainless Steel", "Aluminium", "Recycled Steel"],
    colours: Colours::Bright,
    traits: &[
        some("capacity", 95, &["350 ml", "500 ml", "750 ml", "1 l"]),
        some("insulation", 70, &["Double-Walled", "Single-Walled"]),
        LICENCE,
    ],
    details: &[
        "It does not leak, even upside down in a full bag.",
        "It is safe with food and free of BPA.",
        "The powder coating is hard to scratch.",
        "The lid opens with one hand.",
    ],
    maker_suffixes: &["Gear", "Home"],
    ..DRINKWARE
};

pub(in crate::generate) const KITCHEN: Family = Family {
    key: "kitchen",
    made: "material",
    materials: &["Cotton", "Linen", "Organic Cotton"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("care", 60, &["Machine Wash 60", "Hand Wash", "Wipe Clean"]),
        LICENCE,
    ],
    details: &[
        "It is as useful as it is pretty.",
        "It stands up to daily use in a busy kitchen.",
        "The pattern hides the odd stain rather well.",
    ],
    maker_suffixes: &["Home", "Kitchenware"],
};

pub(in crate::generate) const KITCHEN_TOOL: Family = Family {
    key: "kitchen-tool",
    materials: &["Bamboo", "Beech Wood", "Stainless Steel"],
    traits: &[some("dishwasher safe", 70, &["yes", "no"]), LICENCE],
    ..KITCHEN
};

pub(in crate::generate) const TEXTILE: Family = Family {
    key: "home-textile",
    made: "material",
    materials: &["Cotton", "Microfibre", "Fleece", "Linen", "Sherpa"],
    sizes: Sizes::One,
    colours: Colours::Textile,
    traits: &[
        some(
            "care",
            70,
            &["Machine Wash 30", "Machine Wash 40", "Machine Wash 60"],
        ),
        LICENCE,
    ],
    details: &[
        "The fabric is soft, warm and easy to wash.",
        "The back is plain, so it turns calm when the room should be.",
        "The edges are neatly hemmed.",
        "The pattern continues across the seams.",
    ],
    maker_suffixes: &["Home", "Textiles"],
};

pub(in crate::generate) const BEDDING: Family = Family {
    key: "bedding",
    sizes: Sizes::Bedding,
    ..TEXTILE
};

pub(in crate::generate) const LIGHT: Family = Family {
    key: "lamp",
    made: "material",
    materials: &["Acrylic", "Wood", "Glass", "Metal", "Paper"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("power", 90, &["USB", "Batteries", "Mains"]),
        some(
            "light colour",
            60,
            &["Warm White", "Cold White", "Colour Changing"],
        ),
        LICENCE,
    ],
    details: &[
        "It gives a gentle light that does not keep anyone awake.",
        "The silhouette appears as soon as it is dark.",
        "It makes a reading corner feel like another world.",
    ],
    maker_suffixes: &["Lighting", "Home"],
};

pub(in crate::generate) const CANDLE: Family = Family {
    key: "candle",
    materials: &["Soy Wax", "Beeswax", "Rapeseed Wax"],
    traits: &[
        some(
            "scent",
            95,
            &[
                "Old Books",
                "Pine Forest",
                "Sea Salt",
                "Vanilla",
                "Campfire",
                "Rain",
                "Black Tea",
            ],
        ),
        some("burning time", 80, &["20 h", "35 h", "50 h"]),
    ],
    details: &[
        "It is poured by hand in small batches.",
        "The scent is present without being pushy.",
        "The glass can be used again when the candle has burnt down.",
    ],
    maker_suffixes: &["Candles", "Home"],
    ..LIGHT
};

pub(in crate::generate) const DECOR: Family = Family {
    key: "decor",
    made: "material",
    materials: &["Wood", "Metal", "Glass", "Coir", "Polyester", "Ceramic"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some(
            "room",
            70,
            &["Living Room", "Bedroom", "Hallway", "Bathroom", "Office"],
        ),
        EDITION,
        LICENCE,
    ],
    details: &[
        "It brings a quiet nod to the story into any room.",
        "Everything needed to put it up is included.",
        "Visitors who know will notice at once.",
    ],
    maker_suffixes: &["Home", "Interiors"],
};

pub(in crate::generate) const SEASONAL: Family = Family {
    key: "seasonal",
    materials: &["Wood", "Glass", "Felt", "Card"],
    traits: &[EDITION, LICENCE],
    details: &[
        "It makes the darkest weeks of the year a little brighter.",
        "It is made to be unpacked again every winter.",
        "It is a fine start for a new family tradition.",
    ],
    ..DECOR
};

pub(in crate::generate) const PET: Family = Family {
    key: "pet",
    materials: &["Cotton", "Nylon", "Ceramic", "Canvas"],
    colours: Colours::Bright,
    traits: &[some("animal", 95, &["Dog", "Cat", "Dog and Cat"]), LICENCE],
    details: &[
        "It is tested by very honest cats and dogs.",
        "It is easy to clean and hard to chew through.",
        "Four-legged fans deserve something of their own.",
    ],
    ..KITCHEN
};
