//! What products of one make have in common: materials, sizes, colours, traits and what can be said of them.

/// A group of product types that are described alike.
pub(super) struct Family {
    /// Names the image, and picks the makers.
    pub key: &'static str,
    /// What the attribute of the materials is called.
    pub made: &'static str,
    pub materials: &'static [&'static str],
    pub sizes: Sizes,
    pub colours: Colours,
    /// Attributes beside material and theme.
    pub traits: &'static [Trait],
    /// Sentences true of every product of the family.
    pub details: &'static [&'static str],
    /// What a maker of such things puts behind its name.
    pub maker_suffixes: &'static [&'static str],
}

/// An attribute, and how many of a hundred products have it.
pub(super) struct Trait {
    pub name: &'static str,
    pub percent: usize,
    pub values: &'static [&'static str],
}

/// What sizes a product comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
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
    pub(super) fn ladder(self) -> &'static [(&'static str, u32)] {
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

/// What colours a product comes in.
#[derive(Clone, Copy)]
pub(super) enum Colours {
    One,
    Textile,
    Metal,
    Bright,
}

impl Colours {
    pub(super) fn palette(self) -> &'static [&'static str] {
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

pub(super) const APPAREL: Family = Family {
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

pub(super) const OUTERWEAR: Family = Family {
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

pub(super) const CHILDREN: Family = Family {
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

pub(super) const BABY: Family = Family {
    key: "baby",
    sizes: Sizes::Baby,
    ..CHILDREN
};

pub(super) const HEADWEAR: Family = Family {
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

pub(super) const KNITWEAR: Family = Family {
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

pub(super) const COSTUME: Family = Family {
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

pub(super) const WIG: Family = Family {
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

pub(super) const SCARF: Family = Family {
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

pub(super) const UMBRELLA: Family = Family {
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

pub(super) const SOCKS: Family = Family {
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

pub(super) const SLIPPERS: Family = Family {
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

pub(super) const BAG: Family = Family {
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

pub(super) const POUCH: Family = Family {
    key: "pouch",
    traits: &[LICENCE],
    details: &[
        "It holds pens, brushes, dice or make-up.",
        "The lining repeats the pattern of the front.",
        "The zip runs smoothly and does not catch.",
    ],
    ..BAG
};

pub(super) const SMALL_LEATHER: Family = Family {
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

pub(super) const JEWELLERY: Family = Family {
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

pub(super) const RING: Family = Family {
    key: "ring",
    sizes: Sizes::Ring,
    ..JEWELLERY
};

pub(super) const PIN: Family = Family {
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

pub(super) const PATCH: Family = Family {
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

pub(super) const KEYRING: Family = Family {
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

pub(super) const TECH: Family = Family {
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

pub(super) const PHONE_CASE: Family = Family {
    key: "phone-case",
    sizes: Sizes::Phone,
    ..TECH
};

pub(super) const FIGURE: Family = Family {
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

pub(super) const REPLICA: Family = Family {
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

pub(super) const MODEL_KIT: Family = Family {
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

pub(super) const TRADING_CARD: Family = Family {
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

pub(super) const DRINKWARE: Family = Family {
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

pub(super) const GLASS: Family = Family {
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

pub(super) const BOTTLE: Family = Family {
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

pub(super) const KITCHEN: Family = Family {
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

pub(super) const KITCHEN_TOOL: Family = Family {
    key: "kitchen-tool",
    materials: &["Bamboo", "Beech Wood", "Stainless Steel"],
    traits: &[some("dishwasher safe", 70, &["yes", "no"]), LICENCE],
    ..KITCHEN
};

pub(super) const TEXTILE: Family = Family {
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

pub(super) const BEDDING: Family = Family {
    key: "bedding",
    sizes: Sizes::Bedding,
    ..TEXTILE
};

pub(super) const LIGHT: Family = Family {
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

pub(super) const CANDLE: Family = Family {
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

pub(super) const DECOR: Family = Family {
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

pub(super) const SEASONAL: Family = Family {
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

pub(super) const NOTEBOOK: Family = Family {
    key: "notebook",
    made: "material",
    materials: &["Recycled Paper", "Vegan Leather", "Linen", "Kraft Paper"],
    sizes: Sizes::Paper,
    colours: Colours::One,
    traits: &[
        some("pages", 95, &["64", "96", "128", "192", "240"]),
        some("ruling", 90, &["Lined", "Dotted", "Squared", "Blank"]),
        some(
            "binding",
            80,
            &["Thread-Bound", "Spiral", "Glued", "Stitched"],
        ),
    ],
    details: &[
        "It opens flat and takes fountain pen ink without bleeding.",
        "A ribbon marks the page.",
        "An envelope at the back holds loose notes.",
        "The cover is foil-stamped.",
    ],
    maker_suffixes: &["Press", "Paper", "Stationery"],
};

pub(super) const STATIONERY: Family = Family {
    key: "stationery",
    materials: &["Paper", "Vinyl", "Washi Paper", "Wood", "Metal", "Card"],
    sizes: Sizes::One,
    traits: &[
        some("pack size", 75, &["1", "2", "5", "10", "20", "50"]),
        LICENCE,
    ],
    details: &[
        "It makes a dull Monday a little better.",
        "The colours are lightfast.",
        "It is packed without plastic.",
        "It fits in any pencil case or letter.",
    ],
    ..NOTEBOOK
};

pub(super) const POSTER: Family = Family {
    key: "poster",
    made: "material",
    materials: &[
        "Matt Paper",
        "Satin Paper",
        "Cotton Rag Paper",
        "Recycled Paper",
    ],
    sizes: Sizes::Poster,
    colours: Colours::One,
    traits: &[
        some("orientation", 90, &["Portrait", "Landscape"]),
        some("frame", 50, &["Unframed", "Black Frame", "Oak Frame"]),
        EDITION,
        LICENCE,
    ],
    details: &[
        "It is printed with pigment inks that last for decades.",
        "It travels rolled in a sturdy tube.",
        "A narrow white border leaves room for a frame.",
        "The paper is heavy and does not curl.",
    ],
    maker_suffixes: &["Prints", "Press", "Editions"],
};

pub(super) const WALL_ART: Family = Family {
    key: "wall-art",
    materials: &["Canvas", "Aluminium", "Polyester", "Wood"],
    sizes: Sizes::Canvas,
    ..POSTER
};

pub(super) const PLUSH: Family = Family {
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

pub(super) const TOY: Family = Family {
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

pub(super) const PUZZLE: Family = Family {
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

pub(super) const GAME: Family = Family {
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

pub(super) const DICE: Family = Family {
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

pub(super) const GAME_GEAR: Family = Family {
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

pub(super) const BOOK: Family = Family {
    key: "book",
    made: "format",
    materials: &["Hardcover", "Paperback", "Cloth-Bound Hardcover"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some(
            "pages",
            95,
            &["96", "128", "160", "224", "320", "416", "512"],
        ),
        some(
            "language",
            90,
            &["English", "German", "French", "Spanish", "Dutch"],
        ),
        EDITION,
    ],
    details: &[
        "It is richly illustrated throughout.",
        "A foreword by the creators tells how it came to be.",
        "The dust jacket folds out into a poster.",
        "It can be read without knowing what came before.",
    ],
    maker_suffixes: &["Press", "Books", "Publishing"],
};

pub(super) const MUSIC: Family = Family {
    key: "music",
    made: "format",
    materials: &["Black Vinyl", "Coloured Vinyl", "Splatter Vinyl"],
    sizes: Sizes::One,
    colours: Colours::One,
    traits: &[
        some("discs", 90, &["1", "2", "3", "4"]),
        some(
            "playing time",
            70,
            &["42 min", "58 min", "74 min", "96 min"],
        ),
        EDITION,
    ],
    details: &[
        "The recording was remastered from the original tapes.",
        "Liner notes and sketches fill the booklet.",
        "Two tracks have never been released before.",
    ],
    maker_suffixes: &["Records", "Recordings"],
};

pub(super) const PET: Family = Family {
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
